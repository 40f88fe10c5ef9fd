"""Writes a sheet of narrow columns downwards and divides it into pages.

Lines are gathered first and laid on pages then: what belongs together is not torn apart, and a
table that goes on on the next page has its heads there again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from openpyxl.worksheet.pagebreak import Break

from foundation.sheets.book import put
from foundation.sheets.fitting import height, pieces, room
from headquarters.reports.workbook.blocks import Blocks
from headquarters.reports.workbook.paper import A4, SMALLEST
from headquarters.reports.workbook.parts import Figure
from headquarters.reports.workbook.table import size_of

TALLEST = 10  # lines of a row; what is longer goes on in the next
ONGOING = "（続き）"
GAP = 8.0


@dataclass(frozen=True)
class Part:
    """A block of columns `first` to `last` in a line."""

    first: int
    last: int
    value: Any
    style: str


@dataclass(frozen=True)
class Line:
    """One row. `glued`: it stays with the line after it; `heads`: what stands above it where it
    begins a page; `drawing`: what is drawn in it, given the row.
    """

    parts: tuple[Part, ...]
    height: float
    glued: bool = False
    heads: tuple["Line", ...] = ()
    drawing: tuple = ()


@dataclass
class Pen:
    """Gathers the lines of a sheet with columns of these widths."""

    widths: tuple[float, ...]
    lines: list[Line] = field(default_factory=list)
    heads: tuple[Line, ...] = ()

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.widths)

    def points(self, part: Part) -> float:
        """The room of a line of text in a block."""
        return room(sum(self.widths[part.first - 1 : part.last]))

    def _line(self, parts: Iterable[Part], least: float, **more) -> Line:
        parts = tuple(parts)
        needs = [
            height(part.value, self.points(part), size_of(part.style))
            for part in parts
            if isinstance(part.value, str)
        ]
        return Line(
            parts,
            max([least, *needs]),
            **more,
        )

    def section(self, title: str) -> None:
        """A heading over the whole width, with air above, not parted from what follows."""

        self.lines.append(Line((), GAP, glued=True))

        self.lines.append(self._title(title))

        self.heads = (self._title(title + ONGOING),)

    def _title(self, title: str) -> Line:
        return self._line([Part(1, self.last, title, "dx-group")], 20, glued=True)

    def table_heads(self, *parts: Part) -> None:
        """The heads of a table; they stand again where it goes on on another page."""
        line = self._line(
            parts,
            20,
            glued=True,
            heads=self.heads[:1],
        )

        self.lines.append(line)

        self.heads = (*self.heads[:1], line)

    def row(self, *parts: Part, least: float = 18, glued: bool = False) -> None:
        """A row, and more of them where a text is long."""
        texts = [
            pieces(part.value, self.points(part), TALLEST, size_of(part.style))
            if isinstance(part.value, str)
            else [part.value]
            for part in parts
        ]
        for number in range(max(map(len, texts))):
            found = (
                Part(part.first, part.last, said[number] if number < len(said) else "", part.style)
                for part, said in zip(parts, texts, strict=True)
            )
            self.lines.append(self._line(found, least, glued=glued, heads=self.heads))

    def pair(self, label: str, text: str) -> None:
        """A label and its text; an empty text says so."""
        long = Part(3, self.last, text or "記載なし", "dx-body")
        for number, piece in enumerate(pieces(long.value, self.points(long), TALLEST)):
            head = Part(1, 2, ONGOING if number else label, "dx-head")
            self.row(head, Part(3, self.last, piece, "dx-body"), least=20)

    def space(self, points: float, drawing: tuple = ()) -> None:
        """A row to draw in."""
        self.lines.append(Line((), points, heads=self.heads, drawing=drawing))


def _groups(lines: list[Line]) -> list[list[Line]]:
    """The lines that stay together."""

    groups: list[list[Line]] = [[]]

    for line in lines:
        groups[-1].append(line)
        if not line.glued:
            groups.append([])

    return [group for group in groups if group]


def paged(lines: list[Line], points: float) -> list[list[Line]]:
    """The lines of each page of so many points of height, heads repeated."""
    pages: list[list[Line]] = [[]]
    left = points
    for group in _groups(lines):
        needed = sum(line.height for line in group)
        if needed > left and pages[-1]:
            pages.append(_top(group))
            left = points - sum(line.height for line in pages[-1])
        else:
            pages[-1] += group
            left -= needed
    return pages


def _top(group: list[Line]) -> list[Line]:
    """A group at the top of a page: under the heads of its table, without air above."""
    first = group[0]
    return [*first.heads, *(group[1:] if not first.parts and first.glued else group)]


def laid_out(lines: list[Line], widest: float, head: float) -> tuple[float, list[list[Line]]]:
    """(scale, pages): as few pages as the smallest type allows, and then as large as possible.

    `widest`: the scale at which the columns fill the page; `head`: points of the repeated title.
    """
    fewest = len(paged(lines, A4.room(min(SMALLEST, widest)) - head))
    scale = widest
    while scale > SMALLEST and len(paged(lines, A4.room(scale) - head)) > fewest:
        scale -= 0.01
    scale = min(widest, max(scale, SMALLEST))
    return scale, paged(lines, A4.room(scale) - head)


def draw(sheet, pages: list[list[Line]], first: int, blocks: Blocks) -> int:
    """Write the pages from row `first` on; returns the last row."""
    row = first

    for number, page in enumerate(pages):
        if number:
            sheet.row_breaks.append(Break(id=row - 1))
        for line in page:
            _write(sheet, row, line, blocks)
            row += 1

    return row - 1


def _write(sheet, row: int, line: Line, blocks: Blocks) -> None:
    sheet.row_dimensions[row].height = line.height
    for part in line.parts:
        cell = sheet.cell(row, part.first)
        if isinstance(part.value, Figure):
            put(cell, part.value.value, part.style, part.value.form)
        else:
            put(cell, part.value, part.style)
        if part.last > part.first:
            blocks.merge(sheet, row, part.first, part.last, part.style)
    for drawn in line.drawing:
        drawn(row)
