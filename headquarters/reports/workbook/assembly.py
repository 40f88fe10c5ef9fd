"""The monthly workbook, drawn from `MonthlyReport` alone: print sheets for people, long data
sheets for machines.

Sheets for people are in `print_sheets.py`, `roadmap_sheet.py` and `measure_sheets.py`, those for
machines in `data_sheets.py`. The same report gives the same bytes.
"""

from foundation.japanese.calendar import fiscal_year_short
from foundation.sheets.book import new_book, save
from foundation.sheets.styles import GROUND
from headquarters.reports.model import MonthlyReport
from headquarters.reports.stored import digest
from headquarters.reports.workbook.cover import ANNUAL, MONTHLY, cover_sheet
from headquarters.reports.workbook.data_sheets import (
    code_sheet,
    definition_sheet,
    kpi_data_sheet,
    step_data_sheet,
    update_sheet,
)
from headquarters.reports.workbook.kpi_sheet import kpi_sheet, months_sheet
from headquarters.reports.workbook.measure_sheets import measure_sheets
from headquarters.reports.workbook.outlook_sheet import outlook_data_sheet, outlook_sheet
from headquarters.reports.workbook.print_sheets import attention_sheet, review_sheet
from headquarters.reports.workbook.roadmap_sheet import roadmap_sheet
from headquarters.reports.workbook.summary_sheet import summary_sheet


def file_name(report: MonthlyReport) -> str:
    """「大崎町DX推進計画_進捗報告_R8-10_速報.xlsx」; sample data says so in the name."""
    mark = "_見本データ" if report.sample else ""
    month = f"{fiscal_year_short(report.month.year)}-{report.month.month:02d}"
    return f"{report.plan}_進捗報告_{month}_{report.version}{mark}.xlsx"


def annual_name(report: MonthlyReport) -> str:
    """「大崎町DX推進計画_年次報告_R8_第1版.xlsx」."""
    mark = "_見本データ" if report.sample else ""
    year = fiscal_year_short(report.fiscal_year)
    return f"{report.plan}_年次報告_{year}_{report.version}{mark}.xlsx"


FRONT = (summary_sheet, kpi_sheet, months_sheet, outlook_sheet, roadmap_sheet)
BACK = (
    measure_sheets,
    attention_sheet,
    kpi_data_sheet,
    outlook_data_sheet,
    step_data_sheet,
    code_sheet,
    definition_sheet,
    update_sheet,
)


def _book(report: MonthlyReport, title: str, sheets) -> bytes:
    book = new_book(GROUND)
    cover_sheet(book, report, title=title)
    for draw in sheets:
        draw(book, report)
    return save(
        book,
        when=report.made_at,
        title=f"{report.plan} {title}",
        author=report.municipality,
        identifier=f"{report.version} sha256:{digest(report)}",
    )


def workbook(report: MonthlyReport) -> bytes:
    """The monthly workbook as .xlsx bytes."""
    return _book(
        report,
        MONTHLY,
        (*FRONT, *BACK),
    )


def annual_workbook(report: MonthlyReport) -> bytes:
    """年次報告: the same workbook for a March report, with all PDCA sheets of the fiscal year
    (評価一覧).
    """
    return _book(report, ANNUAL, (*FRONT, review_sheet, *BACK))
