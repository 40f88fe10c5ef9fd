"""What a file shows of a value, held against what is stored of it. Pure.

A report and a CSV do not say a value as it is stored: a comment is in one line, a numerator is
another indicator's, Shift_JIS has no 😀. Where the version is the same nobody has changed it since
the download, so what stands now is what stood there, and a cell that nobody touched says nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from foundation.round_trip.row import Line
from foundation.sheets.book import BREAKS
from foundation.sheets.cell import BLANK, Cell
from kpi.identity import KnownValue, known_value
from kpi.intake.back.fields import Texts, one_way, plain, texts_of
from kpi.intake.back.returned import Returned
from kpi.intake.back.row import RowNow
from kpi.intake.columns import NOTE, NUMBERS


def as_entered(returned: Returned, month: Mapping[int, RowNow]) -> Returned:
    """The file with its rows as they would stand in an entry sheet."""
    lines = [_settled(line, month) for line in returned.lines]
    return replace(returned, lines=tuple(lines))


def _settled(line: Line, month: Mapping[int, RowNow]) -> Line:
    """A row; one that 照合 or the plan does not know stays as it is."""
    known = line.known
    if known is None:
        return line
    now = month.get(known.indicator_id or 0)
    if now is None:
        return line
    return _line(line, known, now)


def _line(line: Line, known: KnownValue, now: RowNow) -> Line:
    """A row: what stood there at the download as it was stored, and the cells that say anything."""
    stood = _stood(known, now)
    shown, stored = texts_of(known), texts_of(stood)
    cells = {}
    for name, cell in line.cells.items():
        differs = shown[name] != stored[name]
        silent = differs and _shows(cell, name, shown)
        cells[name] = BLANK if silent else cell
    return replace(line, cells=cells, known=stood)


def _stood(known: KnownValue, now: RowNow) -> KnownValue:
    """What was stored at the download, as far as it can be known now."""
    if known.version == now.version:
        return known_value(
            now.indicator,
            known.month,
            now.stored,
        )
    if now.definition.numerator_words:
        stored = now.stored.numerator if now.stored else None
        known = replace(known, numerator=stored)
    note = now.texts[NOTE]
    if _one_line(note) == _one_line(known.note):
        known = replace(known, note=note)
    return known


def _one_line(note: str) -> str:
    return BREAKS.sub(" ", one_way(note))


def _shows(cell: Cell, name: str, shown: Texts) -> bool:
    """Does a cell say what the file itself says that stood there?"""
    if name == NOTE:
        return one_way(cell.text) == shown[NOTE]
    if name not in NUMBERS:
        return False
    try:
        return plain(Decimal(cell.text)) == shown[name]
    except ArithmeticError:
        return False
