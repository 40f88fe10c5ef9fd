"""The KPIs on a measure's sheet: figures, what is expected, the year's course, charts."""

from datetime import date

from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils.units import cm_to_EMU

from foundation.japanese.calendar import fiscal_months, fiscal_year_short, month_name
from foundation.japanese.numbers import format_number
from foundation.sheets.fitting import UNIT, figure_units
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.charts import ACTUAL, CM, Course, Figures, chart, courses
from headquarters.reports.workbook.kpi_sheet import reported
from headquarters.reports.workbook.outlook_sheet import (
    against_target,
    difference,
    expected,
    forecast_reason,
    last_year,
    plan_progress,
)
from headquarters.reports.workbook.parts import (
    DASH,
    Figure,
    Shown,
    figure,
    grade_style,
    target,
    year_value,
)
from headquarters.reports.workbook.pen import Part, Pen
from kpi.choices import Maturity

WIDTHS = (7, 20, 9, *([6.2] * 12))
WIDE = (6.5, 7.4, 6.9, *([8.65] * 12))  # for numbers of more than eight digits
LAST = len(WIDTHS)
FIGURE_SIZE = 9
PROVISIONAL = Maturity.PROVISIONAL.label
CHART_HEIGHT = 160.0
# (head, first column, last column) of the table of figures
KPI = (
    ("番号", 1, 1),
    ("指標", 2, 3),
    ("単位", 4, 4),
    ("基準値", 5, 6),
    ("年度目標", 7, 8),
    ("年度の値", 9, 10),
    ("期待値", 11, 12),
    ("達成率（％）", 13, 14),
    ("評価", 15, 15),
)
BESIDE = (
    ("番号", 1, 1),
    ("指標", 2, 3),
    ("課の見込", 4, 5),
    ("見込／目標", 6, 7),
    ("このままなら", 8, 9),
    ("前年同月", 10, 11),
    ("前年との差", 12, 13),
    ("計画全体の進捗", 14, 15),
)


def _figures(report: MonthlyReport, row: IndicatorRow) -> list[Shown]:
    """The numbers of the table of figures, from 基準値 to 達成率."""
    return [
        figure(row.baseline_value, row.decimals),
        target(row, report.fiscal_year),
        year_value(row),
        figure(row.expectation, max(1, row.decimals)),
        figure(row.rate, 1),
    ]


def _beside(row: IndicatorRow) -> list[Shown]:
    """What stands beside the judgement, from 課の見込 to 計画全体の進捗."""
    return [
        expected(row, row.forecast),
        against_target(row.forecast),
        expected(row, row.pace),
        last_year(row),
        difference(row),
        _plan_words(row),
    ]


def _plan_words(row: IndicatorRow) -> str:
    """「45.0％（期間の経過 25.0％）」, or why there is none."""
    said = plan_progress(row)

    if isinstance(said, str) or row.plan_progress is None:
        return str(said)

    return f"{said.shown}％（期間の経過 {format_number(row.plan_progress.elapsed, 1)}％）"


def _most_units(values: list[Shown]) -> float:
    """Units of column width that the longest of these numbers needs."""
    shown = {value.shown for value in values if isinstance(value, Figure)}
    return max((figure_units(text, FIGURE_SIZE) for text in shown), default=0.0)


def widths_for(report: MonthlyReport, indicators: list[IndicatorRow]) -> tuple[float, ...]:
    """The columns of a measure's sheet; wider ones for long numbers, of which each has two."""
    values = [value for row in indicators for value in _figures(report, row) + _beside(row)]
    return WIDTHS if _most_units(values) <= 2 * WIDTHS[-1] else WIDE


class Kpis:
    """The part of a measure's sheet about its indicators."""

    def __init__(self, pen: Pen, sheet, report: MonthlyReport, indicators: list[IndicatorRow]):
        self.pen, self.sheet, self.report, self.indicators = pen, sheet, report, indicators
        self.months = fiscal_months(report.fiscal_year)

    def write(self) -> None:
        """Figures, what stands beside them, the year's course, charts."""
        year = fiscal_year_short(self.report.fiscal_year)
        self.pen.section(f"KPI（{year}年度、{self.report.as_of_words}）")
        if not self.indicators:
            self.pen.pair("KPI", "この施策の指標はありません")
            return
        self._table()
        self._outlook()
        self._course()
        self._charts()

    def _heads(self, columns) -> None:
        heads = (Part(first, last, head, "dx-head") for head, first, last in columns)
        self.pen.table_heads(*heads)

    def _table(self) -> None:
        self._heads(KPI)

        for row in self.indicators:
            numbers = [
                _part(place, value)
                for place, value in zip(_places(KPI[3:8]), _figures(self.report, row), strict=True)
            ]
            self.pen.row(
                Part(1, 1, row.code, "dx-center"),
                Part(2, 3, row.name, "dx-body"),
                Part(4, 4, row.unit, "dx-words"),
                *numbers,
                Part(15, 15, row.grade or DASH, grade_style(row.grade)),
                least=20,
            )
        reasons = "、".join(
            f"{row.code} {row.not_judged}" for row in self.indicators if row.grade is None
        )

        if reasons:
            self.pen.pair("評価対象外の理由", reasons)

    def _outlook(self) -> None:
        """What stands beside the judgement, of the indicators that have such."""
        rows = [
            row
            for row in self.indicators
            if any((row.forecast, row.pace, row.last_year, row.plan_progress))
        ]
        if not rows:
            return
        self.pen.section("年度末見込・前年同月（評価には使いません）")
        self._heads(BESIDE)
        for row in rows:
            parts = zip(_places(BESIDE[2:]), _beside(row), strict=True)
            self.pen.row(
                Part(1, 1, row.code, "dx-center"),
                Part(2, 3, row.name, "dx-small"),
                *(_part(place, value) for place, value in parts),
                least=20,
            )
        for row in rows:
            if row.forecast:
                self.pen.pair(f"{row.code} 見込の理由", forecast_reason(row))

    def _course(self) -> None:
        """Month by month: what was reported, the year's value, the target."""
        self.pen.section("各月の実績と年度の値（単位は上の表。「暫」は暫定値）")
        values = [reported(row, month) for row in self.indicators for month in self.months]
        together = _together(self.pen.widths[-1], _most_units(values + self._lines()))
        for first in range(0, 12, together):
            self._months(self.months[first : first + together], 12 // together)

    def _lines(self) -> list[Shown]:
        return [
            value
            for row in self.indicators
            for line in courses(row, self.months, self.report.fiscal_year)
            for value in _shown(row, line, self.months)
        ]

    def _months(self, months: list[date], span: int) -> None:
        """Some months of all indicators, each as wide as `span` columns."""
        places = [(4 + span * number, 3 + span * (number + 1)) for number in range(len(months))]
        self.pen.table_heads(
            Part(1, 1, "番号", "dx-head"),
            Part(2, 3, "区分", "dx-head"),
            *(
                Part(*place, month_name(month), "dx-head")
                for place, month in zip(places, months, strict=True)
            ),
        )
        for row in self.indicators:
            said = [reported(row, month) for month in months]
            lines = courses(row, self.months, self.report.fiscal_year)
            once = _is_the_same([reported(row, month) for month in self.months], lines[0])
            self._course_row(row, "実績（＝年度の値）" if once else "各月の実績", said, places)
            for line in lines[1 if once else 0 :]:
                shown = dict(zip(self.months, _shown(row, line, self.months), strict=True))
                self._course_row(row, line.name, [shown[month] for month in months], places)

    def _course_row(self, row: IndicatorRow, label: str, shown: list[Shown], places) -> None:
        self.pen.row(
            Part(1, 1, row.code, "dx-center"),
            Part(2, 3, label, "dx-body"),
            *(_part(place, value) for place, value in zip(places, shown, strict=True)),
        )

    def _charts(self) -> None:
        """A native chart of each indicator that has a figure of the year, two in a row."""
        lines = [
            (row, courses(row, self.months, self.report.fiscal_year)) for row in self.indicators
        ]
        drawn = [
            (row, found)
            for row, found in lines
            if any(value is not None for value in found[0].figures)
        ]
        if not drawn:
            return
        figures = Figures(self.sheet, self.months)
        self.pen.heads = ()
        for first in range(0, len(drawn), 2):
            pair = drawn[first : first + 2]
            self.pen.space(
                CHART_HEIGHT,
                tuple(
                    _Drawing(self, figures, place, row, found)
                    for place, (row, found) in enumerate(pair)
                ),
            )


class _Drawing:
    """Draws a chart in a row: on the left half of the sheet (place 0), or on the right."""

    def __init__(self, kpis: Kpis, figures: Figures, place: int, row: IndicatorRow, found):
        self.kpis, self.figures, self.place = kpis, figures, place
        self.row, self.lines = row, figures.write(row, found)

    def __call__(self, row: int) -> None:
        widths = self.kpis.pen.widths
        half = sum(widths) * UNIT / 2
        size = (half - 8) / CM, (CHART_HEIGHT - 8) / CM
        made = chart(self.row, self.lines, self.figures, size)
        made.anchor = OneCellAnchor(
            _from=_marker(widths, 4 + self.place * half, row),
            ext=XDRPositiveSize2D(cm_to_EMU(size[0]), cm_to_EMU(size[1])),
        )
        self.kpis.sheet.add_chart(made)


def _marker(widths: tuple[float, ...], points: float, row: int) -> AnchorMarker:
    """The place so many points from the left, a little below the upper edge of a row."""

    column = 0

    while points > widths[column] * UNIT:
        points -= widths[column] * UNIT
        column += 1

    return AnchorMarker(
        col=column, colOff=cm_to_EMU(points / CM), row=row - 1, rowOff=cm_to_EMU(4 / CM)
    )


def _places(columns) -> list[tuple[int, int]]:
    return [(first, last) for _, first, last in columns]


def _part(place: tuple[int, int], value: Shown) -> Part:
    """A number, or the words that stand where none is."""
    style = "dx-words" if isinstance(value, str) else "dx-figure"

    first, last = place

    return Part(first, last, value, style)


def _shown(row: IndicatorRow, line: Course, months: list[date]) -> list[Shown]:
    """A line of the year's course, 「暫」 where anything that it is made of was provisional."""
    provisional = {cell.month for cell in row.months if cell.actual_maturity == PROVISIONAL}
    marked = provisional if line.name == ACTUAL else set()

    return [
        None if value is None else Figure(value, line.decimals, month in marked)
        for month, value in zip(months, line.figures, strict=True)
    ]


def _is_the_same(said: list[Shown], line: Course) -> bool:
    """Is the year's value as of each month what was reported for it?"""
    return all(
        isinstance(each, Figure) and each.value == value if value is not None else each is None
        for each, value in zip(
            said,
            line.figures,
            strict=True,
        )
    )


def _together(width: float, needed: float) -> int:
    """How many months stand beside each other, so that their numbers fit."""
    return next((many for many in (12, 6, 4) if 12 // many * width >= needed), 3)
