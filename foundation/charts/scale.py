"""From figures to heights: round steps, so that an axis can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

TOP = 18  # above the highest line there is room for half a label
STEPS = tuple(Decimal(each) for each in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8"))


@dataclass(frozen=True)
class Scale:
    """From figures to heights: from the lowest tick to the highest."""

    low: Decimal
    step: Decimal
    high: Decimal
    bottom: int
    top: int = TOP

    @classmethod
    def over(
        cls, figures: Iterable[Decimal], bottom: int, *, top: int = TOP, steps: int = 2
    ) -> "Scale":
        """From nought, or below, to above the highest, in so many round steps or one more."""
        every = [Decimal(0), *figures]
        low, high = min(every), max(every)
        step = _round_step((high - low) / steps)
        floor = (low / step).to_integral_value(ROUND_FLOOR) * step

        return cls(floor, step, max(high, floor + step), bottom, top)

    @property
    def ticks(self) -> list[Decimal]:
        """The figures at which lines are drawn."""
        found = [self.low]
        while found[-1] < self.high:
            found.append(found[-1] + self.step)
        return found

    def y(self, figure: Decimal) -> Decimal:
        """The height of a figure."""
        share = (figure - self.low) / (self.ticks[-1] - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def _round_step(wanted: Decimal) -> Decimal:
    """The next round number."""
    if wanted <= 0:
        return Decimal(1)
    power = Decimal(10) ** wanted.adjusted()
    return next((power * step for step in STEPS if power * step >= wanted), power * 10)
