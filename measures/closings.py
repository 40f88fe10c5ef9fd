"""Which months are closed: what may no longer be reached back into (docs/rules.md §5).

The months are closed in a room beside the roadmap, which may not look there; it tells here how to
ask.
"""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError

from foundation.japanese.calendar import add_months, last_of_month, month_name, wareki_date

_ask: list[Callable[[], date | None]] = []


def tells_last_closed(ask: Callable[[], date | None]) -> Callable[[], date | None]:
    """Register how to ask for the last closed month (its first day; None: nothing is closed)."""
    _ask[:] = [ask]
    return ask


def last_closed() -> date | None:
    """The last closed month, or None."""
    return _ask[0]() if _ask else None


def exists_from(day: date) -> date | None:
    """From when something that is added on a day exists: from that day; before the first closing
    from the plan's beginning (None).
    """
    return None if last_closed() is None else day


def first_open(day: date) -> date:
    """The day, or the first one after the closed months when that is later."""
    closed = last_closed()
    return (
        day
        if closed is None
        else max(
            day,
            add_months(closed, 1),
        )
    )


def check_open(day: date, field: str) -> None:
    """ValidationError on a field when a day lies in a closed month or before it: nothing reaches
    back there.
    """
    closed = last_closed()
    if closed is None or day > last_of_month(closed):
        return
    first = wareki_date(add_months(closed, 1))
    raise ValidationError(
        {field: f"{month_name(closed)}分まで締めています。{first}以降の日にしてください。"}
    )
