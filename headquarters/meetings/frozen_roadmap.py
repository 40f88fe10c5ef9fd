"""The roadmap of a report, drawn like that of today: the steps and milestones as they were kept.

Rows are made anew from the report and never saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from headquarters.reports.rows import MilestoneRow, StepRow
from roadmap.choices import MilestoneState, Recurrence
from roadmap.drawing import Bar, Window, bar_of
from roadmap.schedule import Health, MilestoneFacts, StepState

RECURRENCES = {each.label: each for each in Recurrence}
STATES = {
    "done": MilestoneState.COMPLETED,
    "doing": MilestoneState.IN_PROGRESS,
    "off": MilestoneState.CANCELLED,
}


@dataclass(frozen=True)
class KeptMilestone:
    """A milestone of a report, as `drawing` asks for one."""

    row: Any
    facts: MilestoneFacts
    health: Health
    state_label: str
    kind: str
    day: date


@dataclass(frozen=True)
class KeptStep:
    """A step of a report, as `drawing` and its template ask for one."""

    row: Any
    on: date
    state: StepState
    milestones: list[KeptMilestone]

    @property
    def late(self) -> list[KeptMilestone]:
        """Its late milestones."""
        return [item for item in self.milestones if item.health.late]


def bars(view: Window, steps: Iterable[StepRow]) -> list[Bar]:
    """The drawing of each step, as of the day of the window."""
    return [bar_of(view, _step(row, view.today)) for row in steps]


def _step(row: StepRow, on: date) -> KeptStep:
    step = SimpleNamespace(
        pk=None,
        name=row.name,
        recurrence=RECURRENCES.get(row.recurrence, Recurrence.NONE),
        get_recurrence_display=row.recurrence,
        first_month=row.first_month,
        last_month=row.last_month,
        original_first=None,
        original_last=None,
        actual_start=row.actual_start,
        actual_end=row.actual_end,
    )
    milestones = [_milestone(item) for item in row.milestones]
    return KeptStep(step, on, StepState(row.kind, row.state), milestones)


def _milestone(row: MilestoneRow) -> KeptMilestone:
    facts = MilestoneFacts(
        state=STATES.get(row.kind, MilestoneState.NOT_STARTED),
        approved_on=row.approved_on,
        original_on=row.original_on,
        forecast_on=row.forecast_on,
        completed_on=row.completed_on,
        postponements=row.postponements,
    )
    health = Health(
        late=row.late,
        slip=row.slip,
        slipping=row.slipping,
        stale=row.stale,
        sentence=row.sentence,
        passed=row.forecast_passed,
    )
    name = SimpleNamespace(name=row.name)
    return KeptMilestone(name, facts, health, row.state, row.kind, row.day)
