"""What was said in the newest round of returning, out of the row of a submission that was asked for
`with_returned`.
"""

from typing import Any

from foundation.records.people import person_told
from foundation.records.within import by_age, moment_of, told_of
from kpi.models.indicator import Indicator
from kpi.models.month import ReturnReason, ReturnReply, Submission


def reasons_of(row: Submission) -> tuple[ReturnReason, ...]:
    """The reasons of its newest return, as they were written one after the other."""
    stored: Any = row.told_of_return  # type: ignore[attr-defined]
    return tuple(_reason(row, values) for values in by_age(stored))


def reply_of(row: Submission) -> ReturnReply | None:
    """What was replied to its newest return, or None."""
    stored: Any = row.replied_to_return  # type: ignore[attr-defined]
    return next((_reply(row, values) for values in by_age(stored)), None)


def _reason(row: Submission, values: dict[str, Any]) -> ReturnReason:
    pk, using = values["indicator"], row._state.db
    indicator = pk and told_of(Indicator, using, id=pk, code=values["code"], name=values["name"])
    return ReturnReason(
        pk=values["id"],
        submission=row,
        round=row.round,
        indicator=indicator,
        reason=values["reason"],
    )


def _reply(row: Submission, values: dict[str, Any]) -> ReturnReply:
    return ReturnReply(
        pk=values["id"],
        submission=row,
        round=row.round,
        reply=values["reply"],
        replied_by=person_told(values),
        replied_at=moment_of(values["at"]),
    )
