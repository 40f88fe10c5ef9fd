"""The entry grid of a month: its rows in the plan's order, the filters above them.

Over `IndicatorMonth`s and stored values; the queries are those of `load_rows`, whatever the data.
"""

from dataclasses import dataclass
from datetime import date

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
)
from foundation.records.actions import local_day
from kpi import reading
from kpi.choices import CellState
from kpi.entry.forms import EntryForm
from kpi.entry.row import EntryRow, months_before
from kpi.months import MonthState
from kpi.submissions import standings
from measures.months import PlanMonths

FILTERS = {
    "": "今月入力する",
    "attention": "要対応",
    "missing": "未入力",
    "later": "後で確認",
    "all": "すべて",
}
OWN = "own"  # for a department: those of the person


@dataclass(frozen=True)
class RowFilter:
    """A filter above the grid. `name`: its value in the address; `count`: rows that pass."""

    name: str
    label: str
    count: int


@dataclass
class Grid:
    """The month as one person sees it."""

    month: date
    rows: list
    state: MonthState
    own: frozenset = frozenset()

    @property
    def plan_months(self) -> PlanMonths:
        """The months of the plan."""
        return self.rows[0].indicator.measure.policy.plan.months

    @property
    def past_months(self) -> list[date]:
        """The months whose figures stand before the cells."""
        return months_before(self.month)

    @property
    def due(self) -> list:
        """Rows that are asked for this month."""
        return [row for row in self.rows if row.is_due]

    @property
    def done(self) -> int:
        """How many of them are answered."""
        return sum(row.is_answered for row in self.due)

    @property
    def left(self) -> int:
        """How many are not."""
        return len(self.due) - self.done

    def shown(self, show: str, department: str) -> list:
        """The rows of a filter.

        "" what is due, all, attention, missing, later; `department`: an id as text, OWN or "".
        """
        wanted = {
            "all": lambda row: True,
            "attention": lambda row: row.needs_attention,
            "missing": lambda row: row.state == CellState.MISSING,
            "later": lambda row: row.stored is not None and row.stored.follow_up,
        }.get(show, lambda row: row.is_due)
        return [row for row in self.rows if wanted(row) and self._is_of(row, department)]

    def _is_of(self, row, department: str) -> bool:
        responsible = row.definition.responsible_id
        if department == OWN:
            return responsible in self.own
        return not department or str(responsible) == department

    @property
    def has_own(self) -> bool:
        """Are there rows of the person's own departments (of the secretariat all are)?"""
        return any(self._is_of(row, OWN) for row in self.rows)

    def focus(self, rows: list) -> None:
        """The keyboard begins in the first own row of these that is empty and can be typed in."""
        for row in rows:
            if self._is_of(row, OWN) and row.is_open and row.state == CellState.MISSING:
                row.focused = True
                return

    def filters(self, department: str) -> list[RowFilter]:
        """The filters, each with its number of rows; `department` as for `shown`."""
        return [
            RowFilter(name, label, len(self.shown(name, department)))
            for name, label in FILTERS.items()
        ]

    @property
    def departments(self) -> dict:
        """{id: name} of the departments that report something."""
        return {
            row.definition.responsible_id: row.definition.responsible_name
            for row in self.rows
            if row.definition.responsible_id
        }

    def standings(self, user) -> list:
        """Where each department's month stands, and what this person may do about it; the person's
        own departments first.
        """
        facts = [row.facts for row in self.rows]
        board = standings(facts, self.state, user, self.state.returns)

        return sorted(board, key=lambda row: row.key not in self.own)

    def row(self, code: str):
        """The row of an indicator code, or None."""
        return next((row for row in self.rows if row.indicator.code == code), None)


def load_rows(month: date, user, *, now, indicator=None, state: MonthState | None = None) -> Grid:
    """The grid of a month for a person: all indicators in the plan's order, or one.

    `state`: of the month, where it is known already.
    """
    found = reading.load(month, on=local_day(now), indicator=indicator)
    state = state or MonthState.load(month, found[0].decided if found else None)
    secretariat = is_secretariat(user)
    rows = [_row(facts, facts.stored.get(month), state, user, secretariat, now) for facts in found]
    mine = () if secretariat else own_departments(user, Permission.ENTER_VALUES)
    return Grid(month, rows, state, own=frozenset(row.pk for row in mine))


def _row(facts, stored, state, user, secretariat, now) -> EntryRow:
    definition = facts.definition
    department = definition.responsible_id
    may_request = state.locked and has_permission(
        user, Permission.REQUEST_REOPENING, department=department
    )
    return EntryRow(
        facts=facts,
        stored=stored,
        form=EntryForm(definition, stored=stored),
        may=has_permission(user, Permission.ENTER_VALUES, department=department),
        lock=state.lock_on(
            indicator_id=definition.indicator_id,
            department_id=department,
            secretariat=secretariat,
            now=now,
        ),
        returned=tuple(
            row.reason for row in state.returns if row.indicator_id == definition.indicator_id
        ),
        open_until=state.open_until(definition.indicator_id, now),
        closed=state.locked,
        requested=definition.indicator_id in state.requests,
        may_request=may_request,
    )
