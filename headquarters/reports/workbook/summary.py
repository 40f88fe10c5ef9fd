"""総括表 as it stands on one A4 landscape page, in the workbook and printed from the dashboard.

One measure a row, grouped by policy; long texts by their beginning where the page is full.
"""

from dataclasses import dataclass

from foundation.sheets.fitting import height, room
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MeasureRow, PolicyRow
from headquarters.reports.workbook.paper import A4_LANDSCAPE
from headquarters.reports.workbook.parts import (
    DASH,
    MORE,
    SHORT,
    Shown,
    grade_style,
)
from headquarters.reports.workbook.table import (
    MOST_LINES,
    Printed,
    on_one_page,
    shortened,
    values_of,
)

LEAST_GROUP = 18.0
NOTE = "「…」で終わる文は、施策シートに全文があります。"


@dataclass(frozen=True)
class Cell:
    """What a column says; `style` as the workbook names it."""

    said: Shown
    style: str


@dataclass(frozen=True)
class Line:
    """A measure with what each column says of it."""

    measure: MeasureRow
    said: list[Shown]
    columns: list[Printed]

    @property
    def cells(self) -> list[Cell]:
        """What each column says, as the page wants it."""
        pairs = zip(self.columns, self.said, strict=True)
        return [Cell(said, column.style) for column, said in pairs]


@dataclass(frozen=True)
class Group:
    """A policy in words, with its measures; `height` in points of the sheet."""

    words: str
    height: float
    lines: list[Line]


@dataclass(frozen=True)
class Summary:
    """The whole table. `cut`: some text is shown by its beginning only."""

    columns: list[Printed]
    groups: list[Group]
    cut: bool

    @property
    def shares(self) -> list[str]:
        """How wide each column is, of the page: 「13.2%」."""
        whole = sum(column.width for column in self.columns)
        return [f"{column.width / whole:.2%}" for column in self.columns]


def _moved(indicators: list[IndicatorRow]) -> str:
    """前月からの変化: how many grades went up or down against the month before, as now known."""
    up = down = 0
    for row in indicators:
        if len(row.months) > 1 and row.months[-2].grade and row.grade:
            up += row.grade < row.months[-2].grade
            down += row.grade > row.months[-2].grade
    return "・".join(([f"改善{up}"] if up else []) + ([f"悪化{down}"] if down else [])) or DASH


def _milestones(report: MonthlyReport, measure: MeasureRow) -> str:
    items = [item for step in report.steps_of(measure.number) for item in step.milestones]
    done = sum(item.completed_on is not None for item in items)
    return f"{done}/{len(items)}" if items else "未設定"


def _issues(report: MonthlyReport, measure: MeasureRow) -> str:
    said = [
        row.response for row in report.attention if row.measure == measure.number and row.response
    ]
    more = f"（ほか{len(said) - 2}件）" if len(said) > 2 else ""
    return "／".join(said[:2]) + more or DASH


def _grade_column(report: MonthlyReport, letter: str) -> Printed:
    def count(measure: MeasureRow) -> int:
        rows = report.indicators_of(measure.number)
        return sum((row.grade or DASH) == letter for row in rows)

    return Printed(
        letter,
        count,
        "dx-center",
        4,
    )


def _text(header: str, getter, width: float, end: str, style: str = "dx-body") -> Printed:
    return Printed(header, getter, style, width, most=MOST_LINES, end=end)


def _columns(report: MonthlyReport) -> list[Printed]:
    """The columns; their texts as long as the page allows."""

    def graded(name: str):
        def get(measure: MeasureRow) -> str:
            review = report.review_of(measure.number)
            return getattr(review, name) or DASH if review else DASH

        return get

    letters = [*(band.letter for band in report.bands), DASH]

    return [
        Printed("No", lambda row: row.number, "dx-center", 4.5),
        _text("個別施策", lambda row: row.name, 24, SHORT),
        _text("所管課", lambda row: row.department, 12, SHORT),
        *(_grade_column(report, letter) for letter in letters),
        Printed("節目\n完了/予定", lambda row: _milestones(report, row), "dx-center", 9),
        _text("工程表", lambda row: row.roadmap_state, 11.5, SHORT, "dx-center"),
        Printed(
            "自動\n判定",
            lambda row: row.verdict or DASH,
            "dx-center",
            6,
            dress=lambda row: grade_style(row.verdict),
        ),
        _text("自動判定の理由", lambda row: row.why, 37.5, MORE, "dx-small"),
        Printed("自己\n評価", graded("self_grade"), "dx-center", 6),
        Printed("本部\n評価", graded("headquarters_grade"), "dx-center", 6),
        Printed(
            "前月から\nの変化", lambda row: _moved(report.indicators_of(row.number)), "dx-center", 9
        ),
        _text("主な課題", lambda row: _issues(report, row), 37, MORE, "dx-small"),
    ]


def _policy_words(policy: PolicyRow) -> str:
    return f"基本方針{policy.number}　{policy.name}"


def _group_height(policy: PolicyRow, units: float) -> float:
    return max(LEAST_GROUP, height(_policy_words(policy), room(units)))


def summary_of(report: MonthlyReport, *, beside: float = 0) -> Summary:
    """The table with its texts as long as the page allows; with more measures it goes on.

    `beside`: points of what else stands on the page.
    """
    columns = _columns(report)
    units = sum(column.width for column in columns)
    heights = {each.number: _group_height(each, units) for each in report.policies}
    whole = values_of(columns, report.measures)
    others = beside + sum(heights.values())
    columns = on_one_page(columns, whole, A4_LANDSCAPE, others=others)
    said = [shortened(columns, each) for each in whole]
    lines = [Line(*each, columns) for each in zip(report.measures, said, strict=True)]
    groups = [
        Group(
            _policy_words(policy),
            heights[policy.number],
            [line for line in lines if line.measure.policy == policy.number],
        )
        for policy in report.policies
    ]
    return Summary(
        columns,
        groups,
        said != whole,
    )
