"""`MonthlyReport`: one month of the plan as plain data, with a format version.

Screen, workbook, chart and (later) editions are drawn from this object alone. It holds words as of
its month (names, departments, bands, why sentences), so later code and later renames do not change
what it says. JSON: `stored.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from foundation.japanese.calendar import wareki_date, wareki_month_short
from kpi.rules.grades import LETTERS

FORMAT_VERSION = 4


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
    rate: Decimal | None
    grade: str | None
    not_judged: str


@dataclass(frozen=True)
class TargetRow:
    """The target in force of a fiscal year; a range has lower and/or upper instead of a value."""

    fiscal_year: int
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    midyear: Decimal | None
    version: int


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator as of the report's month; `months` are the plan's months up to it.

    `actual_of`: the month of a figure that is an earlier fiscal year's (shown, not judged).
    """

    code: str
    name: str
    measure: int
    unit: str
    decimals: int
    kind: str
    direction: str
    counting: str
    department: str
    source: str
    baseline_value: Decimal | None
    published: bool
    targets: tuple[TargetRow, ...]
    months: tuple[MonthCell, ...]
    state: str
    actual: Decimal | None
    actual_of: date | None
    expectation: Decimal | None
    target: Decimal | None
    rate: Decimal | None
    grade: str | None
    not_judged: str
    phase: str
    sentence: str
    note: str

    @property
    def earlier(self) -> str:
        """「（R9.3）」 behind a figure of an earlier year, else nothing."""
        return f"（{wareki_month_short(self.actual_of)}）" if self.actual_of else ""


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone as of the report's day; slip in days (positive: later)."""

    name: str
    state: str
    kind: str
    original_on: date | None
    approved_on: date
    forecast_on: date | None
    completed_on: date | None
    late: bool
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
    milestones: tuple[MilestoneRow, ...]


@dataclass(frozen=True)
class MeasureRow:
    """One measure: its verdict, the sentence for the matrix, and the plan's own words about it."""

    number: int
    name: str
    policy: int
    department: str
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

    name: str
    state: str
    due: int
    answered: int


@dataclass(frozen=True)
class Change:
    """One difference between two reports.

    What kind, of what, from, to; `code` and `month` (values only) lead to who and why.
    """

    kind: str
    subject: str
    before: str
    after: str
    code: str = ""
    month: date | None = None


@dataclass(frozen=True)
class Since:
    """What changed since an edition, named by `label`: the one before of the same month, with the
    `reason` why it was closed again, else that of the month closed before.
    """

    label: str
    changes: tuple[Change, ...]
    reason: str


@dataclass(frozen=True)
class MonthlyReport:
    """Everything a month's report says; `edition` None = 速報.

    `as_of` is the month's last day, or of a month that `runs` the day on which it was gathered.
    `closed_as`: of the figures of today of a closed month, the number of its newest edition.
    `based_on`: of an annual report, the edition of March with whose figures it was made.
    """

    format_version: int
    plan: str
    municipality: str
    municipality_code: str
    month: date
    as_of: date
    runs: bool
    fiscal_year: int
    edition: int | None
    made_at: datetime
    closed_by: str
    sample: bool
    open_points: int
    bands: tuple[BandRow, ...]
    policies: tuple[PolicyRow, ...]
    measures: tuple[MeasureRow, ...]
    indicators: tuple[IndicatorRow, ...]
    steps: tuple[StepRow, ...]
    attention: tuple[AttentionRow, ...]
    departments: tuple[DepartmentRow, ...]
    reviews: tuple[ReviewRow, ...]
    since: Since | None
    closed_as: int | None
    based_on: str

    @property
    def version(self) -> str:
        """「第3版」, of a closed month's figures of today 「現在」, else 「速報」."""
        if self.edition:
            return f"第{self.edition}版"
        return "現在" if self.closed_as else "速報"

    @property
    def version_words(self) -> str:
        """The same for a heading: 「現在（第1版を締めた後の内容。版ではありません）」."""
        if self.edition:
            return self.version
        if self.closed_as:
            return f"現在（第{self.closed_as}版を締めた後の内容。版ではありません）"
        return "速報（締め前）"

    @property
    def as_of_words(self) -> str:
        """「令和8年10月31日時点」, of a month that runs 「令和8年11月27日現在」."""
        return f"{wareki_date(self.as_of)}{'現在' if self.runs else '時点'}"

    @property
    def judged(self) -> int:
        """How many indicators have a grade."""
        return sum(row.grade is not None for row in self.indicators)

    @property
    def counts(self) -> dict[str, int]:
        """{letter or "－": number of indicators}, bands first. Counts, never an average."""
        found = {band.letter: 0 for band in self.bands} | {"－": 0}
        for row in self.indicators:
            found[row.grade or "－"] += 1
        return found

    @property
    def not_judged(self) -> dict[str | None, int]:
        """{reason: number} of indicators without a grade, most frequent first."""
        found: dict[str | None, int] = {}
        for row in self.indicators:
            if row.grade is None:
                found[row.not_judged] = found.get(row.not_judged, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def not_judged_words(self) -> str:
        """「目標未設定9・未入力2」."""
        return "・".join(f"{reason}{count}" for reason, count in self.not_judged.items())

    @property
    def milestones(self) -> list[MilestoneRow]:
        """All milestones of all steps."""
        return [item for step in self.steps for item in step.milestones]

    def indicators_of(self, number: int) -> list[IndicatorRow]:
        """The indicators of a measure."""
        return [row for row in self.indicators if row.measure == number]

    def steps_of(self, number: int) -> list[StepRow]:
        """The steps of a measure."""
        return [row for row in self.steps if row.measure == number]

    def review_of(self, number: int) -> ReviewRow | None:
        """The newest sheet of a measure that was handed in, or None."""
        return max(
            (row for row in self.reviews if row.measure == number),
            key=lambda row: row.as_of,
            default=None,
        )
