"""A table on paper: columns as wide as their numbers, texts in what is left, rows as high as both.

No row is higher than `TALLEST` lines: a longer text goes on in the next row, or is shown by its
beginning where the column says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from openpyxl.utils import get_column_letter

from foundation.sheets.book import print_setup, put
from foundation.sheets.fitting import beginning, figure_units, height, pieces, room
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.paper import (
    A3_LANDSCAPE,
    A4_LANDSCAPE,
    SMALLEST,
    Paper,
    pages_to_fit,
)
from headquarters.reports.workbook.parts import Figure, Shown, heading, height_of

TALLEST = 16
MOST_LINES, FEW_LINES = 12, 4  # of a text on a sheet that is to stand on one page
HEADING = 120.0  # points that title and heads may take there
LEAST_HEIGHT = 22.0
FIGURE, WIDEST_FIGURE = "dx-figure", 19.0
SIZES = {"dx-figure": 9.0, "dx-words": 9.0, "dx-small": 9.0}


@dataclass(frozen=True)
class Printed:
    """A column of a table on paper.

    `width`: units wished; `least`: to which a column of texts may be pressed (0: not at all).
    `most`: lines of a text that are shown, with `end` behind its beginning (0: all of it).
    `dress`: the style of a row's cell where it is not that of the column.
    """

    header: str
    getter: Callable[[Any], Shown]
    style: str = "dx-body"
    width: float = 12
    least: float = 0
    most: int = 0
    end: str = ""
    dress: Callable[[Any], str] | None = None


def numbers(header: str, getter: Callable[[Any], Shown], width: float = 7.5) -> Printed:
    """A column of numbers, which becomes as wide as its numbers are."""
    return Printed(header, getter, FIGURE, width)


def size_of(style: str) -> float:
    """The size of the type of a style."""
    return SIZES.get(style, 10.0)


def fitted(columns: list[Printed], values: list[list[Shown]], paper: Paper) -> list[Printed]:
    """The columns with their widths: numbers first, the texts share what is left."""
    wide = [
        replace(column, width=_width(column, number, values))
        for number, column in enumerate(columns)
    ]
    over = sum(column.width for column in wide) - paper.most_units
    gives = sum(column.width - column.least for column in wide if column.least)
    if over <= 0 or not gives:
        return wide
    share = min(1.0, over / gives)
    return [
        replace(each, width=each.width - share * (each.width - each.least)) if each.least else each
        for each in wide
    ]


def _width(column: Printed, number: int, values: list[list[Shown]]) -> float:
    if column.style != FIGURE:
        return column.width
    found = [line[number] for line in values]
    shown = {value.shown for value in found if isinstance(value, Figure)}
    needed = max((figure_units(text, size_of(FIGURE)) for text in shown), default=0.0)
    return max(column.width, min(needed, WIDEST_FIGURE))


class Table:
    """Writes rows of `columns` down a sheet; `row` is the next free row."""

    def __init__(self, sheet, columns: list[Printed], row: int):
        self.sheet, self.columns, self.row = sheet, columns, row

    def heads(self) -> None:
        """The row of heads."""
        for number, column in enumerate(self.columns, 1):
            put(self.sheet.cell(self.row, number), column.header, "dx-head")
        needs = (height(each.header, room(each.width)) for each in self.columns)
        self.sheet.row_dimensions[self.row].height = max(LEAST_HEIGHT, *needs)
        self.row += 1

    def line(self, item: Any, values: list[Shown]) -> None:
        """One item: a row, and more of them where a text goes on."""
        texts = [
            pieces(value, room(column.width), TALLEST, size_of(self._style(column, value, item)))
            if isinstance(value, str)
            else [value]
            for column, value in zip(self.columns, values, strict=True)
        ]
        for number in range(max(map(len, texts))):
            self._row(item, [found[number] if number < len(found) else "" for found in texts])

    def _style(self, column: Printed, value: Shown, item: Any) -> str:
        if column.dress:
            return column.dress(item)
        return "dx-words" if column.style == FIGURE and isinstance(value, str) else column.style

    def _row(self, item: Any, values: list) -> None:
        needed = LEAST_HEIGHT
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True), 1):
            style, cell = self._style(column, value, item), self.sheet.cell(self.row, number)
            if isinstance(value, Figure):
                put(cell, value.value, style, value.form)
                continue
            put(cell, value, style)
            if isinstance(value, str):
                needed = max(needed, height(value, room(column.width), size_of(style)))
        self.sheet.row_dimensions[self.row].height = needed
        self.row += 1


def values_of(columns: list[Printed], rows: Iterable) -> list[list[Shown]]:
    """What each row says in each column."""
    return [[column.getter(row) for column in columns] for row in rows]


def shortened(columns: list[Printed], values: list[Shown]) -> list[Shown]:
    """A row with its long texts by their beginning."""

    return [
        beginning(
            value, room(column.width), column.most, end=column.end, size=size_of(column.style)
        )
        if column.most and isinstance(value, str)
        else value
        for column, value in zip(columns, values, strict=True)
    ]


def row_height(columns: list[Printed], values: list[Shown]) -> float:
    """Points of height that a row needs."""

    needs = (
        height(value, room(column.width), size_of(column.style))
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str)
    )

    return max(LEAST_HEIGHT, *needs)


def on_one_page(
    columns: list[Printed], values: list[list[Shown]], paper: Paper, *, others: float = 0
) -> list[Printed]:
    """The columns with the most lines a text with which all rows stand on one page.

    `others`: points of rows beside these. With more rows than a page takes: a few lines each.
    """
    scale = min(SMALLEST, paper.scale_by_width(sum(column.width for column in columns)))
    left = paper.room(scale) - HEADING - others
    for most in (MOST_LINES, 8, 6, 5, 4, 3, 2, 1):
        tried = _of_lines(columns, most)
        if sum(row_height(tried, shortened(tried, row)) for row in values) <= left:
            return tried
    return _of_lines(columns, FEW_LINES)


def _of_lines(columns: list[Printed], most: int) -> list[Printed]:
    return [replace(each, most=min(most, each.most)) for each in columns]


def begun(book, report: MonthlyReport, name: str, title: str, columns: list[Printed]) -> Table:
    """A new sheet with its heading and the heads of its table."""
    sheet, widths = book.create_sheet(name), [column.width for column in columns]
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    table = Table(sheet, columns, heading(sheet, report, title, widths))
    table.heads()
    return table


def finished(table: Table, head: int, *, frozen: int, paper: Paper = A4_LANDSCAPE) -> None:
    """The set-up of its pages: as few as its type allows, the rows up to `head` on each."""
    sheet, last = table.sheet, table.row - 1
    heights = [sheet.row_dimensions[row].height or 18 for row in range(head + 1, last + 1)]
    units = sum(column.width for column in table.columns)
    pages = pages_to_fit(paper, units, height_of(sheet, head), heights)
    print_setup(
        sheet, paper=paper.name, landscape=paper.landscape, pages=pages, repeat_rows=f"1:{head}"
    )
    sheet.print_area = f"A1:{get_column_letter(len(table.columns))}{last}"
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{head + 1}"


def table_sheet(
    book,
    report: MonthlyReport,
    name: str,
    title: str,
    columns: list[Printed],
    rows,
    *,
    frozen: int = 2,
    empty: str = "",
) -> None:
    """A whole sheet of one table, A4 landscape, A3 where numbers are too long for it.

    `empty`: what it says without rows.
    """
    values, paper = values_of(columns, rows), A4_LANDSCAPE
    wide = fitted(columns, values, paper)
    if sum(column.width for column in wide) > paper.most_units:
        paper = A3_LANDSCAPE
        wide = fitted(columns, values, paper)
    columns = wide
    table = begun(book, report, name, title, columns)
    head = table.row - 1
    for row, said in zip(rows, values, strict=True):
        table.line(row, shortened(columns, said))
    if not rows and empty:
        put(table.sheet.cell(table.row, 1), empty, "dx-subtitle")
        table.row += 1
    finished(table, head, frozen=frozen, paper=paper)
