"""What stood in the database before sample data came, and how it comes back to the letter.

All rows of the town's tables are kept in `SampleLoad.snapshot`. Unloading deletes every row that
is not in it, whoever made it, and restores those that differ. The append-only triggers let go
inside that transaction only; foreign keys are checked at its end (both databases defer them).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.apps import apps
from django.core import serializers
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import FileField

from foundation.accounts.models import User
from foundation.records.models import SampleLoad
from headquarters.sample import choice
from headquarters.sample.source import account_names, read_source

ROOMS = (
    "admin",
    "accounts",
    "measures",
    "kpi",
    "intake",
    "round_trip",
    "roadmap",
    "organisation",
    "reviews",
    "reports",
    "feeds",
    "meetings",
    "desk",
    "records",
)


# A snapshot was taken by the code of its day. What has been renamed since then is read by its name
# of today: {model: {old field: new field}}, {model: {field: {old value: new value}}}.
RENAMED_FIELDS = {"kpi.definition": {"definition": "formula_text"}}
RENAMED_VALUES = {
    "kpi.kpivalue": {"maturity": {"confirmed": "final"}},
    "measures.openpoint": {"field": {"definition": "formula_text"}},
}
# Tables younger than the snapshot which a migration has filled from rows of an older one: {model:
# (the field that points to that row, its model)}.
GROWN_FROM = {"meetings.revisedtarget": ("decision", "meetings.decision")}


def as_named_today(label: str, fields: dict) -> dict:
    """The fields of one row of a snapshot under the names and values of today."""
    names, values = RENAMED_FIELDS.get(label, {}), RENAMED_VALUES.get(label, {})
    named = {names.get(name, name): value for name, value in fields.items()}
    for name, renamed in values.items():
        value = str(named.get(name))
        if value in renamed:
            named[name] = renamed[value]
    return named


def town_models() -> list:
    """The models whose rows belong to the town, many-to-many tables included."""
    rows = [
        model
        for room in ROOMS
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
    ]
    return [model for model in rows if model is not SampleLoad]


def rows_of(model) -> dict:
    """{pk: fields} of one table now."""
    rows = json.loads(serializers.serialize("json", model._base_manager.order_by("pk")))
    return {str(row["pk"]): row["fields"] for row in rows}


def take() -> dict:
    """{model label: {pk: fields}} of every row now."""
    return {model._meta.label_lower: rows_of(model) for model in town_models()}


def _restore(model, before: dict) -> None:
    """Bring one table back.

    Rows that changed or vanished are written as they were (with their many-to-many). What a column
    holds that is younger than the snapshot stays.
    """
    now, label = rows_of(model), model._meta.label_lower
    wanted = []
    for pk, stored in before.items():
        here = now.get(pk, {})
        fields = here | as_named_today(label, stored)
        if here != fields:
            wanted.append({"model": label, "pk": pk, "fields": fields})
    for row in serializers.deserialize("json", json.dumps(wanted), ignorenonexistent=True):
        row.save()


def rows_after(model, load: SampleLoad):
    """The rows of one table that came with the sample or after it."""
    label = model._meta.label_lower
    if label not in load.snapshot and label in GROWN_FROM:
        field, source = GROWN_FROM[label]
        rows = list(load.snapshot.get(source, {}))
        return model._base_manager.exclude(**{f"{field}__in": rows})
    return model._base_manager.exclude(pk__in=list(load.snapshot.get(label, {})))


def kind_of(model) -> str:
    """What the rows of a table are, in Japanese: also of a table between two models."""
    owner = model._meta.auto_created
    if not owner:
        return str(model._meta.verbose_name)
    own = (field for field in owner._meta.many_to_many if field.remote_field.through is model)
    return str(next(own).verbose_name)


@dataclass(frozen=True)
class Leaving:
    """What goes when the sample is taken out: rows by kind, people of the town by name, files."""

    rows: dict[str, int]
    people: tuple[str, ...]
    files: tuple[tuple[Storage, str], ...]


class Changed(Exception):
    """More would go than was shown."""


def leaving(load: SampleLoad) -> Leaving:
    """What would go now."""
    counted = {kind_of(model): rows_after(model, load).count() for model in town_models()}
    registered = rows_after(User, load).exclude(username__in=account_names(read_source()))
    return Leaving(
        rows={kind: number for kind, number in counted.items() if number},
        people=tuple(f"{user}（{user.username}）" for user in registered.order_by("pk")),
        files=tuple(_files(load)),
    )


def _files(load: SampleLoad) -> Iterator[tuple[Storage, str]]:
    """(storage, name) of every stored file that only rows after the sample speak of."""
    for model in town_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                after = rows_after(model, load)
                kept = model._base_manager.exclude(pk__in=after.values("pk"))
                names = set(after.values_list(field.name, flat=True))
                names -= set(kept.values_list(field.name, flat=True))
                yield from ((field.storage, name) for name in sorted(names) if name)


@transaction.atomic
def bring_back(load: SampleLoad, *, at: datetime, shown: Leaving | None = None) -> Leaving:
    """Remove what came with and after the sample and restore what was there.

    `shown` is what somebody agreed to; Changed when it is something else by now. The files go after
    the commit. Returns what went.
    """
    SampleLoad.objects.filter(pk=load.pk).update(unloading=True)
    gone = leaving(load)
    if shown is not None and gone != shown:
        raise Changed

    for model in town_models():
        rows = rows_after(model, load)
        rows._raw_delete(rows.db)
    for model in town_models():
        if not model._meta.auto_created:
            _restore(model, load.snapshot.get(model._meta.label_lower, {}))
    SampleLoad.objects.all().delete()
    choice.remember(False, at=at)
    transaction.on_commit(lambda: _delete_files(gone.files))
    return gone


def _delete_files(files: tuple[tuple[Storage, str], ...]) -> None:
    """The files, and the folders that they leave empty."""
    for storage, name in files:
        storage.delete(name)
        for folder in PurePosixPath(name).parents:
            place = str(folder)
            if place != "." and storage.exists(place) and storage.listdir(place) == ([], []):
                storage.delete(place)
