"""Draws a sheet that people fill in: what is given and locked, what is open, what is of no use.

White cells with a thick frame are open, everything else is locked (without a password). A room says
what its columns are and what stands in its cells (docs/excel.md §2).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from foundation.round_trip.columns import EntryColumn, GivenColumn
from foundation.sheets.book import print_setup, put
from foundation.sheets.fitting import height, room

SHEET = "入力"  # the sheet that people fill in
BAND_ROW, HEAD_ROW = 6, 7
BAND_HEIGHT = 18.0
LEAST, HIGHEST = 24.0, 409.0  # points; Excel cuts what is higher
GIVEN, ASKED = "参考（変更できません）", "入力する欄"
OPEN, LOCKED, SHUT = "open", "locked", "shut"


@dataclass(frozen=True)
class EntryCell:
    """What stands in an entry cell. `state`: open, locked, or of no use to its row (shut);
    `number_format` None: that of the style; `check`: from the cell's address.
    """

    value: Any = None
    state: str = OPEN
    number_format: str | None = None
    check: Callable[[str], DataValidation] | None = None


@dataclass(frozen=True)
class Layout:
    """What a sheet is made of.

    `facts`: the line under the title; `lines`: the instructions; `status`: the last column;
    `entry`: what stands in a cell to be filled in, of a row and a column; `number_format`: of a
    given cell; `frozen`: how many columns stay in sight.
    """

    title: str
    foot: str
    facts: str
    lines: Sequence[str]
    given: Sequence[GivenColumn]
    entries: Sequence[EntryColumn]
    status: GivenColumn
    rows: Sequence[Any]
    entry: Callable[[Any, EntryColumn], EntryCell]
    number_format: Callable[[Any, GivenColumn], str | None] = lambda row, column: None
    frozen: int = 3

    @property
    def _columns(self) -> list[EntryColumn | GivenColumn]:
        return [*self.given, *self.entries, self.status]

    @property
    def heads(self) -> list[str]:
        """The names of all columns."""
        return [column.header for column in self._columns]

    @property
    def widths(self) -> list[float]:
        """The widths of all columns."""
        return [column.width for column in self._columns]


class Drawing:
    """Draws the sheet that people fill in."""

    def __init__(self, paper: Any, layout: Layout) -> None:
        self.paper, self.layout = paper, layout
        self.begin = ""  # where the cursor stands when the file is opened
        self.widths = layout.widths
        self.first = len(layout.given) + 1
        self.last = len(self.widths)

    def draw(self) -> None:
        """Everything, from the top."""
        for number, width in enumerate(self.widths, 1):
            self.paper.column_dimensions[get_column_letter(number)].width = width
        self._top()
        self._heads()
        for line, row in enumerate(self.layout.rows, HEAD_ROW + 1):
            self._row(line, row)
        self._settle()

    def _top(self) -> None:
        """Whose sheet it is, until when, and the three lines."""
        layout = self.layout
        self._across(1, layout.title, "dx-sheet-title", 16)
        for line, text in enumerate((layout.facts, *layout.lines), 2):
            self._across(
                line,
                text,
                "dx-sheet-subtitle" if line == 2 else "dx-line",
            )

    def _across(self, line: int, text: str, style: str, size: int = 10) -> None:
        """A text over the whole width."""
        self.paper.merge_cells(start_row=line, end_row=line, start_column=1, end_column=self.last)
        put(self.paper.cell(line, 1), text, style)
        points = room(sum(self.widths))
        self.paper.row_dimensions[line].height = height(text, points, size) + 2

    def _heads(self) -> None:
        """Two lines: what may be changed, and the names of the columns with their notes."""
        self._band(1, self.first - 1, GIVEN)
        self._band(self.first, self.last - 1, ASKED)
        put(self.paper.cell(BAND_ROW, self.last), None, "dx-group")
        self.paper.row_dimensions[BAND_ROW].height = BAND_HEIGHT
        heads = self.layout.heads
        for number, head in enumerate(heads, 1):
            put(self.paper.cell(HEAD_ROW, number), head, "dx-head")
        for number, column in enumerate(self.layout.entries, self.first):
            self.paper.cell(HEAD_ROW, number).comment = _note(column.help)
        self._fit(HEAD_ROW, dict(enumerate(heads, 1)), 10)

    def _band(self, first: int, last: int, text: str) -> None:
        """What the columns below are, over all of them."""
        for number in range(first, last + 1):
            put(
                self.paper.cell(BAND_ROW, number),
                text if number == first else None,
                "dx-group",
            )
        self.paper.merge_cells(
            start_row=BAND_ROW, end_row=BAND_ROW, start_column=first, end_column=last
        )

    def _row(self, line: int, row: Any) -> None:
        layout, texts = self.layout, {}
        for number, given in enumerate(layout.given, 1):
            texts[number] = given.read(row)
            style = _style_of(given, texts[number])
            put(
                self.paper.cell(line, number),
                texts[number],
                style,
                layout.number_format(row, given),
            )
        for number, column in enumerate(layout.entries, self.first):
            texts[number] = self._entry(line, number, column, layout.entry(row, column))
        texts[self.last] = layout.status.read(row)
        put(self.paper.cell(line, self.last), texts[self.last], layout.status.style)
        self._fit(line, texts, 9)

    def _entry(self, line: int, number: int, column: EntryColumn, entry: EntryCell) -> Any:
        """One cell of those to be filled in: open, locked, or of no use to its row."""
        cell = self.paper.cell(line, number)
        if entry.state == OPEN:
            put(
                cell,
                entry.value,
                column.style,
                entry.number_format,
            )
            if entry.check:
                self.paper.add_data_validation(entry.check(cell.coordinate))
            self.begin = self.begin or cell.coordinate
        elif entry.state == LOCKED:
            style = column.style.replace("dx-entry", "dx-given")
            put(cell, entry.value, style, entry.number_format)
        else:
            put(cell, None, "dx-shut")
        return entry.value

    def _fit(self, line: int, texts: dict[int, Any], size: int) -> None:
        """A row as high as its texts need."""
        needs = [
            height(text, room(self.widths[number - 1]), size)
            for number, text in texts.items()
            if isinstance(text, str)
        ]
        self.paper.row_dimensions[line].height = min(max([LEAST, *needs]), HIGHEST)

    def _settle(self) -> None:
        """Protection, panes, paper."""
        paper = self.paper
        paper.freeze_panes = paper.cell(HEAD_ROW + 1, self.layout.frozen + 1)
        for part in paper.sheet_view.selection:
            if self.begin and part.pane == "bottomRight":
                part.activeCell = part.sqref = self.begin
        paper.protection.sheet = True
        paper.protection.formatColumns = paper.protection.formatRows = False  # may be changed
        print_setup(
            paper,
            landscape=True,
            repeat_rows=f"{BAND_ROW}:{HEAD_ROW}",
            title=self.layout.foot,
        )


def _note(text: str) -> Comment:
    note = Comment(
        text,
        "事務局",
    )
    note.width, note.height = 280, 110
    return note


def _style_of(column: GivenColumn, value: Any) -> str:
    """Of figures in words the lines are broken; a number is rather set smaller."""
    words = isinstance(value, str) and column.style == "dx-given-number"
    return "dx-given-words" if words else column.style
