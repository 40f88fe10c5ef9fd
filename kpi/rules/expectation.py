"""期待値: which due months are answered, and what was to be reached by then. Pure.

The line goes month after month from the start of the year to its target, in equal steps. A month
answered 対象外, 測定不能 or 調査未実施 takes no step; the due months after it carry the rest. Only
months up to the one asked for are looked at, so that a later excuse never changes what was
expected in an earlier month (docs/rules.md §4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from foundation.japanese.calendar import add_months, fiscal_year, fiscal_year_end, fiscal_year_start
from kpi.choices import Accumulation, Direction, Method, MissingReason, NotJudged
from kpi.rules.counting import Reading, Rule, due_months, line_months, year_to_date

EXCUSED = {
    MissingReason.NOT_APPLICABLE,
    MissingReason.UNMEASURABLE,
    MissingReason.SURVEY_NOT_DONE,
}
SEPTEMBER = 9


@dataclass(frozen=True)
class TargetOfYear:
    """The target in force for a fiscal year.

    A value with an optional midyear value, or a range (maintain); `none`: it was decided to set
    none.
    """

    fiscal_year: int
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    midyear: Decimal | None = None
    none: bool = False

    @property
    def says_nothing(self) -> bool:
        """Neither a value nor a limit, and no decision to set none."""
        known = (self.value, self.lower, self.upper)
        return not self.none and all(number is None for number in known)


Targets = dict[int, TargetOfYear]  # by fiscal year


@dataclass(frozen=True)
class Answered:
    """The due months of a year and how they are answered by a month.

    `elapsed`: those that have ended; `answers`: {month: None for a number, else the reason} of the
    elapsed ones before the first gap; `gap`: what the first gap is, 未入力 or 集計中.
    """

    due: tuple[date, ...]
    elapsed: tuple[date, ...]
    answers: dict[date, str | None]
    gap: NotJudged | None = None

    @property
    def as_of(self) -> date | None:
        """The due month as of which is judged: the newest one with a number before a gap."""
        return max(
            (month for month, reason in self.answers.items() if reason is None), default=None
        )

    @property
    def newest_reason(self) -> str | None:
        """Why the newest answered month has no number; None where it has one."""
        return self.answers[max(self.answers)] if self.answers else None

    @property
    def is_whole(self) -> bool:
        """Is the year's last due month reached with a number, nothing left open?"""
        return bool(self.due) and self.gap is None and self.as_of == self.due[-1]


def answered_by(
    rule: Rule, readings: Iterable[Reading], until: date, *, running: bool = False
) -> Answered:
    """Which due months of the year are answered by `until`; a month that runs is not asked yet."""
    last = add_months(until, -1) if running else until
    by_month = {row.month: row for row in readings}
    due = due_months(rule, fiscal_year(until))
    elapsed = tuple(month for month in due if month <= last)
    answers: dict[date, str | None] = {}
    for month in elapsed:
        reading = by_month.get(month)
        if reading is None:
            return Answered(due, elapsed, answers, NotJudged.NOT_ENTERED)
        if reading.missing_reason == MissingReason.COUNTING:
            return Answered(due, elapsed, answers, NotJudged.COUNTING)
        answers[month] = reading.missing_reason
    return Answered(due, elapsed, answers)


def _last_figure(
    rule: Rule, readings: list[Reading], year: int, plan_start: date
) -> Fraction | None:
    """The last figure of a fiscal year that can be computed, or None.

    One of an early month counts, one of an earlier year does not.
    """
    end = fiscal_year_end(year)
    if not rule.adds_up:
        readings = [row for row in readings if row.numerator is None or row.denominator]
    found = year_to_date(rule, readings, until=end, plan_start=plan_start, year=year)
    if found.as_of is None or found.as_of < fiscal_year_start(year):
        return None
    return found.actual


def _own_total(rule: Rule, readings: list[Reading], year: int, plan_start: date) -> Fraction:
    """What was counted before fiscal year `year` since the plan's beginning."""
    end = fiscal_year_end(year - 1)
    return year_to_date(rule, readings, until=end, plan_start=plan_start).actual or Fraction(0)


def _known_before(
    rule: Rule, targets: Targets, readings: list[Reading], year: int, plan_start: date
) -> Fraction | None:
    """Where a level stood before the year: last year's figure, else its target, else the baseline.

    What was counted or wanted before the count changed says nothing about the new one.
    """
    figure = _last_figure(
        rule,
        readings,
        year - 1,
        plan_start,
    )
    if figure is not None:
        return figure
    before = targets.get(year - 1)
    begins_now = rule.counted_from is not None and rule.counted_from >= fiscal_year_start(year)
    wanted = None if before is None or begins_now else before.value
    known = rule.baseline_value if wanted is None else wanted
    return None if known is None else Fraction(known)


def start_of_year(
    rule: Rule, targets: Targets, readings: list[Reading], year: int, plan_start: date
) -> Fraction | None:
    """The start anchor of a year's line before it is bounded by the target; None: not known."""
    since_april = rule.accumulation == Accumulation.LATEST_OF_YEAR
    if since_april or (rule.is_number and rule.accumulation == Accumulation.YEAR_SUM):
        return Fraction(0)
    if rule.is_number and rule.accumulation == Accumulation.PLAN_SUM:
        return _own_total(
            rule,
            readings,
            year,
            plan_start,
        )
    return _known_before(rule, targets, readings, year, plan_start)


def _bounded(rule: Rule, start: Fraction, goal: Fraction) -> Fraction:
    """A start never better than the year's target, and with 基準値比 never worse than the baseline.

    A falling number that is counted up from 0 or from its own total goes up to its target.
    """
    falls = rule.direction == Direction.DECREASE
    counted_up = rule.is_number and rule.accumulation != Accumulation.LATEST
    if not (falls and counted_up):
        start = max(start, goal) if falls else min(start, goal)
    if rule.method == Method.BASELINE_RATIO and rule.baseline_value is not None:
        baseline_value = Fraction(rule.baseline_value)
        start = min(start, baseline_value) if falls else max(start, baseline_value)
    return start


def _goals(line: tuple[date, ...], target: TargetOfYear) -> list[tuple[int, Fraction]]:
    """(place in the line, value) of what is to be reached, in order."""
    assert target.value is not None, "a range has no line"
    last = (len(line) - 1, Fraction(target.value))
    september = next((n for n, month in enumerate(line) if month.month == SEPTEMBER), None)
    if target.midyear is None or september is None or september == last[0]:
        return [last]
    return [(september, Fraction(target.midyear)), last]


def expectation(
    rule: Rule, targets: Targets, readings: Iterable[Reading], month: date, *, plan_start: date
) -> Fraction | None:
    """期待値 as of a due month; None before the first known anchor (基準値未設定).

    From the start of the year one step a month: what is left to the next goal, divided by the due
    months left to it. An excused month takes no step; where the goal's own month is excused, the
    line goes on to the next one. `targets`: {fiscal year: TargetOfYear}, with a value for the year
    of the month.
    """
    year = fiscal_year(month)
    readings = list(readings)
    excused = {row.month for row in readings if row.missing_reason in EXCUSED}
    line = line_months(rule, year)
    goals = _goals(line, targets[year])
    level = start_of_year(rule, targets, readings, year, plan_start)
    if level is not None:
        level = _bounded(rule, level, goals[-1][1])
    for place, each in enumerate(line):
        if each > month:
            break
        if each in excused:
            continue
        goal_place, goal = next(found for found in goals if found[0] >= place)
        if goal_place == place:
            level = goal
        elif level is not None:
            level += (goal - level) / (goal_place - place + 1)
    return level
