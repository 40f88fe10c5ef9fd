"""総括表: one measure a row, grouped by policy, on one A4 landscape page."""

from foundation.japanese.calendar import fiscal_year_name
from foundation.sheets.book import put
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.summary import NOTE, Group, summary_of
from headquarters.reports.workbook.table import Table, begun, finished


def _group(table: Table, group: Group) -> None:
    """The line of a policy over the whole width."""
    sheet, row, last = table.sheet, table.row, len(table.columns)
    for number in range(1, last + 1):
        sheet.cell(row, number).style = "dx-group"
    put(sheet.cell(row, 1), group.words, "dx-group")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    sheet.row_dimensions[row].height = group.height
    table.row += 1


def summary_sheet(book, report: MonthlyReport) -> None:
    """The sheet; with more measures than a page takes it goes on, its heads repeated."""
    summary = summary_of(report)
    title = f"総括表（{fiscal_year_name(report.fiscal_year)}）"
    table = begun(book, report, "総括表", title, summary.columns)
    head = table.row - 1
    for group in summary.groups:
        _group(table, group)
        for line in group.lines:
            table.line(line.measure, line.said)
    if summary.cut:
        put(table.sheet.cell(3, 1), NOTE, "dx-subtitle")
        table.sheet.row_dimensions[3].height = 16
    finished(
        table,
        head,
        frozen=2,
    )
