"""What is settled about a month, out of a row that was asked for `kpi.querysets.settled_in` it."""

from datetime import date
from typing import Any

from foundation.records.people import person_told
from foundation.records.within import moment_of
from kpi.models.month import ReportingMonth


def settled_of(month: date, row: Any) -> ReportingMonth | None:
    """The row of the month, with who closed it; None while nothing is settled."""
    stored: dict[str, Any] | None = row.settled
    return None if stored is None else settled_from(month, stored)


def settled_from(month: date, stored: dict[str, Any]) -> ReportingMonth:
    """The row of the month out of the columns `kpi.querysets.SETTLED`."""
    due_on, locked_at = stored["due_on"], stored["locked_at"]
    settled = ReportingMonth(
        pk=stored["id"],
        month=month,
        due_on=due_on and date.fromisoformat(due_on),
        locked_at=locked_at and moment_of(locked_at),
        locked_by=person_told(stored),
        locked_revision=stored["locked_revision"],
        reason=stored["reason"],
    )
    settled._state.adding = False
    return settled
