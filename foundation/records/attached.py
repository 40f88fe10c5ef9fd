"""The evidence files beside an object, within a question that is asked of the object anyway."""

from datetime import date
from typing import Any

from django.db.models import Model, OuterRef, Subquery

from foundation.records.models import Attachment
from foundation.records.people import person_told, who
from foundation.records.within import moment_of, rows_within

PLAIN = ("id", "file", "name", "content_type", "size", "sha256")


def files_within(model: type[Model], subject: str, *, monthly: bool = True) -> Subquery:
    """Annotation: the files beside the object of that model which `subject` (a field of the outer
    row) names, for `files_told`: of all months, or (not `monthly`) those that belong to none.
    """
    kind = model._meta
    beside = Attachment.objects.filter(
        subject_type__app_label=kind.app_label,
        subject_type__model=kind.model_name,
        subject_id=OuterRef(subject),
        month__isnull=not monthly,
    )
    return rows_within(
        beside,
        by="subject_id",
        month="month",
        at="uploaded_at",
        **who("uploaded_by"),
        **{name: name for name in PLAIN},
    )


def files_told(stored: list[dict[str, Any]] | None) -> list[Attachment]:
    """The files, newest month first, as `Attachment.objects.of_months` gives them."""
    rows = [_file(told) for told in stored or ()]
    return sorted(rows, key=lambda row: (row.month or date.min, row.pk), reverse=True)


def _file(told: dict[str, Any]) -> Attachment:
    return Attachment(
        month=told["month"] and date.fromisoformat(told["month"]),
        uploaded_at=moment_of(told["at"]),
        uploaded_by=person_told(told),
        **{name: told[name] for name in PLAIN},
    )
