"""The rows of a `MonthlyReport`: plain data, with words as of its month (`model.py`)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from foundation.japanese.calendar import wareki_month_short
from headquarters.reports.beside_rows import (
    ForecastRow,
    LastYearRow,
    PaceRow,
    PlanProgressRow,
)
from kpi.rules.grades import LETTERS


@dataclass(frozen=True)
class BandRow:
    """A grade: letter, name, the rate (percent) from which it holds (None: the rest)."""

    letter: str
    name: str
    threshold: Decimal | None


@dataclass(frozen=True)
class MonthCell:
    """One indicator in one month: what was reported and how it is judged as of that month.

    `figure`: the month's own figure in the digits shown, whether it was reported as a value or as
    numerator and denominator; None where there is none (算定不能 when the denominator is 0).
    `judged_until`: the last month that entered the judgement. `last_year`: of the same month a year
    before, of sums the total to date (None: not there, or not comparable). `lower`, `upper`: of a
    target that is a range. `version`: of the stored value (0: none; None in formats without).
    `actual_maturity`: of the year's figure, 暫定 where anything that it is made of is.
    """

    month: date
    state: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    figure: Decimal | None
    missing_reason: str
    maturity: str
    as_of: date | None
    note: str
    public_note: str
    target: Decimal | None
    actual: Decimal | None
    expectation: Decimal | None
    judged_until: date | None
    rate: Decimal | None
    grade: str | None
    not_judged: str
    last_year: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    version: int | None
    actual_maturity: str


@dataclass(frozen=True)
class TargetRow:
    """A target of a fiscal year; a range has lower and/or upper instead of a value.

    `none`: it was decided to set none. `from_month`: from which month this version holds; decided
    when and where, and why.
    """

    fiscal_year: int
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    midyear: Decimal | None
    version: int
    none: bool
    from_month: date | None
    reason: str
    decided_on: date | None
    decided_where: str


@dataclass(frozen=True)
class FirstTarget:
    """The judgement against the first version of the target, where a later one is in force."""

    rate: Decimal | None
    grade: str | None
    sentence: str


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator as of the report's month; `months` are the plan's months up to it.

    `targets`: of each fiscal year the one in force; `revisions`: of the month's year every later
    version that is in force; `breaks`: months from which another thing is counted.
    `actual_of`: the month of a figure that is an earlier fiscal year's (shown, not judged).
    `judged_until`: the last month that entered the judgement. `submission`: the state of its
    department's submission. `uncomputed`: the parts of a figure that cannot be computed (「0／0」);
    `beside`: what stands beside the grade (「基準値より悪化」); `by_target`: the grade moved only
    because the target did. `forecast`, `pace`, `last_year` and `plan_progress` stand beside the
    judgement and never enter it. What an old format lacks is None or empty
    (`MonthlyReport.made_as`).
    """

    id: int | None
    code: str
    name: str
    measure: int
    unit: str
    decimals: int
    kind: str
    direction: str
    counting: str
    frequency: str
    method: str
    formula: str
    numerator_label: str
    numerator_unit: str
    denominator_label: str
    denominator_unit: str
    department: str
    department_id: int | None
    source: str
    baseline_value: Decimal | None
    published: bool
    targets: tuple[TargetRow, ...]
    revisions: tuple[TargetRow, ...]
    breaks: tuple[date, ...]
    months: tuple[MonthCell, ...]
    state: str
    actual: Decimal | None
    actual_of: date | None
    actual_maturity: str
    uncomputed: str
    judged_until: date | None
    expectation: Decimal | None
    target: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    rate: Decimal | None
    grade: str | None
    not_judged: str
    phase: str
    sentence: str
    first_target: FirstTarget | None
    beside: str
    by_target: bool
    submission: str
    forecast: ForecastRow | None
    pace: PaceRow | None
    last_year: LastYearRow | None
    plan_progress: PlanProgressRow | None
    note: str

    @property
    def ahead(self) -> ForecastRow | PaceRow | None:
        """What is to be expected at the year's end: what the department said, else the pace."""
        return self.forecast or self.pace

    @property
    def earlier(self) -> str:
        """「（R9.3）」 behind a figure of an earlier year, else nothing."""
        return f"（{wareki_month_short(self.actual_of)}）" if self.actual_of else ""


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone as of the report's day; slip in days (positive: later)."""

    id: int | None
    name: str
    state: str
    kind: str
    original_on: date | None
    approved_on: date
    forecast_on: date | None
    completed_on: date | None
    late: bool
    days_late: int
    slipping: bool
    stale: bool
    is_due: bool
    slip: int | None
    postponements: int
    sentence: str
    reason: str
    comment: str

    @property
    def day(self) -> date:
        """The day it stands at: done, or expected at the earliest, else planned."""
        return self.approved_on + timedelta(days=self.slip or 0)

    @property
    def has_forecast(self) -> bool:
        """Is there a forecast ahead?"""
        return self.forecast_on is not None and self.forecast_on == self.day

    @property
    def expects_delay(self) -> bool:
        """Is there a forecast ahead, after the approved date?"""
        return bool(self.slip and self.slip > 0) and self.forecast_on == self.day

    @property
    def forecast_passed(self) -> bool:
        """Late, and the forecast has passed too."""
        return self.late and self.forecast_on is not None and self.forecast_on != self.day

    @property
    def original_slip(self) -> int | None:
        """The slip against the original plan in days, where it is another than `slip`."""
        if self.slip is None or self.original_on in (None, self.approved_on):
            return None
        return (self.day - self.original_on).days


@dataclass(frozen=True)
class StepRow:
    """One step of the roadmap with its milestones; months as firsts of month."""

    id: int | None
    measure: int
    name: str
    recurrence: str
    first_month: date | None
    last_month: date | None
    actual_start: date | None
    actual_end: date | None
    kind: str
    state: str
    department: str
    department_id: int | None
    milestones: tuple[MilestoneRow, ...]


@dataclass(frozen=True)
class MeasureRow:
    """One measure: its verdict, the sentence for the matrix, and the plan's own words about it."""

    id: int | None
    number: int
    name: str
    policy: int
    department: str
    department_id: int | None
    verdict: str | None
    why: str
    roadmap_kind: str
    roadmap_state: str
    summary: str
    current_issues: str
    initiatives: str
    kpi_text: str
    roadmap_text: str


@dataclass(frozen=True)
class ReviewRow:
    """One PDCA sheet that has been handed in, in a cycle of the fiscal year.

    Texts as written, grades as letters.
    """

    measure: int
    cycle: str
    as_of: date
    state: str
    plan_text: str
    done_text: str
    analysis: str
    next_action: str
    next_direction: str
    self_grade: str
    self_grade_reason: str
    headquarters_grade: str
    headquarters_comment: str


@dataclass(frozen=True)
class PolicyRow:
    """One basic policy."""

    number: int
    name: str


@dataclass(frozen=True)
class AttentionRow:
    """One thing to look at.

    Kind (D, C, late, slipping, stale, missing), subject, fact, the department's answer.
    """

    kind: str
    label: str
    measure: int
    subject: str
    link: str
    fact: str
    response: str
    department: str
    due_on: date | None

    @property
    def is_grade(self) -> bool:
        """Is it here for its grade? (`kind` is the letter then)"""
        return self.kind in LETTERS


@dataclass(frozen=True)
class DepartmentRow:
    """One department's submission of the month (name 「所管課未定」 for indicators without one)."""

    id: int | None
    name: str
    state: str
    due: int
    answered: int


@dataclass(frozen=True)
class Change:
    """One difference between two reports.

    What kind, of what, from, to; `code`, `month` (values only) and `indicator` (its id) lead to who
    and why.
    """

    kind: str
    subject: str
    before: str
    after: str
    code: str = ""
    month: date | None = None
    indicator: int | None = None


@dataclass(frozen=True)
class Since:
    """What changed since an edition, named by `label`: the one before of the same month, with the
    `reason` why it was closed again, else that of the month closed before.
    """

    label: str
    changes: tuple[Change, ...]
    reason: str
