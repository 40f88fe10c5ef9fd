"""What taking a returned sheet over would do, as the page shows it and the confirmation applies it.

It is computed anew each time from the stored file and the rows as they stand; its `digest` is what
a person has seen, and nothing is taken over under another one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from foundation.round_trip.choices import REFUSED, TAKEN, Outcome
from foundation.round_trip.row import RowDifference
from foundation.round_trip.shown import Choice, ShownCell

Picks = Mapping[int, Mapping[str, str]]  # {id of a row: {part: `Pick`}}
Row = TypeVar("Row", bound=RowDifference[Any])
ORDER = [  # as they are listed
    Outcome.CONFLICT,
    Outcome.ERROR,
    Outcome.HELD,
    Outcome.NEW,
    Outcome.CHANGE,
    Outcome.LOCKED,
    Outcome.UNCHANGED,
]


@dataclass
class BasePreview(Generic[Row]):
    """A returned file against its rows as they stand, for one person.

    A room says how a cell is shown, to which part a field belongs, what is chosen of in a conflict,
    who changed it, and what asks for a comment.
    """

    file: Any
    returned: Any
    rows: list[Row]

    def show(self, row: Row, *said: Any, **more: Any) -> ShownCell:
        """A cell as the page shows it; as `ShownCell` takes it."""
        raise NotImplementedError

    def part_of(self, field: str) -> str:
        """The part to which a field belongs."""
        raise NotImplementedError

    def choice(self, row: Row, part: str) -> Choice:
        """A part in words, as it stands and as the file has it."""
        raise NotImplementedError

    def who(self, row: Row) -> str:
        """「前田 陽子 11月6日 14時02分」: who saved what stands there."""
        raise NotImplementedError

    def warnings(self, row: Row) -> tuple[str, ...]:
        """What asks for a comment, should the row be taken over as the file has it."""
        return ()

    @cached_property
    def cells(self) -> list[ShownCell]:
        """Every cell that says something, those to be looked at first."""
        found = [cell for row in self.rows for cell in self._shown(row)]
        return sorted(found, key=lambda each: ORDER.index(each.cell.outcome))

    def _shown(self, row: Row) -> Iterator[ShownCell]:
        """The cells of a row; what is to be chosen and explained stands at the first that moves."""
        choices = {part: self.choice(row, part) for part in row.conflicts}
        warnings, who = self.warnings(row), self.who(row)
        for cell in row.cells:
            if cell.outcome == Outcome.CONFLICT:
                choice = choices.pop(self.part_of(cell.field), None)
                yield self.show(
                    row,
                    cell,
                    choice,
                    who,
                    warnings,
                )
                warnings = ()
            elif cell.is_taken:
                yield self.show(
                    row,
                    cell,
                    warnings=warnings,
                )
                warnings = ()
            else:
                yield self.show(row, cell)

    @cached_property
    def choices(self) -> list[Choice]:
        """What a person has to choose, in the order of the page."""
        found = []
        for each in self.cells:
            if each.choice:
                found.append(each.choice)
        return found

    def count(self, *outcomes: str) -> int:
        """How many cells become that."""
        return sum(each.cell.outcome in outcomes for each in self.cells)

    @property
    def taken(self) -> int:
        """How many cells are taken without being asked."""
        return self.count(*TAKEN)

    @property
    def conflicts(self) -> int:
        """How many cells two have changed."""
        return self.count(Outcome.CONFLICT)

    @property
    def refused(self) -> int:
        """How many cells are wrong, or held by one that is."""
        return self.count(*REFUSED)

    @property
    def locked(self) -> int:
        """How many cells stay, whatever the file says."""
        return self.count(Outcome.LOCKED)

    @property
    def unchanged(self) -> int:
        """How many cells say what stands there."""
        return self.count(Outcome.UNCHANGED)

    @property
    def to_see(self) -> list[ShownCell]:
        """The cells that say something else than stands there."""
        found = []
        for each in self.cells:
            outcome = each.cell.outcome
            if outcome != Outcome.UNCHANGED:
                found.append(each)
        return found

    @property
    def is_open(self) -> bool:
        """Is there anything to take over?"""
        return bool(self.taken or self.conflicts)

    @property
    def digest(self) -> str:
        """Of everything that the page shows, with the versions of the rows."""
        everything = [self.file.sha256, *map(_seen_of, self.rows)]
        text = repr(everything)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_save(self, picks: Picks) -> list[Row]:
        """The rows that change once the choices are made."""
        return [row for row in self.rows if row.changes(picks_of(row, picks))]


def _seen_of(row: RowDifference[Any]) -> tuple[Any, ...]:
    """What a person sees of a row, with its version and lock."""
    now = row.now
    stands = (now.version, now.lock) if now else ()
    cells = [(each.cell.place, each.now, str(each.outcome), each.after) for each in row.cells]
    return row.line.number, stands, cells


def picks_of(row: RowDifference[Any], picks: Picks) -> Mapping[str, str]:
    """The choices made of a row."""
    if row.now is None:
        return {}
    return picks.get(row.now.key, {})
