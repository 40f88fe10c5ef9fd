"""The public edition's pages: one for each edition, and the index of them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string

from foundation.japanese.calendar import (
    fiscal_year,
    fiscal_year_name,
    month_name,
    wareki_month,
)
from foundation.japanese.numbers import format_number
from foundation.sheets.texts import leaving
from headquarters.reports.model import MonthlyReport
from headquarters.reports.public.charts import Chart, chart_of, targets_of
from headquarters.reports.public.shown import PublicEdition
from headquarters.reports.rows import IndicatorRow, MonthCell
from headquarters.reports.workbook.parts import DASH, Figure, is_provisional, target, year_value
from kpi.choices import CellState, Maturity

PROVISIONAL = Maturity.PROVISIONAL.label
PLAIN_STATES = {CellState.VALUE.label, CellState.UNSCHEDULED.label}


@dataclass(frozen=True)
class ShownMonth:
    """A line of an indicator's table. `remark`: 暫定, or why there is no figure."""

    name: str
    figure: str
    actual: str
    rate: str
    grade: str
    remark: str


@dataclass(frozen=True)
class ShownIndicator:
    """What the page says of an indicator.

    `anchor`: its place in the page; `notes`: (month, text); `goals`: every year's target.
    """

    anchor: str
    row: IndicatorRow
    value: str
    provisional: bool
    goal: str
    rate: str
    grade: str
    chart: Chart | None
    chart_words: str
    months: list[ShownMonth]
    notes: list[tuple[str, str]]
    goals: str

    @property
    def has_remarks(self) -> bool:
        """Is there something to say of one of the months?"""
        return any(month.remark for month in self.months)


@dataclass(frozen=True)
class ShownMeasure:
    """A measure with its indicators."""

    number: int
    name: str
    indicators: list[ShownIndicator]


@dataclass(frozen=True)
class ShownYear:
    """The editions of a fiscal year in the index, newest first."""

    name: str
    editions: list[PublicEdition]


def edition_page(edition: PublicEdition) -> bytes:
    """The page of an edition."""
    measures = _measures(edition)
    page = {
        "edition": edition,
        "report": edition.report,
        "measures": measures,
        "year_name": fiscal_year_name(edition.report.fiscal_year),
        "months_name": _span(edition.report),
        "earlier": any(row.earlier for row in edition.indicators),
    }
    return _drawn("reports/public/edition.html", page)


def index_page(editions: Sequence[PublicEdition]) -> bytes:
    """The page that lists them."""
    years: dict[int, list[PublicEdition]] = {}
    for each in editions:
        years.setdefault(each.report.fiscal_year, []).append(each)
    listed = [ShownYear(fiscal_year_name(year), rows) for year, rows in years.items()]
    page = {"newest": editions[0], "report": editions[0].report, "years": listed}
    return _drawn("reports/public/index.html", page)


def _drawn(template: str, page: dict) -> bytes:
    return leaving(render_to_string(template, page)).encode()


def _span(report: MonthlyReport) -> str:
    """「4月～10月」: the months of the year's tables."""
    last = month_name(report.month)
    return last if last == "4月" else f"4月～{last}"


def _measures(edition: PublicEdition) -> list[ShownMeasure]:
    names = {row.number: row.name for row in edition.report.measures}
    found: dict[int, list[ShownIndicator]] = {}
    for number, row in enumerate(edition.indicators, 1):
        found.setdefault(row.measure, []).append(_shown(edition.report, row, f"kpi{number}"))
    return [ShownMeasure(number, names.get(number, ""), rows) for number, rows in found.items()]


def _shown(report: MonthlyReport, row: IndicatorRow, anchor: str) -> ShownIndicator:
    year = [cell for cell in row.months if fiscal_year(cell.month) == report.fiscal_year]
    names = {band.letter: f"{band.letter} {band.name}" for band in report.bands}
    chart = chart_of(row, report.fiscal_year, year)
    return ShownIndicator(
        anchor=anchor,
        row=row,
        value=_words(year_value(row), row),
        provisional=is_provisional(row),
        goal=_words(target(row, report.fiscal_year), row),
        rate=_rate(row.rate),
        grade=names.get(row.grade or "", f"評価対象外（{row.not_judged}）"),
        chart=chart,
        chart_words=_chart_words(row, report.fiscal_year, year) if chart else "",
        months=[_month(row, cell, names) for cell in year],
        notes=[(wareki_month(cell.month), cell.public_note) for cell in year if cell.public_note],
        goals="、".join(_goal(row, each.fiscal_year) for each in row.targets),
    )


def _words(said: Figure | str, row: IndicatorRow) -> str:
    """A figure with its unit; a reason as it is."""
    if isinstance(said, Figure):
        return f"{format_number(Decimal(said.value), said.decimals)}{row.unit}"
    numbered = said[:1].isdigit() and "／" not in said
    return f"{said}{row.unit}" if numbered else said


def _goal(row: IndicatorRow, year: int) -> str:
    """「令和8年度 240人」."""
    return f"{fiscal_year_name(year)} {_words(target(row, year), row)}"


def _rate(rate) -> str:
    return DASH if rate is None else f"{format_number(rate, 1)}％"


def _number(figure, row: IndicatorRow) -> str:
    return DASH if figure is None else format_number(figure, row.decimals)


def _month(row: IndicatorRow, cell: MonthCell, names: dict[str, str]) -> ShownMonth:
    return ShownMonth(
        name=month_name(cell.month),
        figure=_number(cell.figure, row),
        actual=_number(cell.actual, row),
        rate=_rate(cell.rate),
        grade=names.get(cell.grade or "", DASH),
        remark=remark_of(cell),
    )


def remark_of(cell: MonthCell) -> str:
    """「暫定」 of a figure that may still change; without one the reason, else the state."""
    if cell.figure is not None:
        return _changing(cell)
    if cell.missing_reason:
        return cell.missing_reason
    return "算定不能" if cell.state in PLAIN_STATES else cell.state


def _changing(cell: MonthCell) -> str:
    """What of a month's figures may still change."""
    if cell.maturity == PROVISIONAL:
        return PROVISIONAL
    return "年度の値は暫定" if cell.actual_maturity == PROVISIONAL else ""


def _chart_words(row: IndicatorRow, year: int, cells: Sequence[MonthCell]) -> str:
    """「4月 12件、5月 値なし（集計中）。年度目標 50件。」: the drawing in words."""
    months = "、".join(_month_words(row, cell) for cell in cells)
    goals = "、".join(
        f"{name} {format_number(figure, row.decimals)}{row.unit}"
        for name, figure in targets_of(row, year)
    )
    return f"{months}。{goals}。" if goals else f"{months}。"


def _month_words(row: IndicatorRow, cell: MonthCell) -> str:
    name = month_name(cell.month)
    if cell.actual is None:
        why = remark_of(cell)
        return f"{name} 値なし（{why}）" if why else f"{name} 値なし"
    mark = "（暫定）" if cell.actual_maturity == PROVISIONAL else ""
    return f"{name} {format_number(cell.actual, row.decimals)}{row.unit}{mark}"
