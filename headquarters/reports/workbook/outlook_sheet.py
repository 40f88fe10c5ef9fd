"""What stands beside the judgement: 年度末見込 for people, 見込データ for machines."""

from foundation.japanese.calendar import month_name, wareki_short
from foundation.sheets.book import Column, data_sheet
from foundation.sheets.styles import ISO_DATE
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

    return Figure(seen.before, row.decimals)


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
        Printed("見込の理由", forecast_reason, "dx-small", 34, 15, most=6, end=MORE),
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


def _of(name: str, field: str):
    """Getter of a field of what stands beside the judgement; empty where there is none."""

    def get(row: IndicatorRow):
        beside = getattr(row, name)

        return None if beside is None else getattr(beside, field)

    return get


def _month_of(name: str):
    """The same of a month, as 2026-09."""
    get = _of(name, "month")

    def month(row: IndicatorRow):
        found = get(row)
        return found and f"{found:%Y-%m}"

    return month


def outlook_data_columns(report: MonthlyReport) -> list[Column]:
    """The columns of 見込データ."""
    return [
        Column(
            "全国地方公共団体コード",
            "municipality_code",
            lambda r: report.municipality_code,
            width=12,
        ),
        Column("団体名", "municipality", lambda r: report.municipality, width=10),
        Column("年月", "month", lambda r: f"{report.month:%Y-%m}", width=10),
        Column("指標番号", "indicator_code", lambda r: r.code, width=8),
        Column("指標名", "indicator_name", lambda r: r.name, width=30),
        Column("単位", "unit", lambda r: r.unit, width=8),
        Column("前年比較の月", "compared_month", _month_of("last_year"), width=10),
        Column("前年同月", "same_month_last_year", _of("last_year", "before"), width=10),
        Column("前年との差", "difference", _of("last_year", "difference"), width=10),
        Column("見込を述べた月", "forecast_month", _month_of("forecast"), width=10),
        Column("年度末見込", "year_end_forecast", _of("forecast", "figure"), width=10),
        Column("分子の見込", "forecast_numerator", _of("forecast", "numerator"), width=10),
        Column("分母の見込", "forecast_denominator", _of("forecast", "denominator"), width=10),
        Column("見込の率（％）", "forecast_rate", _of("forecast", "rate"), width=10),
        Column("見込の理由", "forecast_reason", _of("forecast", "reason"), width=30),
        Column(
            "見込の入力日",
            "forecast_said_on",
            _of("forecast", "said_on"),
            number_format=ISO_DATE,
            width=12,
        ),
        Column("このままのペースなら", "projection", _of("pace", "figure"), width=12),
        Column("同じく率（％）", "projection_rate", _of("pace", "rate"), width=10),
        Column("計画全体の進捗（％）", "final_progress", _of("plan_progress", "rate"), width=12),
        Column("計画期間の経過（％）", "plan_elapsed", _of("plan_progress", "elapsed"), width=12),
    ]


def outlook_data_sheet(book, report: MonthlyReport) -> None:
    """見込データ: one row per indicator, what stands beside its judgement in the month."""
    data_sheet(
        book,
        "見込データ",
        outlook_data_columns(report),
        report.indicators,
    )
