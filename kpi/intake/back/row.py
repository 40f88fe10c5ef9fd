"""A row of a returned entry sheet: what stands there now, and what becomes of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.round_trip import row
from foundation.round_trip.row import CellDifference, Texts
from kpi.intake.back.fields import entry_of, texts_of
from kpi.models import Definition, Indicator, KpiValue
from kpi.reading import IndicatorMonth
from kpi.rules.checks import Entry

__all__ = ["CellDifference", "RowDifference", "RowNow"]


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
    def key(self) -> int:
        """The indicator's id."""
        return self.indicator.pk

    @property
    def name(self) -> str:
        """「5-3 業務削減時間」."""
        return str(self.indicator)

    @property
    def number(self) -> str:
        """「5-3」."""
        return self.indicator.code

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
class RowDifference(row.RowDifference[RowNow]):
    """One row of the file."""

    def entry(self, picks: Mapping[str, str]) -> Entry:
        """The entry that is saved."""
        assert self.now is not None
        texts = self.texts(picks)
        return entry_of(texts, self.now.stored)
