"""What a save asks of a cell, read before its turn in the line of writers where nothing has moved
since: whoever saves alone reads his cell once.
"""

from dataclasses import dataclass
from datetime import date

from kpi import reading
from kpi.models import Indicator
from kpi.months import MonthState


@dataclass(frozen=True)
class KnownCell:
    """An indicator in a month and what locks that month, as they stood at a data revision.

    `revision` is read before the others: what was written while they were read has moved it.
    """

    revision: int
    facts: reading.IndicatorMonth
    state: MonthState

    def holds(self, indicator: Indicator, month: date, moved_to: int) -> bool:
        """Is it this cell, and did nobody write between its reading and the writer whose own
        revision is `moved_to`?
        """
        same = (self.facts.indicator.pk, self.facts.month) == (indicator.pk, month)
        return same and self.revision + 1 == moved_to

    @classmethod
    def read(cls, indicator: Indicator, month: date, on: date, revision: int) -> "KnownCell | None":
        """The cell as it stands now; None when the indicator is not in that month."""
        found = reading.load(month, on=on, indicator=indicator)
        if not found:
            return None
        return cls(revision, found[0], MonthState.load(month, found[0].decided))
