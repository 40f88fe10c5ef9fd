"""The roadmap as a meeting sees it: of one that is held as it was kept, else as it stands today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from headquarters.meetings.choices import OVER
from headquarters.meetings.models import Meeting
from headquarters.reports.from_roadmap import step_row
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import MilestoneRow, StepRow
from roadmap import reading

Steps = dict[int, list[StepRow]]  # by the measure's number


@dataclass(frozen=True)
class Fallen:
    """A milestone that is late and was not at the last meeting."""

    step: str
    name: str


@dataclass(frozen=True)
class Road:
    """The steps of every measure as of the day `on`.

    `late_before`: the milestones that were late at the last meeting already; None: there was none.
    """

    on: date
    steps: Steps
    late_before: frozenset[Any] | None

    @property
    def late(self) -> frozenset[int]:
        """The numbers of the measures with a late milestone."""
        return frozenset(number for number in self.steps if self.late_of(number))

    def steps_of(self, number: int) -> list[StepRow]:
        """The steps of a measure."""
        return self.steps.get(
            number,
            [],
        )

    def late_of(self, number: int) -> list[MilestoneRow]:
        """The late milestones of a measure."""
        return [item for step in self.steps_of(number) for item in step.milestones if item.late]

    def fallen_of(self, number: int) -> list[Fallen]:
        """What became late since the last meeting."""
        if self.late_before is None:
            return []
        return [
            Fallen(step.name, item.name)
            for step in self.steps_of(number)
            for item in step.milestones
            if item.late and key_of(step, item) not in self.late_before
        ]


def key_of(step: StepRow, item: MilestoneRow) -> Any:
    """What a milestone is known by: its id, in formats without ids by its names."""
    return item.id or (step.measure, step.name, item.name)


def steps_on(report: MonthlyReport, on: date, roadmap: reading.AsOf = reading.load) -> Steps:
    """The steps as they stood on a day, by the numbers that the report has."""
    numbers = {row.id: row.number for row in report.measures}
    found: Steps = {}
    for view in roadmap(on):
        number = numbers.get(view.row.measure_id, view.row.measure.number)
        found.setdefault(number, []).append(step_row(view))
    return found


def kept_steps(report: MonthlyReport) -> Steps:
    """The steps that a report has kept."""
    return {row.number: report.steps_of(row.number) for row in report.measures}


def road_of(
    meeting: Meeting,
    report: MonthlyReport,
    before: Meeting | None,
    earlier: MonthlyReport | None,
    *,
    on: date,
    roadmap: reading.AsOf = reading.load,
) -> Road:
    """The roadmap of a meeting on the day `on`; `earlier`: the report of the meeting `before`;
    `roadmap`: how it is read.
    """
    if meeting.state in OVER:
        late = _late(kept_steps(earlier)) if earlier else None
        return Road(report.as_of, kept_steps(report), late)
    day = min(meeting.held_on, on)
    late = _late(steps_on(report, before.held_on, roadmap)) if before else None
    return Road(day, steps_on(report, day, roadmap), late)


def _late(steps: Steps) -> frozenset[Any]:
    return frozenset(
        key_of(step, item)
        for rows in steps.values()
        for step in rows
        for item in step.milestones
        if item.late
    )


@dataclass(frozen=True)
class MovedSince:
    """A milestone that stands otherwise today than in what the meeting looked at."""

    name: str
    before: str
    after: str


def moved_since(kept: list[StepRow], now: list[StepRow]) -> list[MovedSince]:
    """What is said otherwise of the milestones of a measure today."""
    old = {key_of(step, item): item for step in kept for item in step.milestones}
    return [
        MovedSince(item.name, _stands(old.get(key_of(step, item))), _stands(item))
        for step in now
        for item in step.milestones
        if _stands(old.get(key_of(step, item))) != _stands(item)
    ]


def _stands(item: MilestoneRow | None) -> str:
    """「遅延 12月11日」: the state of a milestone and the day at which it stands."""
    return f"{item.state} {item.day.month}月{item.day.day}日" if item else "なし"
