"""The rows of policies × measures × grades, for screen and workbook. Pure over the report."""

from collections import Counter
from dataclasses import dataclass

from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MeasureRow, PolicyRow
from kpi.choices import ANSWERED, ASKED, SubmissionState

HANDED_IN = {SubmissionState.SUBMITTED.label, SubmissionState.CONFIRMED.label}


@dataclass(frozen=True)
class MatrixRow:
    """A measure with its indicators by grade.

    `policy` and `span` only on the first row of a policy. `milestones`: how many stand behind what
    it says of the roadmap: the late ones, when there are any, else all.
    """

    measure: MeasureRow
    cells: tuple[tuple[str, tuple[IndicatorRow, ...]], ...]
    policy: PolicyRow | None
    span: int
    late: int
    milestones: int

    @property
    def road_query(self) -> str:
        """What leads to the list of these milestones."""
        measure = f"measure={self.measure.number}"
        return f"{measure}&show=late" if self.late else measure


def matrix(report: MonthlyReport) -> list[MatrixRow]:
    """One row per measure in the plan's order."""
    letters = [*(band.letter for band in report.bands), "－"]
    policies = {row.number: row for row in report.policies}
    spans = {number: sum(row.policy == number for row in report.measures) for number in policies}
    seen, rows = set(), []
    for measure in report.measures:
        indicators = report.indicators_of(measure.number)
        cells = tuple(
            (letter, tuple(row for row in indicators if (row.grade or "－") == letter))
            for letter in letters
        )
        first = measure.policy not in seen
        seen.add(measure.policy)
        items = [item for step in report.steps_of(measure.number) for item in step.milestones]
        late = sum(item.late for item in items)
        rows.append(
            MatrixRow(
                measure,
                cells,
                policies[measure.policy] if first else None,
                spans[measure.policy],
                late,
                late or len(items),
            )
        )
    return rows


@dataclass(frozen=True)
class Headline:
    """The figures of the dashboard's first line."""

    due: int
    done: int
    late: int
    asked: int
    answered: int
    submitted: int
    waiting: dict[str, int]

    @property
    def late_words(self) -> str:
        """「4件」."""
        return f"{self.late}件"

    @property
    def missing(self) -> int:
        """Cells asked for in the month and still empty."""
        return self.asked - self.answered


def headline(report: MonthlyReport) -> Headline:
    """Counts of milestones whose date has come, of the month's cells and of its submissions."""
    due = [row for row in report.milestones if row.is_due]
    return Headline(
        due=len(due),
        done=sum(row.completed_on is not None for row in due),
        late=sum(row.late for row in report.milestones),
        asked=sum(row.state in ASKED for row in report.indicators),
        answered=sum(row.state in ANSWERED for row in report.indicators),
        submitted=sum(row.state in HANDED_IN for row in report.departments),
        waiting=dict(
            Counter(row.state for row in report.departments if row.state not in HANDED_IN)
        ),
    )
