"""A row of a returned sheet: what stands there now, and what becomes of each of its cells. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from foundation.round_trip.choices import TAKEN, Outcome, Pick
from foundation.sheets.cell import Cell

FORMULA = "計算式"
Texts = dict[str, str]  # {field: text as it is stored and compared}; "" is blank


class Standing(Protocol):
    """A row as it stands now. `lock`: why this person cannot change it, or ""."""

    @property
    def key(self) -> int:
        """The id of what the row is about."""

    @property
    def name(self) -> str:
        """How it is called on the page."""

    @property
    def number(self) -> str:
        """The number by which the file names it."""

    @property
    def lock(self) -> str:
        """Why it stays, whatever the file says."""

    @property
    def version(self) -> Any:
        """What moves whenever it is saved."""

    @property
    def texts(self) -> Texts:
        """Its fields."""


Now = TypeVar("Now", bound=Standing)


@dataclass(frozen=True)
class Line:
    """A row of the file. `number`: of what it is about; `cells`: {field: cell}; `known`: what stood
    there at the download (None: the hidden sheet does not know it).
    """

    code: Cell
    number: str
    cells: dict[str, Cell]
    known: Any

    @property
    def filled(self) -> dict[str, str]:
        """{field: text} of what is not blank; a formula without a result is named."""
        said = {
            name: cell.text or cell.has_no_result * FORMULA for name, cell in self.cells.items()
        }
        return {name: text for name, text in said.items() if text}


@dataclass(frozen=True)
class CellDifference:
    """One cell: what stood there, what stands there now, what the file says, what becomes of it.

    `before`, `now`: texts (`before` None: not known); `typed`: as it stands in the file; `after`:
    the text that would be stored; `said`: why it is not taken, or what was read into it; `label`:
    what it is, where it is no entry field.
    """

    cell: Cell
    field: str
    before: str | None
    now: str
    typed: str
    outcome: Outcome
    after: str = ""
    said: str = ""
    label: str = ""

    @property
    def is_taken(self) -> bool:
        """Is it taken without being asked?"""
        return self.outcome in TAKEN


@dataclass(frozen=True)
class RowDifference(Generic[Now]):
    """One row of the file. `now`: None where it is about nothing of ours; `file`: its parts
    {part: fields} as they would be with the file's values; `conflicts`: the parts to choose of;
    `riders`: what goes with a change and is stored with it (a reason), {field: text}.
    """

    line: Line
    now: Now | None
    cells: tuple[CellDifference, ...]
    file: Mapping[str, Texts] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    riders: Texts = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        """Does anything of it change without being asked?"""
        return any(cell.is_taken for cell in self.cells)

    def texts(self, picks: Mapping[str, str]) -> Texts:
        """Its fields once it is taken. `picks`: {part: `Pick`} of its conflicts."""
        assert self.now is not None
        found = self.now.texts
        for part, texts in self.file.items():
            asked = part in self.conflicts
            chosen = picks.get(part) == Pick.FILE
            if chosen or not asked:
                found = found | texts
        return found

    def changes(self, picks: Mapping[str, str]) -> bool:
        """Is there anything to save?"""
        if self.now is None:
            return False
        then = self.texts(picks)
        return then != self.now.texts

    @property
    def with_the_file(self) -> dict[str, str]:
        """The choices that take the file's value in every conflict."""
        return dict.fromkeys(self.conflicts, Pick.FILE)
