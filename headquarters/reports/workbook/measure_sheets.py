"""施策別シート: one measure on one A4 page, two with a PDCA sheet.

The plan's words, KPIs and charts, roadmap, PDCA.
"""

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    fiscal_months,
    fiscal_year_short,
    month_name,
    wareki_month_short,
)
from foundation.sheets.book import fit_rows, print_setup, put
from foundation.sheets.colours import BOOK_DONE, INK, rgb
from foundation.sheets.styles import number_format
from foundation.sheets.texts import leaving
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MeasureRow
from headquarters.reports.workbook.blocks import Blocks
from headquarters.reports.workbook.parts import (
    grade_style,
    heading,
    milestone_words,
    year_value,
)

WIDTHS = (7, 20, 9, *([6.2] * 12))
LAST = len(WIDTHS)
CHART_ROWS = 11
CONFIRM = ("所管課長", "事務局", "推進本部")
# (head, first column, last column, value of an indicator)
KPI = (
    ("番号", 1, 1, lambda row, year: row.code),
    ("指標", 2, 3, lambda row, year: row.name),
    ("単位", 4, 4, lambda row, year: row.unit),
    ("基準値", 5, 6, lambda row, year: row.baseline_value),
    (
        "年度目標",
        7,
        8,
        lambda row, year: next(
            (each.value for each in row.targets if each.fiscal_year == year), None
        ),
    ),
    ("年度の値", 9, 10, lambda row, year: year_value(row)),
    ("期待値", 11, 12, lambda row, year: row.expectation),
    ("達成率（％）", 13, 14, lambda row, year: row.rate),
    ("評価", 15, 15, lambda row, year: row.grade),
)


class Pen:
    """Writes down a sheet of 15 narrow columns; `row` is the next free row."""

    def __init__(self, sheet, row: int, blocks: Blocks):
        self.sheet, self.row, self.blocks = sheet, row, blocks

    def line(self, *parts, least: float = 18) -> None:
        """One row of (first column, last column, value, style, number format) blocks."""
        texts = []
        for first, last, value, style, *form in parts:
            put(self.sheet.cell(self.row, first), value, style, *form)
            if last > first:
                self.blocks.merge(self.sheet, self.row, first, last, style)
            if isinstance(value, str):
                texts.append((value, sum(WIDTHS[first - 1 : last])))
        fit_rows(self.sheet, self.row, texts, least=least)
        self.row += 1

    def section(self, title: str) -> None:
        """A heading over the whole width, with air above."""
        self.sheet.row_dimensions[self.row].height = 8
        self.row += 1
        self.line((1, LAST, title, "dx-group"), least=20)

    def pair(self, label: str, text: str) -> None:
        """A label and its text; an empty text says so."""
        self.line((1, 2, label, "dx-head"), (3, LAST, text or "記載なし", "dx-body"), least=20)


def measure_sheets(book, report: MonthlyReport) -> None:
    """One sheet per measure of the month, in the plan's order."""
    blocks = Blocks()
    for measure in report.measures:
        sheet = book.create_sheet(f"施策{measure.number}")
        for number, width in enumerate(WIDTHS, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        head = heading(sheet, report, f"施策{measure.number}　{measure.name}", LAST)
        pen = Pen(sheet, head, blocks)
        _words(pen, report, measure)
        _kpis(pen, report, report.indicators_of(measure.number))
        _roadmap(pen, report, measure)
        _pdca(pen, report, measure)
        pen.section("確認欄")
        pen.line(
            *(
                (1 + 5 * number, 5 + 5 * number, label, "dx-head")
                for number, label in enumerate(CONFIRM)
            )
        )
        pen.line(
            *((1 + 5 * number, 5 + 5 * number, "", "dx-body") for number in range(len(CONFIRM))),
            least=40,
        )
        print_setup(sheet, landscape=False, pages=2 if report.review_of(measure.number) else 1)
        sheet.print_area = f"A1:{get_column_letter(LAST)}{pen.row - 1}"


def _words(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    policy = next(row for row in report.policies if row.number == measure.policy)
    pen.pair("基本方針", f"{policy.number} {policy.name}")
    pen.pair("所管課", measure.department)
    pen.line(
        (1, 2, "自動判定", "dx-head"),
        (3, 3, measure.verdict or "－", grade_style(measure.verdict)),
        (4, LAST, measure.why, "dx-body"),
        least=20,
    )
    pen.section("計画の記載（原文）")
    for label, text in (
        ("概要", measure.summary),
        ("現状・課題", measure.current_issues),
        ("取組", measure.initiatives),
    ):
        pen.pair(label, text)


def _kpis(pen: Pen, report: MonthlyReport, indicators: list[IndicatorRow]) -> None:
    pen.section(f"KPI（{fiscal_year_short(report.fiscal_year)}年度、{report.as_of_words}）")
    pen.line(*((first, last, head, "dx-head") for head, first, last, _ in KPI))
    for row in indicators:
        pen.line(*(_block(row, report.fiscal_year, *column) for column in KPI), least=20)
    reasons = "、".join(f"{row.code} {row.not_judged}" for row in indicators if row.grade is None)
    if reasons:
        pen.line((1, 2, "評価対象外の理由", "dx-center"), (3, LAST, reasons, "dx-body"))
    if indicators:
        _months(pen, report, indicators)


def _block(row, year, head, first, last, getter):
    value = getter(row, year)
    if head == "評価":
        return first, last, value or "－", grade_style(value)
    style = (
        "dx-center" if head in ("番号", "単位") else "dx-body" if head == "指標" else "dx-number"
    )
    decimals = {"達成率（％）": 1, "期待値": max(1, row.decimals)}.get(head, row.decimals)
    return (
        first,
        last,
        "－" if value is None else value,
        style,
        number_format(decimals) if style == "dx-number" else None,
    )


def _months(pen: Pen, report: MonthlyReport, indicators: list[IndicatorRow]) -> None:
    """The year's course as a table, and a native chart from it for each indicator that has
    figures, two side by side.
    """
    months = fiscal_months(report.fiscal_year)
    pen.section("年度の値の推移（各月末時点。単位は上の表）")
    top = pen.row
    pen.line(
        (1, 1, "番号", "dx-head"),
        (2, 3, "区分", "dx-head"),
        *(
            (4 + number, 4 + number, month_name(month), "dx-head")
            for number, month in enumerate(months)
        ),
    )
    for row in indicators:
        cells = {cell.month: cell for cell in row.months}
        form = number_format(row.decimals)
        for label, name in (("年度の値", "actual"), ("年度目標", "target")):
            pen.line(
                (1, 1, row.code, "dx-center"),
                (2, 3, label, "dx-body"),
                *(
                    (
                        4 + number,
                        4 + number,
                        getattr(
                            cells.get(month),
                            name,
                            None,
                        ),
                        "dx-number",
                        form,
                    )
                    for number, month in enumerate(months)
                ),
            )
    drawn = [
        (row, top + 1 + 2 * number)
        for number, row in enumerate(indicators)
        if any(cell.actual is not None for cell in row.months if cell.month >= months[0])
    ]
    for number, (row, first) in enumerate(drawn):
        line = pen.row + 1 + number // 2 * CHART_ROWS
        pen.sheet.add_chart(_chart(pen.sheet, row, top, first), f"{'AG'[number % 2]}{line}")
    pen.row += bool(drawn) + -(-len(drawn) // 2) * CHART_ROWS


def _chart(sheet, row: IndicatorRow, heads: int, first: int) -> BarChart:
    """Columns: the year's value at each month's end; line: the target in force then."""
    bars, line = BarChart(), LineChart()
    categories = Reference(sheet, min_col=4, max_col=LAST, min_row=heads)
    for chart, number, colour in ((bars, first, BOOK_DONE), (line, first + 1, INK)):
        chart.add_data(
            Reference(sheet, min_col=2, max_col=LAST, min_row=number),
            from_rows=True,
            titles_from_data=True,
        )
        series = chart.series[0]
        series.val.numRef.f = f"'{sheet.title}'!$D${number}:${get_column_letter(LAST)}${number}"
        chart.set_categories(categories)
        series.graphicalProperties.line.solidFill = rgb(colour)
    bars.series[0].graphicalProperties.solidFill = rgb(BOOK_DONE)
    line.series[0].graphicalProperties.line.dashStyle = "dash"
    line.series[0].smooth, line.series[0].marker.symbol = False, "none"
    bars.title = leaving(f"{row.code} {row.name}（{row.unit}）")
    bars.legend.position = "b"
    bars.width, bars.height = 10.2, 5.2
    bars.title.tx.rich.p[0].r[0].rPr = CharacterProperties(sz=900, b=True)
    bars.x_axis.delete = bars.y_axis.delete = line.x_axis.delete = line.y_axis.delete = False
    bars.gapWidth, bars.y_axis.majorGridlines = 60, None
    if all(cell.actual is None or cell.actual >= 0 for cell in row.months):
        bars.y_axis.scaling.min = 0  # a column that does not begin at 0 lies
    for axis in (bars.x_axis, bars.y_axis):
        axis.txPr = RichText(
            p=[
                Paragraph(
                    pPr=ParagraphProperties(defRPr=CharacterProperties(sz=700)), endParaRPr=None
                )
            ]
        )
    bars += line
    return bars


def _roadmap(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    pen.section("工程表")
    steps = report.steps_of(measure.number)
    if not steps:
        pen.pair("工程", "計画書の工程表が読み取れていません（要確認）")
        return
    blocks = (
        (1, 3, "工程"),
        (4, 6, "期間"),
        (7, 8, "状態"),
        (9, LAST, "マイルストーン（計画日・見込・実績）"),
    )
    pen.line(*((first, last, head, "dx-head") for first, last, head in blocks))
    for step in steps:
        span = "要確認"
        if step.first_month and step.last_month:
            span = f"{wareki_month_short(step.first_month)}–{wareki_month_short(step.last_month)}"
        words = "\n".join(milestone_words(item) for item in step.milestones) or "未設定"
        values = (step.name, span, step.state, words)
        pen.line(
            *(
                (first, last, value, "dx-body")
                for (first, last, _), value in zip(
                    blocks,
                    values,
                    strict=True,
                )
            ),
            least=20,
        )


def _pdca(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    row = report.review_of(measure.number)
    pen.section(f"PDCA（{row.cycle}、{row.state}）" if row else "PDCA")
    if row is None:
        pen.pair("PDCAシート", "この年度に提出されたシートはありません")
        return
    pen.pair("P 年度計画", row.plan_text)
    pen.pair("D 取組実績", row.done_text)
    pen.pair("C 要因分析", row.analysis)
    pen.pair("A 今後の対応", row.next_action)
    pen.pair("今後の方向性", row.next_direction)
    reason = f"　自動判定と違う理由：{row.self_grade_reason}" if row.self_grade_reason else ""
    pen.pair("自己評価", f"{row.self_grade or '－'}{reason}")
    comment = f"　{row.headquarters_comment}" if row.headquarters_comment else ""
    pen.pair("本部評価", f"{row.headquarters_grade or '－'}{comment}")
