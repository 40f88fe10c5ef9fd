"""期待値: which due months are answered, and what was to be reached by then. Pure.

Months answered 対象外 or 測定不能 leave the sequence of due months altogether: nothing of them is
added and the line of expectation is drawn over the months that remain (docs/rules.md §4, ADR 5).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from foundation.japanese.calendar import add_months, fiscal_year
from kpi.choices import Accumulation, Kind, MissingReason, NotJudged
from kpi.rules.counting import Reading, Rule, due_months

EXCUSED = {MissingReason.NOT_APPLICABLE, MissingReason.UNMEASURABLE}
SEPTEMBER = 9


@dataclass(frozen=True)
class TargetOfYear:
    """The target in force for a fiscal year.

    A value with an optional midyear value, or a range (maintain).
    """

    fiscal_year: int
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    midyear: Decimal | None = None


Targets = dict[int, TargetOfYear]  # by fiscal year


@dataclass(frozen=True)
class Answered:
    """The due months of a year as answered by `until`: which count, up to where, and what stops."""

    due: tuple[date, ...]  # due months of the whole year without the excused ones
    count: int  # how many of them are elapsed and answered
    cutoff: date  # values up to this month enter
    gap: str | None = None  # why later ones do not: 未入力 or 集計中
    excuse: str | None = None  # the newest reason among elapsed months without a number


def answered_by(
    rule: Rule, readings: list[Reading], until: date, *, running: bool = False
) -> Answered:
    """Which due months of the year are answered by `until`; a month that runs is not asked yet."""
    last = add_months(until, -1) if running else until
    by_month = {row.month: row for row in readings}
    every = due_months(rule, fiscal_year(until))
    reasons = {
        month: by_month[month].missing_reason
        for month in every
        if month in by_month and month <= last
    }
    due = tuple(month for month in every if reasons.get(month) not in EXCUSED)
    excuse = next((reasons[month] for month in reversed(every) if reasons.get(month)), None)
    count = 0
    for month in due:
        if month > last:
            break
        reading = by_month.get(month)
        if reading is None or reading.missing_reason == MissingReason.COUNTING:
            gap = NotJudged.COUNTING if reading else NotJudged.NOT_ENTERED
            return Answered(due, count, add_months(month, -1), gap, excuse)
        count += 1
    return Answered(due, count, last, None, excuse)


def _start_of_year(rule: Rule, targets: Targets, year: int) -> Fraction | None:
    if rule.kind == Kind.NUMBER and rule.accumulation == Accumulation.YEAR_SUM:
        return Fraction(0)
    before = targets.get(year - 1)
    known = before.value if before and before.value is not None else rule.baseline_value
    return None if known is None else Fraction(known)


def _anchors(
    rule: Rule, targets: Targets, year: int, due: tuple[date, ...]
) -> list[tuple[int, Fraction]]:
    """Known (position, value) pairs; position 0 is the start of the year, k the k-th due month."""
    target = targets[year]
    found: dict[int, Fraction] = {}
    start = _start_of_year(rule, targets, year)
    if start is not None:
        found[0] = start
    until_september = sum(month <= date(year, SEPTEMBER, 1) for month in due)
    if target.midyear is not None and 0 < until_september < len(due):
        found[until_september] = Fraction(target.midyear)
    if target.value is not None:
        found[len(due)] = Fraction(target.value)
    return sorted(found.items())


def expectation(
    rule: Rule, targets: Targets, year: int, due: tuple[date, ...], count: int
) -> Fraction | None:
    """期待値 after `count` of the year's due months: anchors joined by straight lines over `due`.

    `targets`: {fiscal year: TargetOfYear}. None before the first due month or before the first
    known anchor.
    """
    if count == 0:
        return None
    anchors = _anchors(rule, targets, year, due)
    for (left, low), (right, high) in zip(anchors, anchors[1:], strict=False):
        if left <= count <= right:
            return low + (high - low) * (count - left) / (right - left)
    return anchors[0][1] if count == anchors[0][0] else None
