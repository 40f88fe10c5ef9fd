"""The table in a sheet that came back: its heads, wherever they have gone."""

from collections.abc import Collection, Iterable

from foundation.round_trip.columns import CODE
from foundation.sheets.cell import BLANK, Cell, Row
from foundation.sheets.reading import Workbook

LEAST_HEADS = 2  # a table of ours has at least so many entry columns
NUMBER = frozenset({CODE})


def heads_of(row: Row) -> dict[str, int]:
    """{head: place}; of two alike the first."""
    heads: dict[str, int] = {}
    for place, cell in enumerate(row):
        text = "".join(cell.text.split())
        if text:
            heads.setdefault(text, place)
    return heads


def at(row: Row, place: int) -> Cell:
    """The cell at a place of a row, which may be shorter."""
    if place >= len(row):
        return BLANK
    return row[place]


def tables_in(
    book: Workbook, titles: Iterable[str], entries: Collection[str], needed: frozenset[str] = NUMBER
) -> list[tuple[str, list[Row], dict[str, int]]]:
    """(title, rows under the heads, {head: place}) of each sheet that holds a table of ours.

    `entries`: heads of the columns that people fill in, of which a table has two; `needed`: heads
    that it has all.
    """
    found = []
    for title in titles:
        rows = book.rows(title)
        for index, row in enumerate(rows):
            heads = heads_of(row)
            if needed <= heads.keys() and len(heads.keys() & set(entries)) >= LEAST_HEADS:
                found.append((title, rows[index + 1 :], heads))
                break
    return found
