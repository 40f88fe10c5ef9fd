"""工程表: steps × quarters on one A3 page, as filled cells and letters (readable in black and
white).
"""

from datetime import date

from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    add_months,
    fiscal_year_short,
    last_of_month,
    month_name,
    wareki_month_short,
)
from foundation.sheets.book import fit_height, print_setup, put
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.parts import heading, milestone_words

FIXED = ["No", "個別施策", "工程", "期間", "状態", "担当課", "マイルストーン（計画日・見込・実績）"]
WIDTHS = [4, 20, 28, 13, 12, 12, 46]
LEGEND = "■ 計画の期間　● 完了　◆ マイルストーン（予定）　！ 遅延　毎 毎年　適 適宜"


def _quarters(report) -> list[date]:
    years = sorted({row.fiscal_year for item in report.indicators for row in item.targets}) or [
        report.fiscal_year
    ]
    first = min(*years, report.fiscal_year) if len(years) > 1 else report.fiscal_year
    return [add_months(date(first, 4, 1), 3 * n) for n in range(16)]


def _letter(step, first, last) -> tuple[str, str]:
    """(letters, style) of one quarter of a step."""
    here = [item for item in step.milestones if first <= item.day <= last and item.kind != "off"]
    letters = "".join("●" if item.completed_on else "！" if item.late else "◆" for item in here)
    style = (
        "dx-late"
        if "！" in letters
        else "dx-done"
        if letters and set(letters) == {"●"}
        else "dx-plan"
    )
    inside = (
        step.first_month is not None
        and step.first_month <= last
        and last_of_month(step.last_month) >= first
    )
    if inside:
        return letters or {"毎年": "毎", "適宜": "適"}.get(step.recurrence, "■"), style
    return letters, style if letters else "dx-center"


def roadmap_sheet(book, report: MonthlyReport) -> None:
    """One row per step; measures without a readable roadmap are named."""
    sheet = book.create_sheet("工程表")
    quarters = _quarters(report)
    row = heading(sheet, report, "工程表", len(FIXED) + len(quarters))
    put(sheet.cell(row - 1, 1), LEGEND, "dx-subtitle")
    for number, (head, width) in enumerate(zip(FIXED, WIDTHS, strict=True), 1):
        put(sheet.cell(row, number), "", "dx-head")
        put(sheet.cell(row + 1, number), head, "dx-head")
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, quarter in enumerate(quarters, len(FIXED) + 1):
        put(
            sheet.cell(row, number),
            fiscal_year_short(quarter.year) if quarter.month == 4 else "",
            "dx-head",
        )
        put(sheet.cell(row + 1, number), f"{month_name(quarter)}～", "dx-head")
        sheet.column_dimensions[get_column_letter(number)].width = 5.5
    head_row = row + 1
    row = head_row
    for measure in report.measures:
        steps = report.steps_of(measure.number)
        for step in steps:
            row += 1
            _step_row(sheet, row, measure, step, quarters)
            fit_height(sheet, row, least=24)
        if not steps:
            row += 1
            _empty_row(sheet, row, measure, len(FIXED) + len(quarters))
            fit_height(sheet, row, least=24)
    print_setup(sheet, paper="A3", one_page=True, repeat_rows=f"1:{head_row}")
    sheet.print_area = f"A1:{get_column_letter(len(FIXED) + len(quarters))}{row}"
    sheet.freeze_panes = sheet.cell(head_row + 1, 4)


def _step_row(sheet, row, measure, step, quarters):
    span = (
        f"{wareki_month_short(step.first_month)}–{wareki_month_short(step.last_month)}"
        if step.first_month
        else "要確認"
    )
    texts = [
        (measure.number, "dx-center"),
        (measure.name, "dx-body"),
        (step.name, "dx-body"),
        (span, "dx-center"),
        (step.state, "dx-center"),
        (step.department, "dx-body"),
        ("\n".join(milestone_words(item) for item in step.milestones) or "未設定", "dx-small"),
    ]
    for number, (value, style) in enumerate(texts, 1):
        put(sheet.cell(row, number), value, style)
    for number, quarter in enumerate(quarters, len(FIXED) + 1):
        letter, style = _letter(step, quarter, last_of_month(add_months(quarter, 2)))
        put(sheet.cell(row, number), letter, style)


def _empty_row(sheet, row, measure, columns):
    for number in range(1, columns + 1):
        sheet.cell(row, number).style = "dx-body"
    put(sheet.cell(row, 1), measure.number, "dx-center")
    put(sheet.cell(row, 2), measure.name, "dx-body")
    put(sheet.cell(row, 3), "計画書の工程表が読み取れていません（要確認）", "dx-body")
