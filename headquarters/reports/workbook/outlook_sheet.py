"""What stands beside the judgement: 年度末見込, for people."""

from foundation.japanese.calendar import month_name, wareki_short
from headquarters.reports.beside_rows import ForecastRow, PaceRow
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from headquarters.reports.workbook.parts import (
    DASH,
    MORE,
    Figure,
    figure,
    target,
    year_value,
)
from headquarters.reports.workbook.table import Printed, numbers, table_sheet
from kpi.words import NOT_COMPARABLE, changed

TITLE = "年度末見込と前年同月（評価には使いません）"


def expected(row: IndicatorRow, ahead: ForecastRow | PaceRow | None) -> Figure | str:
    """What is expected at the year's end: a number, or －."""
    return figure(ahead.figure if ahead else None, row.decimals)


def against_target(ahead: ForecastRow | PaceRow | None) -> str:
    """The same set against the target, in words."""

    return (ahead.words if ahead else "") or DASH


def forecast_reason(row: IndicatorRow) -> str:
    """Why the department expects it: 「9月分（R8.10.5） …」."""
    said = row.forecast
    if said is None:
        return DASH

    return f"{month_name(said.month)}分（{wareki_short(said.said_on)}） {said.reason}"


def last_year(row: IndicatorRow) -> Figure | str:
    """Last year's figure of the same month; in words where it cannot be compared."""
    seen = row.last_year

    if seen is None or seen.before is None:
        return DASH if seen is None or seen.comparable else NOT_COMPARABLE

    return Figure(
        seen.before,
        row.decimals,
    )


def difference(row: IndicatorRow) -> str:
    """This year's figure less last year's, with its sign and unit."""
    found = row.last_year.difference if row.last_year else None

    return changed(found, row.unit, row.decimals)


def plan_progress(row: IndicatorRow) -> Figure | str:
    """計画全体の進捗 in percent, or why there is none."""
    found = row.plan_progress

    if found is None or found.rate is None:
        return (found.words if found else "") or DASH

    return Figure(found.rate, 1)


def _elapsed(row: IndicatorRow) -> Figure | str:
    return DASH if row.plan_progress is None else Figure(row.plan_progress.elapsed, 1)


def _columns(report: MonthlyReport) -> list[Printed]:
    year = report.fiscal_year
    columns = [
        Printed("番号", lambda row: row.code, "dx-center", 6),
        Printed("指標", lambda row: row.name, width=26, least=15),
        Printed("単位", lambda row: row.unit, "dx-center", 6.5),
        numbers("年度目標", lambda row: target(row, year), 8),
        numbers("年度の値", year_value, 8),
        numbers("前年同月", last_year, 8),
        Printed("前年との差", difference, "dx-words", 13, least=9),
        numbers("課の見込", lambda row: expected(row, row.forecast), 8),
        _words("課の見込\n／目標", lambda row: against_target(row.forecast), 15, 9),
        Printed(
            "見込の理由",
            forecast_reason,
            "dx-small",
            34,
            15,
            most=6,
            end=MORE,
        ),
        numbers("このまま\nなら", lambda row: expected(row, row.pace), 8),
        _words("このまま\n／目標", lambda row: against_target(row.pace), 15, 9),
        _words("計算", lambda row: row.pace.sentence if row.pace else DASH, 24, 12),
    ]
    if report.is_year_end:
        columns += [
            numbers("計画全体の\n進捗（％）", plan_progress, 10),
            numbers("計画期間の\n経過（％）", _elapsed, 9),
        ]
    return columns


def _words(header: str, getter, width: float, least: float) -> Printed:
    return Printed(header, getter, "dx-small", width, least)


def outlook_sheet(book, report: MonthlyReport) -> None:
    """年度末見込: what is expected, what was reached, what was a year ago; A4 landscape."""

    table_sheet(book, report, "年度末見込", TITLE, _columns(report), report.indicators)
