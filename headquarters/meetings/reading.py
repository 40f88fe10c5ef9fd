"""A meeting with what its pages show beside it: one question for each page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import OuterRef
from django.http import Http404

from foundation.accounts.departments_told import departments_told, departments_within
from foundation.accounts.models import Department
from foundation.records.compiled import ONE, Compiled
from foundation.records.within import rows_within
from headquarters.meetings.models import AgendaItem, Attendee, Decision, Meeting
from headquarters.organisation.models import ActionItem
from measures.models import Measure
from measures.standing import measures_told, measures_within

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


@dataclass(frozen=True)
class OnPaper:
    """A meeting with its agenda and who was there; what the forms of its page offer, where that was
    asked for.
    """

    meeting: Meeting
    agenda: list[AgendaItem]
    attendees: list[Attendee]
    measures: list[Measure]
    departments: list[Department]


def on_paper(pk: int, *, offers: bool = False) -> OnPaper:
    """What the page of a meeting and its papers start from; `offers`: with the measures and
    departments that its forms offer. Http404 where there is no such meeting. One query.
    """
    rows: list[Any] = _on_paper(offers)(pk=pk)
    if not rows:
        raise Http404(NO_MEETING)
    (meeting,) = rows
    return OnPaper(
        meeting,
        _in_order(AgendaItem(**told) for told in meeting.agenda_told or ()),
        _in_order(Attendee(**told) for told in meeting.attendees_told or ()),
        measures_told(meeting.measures_told) if offers else [],
        departments_told(meeting.departments_told) if offers else [],
    )


OF_AN_ITEM = ("id", "order", "title", "note")
OF_AN_ATTENDEE = ("id", "order", "post", "name", "presence", "note")


@lru_cache(maxsize=2)
def _on_paper(offers: bool) -> Compiled[Meeting]:
    """The question for it, put together once."""
    agenda = AgendaItem.objects.filter(meeting=OuterRef("pk"))
    attendees = Attendee.objects.filter(meeting=OuterRef("pk"))
    rows = Meeting.objects.filter(pk=ONE).with_numbers()
    rows = rows.annotate(
        agenda_told=rows_within(agenda, by="meeting", **{name: name for name in OF_AN_ITEM}),
        attendees_told=rows_within(
            attendees, by="meeting", **{name: name for name in OF_AN_ATTENDEE}
        ),
    )
    if offers:
        rows = rows.annotate(
            measures_told=measures_within(),
            departments_told=departments_within(),
        )
    return Compiled(rows, pk=ONE)


def decisions_of(pk: int, *, standing: bool = False) -> list[Decision]:
    """The decisions of a meeting with what they made; `standing`: without those that were taken
    back. Two queries.
    """
    rows = _decisions()(pk=pk)
    return [row for row in rows if not (standing and hasattr(row, "withdrawal"))]


@cache
def _decisions() -> Compiled[Decision]:
    return Compiled(Decision.objects.filter(meeting=ONE).full(), pk=ONE)


def _in_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.order, row.pk))


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
