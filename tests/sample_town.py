"""The sample town for tests: lived through once in a process, drawn from memory afterwards.

A load takes seconds (seven editions with their workbooks); the picture of its rows and files is
put back in a fraction of one. A test about loading itself calls the command.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from foundation.accounts.models import User
from foundation.records.models import SampleLoad
from headquarters.sample.models import SampleChoice
from headquarters.sample.snapshot import town_models

UNTIL = "2026-10"


@dataclass(frozen=True)
class Picture:
    """Rows by model, content types by their ids of that day, files by their place."""

    rows: dict[Any, list[dict]]
    kinds: dict[int, tuple[str, str]]
    files: dict[str, bytes]

    @classmethod
    def take(cls) -> "Picture":
        """What is there now."""
        models = [*town_models(), SampleLoad, SampleChoice]
        root = Path(settings.DATA_DIR)
        files = [file for file in root.rglob("*") if file.is_file()]
        return cls(
            {model: list(model._base_manager.order_by("pk").values()) for model in models},
            {kind.pk: kind.natural_key() for kind in ContentType.objects.all()},
            {str(file.relative_to(root)): file.read_bytes() for file in files},
        )

    def put_back(self) -> None:
        """Make the town's tables and files what they were."""
        with transaction.atomic():
            self._empty()
            for model, rows in self.rows.items():
                if model is not SampleLoad:
                    model._base_manager.bulk_create(
                        [model(**self._today(model, row)) for row in rows]
                    )
            SampleLoad.objects.update(**self.rows[SampleLoad][0])
        self._move_sequences()
        for place, content in self.files.items():
            file = Path(settings.DATA_DIR) / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _empty(self) -> None:
        """The guards let go while a sample is taken out."""
        SampleLoad.objects.create(**self.rows[SampleLoad][0] | {"unloading": True})
        for model in self.rows:
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

    def _move_sequences(self) -> None:
        with connection.cursor() as cursor:
            for line in connection.ops.sequence_reset_sql(no_style(), list(self.rows)):
                cursor.execute(line)


@cache
def _pictures() -> dict[str, Picture]:
    return {}


def load_town(until: str = UNTIL) -> None:
    """The sample town until a month, as the command loads it."""
    known = _pictures()
    if until in known and not User.objects.exists():
        known[until].put_back()
        return
    begins_empty = not User.objects.exists()
    call_command("load_sample", until=until, verbosity=0)
    if begins_empty:
        known[until] = Picture.take()


GATHERED = (  # in the order in which nothing is left hanging
    "meetings_decision",
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
