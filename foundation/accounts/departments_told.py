"""All departments, within a question that is asked anyway: for the choices of a form."""

from typing import Any

from django.db.models import Subquery

from foundation.accounts.models import Department
from foundation.records.within import rows_within, told_of

FIELDS = Department._meta.concrete_fields


def departments_within() -> Subquery:
    """Annotation: every department, for `departments_told`."""
    columns = {field.attname: field.attname for field in FIELDS}
    return rows_within(Department.objects.all(), by=None, **columns)


def departments_told(stored: list[dict[str, Any]] | None) -> list[Department]:
    """The departments, in their order."""
    return sorted(map(_department, stored or ()), key=lambda row: (row.sort_order, row.code))


def _department(told: dict[str, Any]) -> Department:
    values = {field.attname: field.to_python(told[field.attname]) for field in FIELDS}
    return told_of(Department, **values)
