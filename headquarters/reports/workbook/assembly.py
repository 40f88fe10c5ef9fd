"""The monthly workbook, drawn from `MonthlyReport` alone: print sheets for people, long data
sheets for machines.

Sheets for people are in `print_sheets.py`, `roadmap_sheet.py` and `measure_sheets.py`, those for
machines in `data_sheets.py`. The same report gives the same bytes.
"""

from foundation.japanese.calendar import fiscal_year_short, wareki_month_in_names
from foundation.sheets.book import new_book, save
from foundation.sheets.download import sample_mark
from headquarters.reports.model import MonthlyReport
from headquarters.reports.stored import digest
from headquarters.reports.workbook.cover import ANNUAL, MONTHLY, cover_sheet
from headquarters.reports.workbook.data_sheets import (
    code_sheet,
    definition_sheet,
    kpi_data_sheet,
    outlook_data_sheet,
    step_data_sheet,
    update_sheet,
)
from headquarters.reports.workbook.identity_sheet import identity_sheet
from headquarters.reports.workbook.kpi_sheet import kpi_sheet, months_sheet
from headquarters.reports.workbook.measure_sheets import measure_sheets
from headquarters.reports.workbook.outlook_sheet import outlook_sheet
from headquarters.reports.workbook.print_sheets import attention_sheet, review_sheet
from headquarters.reports.workbook.roadmap_sheet import roadmap_sheet
from headquarters.reports.workbook.summary_sheet import summary_sheet

DATA_ONLY = "データのみ"


def file_name(report: MonthlyReport, *, data_only: bool = False) -> str:
    """「大崎町DX推進計画_進捗報告_R8-10_速報.xlsx」; sample data says so in the name."""
    return _named(
        report,
        f"進捗報告_{wareki_month_in_names(report.month)}",
        data_only,
    )


def annual_name(report: MonthlyReport, *, data_only: bool = False) -> str:
    """「大崎町DX推進計画_年次報告_R8_第1版.xlsx」."""
    return _named(
        report,
        f"年次報告_{fiscal_year_short(report.fiscal_year)}",
        data_only,
    )


def _named(report: MonthlyReport, what: str, data_only: bool) -> str:
    kind = f"_{DATA_ONLY}" if data_only else ""
    mark = sample_mark(report.sample)
    return f"{report.plan}_{what}_{report.version}{kind}{mark}.xlsx"


FRONT = (summary_sheet, kpi_sheet, months_sheet, outlook_sheet, roadmap_sheet)
DATA = (
    kpi_data_sheet,
    outlook_data_sheet,
    step_data_sheet,
    code_sheet,
    definition_sheet,
    update_sheet,
)
BACK = (measure_sheets, attention_sheet, *DATA, identity_sheet)


def _book(report: MonthlyReport, title: str, sheets) -> bytes:
    book = new_book()
    cover_sheet(book, report, title=title)
    return _drawn(
        book,
        report,
        title,
        sheets,
    )


def _drawn(book, report: MonthlyReport, title: str, sheets) -> bytes:
    for draw in sheets:
        draw(book, report)
    return save(
        book,
        when=report.made_at,
        title=f"{report.plan} {title}",
        author=report.municipality,
        identifier=report.version + _hash_of(report),
    )


def _hash_of(report: MonthlyReport) -> str:
    """The hash of its data; none for an older format, whose stored data are other bytes."""
    known = report.made_as == report.format_version
    return f" sha256:{digest(report)}" if known else ""


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


def data_workbook(report: MonthlyReport) -> bytes:
    """The sheets for machines alone, as the national rules ask: no other sheet, nothing hidden.

    Of an edition it is made from what is stored, whenever it is asked for.
    """
    return _drawn(new_book(), report, f"{MONTHLY}（{DATA_ONLY}）", DATA)
