"""KPI実績: targets, months, rate and grade of every indicator."""

from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    fiscal_months,
    fiscal_year_short,
    month_name,
)
from foundation.sheets.book import Column, fit_height, print_setup, write_table
from foundation.sheets.styles import number_format
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.parts import grade_style, heading, year_value
from kpi.choices import CellState
from kpi.words import NO_TARGET_WANTED


def _target(indicator, year):
    row = next((row for row in indicator.targets if row.fiscal_year == year), None)
    if row is not None and row.none:
        return NO_TARGET_WANTED
    return "未設定" if row is None or row.value is None else row.value


def _reported(indicator, month):
    """What a month's cell shows: its figure, or the state in words."""
    cell = next((cell for cell in indicator.months if cell.month == month), None)
    if cell is None:
        return None
    if cell.figure is not None:
        return cell.figure
    if cell.numerator is not None:
        return "算定不能"
    if cell.missing_reason:
        return cell.missing_reason
    return "－" if cell.state == CellState.NOT_DUE.label else cell.state


def _or_dash(value):
    return "－" if value is None else value


def _number(header: str, name: str, getter, width: float) -> Column:
    return Column(header, name, getter, "dx-number", width=width)


def _target_column(year: int) -> Column:
    header = f"{fiscal_year_short(year)}目標"
    return _number(header, f"target_{year}", lambda row: _target(row, year), 7.5)


def _month_column(month) -> Column:
    return _number(month_name(month), f"m{month:%Y%m}", lambda row: _reported(row, month), 7)


def _kpi_columns(report) -> list[Column]:
    years = {row.fiscal_year for item in report.indicators for row in item.targets}
    return [
        Column("番号", "code", lambda row: row.code, "dx-center", width=5.5),
        Column("指標", "name", lambda row: row.name, width=24),
        Column("単位", "unit", lambda row: row.unit, "dx-center", width=5.5),
        Column("数え方", "counting", lambda row: row.counting, "dx-small", width=13),
        _number("基準値", "baseline", lambda row: _or_dash(row.baseline_value), 8),
        *(_target_column(year) for year in sorted(years | {report.fiscal_year})),
        *(_month_column(month) for month in fiscal_months(report.fiscal_year)),
        _number("年度の値", "actual", year_value, 9),
        _number("期待値", "expectation", lambda row: _or_dash(row.expectation), 8),
        _number("達成率（％）", "rate", lambda row: _or_dash(row.rate), 9),
        Column("評価", "grade", lambda row: row.grade or row.not_judged, "dx-center", width=10),
    ]


def kpi_sheet(book, report: MonthlyReport) -> None:
    """KPI実績: targets, this year's months, rate and grade of every indicator, A4 landscape."""
    sheet = book.create_sheet("KPI実績")
    row = heading(sheet, report, "KPI実績", 24)
    columns = _kpi_columns(report)
    last = write_table(sheet, columns, report.indicators, start=row)
    names = [column.name for column in columns]
    for line, indicator in enumerate(report.indicators, row + 1):
        form = number_format(indicator.decimals)
        for number, name in enumerate(names, 1):
            cell = sheet.cell(line, number)
            if name == "rate":
                cell.number_format = number_format(1)
            elif name == "expectation":
                cell.number_format = number_format(max(1, indicator.decimals))
            elif name == "grade":
                cell.style = grade_style(indicator.grade)
            elif name in ("baseline", "actual") or name.startswith(("target_", "m2")):
                cell.number_format = form
        fit_height(sheet, line, least=24)
    fit_height(sheet, row)
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 3)
