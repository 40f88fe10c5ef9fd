"""One row of the entry grid: what stands beside the cell, its state in words, and whether it may be
typed in. No queries.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from foundation.japanese.calendar import add_months, month_name, wareki_month
from foundation.japanese.numbers import format_number
from kpi import reading, words
from kpi.choices import CellState
from kpi.entry.forms import EntryForm
from kpi.entry.spark import Point, points_of
from kpi.models import Indicator, KpiValue
from kpi.months import Lock
from kpi.rules.counting import Reading, month_figure
from kpi.rules.judged import show


@dataclass
class EntryRow:
    """One indicator in the grid of one month, for one person."""

    facts: reading.IndicatorMonth
    stored: KpiValue | None
    may: bool
    lock: Lock | None
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
    uncertain: bool = False
    moved: tuple[Indicator, ...] = ()
    typed: EntryForm | None = None

    @property
    def form(self) -> EntryForm:
        """As it was typed; else as it is stored, made when it is looked at."""
        if self.typed is None:
            self.typed = EntryForm(self.definition, stored=self.stored)
        return self.typed

    @form.setter
    def form(self, form: EntryForm) -> None:
        self.typed = form

    @property
    def was_typed(self) -> bool:
        """Does its form hold what somebody sent?"""
        return self.typed is not None and self.typed.is_bound

    @property
    def is_uncertain(self) -> bool:
        """Is 要確認 still to say what is counted, before the first value settles it?"""
        return self.uncertain and self.is_open and not self.facts.stored

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
    def is_answered(self) -> bool:
        """Does the month have an answer: a figure, or a reason why there is none?"""
        return self.facts.reading is not None

    @property
    def carried(self) -> str:
        """「対象外（1-2）」 where the reason is that of the indicator that gives the numerator."""
        said, own = self.facts.reading, self.stored
        if said is None or not said.missing_reason or (own is not None and own.missing_reason):
            return ""
        return f"{words.value(said)}（{self.definition.numerator_code}）"

    @property
    def saved_last(self) -> KpiValue | None:
        """The row that was saved last: its own, or the one whose value is its numerator."""
        return next(iter(self.facts.saved_in(self.facts.month)), None)

    @property
    def numerator_words(self) -> str:
        """The numerator where it is another indicator's value: 「118」「対象外」「未入力」."""
        return words.value(self.facts.numerators.get(self.facts.month)) or words.EMPTY

    @cached_property
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
        return (
            []
            if self.typed is None
            else [str(text) for problems in self.form.errors.values() for text in problems]
        )

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
        if self.facts.awaits_numerator:
            return words.RowStatus("todo", f"{self.definition.numerator_code}が未入力")
        if self.carried:
            return words.RowStatus("ok", self.carried)
        if self.is_answered:
            return words.SAVED
        if self.state == CellState.MISSING:
            return words.RowStatus("todo", "未入力")
        return words.RowStatus("off", "測定時期前")

    @property
    def stored_words(self) -> str:
        """What is stored, in words, for a row that cannot be typed in."""
        return words.value(self._answer) or words.DASH

    @property
    def stored_or_empty(self) -> str:
        """What is stored, in words, beside what is being typed: 「118」「対象外」「未入力」."""
        return words.value(self._answer) or words.EMPTY

    @property
    def _answer(self) -> Reading | KpiValue | None:
        """What the cell says, with the numerator of another indicator filled in."""
        return self.facts.reading or self.stored

    @property
    def grade_name(self) -> str:
        """The grade in words."""
        return words.grade_name(
            self.progress,
            self.facts.bands,
        )

    @property
    def not_judged_words(self) -> str:
        """Why it is not judged."""
        return words.reason(self.progress)

    @property
    def past(self) -> list[str]:
        """The last three months in words: the figure, 理由, or －."""
        return [self.figure_of(month) for month in months_before(self.facts.month)]

    @cached_property
    def past_named(self) -> dict[str, str]:
        """The same by their names: {「7月」: 「32」}."""
        return dict(zip(map(month_name, months_before(self.facts.month)), self.past, strict=True))

    def figure_of(self, month: date) -> str:
        """A month's own figure in words: the figure, 理由, or －."""
        return _cell(self.facts, month)

    @property
    def not_comparable(self) -> str:
        """「令和8年10月から数え方が変わったため比べられません」 where the months shown are of two
        counts, else nothing.
        """
        changed = max(self.facts.breaks, default=None)
        if changed is None or changed <= months_before(self.facts.month)[0]:
            return ""
        return f"{wareki_month(changed)}から{words.NOT_COMPARABLE}"

    @property
    def judged_until(self) -> str:
        """「9月まで」 where a later month has not entered the judgement, else nothing."""
        judged = self.progress
        if not judged.partial or judged.judged_until is None:
            return ""
        return f"{month_name(judged.judged_until)}まで"

    @cached_property
    def spark(self) -> list[Point]:
        """Points of the sparkline over the last months with a figure."""
        return points_of(self.facts)

    @property
    def spark_line(self) -> str:
        """The line through them, as a picture takes it."""
        return " ".join(f"{point.x},{point.y}" for point in self.spark)

    @property
    def why_not_due(self) -> str:
        """Why nothing is asked this month, and when it will be."""
        return words.not_due(
            self.definition,
            self.facts.rule,
            self.facts.month,
        )

    @property
    def expectation(self) -> str:
        """期待値 with unit, or －."""
        return show(
            self.progress.expectation,
            self.facts.rule,
        )

    @property
    def target(self) -> str:
        """年度目標 with unit, or －."""
        return show(
            self.progress.target,
            self.facts.rule,
        )

    @property
    def actual(self) -> str:
        """The year's figure so far, to the indicator's decimals."""
        return words.actual(self.progress, self.definition)


def months_before(month: date) -> list[date]:
    """The three months before a month, oldest first."""
    return [add_months(month, -n) for n in (3, 2, 1)]


def _cell(facts, month) -> str:
    """The figure as it was counted in that month; of another count it says its unit."""
    definition, answer = facts.definition_in(month), facts.readings.get(month)
    figure = month_figure(answer, definition.unit)
    if figure is None:
        return "理由" if answer else "－"
    other = any(month < changed for changed in facts.breaks)
    return f"{format_number(figure, definition.decimals)}{definition.unit if other else ''}"


def saved_row(
    row: EntryRow,
    value: KpiValue | None,
    agreed: str = "",
    moved: tuple[Indicator, ...] = (),
) -> EntryRow:
    """The row after its save, as the fragment shows it; no queries.

    `agreed`: who had saved the same before, in a sentence; `moved`: the ratios whose numerator it
    is.
    """
    return replace(
        row,
        facts=row.facts.with_value(value),
        stored=value,
        saved=True,
        agreed=agreed,
        moved=moved,
        conflict=None,
        typed=None,
    )
