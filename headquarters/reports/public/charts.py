"""The chart of an indicator's fiscal year as numbers for a drawing: months along the foot, figures
up the side, a line that breaks where there is no figure, the target across.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from foundation.japanese.calendar import fiscal_months, month_name
from foundation.japanese.numbers import format_number
from headquarters.reports.rows import IndicatorRow, MonthCell
from headquarters.reports.workbook.parts import target_of
from kpi.choices import Maturity

WIDTH, HEIGHT, TOP, RIGHT, FOOT = 420, 220, 30, 10, 28
DIGIT, BOLD = 7.5, 10  # the width of a digit of the labels, and of that of the newest figure
MONTH = 27  # the room that 「10月」 takes
STEPS = [Decimal(step) for step in ("1", "2", "2.5", "5", "10")]
TICKS = 4  # about so many distances up the side


@dataclass(frozen=True)
class Mark:
    """A word in the drawing and where it stands."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Level:
    """A target across the field at `y`, its words above or below the line at `text_y`."""

    x: str
    y: str
    text_y: str
    text: str


@dataclass(frozen=True)
class Dot:
    """A month's figure."""

    x: str
    y: str
    provisional: bool


@dataclass(frozen=True)
class Chart:
    """All that is drawn. `left`, `right`, `floor`: the edges of the field."""

    left: int
    ticks: tuple[Mark, ...]
    months: tuple[Mark, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    targets: tuple[Level, ...]
    newest: Mark
    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - FOOT

    @property
    def provisional(self) -> bool:
        """Is one of the figures 暫定?"""
        return any(dot.provisional for dot in self.dots)


@dataclass(frozen=True)
class Scale:
    """Figures up the side, from `low` to `high` in steps."""

    low: Decimal
    high: Decimal
    step: Decimal

    def y(self, figure: Decimal) -> float:
        """How far down a figure stands."""
        share = (self.high - figure) / (self.high - self.low)
        return float(TOP + share * (HEIGHT - FOOT - TOP))

    @property
    def figures(self) -> list[Decimal]:
        """Those at the side, from below."""
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * number for number in range(count + 1)]


def scale_of(figures: Sequence[Decimal], decimals: int) -> Scale:
    """A scale of round steps that holds zero and all figures."""
    low, high = min(Decimal(0), *figures), max(Decimal(0), *figures)
    least = Decimal(1).scaleb(-decimals)
    rough = max((high - low) / TICKS, least)
    power = Decimal(1).scaleb(rough.adjusted())
    steps = (each * power for each in STEPS)
    step = next(each for each in steps if each >= rough and not each % least)
    top = (high / step).to_integral_value(ROUND_CEILING) * step
    foot = (low / step).to_integral_value(ROUND_FLOOR) * step
    return Scale(foot, top if top > foot else foot + step, step)


LOWER = "目標の下限"


def targets_of(row: IndicatorRow, year: int) -> list[tuple[str, Decimal]]:
    """A year's target in words and figures: one, or the two ends of a range."""
    found = target_of(row, year)
    if found is None or found.none:
        return []
    named = (("年度目標", found.value), (LOWER, found.lower), ("目標の上限", found.upper))
    return [(name, figure) for name, figure in named if figure is not None]


def chart_of(row: IndicatorRow, year: int, cells: Sequence[MonthCell]) -> Chart | None:
    """The chart of a fiscal year; None while it has no figure."""
    known = {cell.month: cell for cell in cells if cell.actual is not None}
    figures = [cell.actual for cell in known.values() if cell.actual is not None]
    if not figures:
        return None
    targets = targets_of(row, year)
    scale = scale_of([*figures, *(figure for _, figure in targets)], row.decimals)
    side = [format_number(each, _decimals(scale, row)) for each in scale.figures]
    left = round(DIGIT * max(map(len, side))) + 12
    months = fiscal_months(year)
    places = {month: _across(left, number) for number, month in enumerate(months)}
    dots = {month: _dot(places[month], scale, cell) for month, cell in known.items()}
    return Chart(
        left=left,
        ticks=tuple(
            Mark(str(left - 6), _at(scale.y(figure)), words)
            for figure, words in zip(scale.figures, side, strict=True)
        ),
        months=_month_marks(places),
        lines=_lines(months, dots),
        dots=tuple(dots.values()),
        targets=tuple(_target(row, scale, *each) for each in targets),
        newest=_newest(row, dots, known),
    )


def _decimals(scale: Scale, row: IndicatorRow) -> int:
    """Of the figures at the side: none where the steps are whole."""
    return 0 if scale.step == scale.step.to_integral_value() else row.decimals


def _month_marks(places: dict[date, float]) -> tuple[Mark, ...]:
    """The months along the foot, every other one where they would touch."""
    first, second, *_ = places.values()
    every = 1 if second - first >= MONTH else 2
    marks = [Mark(_at(x), str(HEIGHT - 10), month_name(month)) for month, x in places.items()]
    return tuple(marks[::every])


def _at(place: float) -> str:
    return f"{place:.1f}"


def _across(left: int, number: int) -> float:
    """Where a month stands: in the middle of its twelfth of the field."""
    return left + (WIDTH - RIGHT - left) * (number + 0.5) / 12


def _dot(x: float, scale: Scale, cell: MonthCell) -> Dot:
    provisional = cell.actual_maturity == Maturity.PROVISIONAL.label
    return Dot(_at(x), _at(scale.y(cell.actual or Decimal(0))), provisional)


def _lines(months: Sequence[date], dots: dict[date, Dot]) -> tuple[str, ...]:
    """Lines through months that follow each other, each as 「x,y x,y」."""
    parts: list[list[str]] = [[]]
    for month in months:
        if month in dots:
            parts[-1].append(f"{dots[month].x},{dots[month].y}")
        else:
            parts.append([])
    return tuple(" ".join(part) for part in parts if len(part) > 1)


def _target(row: IndicatorRow, scale: Scale, name: str, figure: Decimal) -> Level:
    y = scale.y(figure)
    beside = y + 14 if name == LOWER else y - 5
    words = f"{name} {format_number(figure, row.decimals)}{row.unit}"
    return Level(str(WIDTH - RIGHT), _at(y), _at(beside), words)


def _newest(row: IndicatorRow, dots: dict[date, Dot], known: dict[date, MonthCell]) -> Mark:
    """The newest figure, said at its dot, within the frame."""
    month = max(known)
    words = format_number(known[month].actual or Decimal(0), row.decimals)
    x = min(float(dots[month].x), WIDTH - BOLD * len(words) / 2)
    return Mark(_at(x), dots[month].y, words)
