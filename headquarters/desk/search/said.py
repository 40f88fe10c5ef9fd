"""What can be found of meetings: the meetings, their agenda and minutes, decisions and
instructions, and those of the sittings of project teams. These grow: the newest `NEWEST` are
looked through.

What is not given yet (the draft of an answer) is nowhere here.
"""

from collections.abc import Iterator
from functools import cache

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Coalesce

from foundation.japanese.calendar import wareki_date
from foundation.records.addresses import address_of
from foundation.records.compiled import Compiled
from headquarters.desk.search.model import Candidate
from headquarters.desk.search.plan import Named
from headquarters.desk.search.rows import Row, joined, rows_in, rows_of
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.models import AgendaItem, Decision, Meeting
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.organisation.teams.models import Sitting

NEWEST = 1500
TAKEN_BACK = Case(
    When(withdrawal__isnull=False, then=Value("取消")),
    default=Value(""),
    output_field=CharField(),
)


def said(named: Named) -> list[Candidate]:
    """The newest of all that was decided and asked for. One query."""
    return [each for row in rows_in(_question()()) for each in _candidates(row, named)]


@cache
def _question() -> Compiled:
    """The question for it, put together once."""
    kinds = (_meetings(), _agenda(), _decisions(), _items(), _sittings())
    return Compiled(joined(*kinds, newest=NEWEST))


def _meetings():
    return rows_of(
        Meeting.objects.all(),
        "meeting",
        title="title",
        text="minutes",
        place="place",
        state="state",
        day="held_on",
    )


def _agenda():
    return rows_of(
        AgendaItem.objects.exclude(meeting__state=MeetingState.CALLED_OFF),
        "agenda",
        title="title",
        text="note",
        place="meeting__title",
        measure="measure_id",
        number="meeting_id",
        day="meeting__held_on",
    )


def _decisions():
    return rows_of(
        Decision.objects.all(),
        "decision",
        title="text",
        place="meeting__title",
        state=TAKEN_BACK,
        measure="measure_id",
        number="meeting_id",
        day="meeting__held_on",
    )


def _items():
    return rows_of(
        ActionItem.objects.all(),
        "item",
        title="text",
        text="department__name",
        place=Coalesce("meeting__title", "sitting__team__name"),
        state="state",
        measure="measure_id",
        day=Coalesce("meeting__held_on", "sitting__held_on"),
    )


def _sittings():
    return rows_of(
        Sitting.objects.all(),
        "sitting",
        title="decisions",
        place="team__name",
        number="team_id",
        day="held_on",
    )


def _candidates(row: Row, named: Named) -> Iterator[Candidate]:
    day = wareki_date(row.day) if row.day else ""
    measure = named.called(row.measure)
    if row.kind == "meeting":
        state = str(MeetingState(row.state).label)
        page = address_of("meetings:meeting", row.key)
        yield Candidate("会議", page, row.title, _context(day, row.place, state))
        if row.text:
            minutes = address_of("meetings:minutes", row.key)
            yield Candidate("会議録", minutes, "", _context(row.title, day), row.text)
    elif row.kind == "agenda":
        page = f"{address_of('meetings:meeting', row.number)}#agenda-{row.key}"
        yield Candidate("議題", page, row.title, _context(measure, row.place, day), row.text)
    elif row.kind == "decision":
        page = f"{address_of('meetings:meeting', row.number)}#decision-{row.key}"
        yield Candidate("決定", page, row.title, _context(measure, row.place, day, row.state))
    elif row.kind == "item":
        page = address_of("organisation:action_item", row.key)
        state = str(ActionState(row.state).label)
        whose = _context(measure, row.text, row.place, day, state)
        yield Candidate("指示", page, row.title, whose)
    else:
        page = f"{address_of('organisation:team', row.number)}#sitting-{row.key}"
        for line in filter(None, map(str.strip, row.title.splitlines())):
            yield Candidate("決定", page, line, _context(f"{row.place}の会合", day))


def _context(*said: str) -> str:
    return "　".join(filter(None, said))
