"""What a decision can move: one line for each open milestone and each step with a span.

A line says what is approved now and what the department expects; the form of a decision
(`roadmap.revision_forms`) ticks lines. Those of the measure under discussion come first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import wareki_short
from measures.models import Measure
from roadmap import reading
from roadmap.baselines import Approved
from roadmap.choices import SETTLED
from roadmap.models import Milestone, Step
from roadmap.moved import Span, span_of, span_words
from roadmap.reading import MilestoneView, StepView


@dataclass(frozen=True)
class MilestoneLine:
    """A milestone that a decision can move. `forecast`: the expected day that can be approved."""

    row: Milestone
    step: Step
    now: date
    forecast: date | None
    passed: bool = False

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"m{self.row.pk}"

    @property
    def measure(self) -> Measure:
        """Of which measure it is."""
        return self.step.measure

    @property
    def label(self) -> str:
        """「調査報告（システム調査）」."""
        return f"{self.row}（{self.step}）"

    @property
    def now_words(self) -> str:
        """The approved day."""
        return wareki_short(self.now)

    @property
    def usable(self) -> date | None:
        """The forecast, where approving it would change something."""
        if self.passed or self.forecast == self.now:
            return None
        return self.forecast


@dataclass(frozen=True)
class StepLine:
    """A step whose span a decision can move. `approved`: where another span is approved by now."""

    row: Step
    now: Span
    approved: Span

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"s{self.row.pk}"

    @property
    def measure(self) -> Measure:
        """Of which measure it is."""
        return self.row.measure

    @property
    def label(self) -> str:
        """「システム調査の期間」."""
        return f"{self.row}の期間"

    @property
    def now_words(self) -> str:
        """The span at work."""
        return span_words(self.now)

    @property
    def approved_words(self) -> str:
        """The approved span, where the step has another one by now."""
        return "" if self.approved == self.now else span_words(self.approved)


Line = MilestoneLine | StepLine


@dataclass(frozen=True)
class Movable:
    """Everything that a decision can move, in the plan's order."""

    milestones: list[MilestoneLine]
    steps: list[StepLine]

    @classmethod
    def on(cls, day: date) -> "Movable":
        """As of today. Three queries."""
        views, approved = reading.load(day), Approved.now()
        milestones = [
            _milestone(view, item)
            for view in views
            for item in view.milestones
            if item.facts.state not in SETTLED
        ]

        return cls(milestones, list(_steps(views, approved)))


def _milestone(view: StepView, item: MilestoneView) -> MilestoneLine:
    facts = item.facts
    return MilestoneLine(
        item.row, view.row, facts.approved_on, facts.forecast_on, item.health.passed
    )


def _steps(views: Iterable[StepView], approved: Approved) -> Iterable[StepLine]:
    for view in views:
        span = span_of(view.row)
        if span is not None:
            yield StepLine(view.row, span, approved.span_of(view.row) or span)
