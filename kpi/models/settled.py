"""What is settled about a month, out of a row that was asked for `kpi.querysets.settled_in` it."""

from datetime import date
from typing import Any

from foundation.accounts.models import User
from foundation.records.within import moment_of
from kpi.models.month import ReportingMonth


def settled_of(month: date, row: Any) -> ReportingMonth | None:
    """The row of the month, with who closed it; None while nothing is settled."""
    stored: dict[str, Any] | None = row.settled
    if stored is None:
        return None
    due_on, locked_at = stored["due_on"], stored["locked_at"]
    given = stored["person"], stored["full_name"], stored["username"]
    settled = ReportingMonth(
        pk=stored["id"],
        month=month,
        due_on=due_on and date.fromisoformat(due_on),
        locked_at=locked_at and moment_of(locked_at),
        locked_by=given[0] and User.from_db(None, ("id", "full_name", "username"), given),
        locked_revision=stored["locked_revision"],
        reason=stored["reason"],
    )
    settled._state.adding = False
    return settled
