"""Sheets of paper: how large a page is, how much goes on it, how small the type may become."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.sheets.book import print_setup
from foundation.sheets.fitting import WIDEST_UNIT

SMALLEST = 0.78  # of 9-point type, the smallest that we write, seven points are left
MARGINS = 0.8 * 72, 1.1 * 72  # left and right together, top and bottom together
LIST_ROW = 14.5  # points, as programs make them for 10-point type
SLACK = 0.98  # what another printer or program counts otherwise


@dataclass(frozen=True)
class Paper:
    """A page in points, as it lies."""

    name: str
    landscape: bool
    width: float
    height: float

    @property
    def inner_width(self) -> float:
        """Without its margins."""
        return self.width - MARGINS[0]

    @property
    def inner_height(self) -> float:
        """Without its margins, and a little less."""

        return (self.height - MARGINS[1]) * SLACK

    @property
    def most_units(self) -> float:
        """Units of column width that fit beside each other in the smallest type."""

        return self.inner_width * SLACK / SMALLEST / WIDEST_UNIT

    def scale_by_width(self, units: float) -> float:
        """The scale at which so many units of column width fit; never above 1."""

        return min(1.0, self.inner_width / (units * WIDEST_UNIT))

    def room(self, scale: float) -> float:
        """Points of row height on a page at a scale."""
        return self.inner_height / scale


A4 = Paper("A4", False, 595.3, 841.9)
A4_LANDSCAPE = Paper("A4", True, 841.9, 595.3)
A3_LANDSCAPE = Paper("A3", True, 1190.6, 841.9)


def count_pages(heights: Sequence[float], room: float) -> int:
    """On how many pages rows of these heights come, none of them broken."""
    pages, used = 1, 0.0
    for height in heights:
        if used and used + height > room:
            pages, used = pages + 1, 0.0
        used += height

    return pages


def pages_to_fit(paper: Paper, units: float, head: float, heights: Sequence[float]) -> int:
    """On how many pages a table is to be fitted, its `head` repeated on each; 0: as many as come.

    As few as the smallest type allows. A number is given only where it makes the type smaller:
    LibreOffice fills up with blank pages what a table does not need.
    """

    def pages(scale: float) -> int:
        return count_pages(heights, paper.room(scale) - head)

    widest = paper.scale_by_width(units)
    fewest = pages(min(SMALLEST, widest))
    return fewest if fewest == 1 or fewest < pages(widest) else 0


def one_page(sheet, rows: int) -> None:
    """A long narrow list of so many rows on one upright page; A3 where A4 would be too small."""
    on_a4 = (rows + 1) * LIST_ROW <= A4.room(SMALLEST)
    print_setup(
        sheet, paper="A4" if on_a4 else "A3", landscape=False, one_page=True, repeat_rows="1:1"
    )
