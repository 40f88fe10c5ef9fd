"""The rows of the entry grid: what stands beside every cell, its state in words, and whether it
may be typed in.

Over `IndicatorMonth`s and stored values; the queries are those of `load_rows`, whatever the data.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
)
from foundation.japanese.calendar import add_months, month_name
from foundation.japanese.numbers import format_number
from foundation.records.actions import local_day
from kpi import reading, words
from kpi.choices import CellState
from kpi.entry.forms import EntryForm
from kpi.entry.spark import Point, points_of
from kpi.models import KpiValue
from kpi.months import Lock, MonthState
from kpi.rules.counting import next_due
from kpi.rules.progress import show
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
class EntryRow:
    """One indicator in the grid of one month, for one person."""

    facts: reading.IndicatorMonth
    stored: KpiValue | None
    may: bool
    lock: Lock | None
    form: EntryForm
    saved: bool = False
    agreed: str = ""
    conflict: object = None
    returned: tuple = ()
    open_until: object = None
    closed: bool = False
    requested: bool = False
    may_request: bool = False
    focused: bool = False
    done: object = None

    @property
    def definition(self):
        """The definition in force."""
        return self.facts.definition

    @property
    def indicator(self):
        """The indicator."""
        return self.definition.indicator

    @property
    def state(self) -> CellState:
        """The state of the cell (docs/rules.md §2)."""
        return self.facts.state

    @cached_property
    def progress(self):
        """The judgement as of this month."""
        return self.facts.progress_at(self.facts.month)

    @property
    def is_open(self) -> bool:
        """May this person type here now?"""
        return self.may and (self.lock is None or self.lock.reason_needed)

    @property
    def is_due(self) -> bool:
        """Is the cell to be answered this month, or already answered?"""
        return self.state != CellState.NOT_DUE

    @property
    def warnings(self) -> list[str]:
        """Soft warnings about the stored value that wait for a comment."""
        return self.facts.unexplained

    @property
    def needs_attention(self) -> bool:
        """要対応: due and empty, unexplained, sent back, or marked 後で確認."""
        marked = self.stored is not None and self.stored.follow_up
        return self.state == CellState.MISSING or bool(self.warnings or self.returned) or marked

    @property
    def errors(self) -> list[str]:
        """All sentences about what was typed."""
        return [str(text) for problems in self.form.errors.values() for text in problems]

    @property
    def status(self) -> words.RowStatus:
        """What the last column says."""
        if self.conflict:
            return words.RowStatus("conflict", "競合・未保存")
        if self.errors:
            return words.WRONG
        if self.lock:
            return words.RowStatus("lock", self.lock.word)
        if self.warnings:
            return words.RowStatus("warn", "要コメント")
        if self.agreed:
            return words.RowStatus("ok", self.agreed)
        if self.stored is not None:
            return words.SAVED
        if self.state == CellState.MISSING:
            return words.RowStatus("todo", "未入力")
        return words.RowStatus("off", "測定時期前")

    @property
    def stored_words(self) -> str:
        """What is stored, in words, for a row that cannot be typed in."""
        return words.value(self.stored) or words.DASH

    @property
    def stored_or_empty(self) -> str:
        """What is stored, in words, beside what is being typed: 「118」「対象外」「未入力」."""
        return words.value(self.stored) or words.EMPTY

    @property
    def grade_name(self) -> str:
        """The grade in words."""
        return words.grade_name(self.progress, self.facts.bands)

    @property
    def not_judged_words(self) -> str:
        """Why it is not judged."""
        return words.reason(self.progress)

    @property
    def past(self) -> list[str]:
        """The last three months in words: the figure, 理由, or －."""
        return [self.figure_of(month) for month in months_before(self.facts.month)]

    @property
    def past_named(self) -> list[str]:
        """The same with their names: 「7月 32」."""
        months = months_before(self.facts.month)
        return [f"{month_name(month)} {self.figure_of(month)}" for month in months]

    def figure_of(self, month: date) -> str:
        """A month's own figure in words: the figure, 理由, or －."""
        return _cell(self.facts, month)

    @property
    def judged_until(self) -> str:
        """「9月まで」 where a later month has not entered the judgement, else nothing."""
        judged = self.progress
        if not judged.partial or judged.judged_until is None:
            return ""
        return f"{month_name(judged.judged_until)}まで"

    @property
    def spark(self) -> list[Point]:
        """Points of the sparkline over the last months with a figure."""
        return points_of(self.facts)

    @property
    def why_not_due(self) -> str:
        """Why nothing is asked this month, and when it will be."""
        following = next_due(self.facts.rule, self.facts.month)
        when = (
            f"次は{following.year}年{month_name(following)}分です"
            if following
            else "測定の予定がありません"
        )
        return f"今月は測定時期ではありません（{self.definition.get_frequency_display()}）。{when}"

    @property
    def expectation(self) -> str:
        """期待値 with unit, or －."""
        return show(self.progress.expectation, self.facts.rule)

    @property
    def target(self) -> str:
        """年度目標 with unit, or －."""
        return show(self.progress.target, self.facts.rule)

    @property
    def actual(self) -> str:
        """The year's figure so far, to the indicator's decimals."""
        return words.actual(self.progress, self.definition)


def months_before(month: date) -> list[date]:
    """The three months before a month, oldest first."""
    return [add_months(month, -n) for n in (3, 2, 1)]


def _cell(facts, month) -> str:
    figure = facts.figure_in(month)
    if figure is not None:
        return format_number(figure, facts.definition.decimals)

    return "理由" if facts.readings.get(month) else "－"


def saved_row(row: EntryRow, value: KpiValue | None, agreed: str = "") -> EntryRow:
    """The row after its save, as the fragment shows it; no queries.

    `agreed`: who had saved the same before, in a sentence.
    """
    return replace(
        row,
        facts=row.facts.with_value(value),
        stored=value,
        saved=True,
        agreed=agreed,
        conflict=None,
        form=EntryForm(row.definition, stored=value),
    )


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
        return sum(row.stored is not None for row in self.due)

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
        """Where each department's month stands, and what this person may do about it."""
        return standings([row.facts for row in self.rows], self.state, user, self.state.returns)

    def row(self, code: str):
        """The row of an indicator code, or None."""
        return next((row for row in self.rows if row.indicator.code == code), None)


def load_rows(month: date, user, *, now, indicator=None, state: MonthState | None = None) -> Grid:
    """The grid of a month for a person: all indicators in the plan's order, or one.

    `state`: of the month, where it is known already.
    """
    state = state or MonthState.load(month)
    secretariat = is_secretariat(user)
    today = local_day(now)
    rows = [
        _row(facts, facts.stored.get(month), state, user, secretariat, now)
        for facts in reading.load(month, on=today, indicator=indicator)
    ]
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
