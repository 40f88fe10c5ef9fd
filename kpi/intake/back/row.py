"""A row of a returned sheet: what stands there now, and what becomes of each of its cells. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundation.sheets.reading import Cell
from kpi.intake.back.choices import TAKEN, Outcome, Pick
from kpi.intake.back.fields import Texts, entry_of, texts_of
from kpi.intake.back.returned import Line
from kpi.models import Definition, Indicator, KpiValue
from kpi.reading import IndicatorMonth
from kpi.rules.checks import Entry


@dataclass(frozen=True)
class RowNow:
    """An indicator's month as it stands now. `lock`: why this person cannot change it, or ""."""

    facts: IndicatorMonth
    lock: str = ""

    @property
    def definition(self) -> Definition:
        """The definition in force."""
        return self.facts.definition

    @property
    def indicator(self) -> Indicator:
        """The indicator."""
        found: Indicator = self.facts.indicator
        return found

    @property
    def stored(self) -> KpiValue | None:
        """What is stored for the month."""
        month = self.facts.month
        return self.facts.stored.get(month)

    @property
    def version(self) -> int:
        """Of the stored value; 0 where there is none."""
        if self.stored is None:
            return 0
        return self.stored.version

    @property
    def texts(self) -> Texts:
        """Its fields."""
        return texts_of(self.stored)


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
class RowDifference:
    """One row of the file. `now`: None where it is no indicator of the month; `file`: its parts
    {part: fields} as they would be with the file's values; `conflicts`: the parts to choose of.
    """

    line: Line
    now: RowNow | None
    cells: tuple[CellDifference, ...]
    file: Mapping[str, Texts] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

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

    def entry(self, picks: Mapping[str, str]) -> Entry:
        """The entry that is saved."""
        assert self.now is not None
        texts = self.texts(picks)
        return entry_of(texts, self.now.stored)

    def changes(self, picks: Mapping[str, str]) -> bool:
        """Is there anything to save?"""
        if self.now is None:
            return False
        then = self.texts(picks)
        return then != self.now.texts
