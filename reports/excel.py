"""The monthly workbook, drawn from `MonthlyReport` alone: print sheets for people, long data sheets for machines.

Sheets for people are in `excel_print.py` and `excel_roadmap.py`, those for machines in `excel_data.py`. The same
report gives the same bytes.
"""

import hashlib

from japanese.calendar import fiscal_year_short
from reports.excel_data import code_sheet, definition_sheet, kpi_data_sheet, step_data_sheet
from reports.excel_print import attention_sheet, cover_sheet, kpi_sheet, summary_sheet
from reports.excel_roadmap import roadmap_sheet
from reports.model import MonthlyReport, dump
from sheets.book import new_book, save


def edition_name(report: MonthlyReport) -> str:
    """「第3版」 or 「速報」."""
    return f"第{report.edition}版" if report.edition else "速報"


def file_name(report: MonthlyReport) -> str:
    """「大崎町DX推進計画_進捗報告_R8-10_速報.xlsx」; sample data says so in the name."""
    mark = "_見本データ" if report.sample else ""
    month = f"{fiscal_year_short(report.month.year)}-{report.month.month:02d}"
    return f"{report.plan}_進捗報告_{month}_{edition_name(report)}{mark}.xlsx"


def digest(report: MonthlyReport) -> str:
    """SHA-256 of the report's data."""
    return hashlib.sha256(dump(report).encode()).hexdigest()


def workbook(report: MonthlyReport) -> bytes:
    """The whole workbook as .xlsx bytes."""
    book = new_book()
    for draw in (
        cover_sheet, summary_sheet, kpi_sheet, roadmap_sheet, attention_sheet, kpi_data_sheet, step_data_sheet,
        code_sheet, definition_sheet,
    ):
        draw(book, report)
    return save(
        book, when=report.made_at, title=f"{report.plan} 月次進捗報告書", author=report.municipality,
        identifier=f"{edition_name(report)} sha256:{digest(report)}",
    )
