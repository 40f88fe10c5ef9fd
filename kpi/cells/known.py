"""What a save asks of a cell, read before its turn in the line of writers where nothing has moved
since, or nothing but other cells: whoever saves reads the cell once.
"""

from dataclasses import dataclass
from datetime import date

from foundation.records.models import HistoryEntry
from kpi import reading
from kpi.cells.answers import sources_of
from kpi.models import Indicator
from kpi.months import MonthState

VALUE = "kpi.value"
MANY = 50  # so many changes are not looked through


@dataclass(frozen=True)
class KnownCell:
    """An indicator in a month and what locks that month, as they stood at a data revision.

    `revision` is read before the others: what was written while they were read has moved it.
    """

    revision: int
    facts: reading.IndicatorMonth
    state: MonthState

    def holds(self, indicator: Indicator, month: date, moved_to: int) -> bool:
        """Is it this cell, and was nothing written but values of others between its reading and
        the writer whose own revision is `moved_to`? Every revision has its entry in the history.
        """
        same = (self.facts.indicator.pk, self.facts.month) == (indicator.pk, month)
        written = moved_to - self.revision - 1
        if not same or written > MANY:
            return False
        return written == 0 or self._of_others(written, moved_to)

    def _of_others(self, written: int, moved_to: int) -> bool:
        """Are all these changes values that this cell does not read?"""
        since = HistoryEntry.objects.between(self.revision, moved_to)
        told = list(since.values_list("action", "subject_id"))
        mine = {self.facts.indicator.pk, *sources_of([self.facts.definitions])}
        others = all(action == VALUE and subject not in mine for action, subject in told)
        return len(told) == written and others

    @classmethod
    def read(cls, indicator: Indicator, month: date, on: date, revision: int) -> "KnownCell | None":
        """The cell as it stands now; None when the indicator is not in that month."""
        found = reading.load(
            month,
            on=on,
            indicator=indicator,
        )
        if not found:
            return None
        return cls(revision, found[0], MonthState.load(month, found))
