"""What is counted: the rule of an indicator, its due months, the state of a cell, the figure so
far. Pure.

No ORM, no clock: `until` is a month (the first of it) that has ended by definition of the
question. Numbers come in as Decimal; inside they are fractions. Percentages are on the scale
0–100. Source: docs/rules.md §2.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import cached_property, reduce
from typing import Protocol, TypedDict

from foundation.japanese.calendar import (
    add_months,
    fiscal_months,
    fiscal_year,
    fiscal_year_start,
)
from foundation.japanese.numbers import round_half_up
from kpi.choices import (
    SUMS,
    Accumulation,
    BaselineSpan,
    CellState,
    DefinitionChange,
    Frequency,
    Kind,
    Maturity,
    Method,
    MissingReason,
)

DUE_CALENDAR: dict[str, tuple[int, ...]] = {
    Frequency.QUARTERLY: (6, 9, 12, 3),
    Frequency.HALF_YEARLY: (9, 3),
}
PERCENT = ("％", "%")
EXACT = Context(prec=200, traps=[Inexact])  # what is typed has a few digits: nothing is rounded


def scale_of(unit: str) -> int:
    """By how much a ratio is multiplied to be shown in its unit: 100 for percent, else 1."""
    return 100 if unit in PERCENT else 1


@dataclass(frozen=True)
class Rule:
    """How an indicator is counted and judged.

    Months are firsts of month, `baseline_value` is in the indicator's unit. `valid_from` and
    `valid_until`: its months in the plan; `counted_from`: since when it is counted this way (None:
    always), earlier months are neither added nor asked for.
    """

    kind: str
    direction: str
    accumulation: str
    frequency: str = Frequency.MONTHLY
    due_month: int = 3
    method: str = Method.TARGET_RATIO
    measured_from: date | None = None
    measured_until: date | None = None
    baseline_value: Decimal | None = None
    baseline_fiscal_year: int | None = None
    baseline_span: str = BaselineSpan.ONE_YEAR
    valid_from: date | None = None
    valid_until: date | None = None
    counted_from: date | None = None
    decimals: int = 0
    unit: str = ""
    may_exceed_100: bool = False
    is_survey: bool = False

    @property
    def scale(self) -> int:
        """Ratios in percent are shown on the scale 0–100."""
        return scale_of(self.unit)

    @property
    def is_number(self) -> bool:
        """A number of its own, not a ratio."""
        return self.kind == Kind.NUMBER

    @property
    def adds_up(self) -> bool:
        """Are its months added?"""
        return self.accumulation in SUMS

    @cached_property
    def first_month(self) -> date | None:
        """The first month in which it is measured (None: from the beginning)."""
        return max((m for m in (self.valid_from, self.measured_from) if m), default=None)

    @cached_property
    def last_month(self) -> date | None:
        """The last month in which it is measured (None: to the end)."""
        return min((m for m in (self.valid_until, self.measured_until) if m), default=None)

    @cached_property
    def known_months(self) -> dict[tuple[str, int], tuple[date, ...]]:
        """The months of years that were asked for, as long as this lives."""
        return {}


@dataclass(frozen=True)
class Reading:
    """What was reported for one month.

    A value, or numerator and denominator, or a missing reason.
    """

    month: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing_reason: str | None = None
    maturity: str = Maturity.FINAL

    @property
    def has_number(self) -> bool:
        """Something to count; 0 is."""
        return self.value is not None or self.numerator is not None

    @property
    def remark(self) -> str:
        """What stands behind the state of its cell: 「（暫定）」「：調査未実施」, or nothing."""
        if self.missing_reason:
            return f"：{MissingReason(self.missing_reason).label}"
        return "（暫定）" if self.maturity == Maturity.PROVISIONAL else ""


def month_figure(reading: "Reading | None", unit: str) -> Decimal | None:
    """A month's own figure in its unit: the value, or numerator ÷ denominator (percent: × 100).

    None when nothing was reported, or when the denominator is 0 (算定不能).
    """
    if reading is None or not reading.has_number:
        return None
    if reading.numerator is None:
        return reading.value
    if not reading.denominator:
        return None
    return reading.numerator / reading.denominator * scale_of(unit)


def shown_figure(reading: "Reading | None", unit: str, decimals: int) -> Decimal | None:
    """`month_figure` in the digits shown: a ratio is rounded half up, a value stays as reported."""
    figure = month_figure(reading, unit)
    if reading is None or figure is None or reading.numerator is None:
        return figure
    return round_half_up(figure, decimals)


@dataclass(frozen=True)
class YearToDate:
    """The figure so far.

    `actual` in the indicator's unit (None: nothing to count), its parts, the month of the newest
    number, and whether that number is from an earlier fiscal year (`older`: shown, never graded).
    `maturity`: 暫定 where anything that it is made of is; empty where there is nothing to count.
    """

    actual: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    as_of: date | None = None
    older: bool = False
    maturity: str = ""
    not_computable: bool = False


def line_months(rule: Rule, year: int) -> tuple[date, ...]:
    """The months of fiscal year `year` over which the line of expectation runs, in order.

    Months before a changed count carry none of a sum; a level keeps its place on the year's line.
    Nothing is due outside the indicator's months in the plan, nor where it is not measured.
    """
    return _months_of(rule, year, _is_on_line)


def _is_on_line(rule: Rule, month: date) -> bool:
    yearly = rule.frequency == Frequency.YEARLY
    wanted = (rule.due_month,) if yearly else DUE_CALENDAR.get(rule.frequency)
    first, last = rule.first_month, rule.last_month
    counted_from = rule.counted_from if rule.adds_up else None
    return (
        (wanted is None or month.month in wanted)
        and (first is None or month >= first)
        and (last is None or month <= last)
        and (counted_from is None or month >= counted_from)
    )


def due_months(rule: Rule, year: int) -> tuple[date, ...]:
    """The months of fiscal year `year` in which the indicator is due, in order."""
    return _months_of(rule, year, is_due)


def _months_of(rule: Rule, year: int, wanted: Callable[[Rule, date], bool]) -> tuple[date, ...]:
    """Those of a fiscal year, gone through once for each rule."""
    key = (wanted.__name__, year)
    if key not in rule.known_months:
        rule.known_months[key] = tuple(each for each in fiscal_months(year) if wanted(rule, each))
    return rule.known_months[key]


def is_due(rule: Rule, month: date) -> bool:
    """Is a value due in that month?"""
    return (rule.counted_from is None or month >= rule.counted_from) and _is_on_line(rule, month)


def cell_state(rule: Rule, month: date, reading: Reading | None, *, until: date) -> CellState:
    """The state of one cell; months after `until` are not due yet."""
    due = is_due(rule, month)
    if reading is not None:
        if not reading.has_number:
            return CellState.REASONED
        return CellState.VALUE if due else CellState.UNSCHEDULED
    if rule.valid_from and month < rule.valid_from:
        return CellState.BEFORE_PLAN
    if rule.valid_until and month > rule.valid_until:
        return CellState.AFTER_PLAN
    return CellState.MISSING if due and month <= until else CellState.NOT_DUE


def next_due(rule: Rule, after: date) -> date | None:
    """The first due month after `after` within two years, or None."""
    years = range(fiscal_year(after), fiscal_year(after) + 3)
    return next(
        (month for year in years for month in due_months(rule, year) if month > after), None
    )


class Counted(Protocol):
    """What says of a version of a definition what is counted."""

    kind: str
    unit: str
    accumulation: str
    numerator_label: str
    denominator_label: str
    formula_text: str
    change: str


def begins_anew(older: Counted, newer: Counted) -> bool:
    """Does the series break between two versions, so that figures are not added or compared?

    It does where the newer one says 数え方の変更, except where only the way of adding up changed:
    months that were added up within the year can be added up over the years.
    """
    if newer.change != DefinitionChange.BREAK:
        return False
    names = ("kind", "unit", "numerator_label", "denominator_label", "formula_text")
    same_thing = all(getattr(older, name) == getattr(newer, name) for name in names)
    still_adds_up = {older.accumulation, newer.accumulation} <= SUMS
    other_way = older.accumulation != newer.accumulation
    return not (same_thing and still_adds_up and other_way)


class _Newest(TypedDict):
    as_of: date
    older: bool
    maturity: str


def _maturity(counted: Iterable[Reading]) -> Maturity:
    """暫定 where one of them is."""
    provisional = any(row.maturity == Maturity.PROVISIONAL for row in counted)
    return Maturity.PROVISIONAL if provisional else Maturity.FINAL


def _ratio(rule: Rule, numerator: Fraction, denominator: Fraction, newest: _Newest) -> YearToDate:
    if denominator == 0:
        return YearToDate(None, numerator, denominator, not_computable=True, **newest)
    return YearToDate(numerator * rule.scale / denominator, numerator, denominator, **newest)


def _total(numbers: Iterable[Decimal | None]) -> Fraction:
    known = (number for number in numbers if number is not None)
    return Fraction(reduce(EXACT.add, known, Decimal(0)))


def year_to_date(
    rule: Rule,
    readings: Iterable[Reading],
    *,
    until: date,
    plan_start: date,
    year: int | None = None,
) -> YearToDate:
    """The figure from the beginning of a fiscal year (or the plan's) to `until`, by the counting
    rule. `year`: that of `until` when left out; of a year of which nothing counts yet, `until` lies
    before it.

    Sums add what there is; latest takes the newest number of the same fiscal year, or an older one
    marked so (a total since April has none). A ratio adds numerators and denominators apart;
    denominator 0 is not computable (docs/rules.md §2).
    """
    year_start = fiscal_year_start(fiscal_year(until) if year is None else year)
    whole_plan = rule.accumulation in (Accumulation.PLAN_SUM, Accumulation.LATEST)
    first = max(plan_start if whole_plan else year_start, rule.counted_from or plan_start)
    counted = sorted(
        (row for row in readings if row.has_number and first <= row.month <= until),
        key=lambda r: r.month,
    )
    if not counted:
        return YearToDate()
    newest_month = counted[-1].month
    rows = counted if rule.adds_up else counted[-1:]
    older = rule.accumulation == Accumulation.LATEST and newest_month < year_start
    newest = _Newest(as_of=newest_month, older=older, maturity=_maturity(rows))
    if rule.kind == Kind.RATIO:
        pairs = [row for row in rows if row.denominator is not None]
        return _ratio(
            rule,
            _total(row.numerator for row in pairs),
            _total(row.denominator for row in pairs),
            newest,
        )

    return YearToDate(_total(row.value for row in rows), **newest)


def counting_sentence(rule: Rule) -> str:
    """The counting rule in words, for beside every entry box (docs/rules.md §2)."""
    if rule.kind == Kind.RATIO and rule.adds_up:
        return "分子・分母をそれぞれ合計して割ります"
    if rule.kind == Kind.RATIO and rule.accumulation == Accumulation.LATEST:
        return "最新の分子・分母で割ります"
    return {
        str(Accumulation.YEAR_SUM): "4月から当月までを合計します",
        str(Accumulation.PLAN_SUM): "計画の初めから当月までを合計します",
        str(Accumulation.LATEST): "最新の値を使います",
        str(Accumulation.LATEST_OF_YEAR): "4月からの累計を、最新の値で入力します",
    }[str(rule.accumulation)]


def compared_since(accumulation: str, month: date) -> date:
    """From which month on an earlier value is one to compare with (docs/rules.md §2).

    The last twelve months; a total since April begins anew every year.
    """
    if accumulation == Accumulation.LATEST_OF_YEAR:
        return fiscal_year_start(fiscal_year(month))
    return add_months(month, -12)
