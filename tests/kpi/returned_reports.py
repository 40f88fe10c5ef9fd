"""Monthly reports as people send them back: made by the portal, edited by hand."""

import io

from openpyxl import load_workbook

from foundation.sheets.book import new_book
from headquarters.reports.monthly import gather
from headquarters.reports.workbook.data_sheets import kpi_data_sheet
from headquarters.reports.workbook.identity_sheet import identity_sheet
from kpi.intake.back.report import SHEET
from tests.conftest import AFTER, MONTH
from tests.kpi.returned_sheets import content

KNOWN = "照合"


def report_of(month=MONTH, on=AFTER):
    """The workbook of a month as it is downloaded now, without the sheets for print."""
    book, report = new_book(), gather(month, on=on)
    kpi_data_sheet(book, report)
    identity_sheet(book, report)
    return content(book)


def heads_of(paper):
    """{head: column} of KPIデータ."""
    return {cell.value: cell.column for cell in paper[1]}


def line_of(paper, code, month):
    """The row of an indicator in a month."""
    heads = heads_of(paper)
    asked = (f"KPI{code}", month)
    for line in range(2, paper.max_row + 1):
        cells = [paper.cell(line, heads[head]).value for head in ("指標番号", "年月")]
        if tuple(cells) == asked:
            return line
    raise LookupError(asked)


def edited(report, cells):
    """The same with {(number, month): {head: value}} typed into KPIデータ."""
    book = load_workbook(io.BytesIO(report))
    paper = book[SHEET]
    heads = heads_of(paper)
    for (code, month), typed in cells.items():
        line = line_of(paper, code, month)
        for head, value in typed.items():
            paper.cell(line, heads[head]).value = value
    return content(book)


def changed(report, change):
    """The same after `change` of the workbook."""
    book = load_workbook(io.BytesIO(report))
    change(book)
    return content(book)
