"""A row of a returned sheet as it is read: what its cells say, and what of it is a change. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from foundation.round_trip.choices import Outcome
from foundation.round_trip.row import CellDifference, Line, Now, Texts

HELD = "同じ行に誤りがあるため、取り込みません。"
ALREADY = "同じ内容が保存済みです。"
Settle = Callable[[Texts, Texts], Texts]  # (as it was seen, changes) → once they are made


class Misread(ValueError):
    """A cell that cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Typed:
    """What a cell says of a field. `field`: another one where the box of one holds the word of
    another; `text`: as it is stored; `how`: what was read into it, in words.
    """

    field: str
    text: str
    how: str = ""


@dataclass
class ReadRow(Generic[Now]):
    """A row of the file as it was read.

    `base`: its fields at the download (None: not known); `typed`: {field of the cell: what it
    says}; `changes`: {field: text} of what stands otherwise than at the download; `problems`:
    {field of the cell: sentence}; `shut`: {field of a cell that stays by itself: why}.
    """

    line: Line
    now: Now
    base: Texts | None
    typed: dict[str, Typed]
    problems: dict[str, str]
    changes: Texts
    shut: dict[str, str] = field(default_factory=dict)

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

    def take_up(self, name: str, typed: Typed | None, two_answers: str = "") -> None:
        """Note what a cell says, and whether that is a change; two that differ are a problem."""
        if typed is None:
            return
        self.typed[name] = typed
        wanted, text = typed.field, typed.text
        if text == self.seen[wanted]:
            return
        change = self.changes.setdefault(wanted, text)
        if change != text:
            self.problems[name] = two_answers

    def locked(self, name: str) -> tuple[Outcome, str]:
        """Of a cell in a row that stays: it is named where it says something else."""
        if name in self.shut:
            return Outcome.LOCKED, self.shut[name]
        moves = self.moves(name) and not self.agrees(name)
        if moves or name in self.problems:
            return Outcome.LOCKED, self.now.lock
        return Outcome.UNCHANGED, ""

    def outcome(
        self, name: str, part: str, file: Mapping[str, Any], conflicts: Iterable[str], held: str
    ) -> tuple[Outcome, str]:
        """Of a cell in a row that may be changed. `part`: to which it belongs; `file`: the parts
        that change; `held`: what is said of a right cell in a row with a wrong one.
        """
        if name in self.shut:
            return Outcome.LOCKED, self.shut[name]
        if name in self.problems:
            return Outcome.ERROR, self.problems[name]
        if not self.moves(name):
            return Outcome.UNCHANGED, ""
        if part not in file:
            return Outcome.UNCHANGED, ALREADY if self.agrees(name) else ""
        if self.problems:
            return Outcome.HELD, held
        how = self.typed[name].how
        if part in conflicts:
            return Outcome.CONFLICT, how
        stands = self.now.texts[self.wants(name)]
        return Outcome.CHANGE if stands else Outcome.NEW, how

    def at_their_cells(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Sentences by the cells that speak of their fields, else at the first that changes one."""
        speaking = {self.wants(name): name for name in self.typed}
        first = next(speaking[name] for name in self.changes)
        found = {}
        for name, sentence in errors.items():
            changed = name in self.changes
            found[speaking[name] if changed else first] = sentence
        return found

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


def parts_of(
    row: ReadRow[Any], parts: Mapping[str, Iterable[str]], settled: Settle
) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """({part: its fields with the file's values}, the parts that are in conflict)."""
    found: dict[str, Texts] = {}
    conflicts: list[str] = []
    for part, fields in parts.items():
        wanted = _wanted(
            row,
            fields,
            settled,
        )
        if not wanted:
            continue
        found[part] = wanted
        if _has_moved(
            row,
            fields,
        ):
            conflicts.append(part)
    return found, tuple(conflicts)


def _wanted(row: ReadRow[Any], fields: Iterable[str], settled: Settle) -> Texts:
    """The fields of a part with the file's values; {} where nothing of it changes."""
    changes = row.changes
    own = {name: changes[name] for name in fields if name in changes}
    if not own:
        return {}
    whole = settled(row.seen, own)
    wanted = {name: whole[name] for name in fields}
    if all(text == row.now.texts[name] for name, text in wanted.items()):
        return {}
    return wanted


def _has_moved(row: ReadRow[Any], fields: Iterable[str]) -> bool:
    """Does a part stand otherwise than the person saw it who filled it in?"""
    now = row.now.texts
    if row.base is None:
        return any(now[name] for name in fields)
    return any(now[name] != row.base[name] for name in fields)
