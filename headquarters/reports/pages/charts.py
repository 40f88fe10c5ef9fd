"""The dashboard's two charts as plain plotly dicts, drawn from `MonthlyReport` alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import fiscal_year_start, month_name, month_span
from foundation.japanese.numbers import format_number
from foundation.sheets import colours
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow

LOOK = {
    "A": (colours.GOOD_WASH, colours.GOOD_INK, "circle"),
    "B": (colours.KEY_WASH, colours.KEY, "triangle-up"),
    "C": (colours.WARN_WASH, colours.WARN_INK, "diamond"),
    "D": (colours.BAD, colours.BAD, "square"),
    "－": (colours.PAPER, colours.INK_3, "circle-open"),
}
PLAIN = (colours.WASH_2, colours.INK_2, "circle")
CAP, FLOOR = 120, -20


@dataclass(frozen=True)
class MonthGrades:
    """How many indicators had which grade at the end of a month. `counts`: {letter or －: n}."""

    month: date
    counts: dict[str, int]


def grades_by_month(report: MonthlyReport) -> list[MonthGrades]:
    """The chart's table: the months of the fiscal year up to the report's."""
    if not report.indicators:
        return []
    months = month_span(fiscal_year_start(report.fiscal_year), report.month)
    return [MonthGrades(month, _counts(report, month)) for month in months]


def _counts(report: MonthlyReport, month: date) -> dict[str, int]:
    """{letter or －: how many indicators} as judged at the end of a month."""
    counts = dict.fromkeys([*(band.letter for band in report.bands), "－"], 0)
    for indicator in report.indicators:
        cell = next(cell for cell in indicator.months if cell.month == month)
        counts[cell.grade or "－"] += 1
    return counts


def grades_chart(report: MonthlyReport) -> dict:
    """Stacked bars: number of indicators per grade and month."""
    rows = grades_by_month(report)
    names = {band.letter: f"{band.letter} {band.name}" for band in report.bands} | {
        "－": "－ 評価対象外"
    }
    data = []
    for letter, name in names.items():
        fill, line, _ = LOOK.get(letter, PLAIN)
        values = [row.counts[letter] for row in rows]
        data.append(
            {
                "type": "bar",
                "name": name,
                "x": [f"{month_name(row.month)}末" for row in rows],
                "y": values,
                "text": [f"{letter} {value}" if value else "" for value in values],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": colours.PAPER if letter == "D" else line, "size": 14},
                "marker": {
                    "color": fill,
                    "line": {"color": line, "width": 2 if letter == "C" else 1},
                },
            }
        )
    total = len(report.indicators)
    return {
        "data": data,
        "layout": {
            "barmode": "stack",
            "bargap": 0.42,
            "showlegend": True,
            "yaxis": {"range": [0, total + 0.4], "dtick": 5},
            "xaxis": {"type": "category"},
        },
    }


TICKS = [-20, 0, 50, 80, 100, 120]


def _held(rate: Decimal) -> Decimal:
    """Where a rate is drawn: what lies beyond the axis stands at its border."""
    return max(Decimal(FLOOR), min(rate, Decimal(CAP)))


def _said(row: IndicatorRow) -> str:
    """「1-2 130.0％（枠の外）」: the rate itself, said so where it is not in its place."""
    rate = row.rate or Decimal(0)
    beyond = "（枠の外）" if _held(rate) != rate else ""
    return f"{row.code} {format_number(rate, 1)}％{beyond}"


def _range(report: MonthlyReport) -> list[int]:
    """The axis: it reaches below zero only where a rate does."""
    below = any(row.rate is not None and row.rate < 0 for row in report.indicators)
    return [FLOOR - 4 if below else -4, CAP + 4]


def rates_chart(report: MonthlyReport) -> dict:
    """One mark per indicator with a rate: measure × achievement rate, bars stop at 120 %."""
    labels = [f"{row.number} {row.name}" for row in report.measures]
    names = {band.letter: band.name for band in report.bands}
    data = []
    for letter, name in names.items():
        found = [row for row in report.indicators if row.grade == letter and row.rate is not None]
        fill, line, symbol = LOOK.get(letter, PLAIN)
        measure = {row.number: f"{row.number} {row.name}" for row in report.measures}
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{letter} {name}",
                "x": [float(_held(row.rate or Decimal(0))) for row in found],
                "y": [measure[row.measure] for row in found],
                "text": [_said(row) for row in found],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "symbol": symbol,
                    "size": 13,
                    "color": fill,
                    "line": {"color": line, "width": 2},
                },
            }
        )
    return {
        "data": data,
        "layout": {
            "showlegend": True,
            "margin": {"l": 210},
            "xaxis": {"range": _range(report), "tickvals": TICKS, "ticksuffix": "％"},
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": labels,
                "autorange": "reversed",
            },
        },
    }
