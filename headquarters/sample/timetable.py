"""Sample spans, milestones, the first baseline, and what happened on the roadmap.

The roadmap stands in the calendar of the plan (its steps belong to fiscal years); a load tells of
it what lies before the end of its last month.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import parse_month
from foundation.records.actions import local_day
from headquarters.sample.story import Event, Story, moment_of
from roadmap.actions import Update, update_milestone
from roadmap.baselines import create_baseline
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, Step
from roadmap.planning import STEP_FIELDS, define_step, set_span


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _step(key: str) -> Step:
    """The step 「measure-order」."""
    number, order = key.split("-")
    found: Step = Step.objects.select_related("measure__policy__plan", "department").get(
        measure__number=number, order=order
    )
    return found


def make_spans(story: Story, at: datetime) -> None:
    """Spans of steps for which the plan names none."""
    for key, months in story.town.data["spans"].items():
        first, last = map(parse_month, months)
        set_span(
            by=story.town.keeper,
            step=_step(key),
            first_month=first,
            last_month=last,
            on=local_day(at),
            at=at,
        )


def events(story: Story) -> Iterator[Event]:
    """Milestones set, approved and updated; steps begun and ended."""
    data = story.town.data
    for field, days in (("actual_start", data["starts"]), ("actual_end", data["ends"])):
        for key, day in days.items():
            yield from _happens(story, day, 9, partial(_mark, story, key, field))
    for key, name, planned, made, updates in data["milestones"]:
        yield from _happens(story, made, 10, partial(_plan, story, key, name, planned))
        for update in updates:
            yield from _happens(story, update[0], 13, partial(_update, story, key, name, update))
    approved = data["baseline"]["approved_on"]
    yield from _happens(story, approved, 16, partial(_approve, story))


def _happens(story: Story, text: str, hour: int, act) -> Iterator[Event]:
    """The event, when its day has come."""
    day = date.fromisoformat(text)
    if story.is_over(day):
        yield Event(moment_of(day, hour), act)


def _mark(story: Story, key: str, field: str, at: datetime) -> None:
    """A step begins or ends on the day itself."""
    step = _step(key)
    values = {name: getattr(step, name) for name in STEP_FIELDS} | {field: local_day(at)}
    define_step(by=story.town.keeper, step=step, values=values, on=local_day(at), at=at)


def _plan(story: Story, key: str, name: str, planned: str, at: datetime) -> None:
    create_milestone(
        by=story.town.keeper,
        step=_step(key),
        name=name,
        planned_on=date.fromisoformat(planned),
        at=at,
    )


def _approve(story: Story, at: datetime) -> None:
    base = story.town.data["baseline"]
    create_baseline(
        by=story.town.headquarters,
        plan=story.plan,
        name=base["name"],
        approved_on=local_day(at),
        decision=base["decision"],
        on=local_day(at),
        at=at,
    )


def _update(story: Story, key: str, name: str, told: list, at: datetime) -> None:
    row = Milestone.objects.select_related("step__measure").get(step=_step(key), name=name)
    _, state, forecast, completed, reason, comment = told
    department = row.step.department_on(local_day(at))
    update_milestone(
        by=story.town.acting(department, Permission.UPDATE_MILESTONES),
        milestone=row,
        seen_version=row.version,
        update=Update(
            state,
            _day(forecast) or row.forecast_on,
            _day(completed),
            reason,
            comment,
        ),
        on=local_day(at),
        at=at,
    )
