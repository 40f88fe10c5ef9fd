"""The axes of a figure (a plain plotly dict): where a value stands, what is written there."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from foundation.charts.parts import width_of
from foundation.charts.scale import Scale
from foundation.japanese.numbers import decimals_of, format_number

STEPS = 4  # so many round steps from the lowest to the highest figure
Value = Any  # a number, or the name of a category


@dataclass(frozen=True)
class Tick:
    """What is written at a place of an axis."""

    value: Value
    words: str


@dataclass(frozen=True)
class Axis:
    """From values to places: `start` is where `low` stands, `end` where `high` does.

    `names`: the categories of an axis of names, each one unit wide.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[Tick, ...]
    names: tuple[str, ...] = ()

    def at(self, value: Value) -> float:
        """The place of a value."""
        number = self.names.index(value) if self.names else float(value)
        share = (number - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    @property
    def unit(self) -> float:
        """How far one category is from the next."""
        return abs(self.end - self.start) / (self.high - self.low)


@dataclass(frozen=True)
class Plan:
    """What is known of an axis before its place: its ends and its ticks."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    names: tuple[str, ...] = ()
    reversed: bool = False

    def between(self, start: float, end: float) -> Axis:
        """The axis at its place."""
        if self.reversed:
            start, end = end, start
        return Axis(
            self.low,
            self.high,
            start,
            end,
            self.ticks,
            self.names,
        )

    def widest(self, size: float) -> float:
        """How wide the widest of its labels is."""
        return max((width_of(tick.words, size) for tick in self.ticks), default=0)


def planned(layout: dict, values: list[Value], *, grouping: bool = True) -> Plan:
    """The axis that plotly would draw from these words of a layout over these values.

    `grouping`: thousands are set apart (not in years).
    """
    backwards = layout.get("autorange") == "reversed"
    if layout.get("type") == "category":
        given = layout.get("categoryarray", ())
        names = tuple(dict.fromkeys([*given, *(each for each in values if each is not None)]))
        ticks = tuple(Tick(name, name) for name in names)
        return Plan(-0.5, max(0.5, len(names) - 0.5), ticks, names, backwards)
    ends = layout.get("range")
    suffix = layout.get("ticksuffix", "")
    ticks = tuple(
        Tick(each, f"{format_number(each, max(0, decimals_of(each)), grouping)}{suffix}")
        for each in _round(layout, values)
    )
    low, high = ends or (float(ticks[0].value), float(ticks[-1].value))
    return Plan(low, high, tuple(each for each in ticks if low <= each.value <= high))


def _round(layout: dict, values: Iterable[Value]) -> list[Decimal]:
    """The figures at which something is written: those that the figure names, else round ones."""
    if "tickvals" in layout:
        return [Decimal(each) for each in layout["tickvals"]]
    ends = layout.get("range")
    if ends and "dtick" in layout:
        step = layout["dtick"]
        first = -(-int(ends[0]) // step) * step
        return [Decimal(each) for each in range(first, int(ends[1]) + 1, step)]
    found = [Decimal(str(each)) for each in values if each is not None]
    return Scale.over(found, 0, steps=STEPS).ticks
