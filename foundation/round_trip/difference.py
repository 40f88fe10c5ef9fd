"""The three-way difference of a sheet that came back: at the download, now, in the file. Pure.

A cell that is blank, or stands as at the download, changes nothing. A part of a row moves as a
whole: where somebody else has changed any of it since the download, it is a conflict, and a person
chooses. What is locked stays, whatever the file says; what is wrong is not taken, nor the rest of
its row.
"""

from collections.abc import Iterable

from foundation.round_trip.choices import Outcome
from foundation.round_trip.row import CellDifference, Line, Now
from foundation.sheets.reading import BLANK, Cell


def doubled_keys(lines: Iterable[tuple[Line, Now | None]]) -> set[int]:
    """The ids of what stands twice in the file and not alike."""
    said: dict[int, dict[str, str]] = {}
    doubled = set()
    for line, now in lines:
        if now is None:
            continue
        before = said.setdefault(now.key, line.filled)
        if before != line.filled:
            doubled.add(now.key)
    return doubled


def stray_cells(line: Line, why: str) -> tuple[CellDifference, ...]:
    """The cells of a row that is about nothing of ours: an error where it says anything."""
    cells = []
    for name, text in line.filled.items():
        cell = line.cells[name]
        wrong = CellDifference(cell, name, None, "", text, Outcome.ERROR, said=why)
        cells.append(wrong)
    return tuple(cells)


def lost(cell: Cell, why: str) -> tuple[Line, None, tuple[CellDifference, ...]]:
    """What a row is made of that lost its number: one cell with an entry."""
    wrong = CellDifference(cell, "", None, "", cell.text, Outcome.ERROR, said=why)
    return Line(BLANK, "", {}, None), None, (wrong,)
