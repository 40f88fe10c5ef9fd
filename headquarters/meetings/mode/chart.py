"""One indicator over its fiscal year as an SVG drawing: expectation, actual, what lies ahead.

Points in the units of the drawing (400 wide); pure over a row of a report.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.charts.scale import Scale
from foundation.japanese.calendar import fiscal_months, fiscal_year_name
from foundation.japanese.numbers import format_number
from headquarters.reports.rows import IndicatorRow

LEFT, RIGHT = 76, 302  # where the area of the drawing is
UNDER = 36  # the names of the months below it
LETTERS_APART = 30  # two labels at the right edge keep this distance
SEPTEMBER = 5  # its place in a fiscal year


@dataclass(frozen=True)
class Point:
    """A place in the drawing."""

    x: Decimal
    y: Decimal


@dataclass(frozen=True)
class Written:
    """A text at a place. `kind`: exp, act or fc."""

    kind: str
    words: str
    at: Point


@dataclass(frozen=True)
class YearChart:
    """The drawing of a fiscal year; lists of points are polylines."""

    height: int
    row: IndicatorRow
    sentence: str
    ticks: list[Written]
    expected: list[Point]
    actual: list[Point]
    ahead: list[Point]
    ahead_words: str
    labels: list[Written]
    months: list[Written]

    @property
    def newest(self) -> Point:
        """Where the actual line ends."""
        return self.actual[-1]


def _x(place: int) -> Decimal:
    return Decimal(LEFT + round((RIGHT - LEFT) * place / 11, 1))


def chart_of(row: IndicatorRow, year: int, height: int) -> YearChart | None:
    """The drawing of a fiscal year, so high; None of a year without figures."""
    months = fiscal_months(year)
    cells = {cell.month: cell for cell in row.months if cell.month in months}
    actual = {month: cell.actual for month, cell in cells.items() if cell.actual is not None}
    if not actual:
        return None
    expected = _expected(row, year, cells)
    drawn = [figure for figure in (*actual.values(), *expected.values()) if figure is not None]
    ahead = row.ahead if months[-1] not in actual else None
    scale = Scale.over([*drawn, *([ahead.figure] if ahead else [])], height - UNDER)

    def points(figures: dict[date, Decimal]) -> list[Point]:
        return [Point(_x(months.index(month)), scale.y(each)) for month, each in figures.items()]

    reached = points(actual)
    end = [reached[-1], Point(_x(11), scale.y(ahead.figure))] if ahead else []
    return YearChart(
        height=height,
        row=row,
        sentence=_sentence(row, year),
        ticks=[_tick(figure, scale) for figure in scale.ticks],
        expected=points(expected),
        actual=reached,
        ahead=end,
        ahead_words="見込" if row.forecast else "このままなら",
        labels=_labels(row, scale, reached[-1], end),
        months=[_month(months, place, scale.bottom) for place in _named(months, max(actual))],
    )


def _expected(row: IndicatorRow, year: int, cells: dict) -> dict[date, Decimal]:
    """The expectation as judged month by month; ahead the midyear's and the year's target."""
    months = fiscal_months(year)
    found = {
        month: cell.expectation for month, cell in cells.items() if cell.expectation is not None
    }
    last = max(cells)
    midyear = next((each.midyear for each in row.targets if each.fiscal_year == year), None)
    if midyear is not None and last < months[SEPTEMBER]:
        found[months[SEPTEMBER]] = midyear
    if row.target is not None:
        found[months[-1]] = row.target
    return dict(sorted(found.items()))


def _tick(figure: Decimal, scale: Scale) -> Written:
    return Written(
        "tick", format_number(figure, _places(figure)), Point(Decimal(LEFT - 8), scale.y(figure))
    )


def _named(months: list[date], newest: date) -> list[int]:
    """The places of the months that are named: the first, the newest, the last, apart enough."""
    place = months.index(newest)
    return [0, 11] if place < 3 or place > 8 else [0, place, 11]


def _month(months: list[date], place: int, bottom: int) -> Written:
    return Written("month", f"{months[place].month}月", Point(_x(place), Decimal(bottom + 28)))


def _labels(row: IndicatorRow, scale: Scale, newest: Point, end: list[Point]) -> list[Written]:
    """What is written: the target and what lies ahead at the edge, the actual below its end."""
    edge = Decimal(RIGHT + 10)
    found = []
    if row.target is not None:
        words = f"目標{format_number(row.target, _places(row.target))}"
        found.append(Written("exp", words, Point(edge, scale.y(row.target) + 8)))
    if row.ahead and end:
        words = f"{'見込' if row.forecast else '約'}{_said(row, row.ahead.figure)}"
        found.append(Written("fc", words, Point(edge, end[-1].y + 8)))
    edge_labels = _apart(found)
    if row.actual is None:
        return edge_labels
    words = f"実績{_said(row, row.actual)}"
    below = _below(newest, edge_labels, scale.bottom)
    return [*edge_labels, Written("act", words, Point(newest.x + 6, below))]


def _below(newest: Point, labels: list[Written], bottom: int) -> Decimal:
    """The height of the actual's words: under its point, and under labels that they would meet."""
    wanted = newest.y + 34
    meets = [each.at.y for each in labels if abs(each.at.y - wanted) < LETTERS_APART]
    under = max([wanted, *(y + LETTERS_APART for y in meets)])
    return min(under, Decimal(bottom - 6))


def _apart(labels: list[Written]) -> list[Written]:
    """Two labels at the edge do not meet: the lower one gives way downwards."""
    rows = sorted(labels, key=lambda each: each.at.y)
    if len(rows) < 2 or rows[1].at.y - rows[0].at.y >= LETTERS_APART:
        return rows
    lower = rows[1]
    return [rows[0], Written(lower.kind, lower.words, Point(lower.at.x, rows[0].at.y + 30))]


def _places(figure: Decimal) -> int:
    """As many decimals as it needs."""
    return max(0, -int(figure.normalize().as_tuple().exponent))


def _said(row: IndicatorRow, figure: Decimal | None) -> str:
    return "－" if figure is None else format_number(figure, row.decimals)


def _sentence(row: IndicatorRow, year: int) -> str:
    """The drawing in words."""
    parts = [f"{row.code} {row.name}（{fiscal_year_name(year)}）。{row.sentence}"]
    if row.target is not None:
        parts.append(f"年度の目標{_said(row, row.target)}{row.unit}")
    if row.ahead:
        kind = "年度末の見込" if row.forecast else "このままのペースなら年度末"
        parts.append(f"{kind}{_said(row, row.ahead.figure)}{row.unit}")
    return "。".join(parts)
