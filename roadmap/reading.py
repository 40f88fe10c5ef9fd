"""From rows to the pure schedule: steps with their milestones as they stood at the end of a day.

`load(on)` asks two queries (steps, milestones) whatever the data; roadmap, lists, measure sheet
and monthly report all read it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from foundation.accounts.models import Department
from foundation.japanese.calendar import first_of_month, fiscal_year
from foundation.records.by_day import seen_on
from foundation.records.compiled import Compiled
from measures.labels import call_then
from measures.models import Measure
from measures.querysets import lead_of
from measures.settings_of import SettingVersions
from roadmap.choices import MilestoneState, Recurrence
from roadmap.models import Milestone, Step
from roadmap.schedule import (
    Health,
    MilestoneFacts,
    StepState,
    health,
    is_overdue_or_done,
    step_state,
)


@dataclass(frozen=True)
class MilestoneView:
    """A milestone row with its facts and health on that day."""

    row: Milestone
    facts: MilestoneFacts
    health: Health
    on: date

    @property
    def state_label(self) -> str:
        """The chosen state in words; 「遅延」 when it is late."""
        return "遅延" if self.health.late else MilestoneState(self.facts.state).label

    @property
    def kind(self) -> str:
        """The sign: done, doing, late, todo, off."""
        if self.health.late:
            return "late"
        return {
            "completed": "done",
            "in_progress": "doing",
            "revised": "doing",
            "cancelled": "off",
        }.get(self.facts.state, "todo")

    @property
    def fiscal_year(self) -> int:
        """The fiscal year it belongs to: its own in a yearly step, else that of its plan."""
        return self.row.fiscal_year or fiscal_year(self.facts.approved_on)

    @property
    def day(self) -> date:
        """The day it stands at: done, or expected at the earliest, else planned."""
        return self.health.expected_on or self.facts.approved_on

    @property
    def reason(self) -> str:
        """Why it stands where it does: the postponement in force, why it is 見直し or 中止."""
        said = self.row.reason_then or ""
        if self.facts.state == MilestoneState.CANCELLED:
            return said
        postponed = self.row.postponed_reason or "" if self._postponement_holds else ""
        if self.facts.state == MilestoneState.REVISED and said != postponed:
            return "／".join(filter(None, (postponed, said)))
        return postponed or said

    @property
    def _postponement_holds(self) -> bool:
        """Is the newest postponement the forecast in force, or at least not taken back?"""
        facts, postponed_to = self.facts, self.row.postponed_to
        day = facts.completed_on or facts.forecast_on
        return day is not None and (facts.forecast_on == postponed_to or day > facts.approved_on)

    @property
    def may_confirm(self) -> str:
        """What one click may say: 「予定どおり」, 「見込どおり」; empty where neither holds."""
        late_without = self.health.late and self.facts.forecast_on is None
        if self.facts.state != MilestoneState.IN_PROGRESS or self.health.passed or late_without:
            return ""
        return "見込どおり" if self.health.slip else "予定どおり"

    @property
    def late(self) -> bool:
        """Past its approved date and not done."""
        return self.health.late

    @property
    def days_late(self) -> int:
        """By how many days; 0 when it is not."""
        return self.health.days_late

    @property
    def has_forecast(self) -> bool:
        """Is there a forecast ahead?"""
        return self.facts.forecast_on is not None and not self.health.passed

    @property
    def slipping(self) -> bool:
        """Expected after its approved date."""
        return self.health.slipping

    @property
    def stale(self) -> bool:
        """実施中 without news."""
        return self.health.stale

    @property
    def is_due(self) -> bool:
        """Its approved date has come."""
        return is_overdue_or_done(self.facts, self.on)


@dataclass
class StepView:
    """A step with its milestones and its computed state on that day."""

    row: Step
    on: date
    department: Department | None = None
    milestones: list[MilestoneView] = field(default_factory=list)

    @property
    def state(self) -> StepState:
        """The computed state."""
        return step_state(
            first_month=self.row.first_month,
            last_month=self.row.last_month,
            actual_start=self.row.actual_start,
            actual_end=self.row.actual_end,
            healths=[item.health for item in self.milestones],
            states=[item.facts.state for item in self.milestones],
            years=[item.fiscal_year for item in self.milestones],
            on=self.on,
            yearly=self.row.recurrence == Recurrence.YEARLY,
            as_needed=self.row.recurrence == Recurrence.AS_NEEDED,
        )

    @property
    def late(self) -> list:
        """Its late milestones."""
        return [item for item in self.milestones if item.health.late]


def _facts(row: Milestone) -> MilestoneFacts:
    return MilestoneFacts(
        state=row.state_then or MilestoneState.NOT_STARTED,
        approved_on=row.approved_on,
        original_on=row.original_on,
        forecast_on=row.forecast_then,
        completed_on=row.completed_then,
        last_update_on=row.last_update_on,
        postponements=row.postponements,
    )


def milestone_on(key: int, on: date) -> MilestoneView:
    """One milestone as of the end of `on`, also of a step that has left the roadmap."""
    row = Milestone.objects.as_of(on).get(pk=key)
    facts = _facts(row)
    return MilestoneView(
        row,
        facts,
        health(facts, on),
        on,
    )


AsOf = Callable[[date], list[StepView]]  # how the roadmap of a day is read: `load`, `AsOfEach`


@lru_cache(maxsize=64)
def _as_of(on: date, measure: int | None) -> tuple[Compiled[Step], Compiled[Milestone]]:
    """The questions for steps and milestones, put together once for these arguments."""
    steps = Step.objects.on(on)
    milestones = Milestone.objects.as_of(on).order_by("step", "order", "planned_on")
    if measure is not None:
        steps, milestones = steps.filter(measure=measure), milestones.filter(step__measure=measure)
    return Compiled(steps), Compiled(milestones)


@lru_cache(maxsize=16)
def _as_of_each(days: tuple[date, ...]) -> tuple[Compiled[Step], Compiled[Milestone]]:
    """The same for several days."""
    milestones = Milestone.objects.as_of_each(days).order_by("step", "order", "planned_on")
    return Compiled(Step.objects.on_each(days)), Compiled(milestones)


def load(on: date, *, measure=None) -> list[StepView]:
    """Steps in the plan's order with their milestones, as of the end of `on`.

    All, or those of one measure.
    """
    steps, milestones = _as_of(on, measure and measure.pk)
    return _views(on, steps(), milestones())


@dataclass(frozen=True)
class PlacedMilestone:
    """A milestone with the department that answers for its step, and the measure as called then."""

    view: MilestoneView
    measure: Measure
    department: Department | None


@lru_cache(maxsize=64)
def _placed_on(on: date, measure: int | None) -> Compiled[Milestone]:
    """The question for them, put together once for these arguments."""
    rows = Milestone.objects.placed(on)
    return Compiled(rows if measure is None else rows.filter(step__measure=measure))


def milestones_on(on: date, *, measure: Measure | None = None) -> list[PlacedMilestone]:
    """Every milestone as of the end of `on`, in the plan's order, or those of one measure: for
    those who ask nothing of the steps. One query.
    """
    rows: list[Any] = _placed_on(on, measure and measure.pk)()
    stale_days = _stale_days(rows, on)
    return [
        PlacedMilestone(
            _view(row, on, stale_days),
            call_then(row.step.measure, row),
            _own_department(row.step, row) or lead_of(row),
        )
        for row in rows
    ]


class AsOfEach:
    """The roadmap as of several days, as `load` gives it; all are read at once, with the first
    that is looked at. Two queries.
    """

    def __init__(self, *days: date):
        self._days = tuple(sorted(set(days)))

    def __call__(self, on: date) -> list[StepView]:
        return self._found[on] if on in self._days else load(on)

    @cached_property
    def _found(self) -> dict[date, list[StepView]]:
        if len(self._days) == 1:
            return {day: load(day) for day in self._days}
        steps, milestones = (asked() for asked in _as_of_each(self._days))
        return {
            day: _views(day, seen_on(steps, day, "measure", "department"), seen_on(milestones, day))
            for day in self._days
        }


def _views(on: date, steps: list[Any], milestones: list[Any]) -> list[StepView]:
    stale_days = _stale_days(steps, on)
    by_step = defaultdict(list)
    for row in milestones:
        by_step[row.step_id].append(_view(row, on, stale_days))
    for step in steps:
        call_then(step.measure, step)
        _own_department(step, step)
    return [StepView(step, on, step.department_on(on), by_step[step.pk]) for step in steps]


def _stale_days(rows: list[Any], on: date) -> int:
    """After how many days without news, as the plan's settings say; they come with every row."""
    settings = SettingVersions.read(rows[0].decided if rows else None)
    return settings.in_month(first_of_month(on)).stale_days


def _view(row: Milestone, on: date, stale_days: int) -> MilestoneView:
    facts = _facts(row)
    return MilestoneView(row, facts, health(facts, on, stale_days), on)


def _own_department(step: Step, told: Any) -> Department | None:
    """The department that a step has itself, as it was called then."""
    if step.department is not None and told.department_name_then is not None:
        step.department.name = told.department_name_then
    return step.department
