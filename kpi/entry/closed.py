"""The page of a closed month: its values to read, and what may still be done about a cell.

Over the rows of the grid, without a query.
"""

from dataclasses import dataclass
from datetime import date

from kpi.choices import Maturity, MissingReason
from kpi.entry.grid import Grid
from kpi.entry.row import EntryRow


@dataclass(frozen=True)
class ClosedRow:
    """A line of the table. `corrected`: how often its value was changed since the closing."""

    entry: EntryRow
    months: tuple[date, ...]
    corrected: int

    @property
    def definition(self):
        """The definition in force."""
        return self.entry.definition

    @property
    def indicator(self):
        """The indicator."""
        return self.entry.indicator

    @property
    def before(self) -> list[str]:
        """The figures of the months before."""
        return [self.entry.figure_of(month) for month in self.months[:-1]]

    @property
    def figure(self) -> str:
        """The month's own figure without its unit; nothing where there is none."""
        facts = self.entry.facts
        month = facts.month
        if facts.figure_in(month) is None:
            return ""
        return self.entry.figure_of(month)

    @property
    def answer(self) -> str:
        """確定・暫定, the reason why there is no value, or that none was given."""
        said = self.entry.facts.reading
        if said is None:
            return "値なし" if self.entry.is_due else "測定時期前"
        if said.missing_reason:
            return MissingReason(said.missing_reason).label
        return Maturity(said.maturity).label

    @property
    def asked(self) -> bool:
        """Does a request wait for its answer?"""
        return self.entry.requested

    @property
    def may_ask(self) -> bool:
        """May this person ask for an exception now?"""
        return self.entry.may_request and not self.asked and not self.may_correct

    @property
    def may_correct(self) -> bool:
        """Has an exception been allowed to this person?"""
        return self.entry.is_open and self.entry.is_due


@dataclass(frozen=True)
class ClosedTable:
    """The values of a closed month as one person sees them."""

    months: tuple[date, ...]
    rows: list[ClosedRow]
    left_out: int
    everything: bool

    @property
    def actions(self) -> bool:
        """Is there anything to do in any row?"""
        return any(row.may_correct or row.asked or row.may_ask for row in self.rows)

    @property
    def asks(self) -> bool:
        """Can an exception be asked for in any row?"""
        return any(row.may_ask for row in self.rows)


def closed_month(grid: Grid, *, everything: bool) -> ClosedTable:
    """The table of a closed month: what was due, or every indicator."""
    months = (*grid.past_months[1:], grid.month)
    shown = grid.rows if everything else grid.due
    corrections = grid.state.corrections
    rows = [
        ClosedRow(
            row,
            months,
            corrections[row.indicator.pk],
        )
        for row in shown
    ]
    left_out = len(grid.rows) - len(grid.due)
    return ClosedTable(
        months,
        rows,
        left_out=left_out,
        everything=everything,
    )
