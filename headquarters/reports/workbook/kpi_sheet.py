"""KPI実績: targets, rate and grade of every indicator; KPI月別: its months."""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import fiscal_months, fiscal_year_short, month_name
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.paper import A4_LANDSCAPE
from headquarters.reports.workbook.parts import (
    DASH,
    Figure,
    Shown,
    figure,
    grade_style,
    target,
    year_value,
)
from headquarters.reports.workbook.table import Printed, fitted, numbers, table_sheet, values_of
from kpi.choices import CellState, Maturity


def reported(row: IndicatorRow, month: date) -> Shown:
    """What a month's cell shows: its figure, or the state in words."""
    cell = next((cell for cell in row.months if cell.month == month), None)
    if cell is None:
        return None
    if cell.figure is not None:
        return Figure(cell.figure, row.decimals, cell.maturity == Maturity.PROVISIONAL.label)

    if cell.numerator is not None:
        return "算定不能"

    if cell.missing_reason:
        return cell.missing_reason

    return DASH if cell.state == CellState.NOT_DUE.label else cell.state


def _target_column(year: int) -> Printed:
    return numbers(f"{fiscal_year_short(year)}\n目標", lambda row: target(row, year))


def _kpi_columns(report: MonthlyReport) -> list[Printed]:
    years = {each.fiscal_year for row in report.indicators for each in row.targets}
    return [
        Printed("番号", lambda row: row.code, "dx-center", 6),
        Printed("指標", lambda row: row.name, width=34, least=17),
        Printed("単位", lambda row: row.unit, "dx-center", 6.5),
        Printed("数え方", lambda row: row.counting, "dx-small", 33, least=12),
        numbers("基準値", lambda row: figure(row.baseline_value, row.decimals)),
        *(_target_column(year) for year in sorted(years | {report.fiscal_year})),
        numbers("年度の値", year_value, 9),
        numbers("期待値", lambda row: figure(row.expectation, max(1, row.decimals))),
        numbers("達成率\n（％）", lambda row: figure(row.rate, 1), 9),
        Printed(
            "評価",
            lambda row: row.grade or row.not_judged,
            "dx-center",
            11,
            dress=lambda row: grade_style(row.grade),
        ),
    ]


def kpi_sheet(book, report: MonthlyReport) -> None:
    """KPI実績: what was aimed at and what was reached, A4 landscape."""
    columns = _kpi_columns(report)

    table_sheet(book, report, "KPI実績", "KPI実績", columns, report.indicators)


@dataclass(frozen=True)
class MonthsRow:
    """A line of KPI月別: an indicator in some months of the year; `part`: which, where not all."""

    row: IndicatorRow
    months: list[date]
    part: str


def _month_column(number: int, heads: list[str]) -> Printed:
    return numbers("／".join(heads), lambda line: reported(line.row, line.months[number]), 8)


def _months_columns(parts: list[list[date]]) -> list[Printed]:
    heads = [[month_name(month) for month in group] for group in zip(*parts, strict=True)]
    return [
        Printed("番号", lambda line: line.row.code, "dx-center", 6),
        Printed("指標", lambda line: line.row.name, width=34, least=17),
        Printed("単位", lambda line: line.row.unit, "dx-center", 6.5),
        *([Printed("期間", lambda line: line.part, "dx-words", 7)] if len(parts) > 1 else []),
        *(_month_column(number, group) for number, group in enumerate(heads)),
    ]


def _lines(report: MonthlyReport, parts: list[list[date]]) -> list[MonthsRow]:
    return [
        MonthsRow(
            row,
            part,
            f"{month_name(part[0])}～{month_name(part[-1])}",
        )
        for row in report.indicators
        for part in parts
    ]


def months_sheet(book, report: MonthlyReport) -> None:
    """KPI月別: the year's months of every indicator; in two lines each where numbers are long."""
    months = fiscal_months(report.fiscal_year)
    for parts in ([months], [months[:6], months[6:]]):
        columns, lines = _months_columns(parts), _lines(report, parts)
        wide = fitted(columns, values_of(columns, lines), A4_LANDSCAPE)
        if sum(column.width for column in wide) <= A4_LANDSCAPE.most_units:
            break
    title = "KPI月別（各月の実績。「暫」は暫定値）"
    table_sheet(book, report, "KPI月別", title, columns, lines)
