"""照合: the hidden sheet by which a changed workbook finds its way back (docs/excel.md §2).

One table: the format, the month, the edition or the live revision of the workbook, and of every
value the indicator's id, the version and the value as they were when it was downloaded. People
never see it, and the 「データのみ」 workbook does not carry it.
"""

from foundation.sheets.book import Column, data_sheet
from foundation.sheets.columns import flat, month, number, text
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.kpi_data import KpiRow, kpi_rows
from kpi.rules.codes import machine_code

TITLE, HIDDEN = "照合", "veryHidden"
ROUND_TRIP = 1  # the format of this sheet


def _columns(report: MonthlyReport) -> list[Column]:
    return flat([_workbook(report), _value()])


def _workbook(report: MonthlyReport) -> list[Column]:
    """Which workbook it is, the same in every row."""
    return [
        number("照合の形式", "round_trip", lambda _: ROUND_TRIP, "番号"),
        number("形式", "format", lambda _: report.format_version, "番号"),
        month("報告の年月", "report_month", lambda _: report.month),
        number("版", "edition", lambda _: report.edition, "番号"),
        number("改訂番号", "revision", lambda _: report.revision, "番号"),
    ]


def _value() -> list[Column]:
    """One value as it was at the download."""
    return [
        number("指標ID", "indicator_id", lambda r: r.indicator.id, "番号"),
        text("指標番号", "indicator_code", lambda r: machine_code(r.indicator.code)),
        month("年月", "month", lambda r: r.cell.month),
        number("値の版", "value_version", lambda r: r.cell.version, "番号"),
        number("実績値", "value", lambda r: r.cell.value, ""),
        number("分子", "numerator", lambda r: r.cell.numerator, ""),
        number("分母", "denominator", lambda r: r.cell.denominator, ""),
        text("値なしの理由コード", "missing_reason_code", _missing_reason),
        text("確定区分コード", "maturity_code", _maturity),
        text("備考", "note", lambda r: r.cell.note),
    ]


def _missing_reason(row: KpiRow) -> str | None:
    return codes.MISSING_REASONS.code_of(row.cell.missing_reason)


def _maturity(row: KpiRow) -> str | None:
    return codes.MATURITIES.code_of(row.cell.maturity)


def identity_sheet(book, report: MonthlyReport) -> None:
    """照合, hidden from people."""
    sheet = data_sheet(
        book,
        TITLE,
        _columns(report),
        kpi_rows(report),
    )
    sheet.sheet_state = HIDDEN
