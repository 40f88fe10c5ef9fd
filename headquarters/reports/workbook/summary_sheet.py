"""総括表: one measure a row, grouped by policy, on one A4 landscape page."""

from foundation.japanese.calendar import fiscal_year_name
from foundation.sheets.book import put
from foundation.sheets.fitting import height, room
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow, MeasureRow, PolicyRow
from headquarters.reports.workbook.paper import A4_LANDSCAPE
from headquarters.reports.workbook.parts import (
    DASH,
    MORE,
    SHORT,
    grade_style,
)
from headquarters.reports.workbook.table import (
    MOST_LINES,
    Printed,
    Table,
    begun,
    finished,
    on_one_page,
    shortened,
    values_of,
)

LEAST_GROUP = 18.0
NOTE = "「…」で終わる文は、施策シートに全文があります。"


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

    return Printed(letter, count, "dx-center", 4)


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
        _text("工程表", lambda row: row.roadmap_state, 10, SHORT, "dx-center"),
        Printed(
            "自動\n判定",
            lambda row: row.verdict or DASH,
            "dx-center",
            6,
            dress=lambda row: grade_style(row.verdict),
        ),
        _text("自動判定の理由", lambda row: row.why, 38, MORE, "dx-small"),
        Printed("自己\n評価", graded("self_grade"), "dx-center", 6),
        Printed("本部\n評価", graded("headquarters_grade"), "dx-center", 6),
        Printed(
            "前月から\nの変化", lambda row: _moved(report.indicators_of(row.number)), "dx-center", 9
        ),
        _text("主な課題", lambda row: _issues(report, row), 38, MORE, "dx-small"),
    ]


def _policy_words(policy: PolicyRow) -> str:
    return f"基本方針{policy.number}　{policy.name}"


def _group_height(policy: PolicyRow, units: float) -> float:
    return max(LEAST_GROUP, height(_policy_words(policy), room(units)))


def _group(table: Table, policy: PolicyRow) -> None:
    """The line of a policy over the whole width."""
    sheet, row, last = table.sheet, table.row, len(table.columns)
    for number in range(1, last + 1):
        sheet.cell(row, number).style = "dx-group"
    put(sheet.cell(row, 1), _policy_words(policy), "dx-group")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    units = sum(column.width for column in table.columns)
    sheet.row_dimensions[row].height = _group_height(policy, units)
    table.row += 1


def summary_sheet(book, report: MonthlyReport) -> None:
    """The sheet; with more measures than a page takes it goes on, its heads repeated."""
    columns = _columns(report)
    units = sum(column.width for column in columns)
    groups = sum(_group_height(policy, units) for policy in report.policies)
    values = values_of(columns, report.measures)
    columns = on_one_page(columns, values, A4_LANDSCAPE, others=groups)
    title = f"総括表（{fiscal_year_name(report.fiscal_year)}）"
    table = begun(book, report, "総括表", title, columns)
    head = table.row - 1
    cut = False
    for policy in report.policies:
        _group(table, policy)
        for measure in (row for row in report.measures if row.policy == policy.number):
            [said] = values_of(columns, [measure])
            short = shortened(columns, said)
            table.line(measure, short)
            cut = cut or short != said
    if cut:
        put(table.sheet.cell(3, 1), NOTE, "dx-subtitle")
        table.sheet.row_dimensions[3].height = 16
    finished(table, head, frozen=2)
