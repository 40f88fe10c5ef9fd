"""The entry grid of a month: its rows in the plan's order, the filters above them.

Over `IndicatorMonth`s and stored values; the queries are those of `load_rows`, whatever the data.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.contrib.contenttypes.models import ContentType

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
)
from foundation.japanese.calendar import last_of_month
from foundation.records.actions import local_day
from foundation.records.compiled import Compiled
from kpi import reading
from kpi.choices import CellState
from kpi.entry.foot import Foot, Tally, tally
from kpi.entry.row import EntryRow, months_before
from kpi.models import Indicator
from kpi.months import MonthState
from kpi.submissions import standings
from kpi.submissions.standing import NOBODY
from measures.months import PlanMonths
from measures.settings_of import SettingVersions

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


@dataclass(frozen=True)
class RowGroup:
    """The rows of a measure. `tally`: of all its rows that the filter of departments lets pass."""

    rows: list
    tally: Tally

    @property
    def first(self):
        """The row that names measure and department in the group's head."""
        return self.rows[0]


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
        return self.rows[0].facts.plan.months

    @property
    def decided(self) -> SettingVersions:
        """The settings of the plan."""
        decided: SettingVersions = self.rows[0].facts.decided
        return decided

    @property
    def past_months(self) -> list[date]:
        """The months whose figures stand before the cells."""
        return months_before(self.month)

    @property
    def due(self) -> list:
        """Rows that are asked for this month."""
        return [row for row in self.rows if row.is_due]

    def of(self, department: str) -> list:
        """The rows of a department: an id as text, OWN or "" (all)."""
        return [row for row in self.rows if self._is_of(row, department)]

    def shown(self, show: str, department: str) -> list:
        """The rows of a filter.

        "" what is due, all, attention, missing, later; `department`: an id as text, OWN or "".
        """
        return list(filter(_wanted(show), self.of(department)))

    def groups(self, shown: list, department: str) -> list[RowGroup]:
        """Rows shown, by measure."""
        every = _by_measure(self.of(department))
        return [
            RowGroup(rows, tally(every[measure])) for measure, rows in _by_measure(shown).items()
        ]

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
        rows = self.of(department)
        return [
            RowFilter(name, label, sum(map(_wanted(name), rows))) for name, label in FILTERS.items()
        ]

    @cached_property
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

    def foot(self, department: str, board: list, today: date) -> Foot:
        """The bar under the rows of a department. `board`: the standings of all."""
        rows = self.of(department)
        shown = {row.definition.responsible_id or NOBODY for row in rows}
        return Foot(
            tally=tally(rows),
            countdown=self.state.countdown(today),
            standings=tuple(row for row in board if row.key in shown),
            runs=today <= last_of_month(self.month),
        )

    def mark_uncertain(self) -> None:
        """Tell the rows whose definitions are still 要確認; no query once all have values."""
        new = not all(row.facts.stored for row in self.rows)
        kind = ContentType.objects.get_for_model(Indicator).pk
        found = {row.pk for row in _uncertain(kind)()} if new else set()
        for row in self.rows:
            row.uncertain = row.indicator.pk in found

    def row(self, code: str):
        """The row of an indicator code, or None."""
        return next((row for row in self.rows if row.indicator.code == code), None)


def _wanted(show: str) -> Callable[[EntryRow], bool]:
    """Does a filter show a row?"""
    wanted: dict[str, Callable[[EntryRow], bool]] = {
        "all": lambda row: True,
        "attention": lambda row: row.needs_attention,
        "missing": lambda row: row.state == CellState.MISSING,
        "later": lambda row: row.stored is not None and row.stored.follow_up,
    }
    return wanted.get(show, lambda row: row.is_due)


@lru_cache(maxsize=1)
def _uncertain(kind: int) -> Compiled[Indicator]:
    """The question for them, put together once; `kind`: number of the content type by which open
    points know indicators.
    """
    return Compiled(Indicator.objects.uncertain().only("pk"))


def _by_measure(rows: list) -> dict[int, list]:
    """{measure id: its rows}, in the plan's order."""
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.indicator.measure_id, []).append(row)
    return found


def load_rows(
    month: date,
    user,
    *,
    now,
    code=None,
    state: MonthState | None = None,
    judged: bool = True,
    departments: Collection[int] | None = None,
) -> Grid:
    """The grid of a month for a person: all indicators in the plan's order, that with a code, or
    those of some departments.

    `state`: of the month, where it is known already; without `judged` its rows have no targets.
    """
    found = reading.load(
        month, on=local_day(now), code=code, judged=judged, departments=departments
    )
    state = state or MonthState.load(month, found)
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
