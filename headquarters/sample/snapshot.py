"""What stood in the database before sample data came, and how it comes back to the letter.

All rows of the town's tables are kept in `SampleLoad.snapshot`. Unloading deletes every row that
is not in it, whoever made it, and restores those that differ. The append-only triggers let go
inside that transaction only; foreign keys are checked at its end (both databases defer them).
"""

import json

from django.apps import apps
from django.core import serializers
from django.db import transaction

from foundation.records.models import SampleLoad

ROOMS = (
    "admin",
    "accounts",
    "measures",
    "kpi",
    "roadmap",
    "reviews",
    "reports",
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
    for row in serializers.deserialize("json", json.dumps(wanted)):
        row.save()


@transaction.atomic
def bring_back(load: SampleLoad) -> int:
    """Remove what came with and after the sample and restore what was there.

    Returns the number of rows removed.
    """
    SampleLoad.objects.filter(pk=load.pk).update(unloading=True)
    removed = 0
    for model in town_models():
        extra = model._base_manager.exclude(
            pk__in=list(load.snapshot.get(model._meta.label_lower, {}))
        )
        removed += extra.count()
        extra._raw_delete(extra.db)
    for model in town_models():
        if not model._meta.auto_created:
            _restore(model, load.snapshot.get(model._meta.label_lower, {}))
    SampleLoad.objects.all().delete()
    return removed
