"""Blocks of merged cells in one row, as openpyxl makes them and many times faster.

openpyxl works the borders of every merged cell out anew. Here the first block of a style and a
length is made by it; the like blocks of the same book are dressed as that one: byte for byte the
same workbook.
"""

from copy import copy

from openpyxl.cell.cell import MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.cell_range import CellRange


class Blocks:
    """The blocks of one book; the left cell of each is written, in its style, before `merge`."""

    def __init__(self) -> None:
        self._dress: dict[tuple[str, int], list[StyleArray]] = {}

    def merge(self, sheet, row: int, first: int, last: int, style: str) -> None:
        """Make one cell of the columns `first` to `last`."""
        kind = (style, last - first)
        if kind in self._dress:
            _dressed_as(
                self._dress[kind],
                sheet,
                row,
                first,
            )
        else:
            self._dress[kind] = _made_by_openpyxl(sheet, row, first, last, style)


def _made_by_openpyxl(sheet, row: int, first: int, last: int, style: str) -> list[StyleArray]:
    """A block as openpyxl makes it; returns what its cells wear."""
    columns = range(first, last + 1)
    for column in columns[1:]:
        sheet.cell(row, column).style = style
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    return [copy(sheet.cell(row, column)._style) for column in columns]


def _dressed_as(dress: list[StyleArray], sheet, row: int, first: int) -> None:
    """The same block elsewhere; its left cell keeps its own number format."""
    left = sheet.cell(row, first)._style
    left.borderId, left.protectionId = dress[0].borderId, dress[0].protectionId
    for column, worn in enumerate(dress[1:], first + 1):
        cell = MergedCell(sheet, row, column)
        cell._style = copy(worn)
        sheet._cells[row, column] = cell
    last = first + len(dress) - 1
    sheet.merged_cells.add(CellRange(None, first, row, last, row))
