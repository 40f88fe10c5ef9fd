"""What stands in an entry sheet: the rows of a department in a month, open or locked.

A sheet says the same whoever takes it: what is handed in or closed is locked in it for the
secretariat too. No queries but those of `sheets_of`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from foundation.accounts.models import Department
from foundation.japanese.calendar import add_months, fiscal_year
from foundation.japanese.numbers import format_number
from foundation.records.actions import current_revision, local_day, sample_loaded
from kpi import reading, words
from kpi.choices import CellState, Kind, SubmissionState
from kpi.intake.columns import asked_fields
from kpi.months import MonthState
from kpi.reading import IndicatorMonth
from kpi.rules.counting import month_figure
from kpi.submissions.standing import NOBODY
from measures.querysets import UNDECIDED

PAST = 2  # months that stand before the entry cells


@dataclass(frozen=True)
class SheetRow:
    """One indicator. `shut`: why nothing can be entered, "" where it can; `hints`: what stands
    beside the cells of a row that is open.
    """

    facts: IndicatorMonth
    shut: str
    hints: tuple[str, ...] = ()

    @property
    def definition(self):
        """The definition in force."""
        return self.facts.definition

    @property
    def indicator(self):
        """The indicator."""
        return self.definition.indicator

    @property
    def stored(self):
        """The stored value of the month, or None."""
        return self.facts.stored.get(self.facts.month)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the columns that the indicator has."""
        return asked_fields(self.definition)

    @property
    def open_fields(self) -> frozenset[str]:
        """The names of the columns that are open."""
        return frozenset() if self.shut else self.fields

    @property
    def is_missing(self) -> bool:
        """Does the month still ask for it?"""
        return self.facts.state == CellState.MISSING

    @property
    def counting(self) -> str:
        """How it is counted, and what numerator and denominator are."""
        row = self.definition
        said = [self.facts.counting]
        if row.kind == Kind.RATIO:
            above = row.numerator_words or f"{row.numerator_label}{_unit(row.numerator_unit)}"
            below = f"{row.denominator_label}{_unit(row.denominator_unit)}"
            said += [f"分子：{above}", f"分母：{below}"]
        return "\n".join(said)

    @property
    def numerator(self) -> Decimal | str:
        """The numerator that is another indicator's value, or whose value it is."""
        known = self.facts.numerator
        return self.definition.numerator_words if known is None else known

    def past(self, months_ago: int) -> Decimal | str:
        """The figure of an earlier month; in words a reason, the parts of a ratio, and what was
        counted another way.
        """
        month = add_months(self.facts.month, -months_ago)
        said = self.facts.readings.get(month)
        if said is None:
            return words.DASH
        definition = self.facts.definition_in(month)
        figure = month_figure(said, definition.unit)
        if figure is None:
            return words.value(said)
        if said.value is not None and not any(month < each for each in self.facts.breaks):
            return figure
        shown = f"{format_number(figure, definition.decimals)}{definition.unit}"
        return f"{shown}\n{words.value(said)}" if said.value is None else shown

    @property
    def target(self) -> str:
        """年度目標 with its unit: 「1,200件」「60～80％」「目標なし」, or －."""
        month = self.facts.month
        row = self.facts.targets_in(month).get(fiscal_year(month))
        if row is None:
            return words.DASH
        return words.target(row) if row.none else f"{words.target(row)}{self.definition.unit}"

    @property
    def status(self) -> str:
        """What the last column says: why it is shut, or what is still asked."""
        if self.shut:
            return self.shut
        said = "未入力" if self.facts.reading is None else "入力済み"
        return "\n".join([said, *self.hints])


def _unit(unit: str) -> str:
    return f"（{unit}）" if unit else ""


@dataclass(frozen=True)
class EntrySheet:
    """The entry sheet of a department's month. `department` None: 所管課未定."""

    plan: str
    month: date
    department: Department | None
    rows: tuple[SheetRow, ...]
    state: MonthState
    revision: int
    sample: bool
    issued_at: datetime

    @property
    def key(self) -> int:
        """The department's id, as it stands in addresses."""
        return self.department.pk if self.department else NOBODY

    @property
    def name(self) -> str:
        """The department's name in the month."""
        return self.department.name if self.department else UNDECIDED

    @property
    def submission(self) -> SubmissionState:
        """Where the department's month stands."""
        return SubmissionState(self.state.state_of(self.department and self.department.pk))

    @property
    def open(self) -> list[SheetRow]:
        """The rows that can be filled in."""
        return [row for row in self.rows if not row.shut]

    @property
    def missing(self) -> int:
        """How many rows the month still asks for."""
        return sum(row.is_missing for row in self.rows)

    @property
    def why_shut(self) -> str:
        """Why no row can be filled in; nothing where one can."""
        return "" if self.open else next((row.shut for row in self.rows), "")


def sheets_of(
    month: date, *, issued_at: datetime, stand: tuple[int, bool] | None = None
) -> list[EntrySheet]:
    """The entry sheets of all departments that have indicators in a month, in their order.
    `stand`: data revision before that, and is sample data loaded; asked for where not known.

    Five queries at most, whatever the data.
    """
    revision, sample = stand or (current_revision(), sample_loaded())
    found = reading.load(month, on=local_day(issued_at))
    if not found:
        return []
    state = MonthState.load(month, found)
    groups: dict[int | None, list[IndicatorMonth]] = {}
    for facts in found:
        groups.setdefault(facts.definition.responsible_id, []).append(facts)
    plan = found[0].indicator.measure.policy.plan.title
    issued_at = timezone.localtime(issued_at).replace(microsecond=0)
    sheets = [
        EntrySheet(
            plan=plan,
            month=month,
            department=group[0].definition.responsible,
            rows=tuple(_row(facts, state, issued_at) for facts in group),
            state=state,
            revision=revision,
            sample=sample,
            issued_at=issued_at,
        )
        for group in groups.values()
    ]
    return sorted(sheets, key=_place)


def _place(sheet: EntrySheet) -> tuple[bool, int, str]:
    """As departments are listed, 所管課未定 last."""
    row = sheet.department
    return (row is None, row.sort_order if row else 0, row.code if row else "")


def _row(facts: IndicatorMonth, state: MonthState, now: datetime) -> SheetRow:
    definition = facts.definition
    lock = state.lock_on(
        indicator_id=definition.indicator_id,
        department_id=definition.responsible_id,
        secretariat=False,
        now=now,
    )
    if facts.state == CellState.NOT_DUE:
        return SheetRow(facts, words.not_due(definition, facts.rule, facts.month))
    if lock is not None:
        return SheetRow(facts, lock.sentence)
    returned = (row for row in state.returns if row.indicator_id == definition.indicator_id)
    hints = [f"差戻し：{row.reason}" for row in returned]
    return SheetRow(
        facts,
        "",
        (*hints, *facts.unexplained),
    )
