"""The months that have ended and are not closed, as the work list asks for them.

Seen from the rows of the newest month, so that their number costs no queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from kpi.choices import CellState, SubmissionState
from kpi.models.readings import rule_of
from kpi.months import MonthState
from kpi.reading import IndicatorMonth
from kpi.submissions import Standing, standings


@dataclass
class OpenMonth:
    """A month that is not closed, with its rows as they are seen from it, for one person."""

    state: MonthState
    rows: list[IndicatorMonth]
    user: object

    @property
    def month(self) -> date:
        """The first of it."""
        return self.state.month

    @cached_property
    def standings(self) -> list[Standing]:
        """Where each department stands, and what this person may do about it."""
        return standings(self.rows, self.state, self.user, self.state.returns)

    @property
    def missing(self) -> list[IndicatorMonth]:
        """Rows without a value."""
        return [row for row in self.rows if row.state == CellState.MISSING]

    @property
    def unexplained(self) -> list[IndicatorMonth]:
        """Rows whose value asks for a comment."""
        return [row for row in self.rows if row.unexplained]

    @property
    def marked(self) -> list[IndicatorMonth]:
        """Rows with the mark 「後で確認」."""
        return [
            row for row in self.rows if row.month in row.stored and row.stored[row.month].follow_up
        ]

    @property
    def confirmed(self) -> int:
        """How many departments are confirmed."""
        states = [row.state for row in self.standings]
        return states.count(SubmissionState.CONFIRMED)

    @property
    def complete(self) -> bool:
        """Is every department confirmed?"""
        asked = len(self.standings)
        return asked > 0 and self.confirmed == asked


def open_months(states: Iterable[MonthState], facts: list[IndicatorMonth], user) -> list[OpenMonth]:
    """The months of these states; no queries. `facts`: the rows of the newest month."""
    months = []
    for state in states:
        known = [row for row in facts if _known(row, state.month)]
        rows = [_in(row, state.month) for row in known]
        months.append(
            OpenMonth(
                state,
                rows,
                user,
            )
        )
    return months


def _known(row: IndicatorMonth, month: date) -> bool:
    return row.definitions[0].from_month <= month


def _in(row: IndicatorMonth, month: date) -> IndicatorMonth:
    """The row as it is seen from an earlier month."""
    definition = row.definition_in(month)
    return replace(
        row,
        month=month,
        definition=definition,
        definitions=tuple(each for each in row.definitions if each.from_month <= month),
        rule=rule_of(definition),
        stored={each: value for each, value in row.stored.items() if each <= month},
        readings={each: reading for each, reading in row.readings.items() if each <= month},
    )
