"""The three-way difference of a sheet that came back: at the download, now, in the file. Pure.

A cell that is blank, or stands as at the download, changes nothing. A part of a row moves as a
whole: where somebody else has changed any of it since the download, it is a conflict, and a person
chooses. What is locked stays, whatever the file says; what is wrong is not taken, nor the rest of
its row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from foundation.round_trip.choices import Outcome
from foundation.round_trip.kind import SheetKind
from foundation.round_trip.read_row import ALREADY, HELD, Misread, ReadRow, parts_of
from foundation.round_trip.returned import ReturnedSheet
from foundation.round_trip.row import CellDifference, Line, Now, RowDifference
from foundation.sheets.cell import BLANK, Cell

NO_NUMBER = "番号のない行です。番号を戻すか、行を消してください。"


def compare(
    returned: ReturnedSheet, standing: Mapping[int, Now], kind: SheetKind[Now], *, at: datetime
) -> list[RowDifference[Now]]:
    """Each row of the file with what becomes of its cells. `standing`: {id: row now}."""
    lines = _joined(returned.lines, standing)
    doubled = doubled_keys(lines)
    rows: list[RowDifference[Now]] = []
    done = set()
    for line, now in lines:
        if now is None:
            rows.append(_stray(line, kind.unknown))
        elif now.key in doubled:
            rows.append(_stray(line, kind.twice, now))
        elif now.key not in done:
            done.add(now.key)
            rows.append(_compared(line, now, kind, at))
    return rows + [RowDifference(*lost(cell, NO_NUMBER)) for cell in returned.lost]


def _joined(lines: Iterable[Line], standing: Mapping[int, Now]) -> list[tuple[Line, Now | None]]:
    """Each row of the file with what it is about."""
    by_number = {row.number: row for row in standing.values()}
    joined = []
    for line in lines:
        if line.known is None:
            joined.append((line, by_number.get(line.number)))
        else:
            joined.append((line, standing.get(line.known.key)))
    return joined


def _stray(line: Line, why: str, now: Now | None = None) -> RowDifference[Now]:
    return RowDifference(line, now, stray_cells(line, why.format(line.number)))


def _compared(line: Line, now: Now, kind: SheetKind[Now], at: datetime) -> RowDifference[Now]:
    read = _read(line, now, kind)
    if now.lock:
        return RowDifference(line, now, read.cells(read.locked))
    file, conflicts = parts_of(read, kind.parts, partial(kind.settled, now))
    riders = {name: text for name, text in read.changes.items() if name in kind.riders}
    row = RowDifference(
        line,
        now,
        (),
        file,
        conflicts,
        riders,
    )
    if file and not read.problems:
        read.problems = read.at_their_cells(kind.problems(row, at=at))
    cells = read.cells(lambda name: _taken(read, row, name, kind))
    if read.problems:
        return RowDifference(line, now, cells)
    return replace(row, cells=cells)


def _read(line: Line, now: Now, kind: SheetKind[Now]) -> ReadRow[Now]:
    """A row of the file, read."""
    blank = dict.fromkeys(kind.riders, "")
    base = None if line.known is None else {**line.known.texts, **blank}
    found: ReadRow[Now] = ReadRow(
        line,
        now,
        base,
        {},
        {},
        {},
    )
    for name in line.filled:
        try:
            typed = kind.read(line.cells[name], now, name)
        except Misread as error:
            found.problems[name] = str(error)
            continue
        found.take_up(name, typed)
        why = kind.stays(now, name)
        if why and found.moves(name):
            found.shut[name] = why
            del found.changes[name]
    return found


def _taken(
    read: ReadRow[Now], row: RowDifference[Now], name: str, kind: SheetKind[Now]
) -> tuple[Outcome, str]:
    """Of a cell in a row that may be changed."""
    if name in kind.riders and name not in read.problems and read.moves(name):
        return _rider(read, row, name, kind)
    return read.outcome(name, kind.part_of(name), row.file, row.conflicts, HELD)


def _rider(
    read: ReadRow[Now], row: RowDifference[Now], name: str, kind: SheetKind[Now]
) -> tuple[Outcome, str]:
    """Of what goes with a change: a reason."""
    typed = read.typed[name]
    if read.problems:
        return Outcome.HELD, HELD
    if not row.file:
        said = kind.is_said(read.now, name, typed.text)
        return (Outcome.UNCHANGED, ALREADY) if said else (Outcome.HELD, kind.idle)
    if set(row.file) <= set(row.conflicts):
        return Outcome.CONFLICT, typed.how
    return Outcome.NEW, typed.how


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
        wrong = CellDifference(
            cell,
            name,
            None,
            "",
            text,
            Outcome.ERROR,
            said=why,
        )
        cells.append(wrong)
    return tuple(cells)


def lost(cell: Cell, why: str) -> tuple[Line, None, tuple[CellDifference, ...]]:
    """What a row is made of that lost its number: one cell with an entry."""
    wrong = CellDifference(cell, "", None, "", cell.text, Outcome.ERROR, said=why)
    return Line(BLANK, "", {}, None), None, (wrong,)
