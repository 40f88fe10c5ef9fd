"""A row of a returned entry sheet as it is read: what its cells say, and what of it is a change.
Pure.
"""

from decimal import Decimal

from foundation.round_trip import read_row
from foundation.round_trip.row import Texts
from foundation.sheets.cell import Cell
from kpi.intake.back.fields import PARTS, settled, texts_of
from kpi.intake.back.returned import Line
from kpi.intake.back.row import RowNow
from kpi.intake.back.typed import LINKED, Misread, read
from kpi.intake.columns import NUMERATOR

TWO_ANSWERS = "数字と「値なしの理由」、または2つの理由があります。どれか1つにしてください。"


ReadRow = read_row.ReadRow[RowNow]


def read_row_of(line: Line, now: RowNow) -> ReadRow:
    """A row of the file, read."""
    base = None
    if line.known is not None:
        base = texts_of(line.known)
    linked = now.definition.numerator_words
    found = ReadRow(line, now, base, {}, {}, {})
    for name in line.filled:
        cell = line.cells[name]
        if name == NUMERATOR and linked:
            shows = _shows_numerator(cell, now)
            if not shows:
                found.shut[name] = LINKED.format(linked)
            continue
        try:
            typed = read(cell, now.definition, name)
        except Misread as error:
            found.problems[name] = str(error)
        else:
            found.take_up(name, typed, TWO_ANSWERS)
    return found


def _shows_numerator(cell: Cell, now: RowNow) -> bool:
    """Does a cell show the other indicator's value as the portal would show it now?"""
    number, words = now.facts.numerator, now.definition.numerator_words
    if cell.text in (words, "－"):
        return True
    if number is None:
        return False
    try:
        return Decimal(cell.text) == number
    except ArithmeticError:
        return False


def parts_of(read: ReadRow) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """({part: its fields with the file's values}, the parts that are in conflict)."""
    return read_row.parts_of(read, PARTS, settled)
