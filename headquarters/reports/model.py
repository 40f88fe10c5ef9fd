"""`MonthlyReport`: one month of the plan as plain data, with a format version.

Screen, workbook, chart and (later) editions are drawn from this object alone. It holds words as of
its month (names, departments, bands, why sentences), so later code and later renames do not change
what it says. JSON: `stored.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from foundation.japanese.calendar import wareki_date
from headquarters.reports.rows import (
    AttentionRow,
    BandRow,
    DepartmentRow,
    IndicatorRow,
    MeasureRow,
    MilestoneRow,
    PolicyRow,
    ReviewRow,
    Since,
    StepRow,
)

FORMAT_VERSION = 8


@dataclass(frozen=True)
class MonthlyReport:
    """Everything a month's report says; `edition` None = 速報.

    `as_of` is the month's last day, or of a month that `runs` the day on which it was gathered.
    `made_as`: the format in which it was stored; what that format lacks is empty in its rows.
    `closed_as`: of the figures of today of a closed month, the number of its newest edition.
    `revision`: of the newest change of what reports show, when it was gathered.
    `based_on`: of an annual report, the edition of March with whose figures it was made.
    """

    format_version: int
    made_as: int
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
    revision: int | None

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
    def is_year_end(self) -> bool:
        """Is it judged against the year's targets (年度評価)?"""
        return self.month.month == 3 and not self.runs

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

    def row_of(self, measure_id: int, number: int) -> MeasureRow | None:
        """A measure's row: by its id, in formats without ids by its number."""
        for row in self.measures:
            if row.id == measure_id or (row.id, row.number) == (None, number):
                return row
        return None

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
