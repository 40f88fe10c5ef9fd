"""A row of a returned sheet as it is read: what its cells say, and what of it is a change. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from foundation.sheets.reading import Cell
from kpi.intake.back.choices import Outcome
from kpi.intake.back.fields import PARTS, Texts, settled, texts_of
from kpi.intake.back.returned import Line
from kpi.intake.back.row import CellDifference, RowNow
from kpi.intake.back.typed import LINKED, Misread, Typed, read
from kpi.intake.columns import NUMERATOR

TWO_ANSWERS = "数字と「値なしの理由」、または2つの理由があります。どれか1つにしてください。"


@dataclass
class ReadRow:
    """A row of the file as it was read.

    `typed`: {field of the cell: what it says}; `changes`: {field: text} of what stands otherwise
    than at the download; `problems`: {field of the cell: sentence}; `shut`: the cells that show
    another indicator's value, and a wrong one.
    """

    line: Line
    now: RowNow
    base: Texts | None
    typed: dict[str, Typed]
    problems: dict[str, str]
    changes: Texts
    shut: set[str] = field(default_factory=set)

    @property
    def seen(self) -> Texts:
        """What the person saw who filled it in."""
        if self.base is None:
            return self.now.texts
        return self.base

    def moves(self, name: str) -> bool:
        """Does a cell say something else than stood there at the download?"""
        typed = self.typed.get(name)
        if typed is None:
            return False
        change = self.changes.get(typed.field)
        return change == typed.text

    def agrees(self, name: str) -> bool:
        """Does a cell say what is stored now?"""
        typed = self.typed.get(name)
        if typed is None:
            return False
        stored = self.now.texts
        return stored[typed.field] == typed.text

    def wants(self, name: str) -> str:
        """The field of which a cell speaks."""
        typed = self.typed.get(name)
        return typed.field if typed else name

    def given(self) -> tuple[Outcome, str]:
        """Of a cell that is not entered here."""
        definition = self.now.definition
        whose = definition.numerator_words
        said = LINKED.format(whose)
        return Outcome.LOCKED, said

    def locked(self, name: str) -> tuple[Outcome, str]:
        """Of a cell in a row that stays: it is named where it says something else."""
        if name in self.shut:
            return self.given()
        moves = self.moves(name) and not self.agrees(name)
        if moves or name in self.problems:
            return Outcome.LOCKED, self.now.lock
        return Outcome.UNCHANGED, ""

    def cells(self, judge: Callable[[str], tuple[Outcome, str]]) -> tuple[CellDifference, ...]:
        """The differences of its cells. `judge`: outcome and sentence of a cell."""
        found = []
        for name in self.line.filled:
            outcome, said = judge(name)
            found.append(self._cell(name, outcome, said))
        return tuple(found)

    def _cell(self, name: str, outcome: Outcome, said: str) -> CellDifference:
        field, typed = self.wants(name), self.typed.get(name)
        return CellDifference(
            cell=self.line.cells[name],
            field=field,
            before=None if self.base is None else self.base[field],
            now=self.now.texts[field],
            typed=self.line.filled[name],
            outcome=outcome,
            after=typed.text if typed else "",
            said=said,
        )


def read_row_of(line: Line, now: RowNow) -> ReadRow:
    """A row of the file, read."""
    base = None
    if line.known is not None:
        base = texts_of(line.known)
    linked = bool(now.definition.numerator_words)
    found = ReadRow(line, now, base, {}, {}, {})
    for name in line.filled:
        cell = line.cells[name]
        if name == NUMERATOR and linked:
            shows = _shows_numerator(cell, now)
            if not shows:
                found.shut.add(name)
            continue
        try:
            typed = read(cell, now.definition, name)
        except Misread as error:
            found.problems[name] = str(error)
        else:
            _take_up(found, name, typed)
    return found


def _take_up(found: ReadRow, name: str, typed: Typed | None) -> None:
    """Note what a cell says, and whether that is a change; two that differ are a problem."""
    if typed is None:
        return
    found.typed[name] = typed
    field, text = typed.field, typed.text
    if text == found.seen[field]:
        return
    change = found.changes.setdefault(field, text)
    if change != text:
        found.problems[name] = TWO_ANSWERS


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


def parts_of(read_row: ReadRow) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """({part: its fields with the file's values}, the parts that are in conflict)."""
    found: dict[str, Texts] = {}
    conflicts: list[str] = []
    for part, fields in PARTS.items():
        wanted = _wanted(read_row, fields)
        if not wanted:
            continue
        found[part] = wanted
        moved = _has_moved(read_row, fields)
        if moved:
            conflicts.append(part)
    return found, tuple(conflicts)


def _wanted(read_row: ReadRow, fields: Iterable[str]) -> Texts:
    """The fields of a part with the file's values; {} where nothing of it changes."""
    changes = read_row.changes
    own = {name: changes[name] for name in fields if name in changes}
    if not own:
        return {}
    whole = settled(read_row.seen, own)
    wanted = {name: whole[name] for name in fields}
    if all(text == read_row.now.texts[name] for name, text in wanted.items()):
        return {}
    return wanted


def _has_moved(read_row: ReadRow, fields: Iterable[str]) -> bool:
    """Does a part stand otherwise than the person saw it who filled it in?"""
    now = read_row.now.texts
    if read_row.base is None:
        return any(now[name] for name in fields)
    return any(now[name] != read_row.base[name] for name in fields)
