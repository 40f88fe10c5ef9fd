"""The sample town for tests: lived through once in a process, drawn from memory afterwards.

A load takes seconds (seven editions with their workbooks); the picture of its rows and files is
put back in a fraction of one. A test about loading itself calls the command.
"""

import os
import pickle
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from foundation.accounts.models import User
from foundation.records.models import SampleLoad
from headquarters.sample.models import SampleChoice
from headquarters.sample.snapshot import town_models
from measures.models import Plan
from tests.in_turn import made_once

UNTIL = "2026-10"


@dataclass(frozen=True)
class Picture:
    """Rows by model (its label), content types by their ids of that day, files by their place."""

    rows: dict[str, list[dict]]
    kinds: dict[int, tuple[str, str]]
    files: dict[str, bytes]

    @classmethod
    def take(cls, besides: set[Path]) -> "Picture":
        """What is there now; no files that were there before (a portal's own, of its folder)."""
        models = [*town_models(), SampleLoad, SampleChoice]
        root = Path(settings.DATA_DIR)
        files = sorted(_files() - besides)
        return cls(
            {
                model._meta.label: list(model._base_manager.order_by("pk").values())
                for model in models
            },
            {kind.pk: kind.natural_key() for kind in ContentType.objects.all()},
            {str(file.relative_to(root)): file.read_bytes() for file in files},
        )

    def put_back(self) -> None:
        """Make the town's tables and files what they were."""
        self.put_rows()
        self.put_files()

    def put_rows(self) -> None:
        """The tables."""
        with transaction.atomic():
            self._empty()
            for label, rows in self.rows.items():
                model = apps.get_model(label)
                if model is not SampleLoad:
                    model._base_manager.bulk_create(
                        [model(**self._today(model, row)) for row in rows]
                    )
            SampleLoad.objects.update(**self._load)
        self._move_sequences()

    def put_files(self) -> None:
        """The files, in today's data folder."""
        for place, content in self.files.items():
            file = Path(settings.DATA_DIR) / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _empty(self) -> None:
        """The guards let go while a sample is taken out."""
        SampleLoad.objects.create(**self._load | {"unloading": True})
        for model in map(apps.get_model, self.rows):
            if model is not SampleLoad:
                rows = model._base_manager.all()
                rows._raw_delete(rows.db)

    def _today(self, model, row: dict) -> dict:
        """A row with the content types of today."""
        changed = {
            field.attname: ContentType.objects.get_by_natural_key(
                *self.kinds[row[field.attname]]
            ).pk
            for field in model._meta.concrete_fields
            if field.related_model is ContentType and row[field.attname]
        }
        return row | changed

    @property
    def _load(self) -> dict[str, Any]:
        """The one row that says what is loaded."""
        return self.rows[SampleLoad._meta.label][0]

    def _move_sequences(self) -> None:
        models = [apps.get_model(label) for label in self.rows]
        with connection.cursor() as cursor:
            for line in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(line)


def _files() -> set[Path]:
    """The files of the data folder, without the database."""
    found = {file for file in Path(settings.DATA_DIR).rglob("*") if file.is_file()}
    return {file for file in found if not file.name.startswith("portal.sqlite3")}


@cache
def _pictures() -> dict[str, Picture]:
    return {}


_standing: list[str] = []  # the town that a whole module stands on


def _album(until: str) -> Path | None:
    """Where the workers of one run of the suite share a picture; None: each takes its own."""
    folder = os.environ.get("TOWN_PICTURES")
    return Path(folder) / f"town-{until}.pickle" if folder else None


def _load(until: str) -> None:
    """As the command does."""
    if not Plan.objects.exists():
        call_command("load_plan", verbosity=0)
    call_command("load_sample", until=until, verbosity=0)


def _live_through(until: str) -> Picture:
    """Load the town, and take its picture."""
    before = _files()
    _load(until)
    return Picture.take(before)


def _shown(until: str) -> None:
    """The town in a portal that has nobody yet: once lived through in a run, else put back."""
    known, album = _pictures(), _album(until)
    lived: list[Picture] = []

    def make(draft: Path) -> None:
        lived.append(_live_through(until))
        draft.write_bytes(pickle.dumps(lived[0]))

    if until not in known and album:
        file = made_once(album.parent, album.name, make)
        known[until] = lived[0] if lived else pickle.loads(file.read_bytes())  # noqa: S301 (ours)
    elif until not in known:
        lived.append(_live_through(until))
        known[until] = lived[0]
    if not lived:
        known[until].put_back()


def load_town(until: str = UNTIL, *, keep: bool = True) -> None:
    """The sample town until a month, as the command loads it. Not to `keep`: in a portal that was
    started, whose history begins before.
    """
    empty = not User.objects.exists()
    if _standing == [until] and not empty:
        _pictures()[until].put_files()
    elif empty and keep:
        _shown(until)
    else:
        _load(until)


def put_files(until: str = UNTIL) -> None:
    """The town's files for a database in which its rows stand already."""
    _pictures()[until].put_files()


@contextmanager
def standing_town(until: str = UNTIL):
    """The town's rows for a whole module: each test begins with them and leaves them as they are.

    Within, `load_town()` only puts the town's files into the test's own folder.
    """
    with transaction.atomic():
        load_town(until)
        _standing[:] = [until]
        yield
        _standing.clear()
        transaction.set_rollback(True)


GATHERED = (  # in the order in which nothing is left hanging
    "meetings_revisedtarget",
    "meetings_decisionwithdrawal",
    "meetings_decision",
    "meetings_attendee",
    "meetings_actionitem",
    "meetings_agendaitem",
    "meetings_heldnumbers",
    "meetings_meeting",
    "reviews_reviewreturn",
    "reviews_keptfacts",
    "reviews_review",
    "reviews_reviewcycle",
)


def forget_meetings() -> None:
    """The town before its first meeting and PDCA cycle (for tests that hold their own)."""
    SampleLoad.objects.update(unloading=True)
    with connection.cursor() as cursor:
        for table in GATHERED:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    SampleLoad.objects.update(unloading=False)
