"""A meeting with what its pages show beside it: one question for each page."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import OuterRef
from django.http import Http404

from foundation.accounts.departments_told import departments_told, departments_within
from foundation.accounts.models import Department
from foundation.records.compiled import ONE, Compiled
from foundation.records.within import rows_within
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.models import ActionItem

NO_MEETING = "会議が見つかりません。"


@dataclass(frozen=True)
class OnScreen:
    """A meeting, the one before it, and for each of its standing instructions and decisions the
    measure that it is about (None: it is about none).
    """

    meeting: Meeting
    before: Meeting | None
    orders: list[int | None]
    decisions: list[int | None]
    departments: list[Department]

    def departments_on(self, day: date) -> list[Department]:
        """Those that exist on that day, in their order."""
        return [row for row in self.departments if row.exists_on(day)]


def on_screen(pk: int) -> OnScreen:
    """What the meeting mode starts from. Http404 where there is no such meeting. One query."""
    rows: dict[int, Any] = {row.pk: row for row in _on_screen()(pk=pk)}
    meeting = rows.pop(pk, None)
    if meeting is None:
        raise Http404(NO_MEETING)
    return OnScreen(
        meeting,
        next(iter(rows.values()), None),
        _measures(meeting.orders_told),
        _measures(meeting.decisions_told),
        departments_told(meeting.departments_told),
    )


@cache
def _on_screen() -> Compiled[Meeting]:
    """The question for it, put together once."""
    orders = ActionItem.objects.standing().filter(meeting=OuterRef("pk"))
    decisions = Decision.objects.standing().filter(meeting=OuterRef("pk"))
    rows = Meeting.objects.with_the_last(ONE).with_numbers()
    return Compiled(
        rows.annotate(
            orders_told=rows_within(orders, by="meeting", measure="measure"),
            decisions_told=rows_within(decisions, by="meeting", measure="measure"),
            departments_told=departments_within(),
        ),
        pk=ONE,
    )


def _measures(told: list[dict[str, Any]] | None) -> list[int | None]:
    return [row["measure"] for row in told or ()]
