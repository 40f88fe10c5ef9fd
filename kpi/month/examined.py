"""What one sees of a department's month before one confirms it or sends it back: its values, what
was sent back before, what was answered and what has changed since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import add_months
from kpi import words
from kpi.choices import Maturity, MissingReason
from kpi.models import KpiValue, ReturnReason, ReturnReply
from kpi.models.returned import reasons_of, reply_of
from kpi.months import ChangedCell, MonthState, changed_cells
from kpi.reading import IndicatorMonth
from kpi.submissions import Standing

VALUE = "値"  # as the history names it (`kpi.cells.told.history_of`)


@dataclass(frozen=True)
class Judged:
    """The year's figure and its judgement as of one month, in words."""

    figure: str
    letter: str | None
    name: str
    reason: str
    rate: object

    @classmethod
    def of(cls, facts: IndicatorMonth, month: date) -> "Judged":
        """As of the end of a month."""
        judged = facts.progress_at(month)
        return cls(
            words.actual(judged, facts.definition),
            judged.grade,
            words.grade_name(judged, facts.bands),
            words.reason(judged),
            judged.rate,
        )


@dataclass(frozen=True)
class ExaminedRow:
    """One indicator: the month before, what stood when it was sent back, what stands now.

    `change`: what was saved since the return (None: nothing).
    """

    facts: IndicatorMonth
    change: ChangedCell | None

    @property
    def indicator(self):
        """The indicator."""
        return self.facts.indicator

    @property
    def definition(self):
        """The definition in force."""
        return self.facts.definition

    @property
    def stored(self) -> KpiValue | None:
        """The value of the month."""
        return self.facts.stored.get(self.facts.month)

    @property
    def month_before(self) -> date:
        """The month that is shown beside it."""
        return add_months(self.facts.month, -1)

    @property
    def earlier(self) -> str:
        """The value of the month before."""
        return words.value(self.facts.readings.get(self.month_before)) or words.DASH

    @property
    def now(self) -> str:
        """The value as it stands."""
        return words.value(self.facts.reading or self.stored) or words.EMPTY

    @property
    def was(self) -> str:
        """The value as it stood when it was sent back."""
        if self.change is None:
            return self.now
        return str(
            self.change.before.get(
                VALUE,
                words.EMPTY,
            )
        )

    @property
    def has_other_value(self) -> bool:
        """Was the figure itself changed, not only what is said of it?"""
        return self.was != self.now

    @property
    def kind(self) -> str:
        """確定・暫定, or nothing where a reason stands for the value."""
        said = self.facts.reading
        if said is None or said.missing_reason in MissingReason.values:
            return ""
        return Maturity(said.maturity).label

    @property
    def judged(self) -> Judged:
        """The year's figure and grade."""
        return Judged.of(
            self.facts,
            self.facts.month,
        )

    @property
    def judged_before(self) -> Judged | None:
        """The same a month before; None at the plan's beginning."""
        if self.month_before < self.facts.plan_start:
            return None
        return Judged.of(
            self.facts,
            self.month_before,
        )


@dataclass(frozen=True)
class Examined:
    """A department's month, to be looked at. `told`: the reasons of its newest return."""

    standing: Standing
    rows: tuple[ExaminedRow, ...]
    told: tuple[ReturnReason, ...] = ()
    reply: ReturnReply | None = None

    @property
    def month_before(self) -> date:
        """The month that is shown beside it."""
        return self.rows[0].month_before


def examined(board: Iterable[Standing], state: MonthState, key: int | None) -> Examined | None:
    """The department of that key, else the one that waits first, else the first of the board.

    At most one query.
    """
    found = list(board)
    named = [row for row in found if row.key == key]
    waiting = [row for row in found if row.waits]
    chosen = next(iter([*named, *waiting, *found]), None)
    if chosen is None:
        return None
    made, changes = chosen.submission, {}
    if made is not None and chosen.again:
        changes = changed_cells(state.month, made.returned_revision)
    return Examined(
        chosen,
        tuple(ExaminedRow(row, changes.get(row.indicator.pk)) for row in chosen.rows),
        told=reasons_of(made) if made else (),
        reply=reply_of(made) if made else None,
    )


def following(board: Iterable[Standing], shown: Examined) -> Standing | None:
    """The next department that waits, after the one that is shown."""
    waiting = [row for row in board if row.waits or row is shown.standing]
    at = waiting.index(shown.standing)
    others = [*waiting[at + 1 :], *waiting[:at]]
    return next(iter(others), None)
