"""The meetings of the sample: held with decisions, instructions and minutes, and the coming one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_name,
    fiscal_year_start,
    last_of_month,
)
from foundation.japanese.workdays import is_working_day, next_working_day
from foundation.records.actions import local_day
from headquarters.meetings.actions import (
    add_agenda_item,
    create_meeting,
    write_minutes,
)
from headquarters.meetings.deciding import Revision, record_decision
from headquarters.meetings.holding import hold_meeting
from headquarters.meetings.models import Meeting
from headquarters.organisation.actions import (
    answer_action_item,
    close_action_item,
    record_action_item,
)
from headquarters.reviews.choices import CycleState
from headquarters.reviews.models import ReviewCycle
from headquarters.sample.story import Event, Story, moment_of
from kpi.models import Indicator, Target
from kpi.setup.targets import NewTarget
from measures.models import Measure
from roadmap.baselines import Moves
from roadmap.choices import SETTLED
from roadmap.models import Milestone

RHYTHM = 4  # months between two meetings
PREPARED = 7  # days before a meeting when it is made
HOUR, WRITTEN_UP = 14, 17


def events(story: Story) -> Iterator[Event]:
    """The meetings every four months before the coming one, and the coming one."""
    held = story.month(story.town.data["held"]["months"])
    newest = True
    while story.has(held) and story.has(add_months(held, -1)):
        day = next_working_day(held.replace(day=story.town.data["held"]["day"]))
        yield from _meeting(story, day, newest=newest)
        held, newest = add_months(held, -RHYTHM), False
    coming = story.town.data["coming"]
    day = _last_working_day(story.month(coming["months"]))
    at = story.within(story.day(coming["months"], coming["prepared"]), 15)
    yield Event(at, partial(_prepare, story, day))


def _last_working_day(month: date) -> date:
    day = last_of_month(month)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _title(day: date) -> str:
    """「令和8年度 第2回推進本部会議」: counted over the meetings that are there."""
    year = fiscal_year(day)
    within = (fiscal_year_start(year), fiscal_year_end(year))
    number = Meeting.objects.filter(held_on__range=within).count() + 1
    return f"{fiscal_year_name(year)} 第{number}回推進本部会議"


def _make(story: Story, day: date, month: date, at: datetime) -> Meeting:
    return create_meeting(
        by=story.town.keeper,
        plan=story.plan,
        title=_title(day),
        held_on=day,
        place=story.town.data["place"],
        month=month,
        cycle=ReviewCycle.objects.filter(state=CycleState.OPEN).order_by("-as_of").first(),
        at=at,
    )


@dataclass
class Held:
    """A meeting that is held: made first, filled later."""

    story: Story
    day: date
    row: Meeting = field(init=False)

    def make(self, at: datetime) -> None:
        """It looks at the month before last: the newest one that is closed."""
        self.row = _make(self.story, self.day, add_months(self.day, -1), at)


def _meeting(story: Story, day: date, *, newest: bool) -> Iterator[Event]:
    held = Held(story, day)
    yield Event(moment_of(day - timedelta(days=PREPARED)), held.make)
    told = story.town.data["held" if newest else "earlier"]
    yield Event(moment_of(day, HOUR), partial(_hold, held))
    yield Event(moment_of(day, HOUR), partial(_tell_newest if newest else _tell_earlier, held))
    yield Event(moment_of(day, WRITTEN_UP), partial(_minutes, held, told["minutes"]))
    yield from _answers(held) if newest else _answered_and_closed(held)


def _hold(held: Held, at: datetime) -> None:
    """It begins: what it looks at is kept."""
    held.row = hold_meeting(by=held.story.town.keeper, meeting=held.row, at=at)


def _minutes(held: Held, text: str, at: datetime) -> None:
    write_minutes(
        by=held.story.town.keeper,
        meeting=held.row,
        attendance="\n".join(held.story.town.data["attendance"]),
        minutes=f"{text}\n\n（見本データ）",
        at=at,
    )


def _tell_newest(held: Held, at: datetime) -> None:
    told = held.story.town.data["held"]
    for decision in told["decisions"]:
        _decide(held, decision, at)
    for told_item in told["instructions"]:
        _instruct(held, told_item, held.story.day(*told_item["due"]), at)


def _tell_earlier(held: Held, at: datetime) -> None:
    story, told = held.story, held.story.town.data["earlier"]
    for text in told["decisions"]:
        record_decision(by=story.town.keeper, meeting=held.row, text=text, on=local_day(at), at=at)
    _instruct(held, told["instruction"], add_months(held.day, 1).replace(day=20), at)


def _decide(held: Held, told: dict, at: datetime) -> None:
    revised = (
        [
            _revision(
                told["target"],
                held.day,
            )
        ]
        if "target" in told
        else []
    )
    record_decision(
        by=held.story.town.keeper,
        meeting=held.row,
        text=told["text"],
        measure=Measure.objects.get(number=told["measure"]),
        revisions=revised,
        moves=_moves(told["baseline"]) if "baseline" in told else None,
        on=local_day(at),
        at=at,
    )


def _revision(told: dict, day: date) -> Revision:
    """The target of the running year, lower, from the month of the meeting on."""
    year = fiscal_year(day)
    versions = Target.objects.filter(indicator__code=told["code"], fiscal_year=year)
    value = Decimal(versions.latest("version").value or 0) * Decimal(told["factor"])
    new = NewTarget(
        year,
        value=round(value, 1),
        from_month=day.replace(day=1),
        rationale="見本",
        reason=told["reason"],
    )
    return Revision(Indicator.objects.get(code=told["code"]), new)


def _moves(how_many: int) -> Moves:
    """The forecasts of so many milestones that run late, as new approved dates."""
    moved = [
        row
        for row in Milestone.objects.exclude(state__in=SETTLED).order_by("planned_on", "pk")
        if row.forecast_on and row.forecast_on > row.planned_on
    ]
    return Moves({row.pk: row.forecast_on for row in moved[:how_many]})


def _instruct(held: Held, told: dict, due: date, at: datetime):
    number = told.get("measure")
    return record_action_item(
        by=held.story.town.keeper,
        meeting=held.row,
        text=told["text"],
        department=held.story.town.departments[told["department"]],
        due_on=due,
        measure=Measure.objects.get(number=number) if number else None,
        at=at,
    )


def _answers(held: Held) -> Iterator[Event]:
    """What the departments answered, or began to write, before their due days."""
    for told in held.story.town.data["held"]["instructions"]:
        if "answer" in told or "draft" in told:
            day = held.story.day(*told.get("answered", told["due"]))
            yield Event(
                held.story.within(day - timedelta(days=1), 10), partial(_answer, held, told)
            )


def _answered_and_closed(held: Held) -> Iterator[Event]:
    """The instruction of an earlier meeting is done with."""
    told = held.story.town.data["earlier"]["instruction"]
    day = add_months(held.day, 1).replace(day=15)
    yield Event(moment_of(day), partial(_answer, held, told))
    yield Event(moment_of(day + timedelta(days=2)), partial(_close, held, told))


def _close(held: Held, told: dict, at: datetime) -> None:
    item = held.row.action_items.get(text=told["text"])
    close_action_item(by=held.story.town.keeper, item=item, at=at)


def _answer(held: Held, told: dict, at: datetime) -> None:
    item = held.row.action_items.get(text=told["text"])
    final = "answer" in told
    wanted = Permission.ANSWER_ACTION_ITEMS if final else Permission.DRAFT_ANSWERS
    answer_action_item(
        by=held.story.town.acting(
            item.department,
            wanted,
        ),
        item=item,
        answer=told["answer"] if final else told["draft"],
        final=final,
        at=at,
    )


def _prepare(story: Story, day: date, at: datetime) -> None:
    """The coming meeting, with the agenda that the portal proposes and one more item."""
    row = _make(story, day, story.until, at)
    add_agenda_item(by=story.town.keeper, meeting=row, at=at, **story.town.data["coming"]["extra"])
