"""照合: the hidden sheet by which a changed workbook finds its way back (docs/excel.md §2).

One table: the format, the month, the edition or the live revision of the workbook and how new it
is, and of every value the indicator's id, the version and the value as they were when it was
downloaded, and marks of the other columns of KPIデータ. People never see it, and the 「データのみ」
workbook does not carry it. `kpi.intake.back.report` reads it.
"""

from django.utils import timezone

from foundation.sheets.book import Column, data_sheet, in_one_line
from foundation.sheets.columns import flat, month, number, text
from headquarters.reports import codes
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.kpi_data import KpiRow, kpi_columns, kpi_rows
from kpi.identity import (
    BESIDE_HEAD,
    BESIDE_NAME,
    HIDDEN,
    ROUND_TRIP,
    TITLE,
    KnownValue,
    marks_of,
    said,
    value_columns,
)

TAKEN = {  # physical names: the value columns, and those by which a row is found
    *("value", "numerator", "denominator", "missing_reason", "maturity", "note"),
    *("indicator_code", "month"),
}


def _columns(report: MonthlyReport) -> list[Column]:
    values = [column.of(_known) for column in value_columns()]
    return flat([_workbook(report), values, _beside(report)])


def _beside(report: MonthlyReport) -> Column:
    """How the cells of the other columns stand, by which a change there is seen."""
    others = [column for column in kpi_columns(report) if column.name not in TAKEN]

    def marks(row: KpiRow) -> str:
        return marks_of({column.header: said(in_one_line(column, row)) for column in others})

    return text(
        BESIDE_HEAD,
        BESIDE_NAME,
        marks,
    )


def _workbook(report: MonthlyReport) -> list[Column]:
    """Which workbook it is, the same in every row."""
    return [
        number("照合の形式", "round_trip", lambda _: ROUND_TRIP, "番号"),
        number("形式", "format", lambda _: report.format_version, "番号"),
        month("報告の年月", "report_month", lambda _: report.month),
        number("版", "edition", lambda _: report.edition, "番号"),
        number("改訂番号", "revision", lambda _: report.revision, "番号"),
        text("作成日時", "made_at", lambda _: timezone.localtime(report.made_at).isoformat()),
    ]


def _known(row: KpiRow) -> KnownValue:
    """One value as it was at the download."""
    cell = row.cell
    return KnownValue(
        indicator_id=row.indicator.id,
        code=row.indicator.code,
        month=cell.month,
        version=cell.version,
        value=cell.value,
        numerator=cell.numerator,
        denominator=cell.denominator,
        missing_reason=codes.MISSING_REASONS.code_of(cell.missing_reason) or "",
        maturity=codes.MATURITIES.code_of(cell.maturity) or "",
        note=cell.note,
    )


def identity_sheet(book, report: MonthlyReport) -> None:
    """照合, hidden from people."""
    sheet = data_sheet(
        book,
        TITLE,
        _columns(report),
        kpi_rows(report),
    )
    sheet.sheet_state = HIDDEN
