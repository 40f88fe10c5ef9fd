"""What stands beside the judgement: 年度末見込, for people."""

from decimal import Decimal

from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import month_name, wareki_short
from foundation.sheets.book import Column, fit_height, print_setup, write_table
from foundation.sheets.styles import number_format
from headquarters.reports.beside_rows import ForecastRow, PaceRow
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.parts import heading, year_value
from kpi.words import NOT_COMPARABLE, changed

TITLE = "年度末見込と前年同月（評価には使いません）"


def _figure(ahead: ForecastRow | PaceRow | None) -> Decimal | str:
    return "－" if ahead is None else ahead.figure


def _words(ahead: ForecastRow | PaceRow | None) -> str:
    return (ahead.words if ahead else "") or "－"


def _reason(row: IndicatorRow) -> str:
    said = row.forecast
    if said is None:
        return "－"
    return f"{month_name(said.month)}分（{wareki_short(said.said_on)}） {said.reason}"


def _before(row: IndicatorRow) -> Decimal | str:
    """Last year's figure of the same month."""
    seen = row.last_year
    if seen is None or seen.before is None:
        return "－" if seen is None else NOT_COMPARABLE
    return seen.before


def _difference(row: IndicatorRow) -> str:
    difference = row.last_year.difference if row.last_year else None
    return changed(difference, row.unit, row.decimals)


def _columns(report: MonthlyReport) -> list[Column]:
    columns = [
        Column("番号", "code", lambda row: row.code, "dx-center", width=6),
        Column("指標", "name", lambda row: row.name, width=26),
        Column("単位", "unit", lambda row: row.unit, "dx-center", width=6),
        Column("年度目標", "target", lambda row: _or_dash(row.target), "dx-number", width=9),
        Column("年度の値", "actual", year_value, "dx-number", width=9),
        Column("前年同月", "last_year", _before, "dx-number", width=10),
        Column("前年との差", "difference", _difference, "dx-number", width=12),
        Column("課の見込", "forecast", lambda row: _figure(row.forecast), "dx-number", width=9),
        Column("課の見込／目標", "forecast_words", lambda row: _words(row.forecast), width=15),
        Column("見込の理由", "reason", _reason, width=34),
        Column("このままなら", "pace", lambda row: _figure(row.pace), "dx-number", width=10),
        Column("このまま／目標", "pace_words", lambda row: _words(row.pace), width=15),
        Column("計算", "sentence", lambda row: row.pace.sentence if row.pace else "－", width=22),
    ]
    if report.is_year_end:
        columns += [
            Column("計画全体の進捗（％）", "plan", _plan, "dx-number", width=11),
            Column("計画期間の経過（％）", "elapsed", _elapsed, "dx-number", width=11),
        ]
    return columns


def _or_dash(value: Decimal | None) -> Decimal | str:
    return "－" if value is None else value


def _plan(row: IndicatorRow) -> Decimal | str:
    found = row.plan_progress
    if found is None or found.rate is None:
        return (found.words if found else "") or "－"
    return found.rate


def _elapsed(row: IndicatorRow) -> Decimal | str:
    return "－" if row.plan_progress is None else row.plan_progress.elapsed


RATES = ("plan", "elapsed")
FIGURES = ("target", "actual", "last_year", "forecast", "pace")


def outlook_sheet(book, report: MonthlyReport) -> None:
    """年度末見込: what is expected, what was reached, what was a year ago; A4 landscape."""
    sheet = book.create_sheet("年度末見込")
    columns = _columns(report)
    row = heading(sheet, report, TITLE, len(columns))
    last = write_table(sheet, columns, report.indicators, start=row)
    for line, indicator in enumerate(report.indicators, row + 1):
        for number, column in enumerate(columns, 1):
            if column.name in FIGURES:
                sheet.cell(line, number).number_format = number_format(indicator.decimals)
            elif column.name in RATES:
                sheet.cell(line, number).number_format = number_format(1)
        fit_height(sheet, line, least=24)
    fit_height(sheet, row)
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 3)
