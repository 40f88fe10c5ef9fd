"""Values into the cells of a sheet's XML, in the form in which they stand there (`splicing.py`).

A cell keeps its style; one that is not there is put in at its place, with the style of its row or
column. Text is a string of the cell itself and never a formula; nothing is written for None.
What the formulas of the sheet gave for the values of before is taken out: it is true no more, and
not every program calculates a book anew when it opens it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from foundation.sheets.cells import pieces_of_text
from foundation.sheets.splicing import (
    Edit,
    Piece,
    Walk,
    prefix_at,
    spliced,
    tag_at,
    with_attribute,
    without,
)
from foundation.sheets.texts import leaving

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIRST_DAYS = {False: date(1900, 3, 1), True: date(1904, 1, 1)}  # by «1904 date system»

Value = str | int | Decimal | date | None
Place = tuple[int, int]  # (row, column), from 1
Area = tuple[int, int, int, int]  # first column, first row, last column, last row


@dataclass
class Row:
    """A row of the sheet, and those of its cells that were asked for."""

    number: int
    piece: Piece
    cells: dict[int, Piece] = field(default_factory=dict)


@dataclass
class Layout(Walk):
    """What has to be known of a sheet to write at `places`.

    `rows`: all of them; the cells only of the rows in which something is to be written.
    `formulas`: the places among them with a formula; `arrays`: areas that one formula fills;
    `results`: (cell, what its formula gave) of the whole sheet.
    """

    places: frozenset[Place] = frozenset()
    wanted: frozenset[int] = frozenset()
    rows: dict[int, Row] = field(default_factory=dict)
    formulas: set[Place] = field(default_factory=set)
    arrays: list[Area] = field(default_factory=list)
    results: list[tuple[Piece, Piece]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    columns: list[tuple[int, int, str]] = field(default_factory=list)
    kept: dict[Place, list[Piece]] = field(default_factory=dict)
    data: Piece | None = None
    dimension: Piece | None = None
    at: Place = (0, 0)
    calculated: Place = (0, 0)  # the last cell with a formula

    @classmethod
    def of(cls, content: bytes, places: frozenset[Place]) -> "Layout":
        """The layout of a sheet. Raises UnknownXml."""
        layout = cls(
            content,
            places=places,
            wanted=frozenset(row for row, _ in places),
        )
        layout.go()
        return layout

    def begun(self, piece: Piece) -> None:
        above = self.line[-1].name if self.line else ""
        match above, piece.name:
            case "worksheet", "sheetData":
                self.data = piece
            case "worksheet", "dimension":
                self.dimension = piece
            case "sheetData", "row":
                number = int(piece.given.get("r", self.at[0] + 1))
                self.at = (number, 0)
                self.rows[number] = Row(number, piece)
                if number not in self.wanted and not self._calculates(piece):
                    self.pass_over()
            case "row", "c":
                self._cell(piece)

    def _calculates(self, row: Piece) -> bool:
        """May there be a formula in the row? Most rows of a large sheet have none."""
        mark = prefix_at(self.content, row.start)
        end = self.content.find(b"</" + mark + b"row", row.head)
        return self.content.find(b"<" + mark + b"f", row.head, end) >= 0

    def _cell(self, piece: Piece) -> None:
        row, column = self.at[0], self.at[1] + 1
        if "r" in piece.given:
            column = column_of(piece.given["r"])
        self.at = (row, column)
        if row in self.wanted:
            self.rows[row].cells[column] = piece

    def done(self, piece: Piece) -> None:
        above = self.line[-1].name if self.line else ""
        match above, piece.name:
            case "c", "v" if self.at == self.calculated:
                self.results.append((self.line[-1], piece))
            case "c", "f":
                self.calculated = self.at
                if self.at in self.places:
                    self.formulas.add(self.at)
                if piece.given.get("t") in ("array", "dataTable") and "ref" in piece.given:
                    self.arrays.append(area_of(piece.given["ref"]))
            case "c", "extLst":
                self.kept.setdefault(self.at, []).append(piece)
            case "mergeCells", "mergeCell":
                self.merged.append(area_of(piece.given["ref"]))
            case "cols", "col":
                style = piece.given.get("style", "")
                span = int(piece.given["min"]), int(piece.given["max"])
                self.columns.append((*span, style))

    def cell(self, place: Place) -> Piece | None:
        """The cell that stands at a place."""
        row = self.rows.get(place[0])
        return row.cells.get(place[1]) if row else None

    def style_of(self, place: Place) -> str:
        """The number of the style that a cell has, or would have by its row or column."""
        cell, row = self.cell(place), self.rows.get(place[0])
        if cell is not None:
            return cell.given.get("s", "")
        if row and row.piece.given.get("customFormat") in ("1", "true"):
            return row.piece.given.get("s", "")
        return next((style for first, last, style in self.columns if first <= place[1] <= last), "")


def column_of(address: str) -> int:
    """3 of 「C7」."""
    letters, _ = coordinate_from_string(address)
    return range_boundaries(f"{letters}1")[0]


def area_of(text: str) -> Area:
    """The area 「A1:C2」. ValueError when it is another thing."""
    first, row, last, bottom = range_boundaries(text)
    if None in (first, row, last, bottom):
        raise ValueError(text)
    return first, row, last, bottom


def holds(area: Area, place: Place) -> bool:
    """Does the area hold the place?"""
    return area[0] <= place[1] <= area[2] and area[1] <= place[0] <= area[3]


def written(layout: Layout, values: Mapping[Place, Value], *, from_1904: bool = False) -> bytes:
    """The sheet with these values, which are for places that the layout knows."""
    return spliced(layout.content, _Writing(layout, values, from_1904).edits())


@dataclass
class _Writing:
    layout: Layout
    values: Mapping[Place, Value]
    from_1904: bool

    def edits(self) -> list[Edit]:
        """What has to change."""
        assert self.layout.data is not None
        self.prefix = prefix_at(self.layout.content, self.layout.data.start).decode()
        by_row: dict[int, list[int]] = {}
        for row, column in sorted(self.values):
            by_row.setdefault(row, []).append(column)
        found = [edit for number, columns in by_row.items() for edit in self._row(number, columns)]
        return [*self._opened(found), *self._dimension(), *self._outdated()]

    def _outdated(self) -> list[Edit]:
        """The edits that take out what formulas gave."""
        found = []
        for cell, result in self.layout.results:
            tag = self.layout.content[cell.start : cell.head]
            found.append(Edit(cell.start, cell.head, without(tag, "t")))
            found.append(Edit(result.start, result.end, b""))
        return found

    def _row(self, number: int, columns: list[int]) -> list[Edit]:
        """The edits of one row; of a row that is not there one that puts it in."""
        row = self.layout.rows.get(number)
        cells = [(number, column) for column in columns]
        if row is None:
            inside = "".join(self._new(place) for place in cells)
            return [self._put_in(number, f'<{self.prefix}row r="{number}">{inside}{self._end}')]
        edits = [self._replaced(place) for place in cells if place[1] in row.cells]
        missing = [place for place in cells if place[1] not in row.cells]
        return edits + self._added(row, missing)

    @property
    def _end(self) -> str:
        return f"</{self.prefix}row>"

    def _added(self, row: Row, missing: list[Place]) -> list[Edit]:
        if not missing:
            return []
        tag = without(tag_at(self.layout.content, row.piece.start), "spans")
        start, head = row.piece.start, row.piece.head
        if row.piece.empty:
            inside = "".join(self._new(place) for place in missing)
            opened = tag[:-2].rstrip() + b">" + (inside + self._end).encode()
            return [Edit(start, head, opened)]
        return [Edit(start, head, tag)] + [
            Edit(at, at, self._new(place).encode())
            for place in missing
            for at in [self._before(row, place[1])]
        ]

    def _before(self, row: Row, column: int) -> int:
        """Where a cell of that column goes: before the next one, else behind the last."""
        later = [each for each in row.cells if each > column]
        if later:
            return row.cells[min(later)].start
        if row.cells:
            return row.cells[max(row.cells)].end
        return row.piece.head

    def _put_in(self, number: int, new: str) -> Edit:
        later = [each for each in self.layout.rows if each > number]
        if later:
            at = self.layout.rows[min(later)].piece.start
        else:
            assert self.layout.data is not None
            at = self.layout.data.inner
        return Edit(
            at,
            at,
            new.encode(),
        )

    def _opened(self, edits: list[Edit]) -> list[Edit]:
        """The same; what goes into `<sheetData/>` opens it."""
        data = self.layout.data
        assert data is not None
        if not data.empty:
            return edits
        tag = tag_at(self.layout.content, data.start)
        rows = b"".join(edit.new for edit in edits)
        end = f"</{self.prefix}sheetData>".encode()
        return [Edit(data.start, data.end, tag[:-2].rstrip() + b">" + rows + end)]

    def _replaced(self, place: Place) -> Edit:
        """A cell that stands there: its own start tag without its type, and the value."""
        content, cell = self.layout.content, self.layout.cell(place)
        assert cell is not None
        tag = without(content[cell.start : cell.head], "t", "vm", "cm")
        head = tag.removesuffix(b"/>").removesuffix(b">").rstrip()
        kept = b"".join(content[each.start : each.end] for each in self.layout.kept.get(place, []))
        return Edit(cell.start, cell.end, self._cell(head.decode(), place, kept.decode()).encode())

    def _new(self, place: Place) -> str:
        style = self.layout.style_of(place)
        style = f' s="{style}"' if style else ""
        address = f"{get_column_letter(place[1])}{place[0]}"
        return self._cell(f'<{self.prefix}c r="{address}"{style}', place)

    def _cell(self, head: str, place: Place, kept: str = "") -> str:
        """A whole cell; `head`: its start tag up to where its type stands."""
        kind, inside = self._inside(self.values[place])
        if not inside + kept:
            return f"{head}/>"
        return f"{head}{kind}>{inside}{kept}</{self.prefix}c>"

    def _inside(self, value: Value) -> tuple[str, str]:
        """(the attribute of the type, what stands in the cell)."""
        x = self.prefix
        if isinstance(value, date):
            value = self._serial(value)
        if value is None or value == "":
            return "", ""
        if isinstance(value, str):
            return ' t="inlineStr"', f"<{x}is>{self._text(value)}</{x}is>"
        return "", f"<{x}v>{plain_number(value)}</{x}v>"

    def _text(self, text: str) -> str:
        """The text in one piece, or in several where it holds what Excel would take for a sign."""
        x, parts = self.prefix, pieces_of_text(leaving(text))
        marked = [f'<{x}t xml:space="preserve">{escape(part)}</{x}t>' for part in parts]
        if len(marked) == 1:
            return marked[0]
        return "".join(f"<{x}r>{each}</{x}r>" for each in marked)

    def _serial(self, day: date) -> int | str:
        """A day as Excel counts it; one before its first day as a text."""
        plain = day.date() if isinstance(day, datetime) else day
        if plain < FIRST_DAYS[self.from_1904]:
            return plain.isoformat()
        calendar = CALENDAR_MAC_1904 if self.from_1904 else CALENDAR_WINDOWS_1900
        return int(to_excel(plain, calendar))

    def _dimension(self) -> list[Edit]:
        """The area that the sheet says to fill, grown where a cell lies outside of it."""
        piece = self.layout.dimension
        if piece is None or "ref" not in piece.given:
            return []
        area = area_of(piece.given["ref"])
        rows, columns = zip(*self.values, strict=True)
        grown = (
            min(area[0], *columns),
            min(area[1], *rows),
            max(area[2], *columns),
            max(area[3], *rows),
        )
        if grown == area:
            return []
        first, last = (
            f"{get_column_letter(column)}{row}" for column, row in (grown[:2], grown[2:])
        )
        tag = tag_at(self.layout.content, piece.start)
        return [Edit(piece.start, piece.head, with_attribute(tag, "ref", f"{first}:{last}"))]


def plain_number(value: int | Decimal) -> str:
    """A number as XML has it: no exponent, no minus before nought."""
    text = f"{Decimal(value) + 0:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
