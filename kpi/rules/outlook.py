"""What stands beside the judgement and never enters it: 年度末見込, 前年同月, 計画全体の進捗. Pure.

The department's own forecast of the year's end, the projection 「このままのペースなら」, the same
month of last year, and how far the whole plan is (docs/rules.md §4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from foundation.japanese.calendar import add_months, fiscal_year, fiscal_year_start
from foundation.japanese.numbers import format_needed, format_number
from kpi.choices import Accumulation, Direction, Frequency, Method, MissingReason
from kpi.rules.achievement import DEFAULT_BANDS, Bands, achievement, rounded
from kpi.rules.baseline import final_progress, is_comparable
from kpi.rules.counting import Reading, Rule, line_months, year_to_date
from kpi.rules.expectation import EXCUSED, TargetOfYear, answered_by, start_of_year

SHOWN_PLACES = 6
LEAST_MONTHS = 2  # fewer answered months make no pace
AS_NOW = "いまの割合のまま"
OTHER_COUNT = "数え方が変わったため比べられません"


@dataclass(frozen=True)
class Forecast:
    """年度末見込 as a department said it in a month of the year: a value, or both parts."""

    month: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str
    said_at: datetime

    def figure(self, rule: Rule) -> Decimal | None:
        """The number expected, in the indicator's unit."""
        if self.value is not None:
            return self.value
        if self.numerator is None or not self.denominator:
            return None
        return _shown(Fraction(self.numerator) / Fraction(self.denominator) * rule.scale)


@dataclass(frozen=True)
class Projection:
    """このままのペースなら: the figure at the year's end, and how it comes about in words."""

    value: Decimal
    sentence: str


@dataclass(frozen=True)
class Towards:
    """A figure of the year's end against the year's target: 見込, never a grade.

    `rate` in percent where there is one; `reached`: would the target be reached?
    """

    rate: Decimal | None
    reached: bool
    words: str


@dataclass(frozen=True)
class SameMonth:
    """This year's figure beside that of the same month last year, in the indicator's unit.

    Of sums the totals to date, of the others the month's own figure. `comparable` is False where
    another thing was counted then; all numbers are None there.
    """

    comparable: bool = True
    now: Decimal | None = None
    before: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        """now − before; of percentages it is in ポイント."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before


@dataclass(frozen=True)
class PlanProgress:
    """計画全体の進捗 at a year's end in percent, beside the share of the plan's years that is over.

    `rate` None: nothing to compare with, `words` say why (or nothing).
    """

    rate: Decimal | None
    elapsed: Decimal
    words: str = ""


def _shown(number: Fraction) -> Decimal:
    return rounded(number, SHOWN_PLACES)


def _counted(rule: Rule, readings: Iterable[Reading]) -> list[Reading]:
    """The readings of the present count."""
    since = rule.counted_from or date.min
    return [row for row in readings if row.month >= since]


def projection(
    rule: Rule,
    readings: Iterable[Reading],
    targets: dict[int, TargetOfYear],
    *,
    until: date,
    plan_start: date,
    running: bool = False,
) -> Projection | None:
    """The figure at the year's end at the pace of the answered months, or None.

    None before two answered months, once the year's last due month is answered, and where it is
    not known from where the pace is counted. A ratio of sums stays as it is. `until`, `running`: as
    for `progress`.
    """
    year = fiscal_year(until)
    last = add_months(until, -1) if running else until
    counted = [row for row in _counted(rule, readings) if row.month <= last]
    answered = answered_by(rule, counted, until, running=running)
    line = line_months(rule, year)
    as_of, newest = answered.as_of, max(answered.answers, default=None)
    not_held = answered.newest_reason == MissingReason.SURVEY_NOT_DONE
    if as_of is None or not_held or newest == line[-1]:
        return None
    carried = [month for month in line if answered.answers.get(month) not in EXCUSED]
    done = [month for month in carried if month <= as_of]
    numbers = [month for month in done if month in answered.answers]
    so_far = year_to_date(rule, counted, until=as_of, plan_start=plan_start, year=year)
    if len(numbers) < LEAST_MONTHS or so_far.actual is None:
        return None
    if not rule.is_number and rule.adds_up:
        return Projection(_shown(so_far.actual), AS_NOW)
    start = start_of_year(rule, targets, counted, year, plan_start)
    if start is None:
        return None
    return _at_pace(rule, start, so_far.actual, len(done), len(carried))


def _at_pace(rule: Rule, start: Fraction, actual: Fraction, done: int, whole: int) -> Projection:
    """start + (actual − start) ÷ done × whole, said with its numbers."""
    value = start + (actual - start) / done * whole
    times = "か月" if rule.frequency == Frequency.MONTHLY else "回"
    now = format_needed(_shown(actual), rule.decimals)
    way = f"÷ {done}{times} × {whole}{times}"
    if start == 0:
        return Projection(_shown(value), f"{now} {way}")
    begun = format_needed(_shown(start), rule.decimals)
    return Projection(_shown(value), f"{begun} ＋（{now} − {begun}）{way}")


def towards(
    rule: Rule, figure: Decimal, target: TargetOfYear | None, bands: Bands = DEFAULT_BANDS
) -> Towards | None:
    """A figure of the year's end against the year's target; None without one."""
    if target is None or target.none or target.says_nothing:
        return None
    ranged = target.value is None or rule.direction == Direction.MAINTAIN
    result = achievement(
        direction=Direction.MAINTAIN if ranged else rule.direction,
        method=rule.method,
        actual=figure,
        target=target.value,
        lower=target.lower if target.value is None else target.value,
        upper=target.upper if target.value is None else target.value,
        baseline_value=rule.baseline_value,
        bands=bands,
    )
    reached = _reaches(
        rule,
        figure,
        target,
    )
    return Towards(result.rate, reached, _words(rule, result.rate, reached, ranged))


def _reaches(rule: Rule, figure: Decimal, target: TargetOfYear) -> bool:
    """Would the target itself be reached?"""
    if target.value is None:
        above = target.lower is None or figure >= target.lower
        return above and (target.upper is None or figure <= target.upper)
    if rule.direction == Direction.MAINTAIN:
        return figure == target.value
    if rule.direction in (Direction.DECREASE, Direction.ZERO):
        return figure <= target.value
    return figure >= target.value


def _words(rule: Rule, rate: Decimal | None, reached: bool, ranged: bool) -> str:
    """「目標の95.3％（見込）」「達成率50.0％（見込）」「目標に届く見込み」."""
    if ranged:
        return "目標の範囲に入る見込み" if reached else "目標の範囲から外れる見込み"
    if rate is None:
        return "目標に届く見込み" if reached else "目標に届かない見込み"
    said = f"{format_number(rate, 1)}％（見込）"
    return f"達成率{said}" if rule.method == Method.BASELINE_RATIO else f"目標の{said}"


def same_month_last_year(
    rule: Rule, readings: Iterable[Reading], month: date, *, plan_start: date
) -> SameMonth | None:
    """A month beside the same one of the year before; None in the plan's first year, and where one
    of the two has no number.
    """
    then = add_months(month, -12)
    if then < plan_start:
        return None
    if rule.counted_from is not None and then < rule.counted_from:
        return SameMonth(comparable=False)
    counted = _counted(rule, readings)
    now, before = (
        _figure_at(
            rule,
            counted,
            each,
            plan_start,
        )
        for each in (month, then)
    )
    if now is None or before is None:
        return None
    return SameMonth(now=_shown(now), before=_shown(before))


def _figure_at(
    rule: Rule, readings: list[Reading], month: date, plan_start: date
) -> Fraction | None:
    """The total to date of a sum, of the others the month's own figure."""
    first = fiscal_year_start(fiscal_year(month)) if rule.adds_up else month
    if not any(row.has_number and first <= row.month <= month for row in readings):
        return None
    return year_to_date(
        rule,
        readings,
        until=month,
        plan_start=plan_start,
    ).actual


def plan_progress(
    rule: Rule, actual: Decimal, year: int, *, final_target: Decimal | None, years: tuple[int, int]
) -> PlanProgress:
    """How far the whole plan is at the end of fiscal year `year`, by the figure of that day.

    The way from the baseline to the final target, of a total of the plan its share of the target;
    `years`: the plan's first and last fiscal year.
    """
    first, last = years
    elapsed = rounded(Fraction(year - first + 1, last - first + 1) * 100, 1)
    if _is_total_of_plan(rule):
        return PlanProgress(_share(actual, final_target), elapsed)
    if lost_baseline(rule):
        return PlanProgress(None, elapsed, OTHER_COUNT)
    comparable = is_comparable(
        rule,
        year,
        year_end=True,
    )
    rate = final_progress(
        baseline_value=rule.baseline_value if comparable else None,
        actual=actual,
        final_target=final_target,
    )
    return PlanProgress(rate, elapsed)


def lost_baseline(rule: Rule) -> bool:
    """Has the count changed, and no baseline of its own come with it, so that 計画全体の進捗 has
    nothing to compare with? A total of the plan needs none.
    """
    changed = rule.counted_from is not None
    return changed and rule.baseline_value is None and not _is_total_of_plan(rule)


def _is_total_of_plan(rule: Rule) -> bool:
    return rule.is_number and rule.accumulation == Accumulation.PLAN_SUM


def _share(actual: Decimal, final_target: Decimal | None) -> Decimal | None:
    if not final_target:
        return None
    return rounded(Fraction(actual) / Fraction(final_target) * 100, 1)
