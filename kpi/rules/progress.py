"""How far is an indicator: the one pure achievement rule (design/rules.md §4); what is counted is
in `kpi.counting`.

No ORM, no clock: `until` is the month judged (the first of it; it has ended by definition of the
question). Numbers come in and go out as Decimal; inside they are fractions, so that a rate exactly
on a grade's border is never on the wrong side. Percentages are on the scale 0–100.

How it goes: due months → the part of them that is answered → expectation over that part →
achievement → grade. Months answered 対象外 or 測定不能 leave the sequence of due months
altogether: nothing of them is added and the line of expectation is drawn over the months that
remain (ADR 0005).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from foundation.japanese.calendar import add_months, fiscal_year, month_name
from foundation.japanese.numbers import format_needed, format_number
from kpi.choices import Accumulation, Direction, Kind, Method, MissingReason, NotJudged
from kpi.rules.counting import Reading, Rule, YearToDate, due_months, year_to_date

EXCUSED = {MissingReason.NOT_APPLICABLE, MissingReason.UNMEASURABLE}
SEPTEMBER = 9
SHOWN_PLACES = 6


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


@dataclass(frozen=True)
class Band:
    """A grade: holds from `threshold` percent on (None: the rest)."""

    letter: str
    name: str
    threshold: Decimal | None


Number = Decimal | int | Fraction
Bands = tuple[Band, ...]
Targets = dict[int, TargetOfYear]  # by fiscal year
DEFAULT_BANDS: Bands = (
    Band("A", "順調", Decimal("100.0")),
    Band("B", "概ね順調", Decimal("80.0")),
    Band("C", "やや遅れ", Decimal("50.0")),
    Band("D", "遅れ", None),
)


@dataclass(frozen=True)
class Achievement:
    """Rate (percent, rounded half up to one decimal) and grade letter; either may be None."""

    rate: Decimal | None = None
    grade: str | None = None
    not_judged: str | None = None


@dataclass(frozen=True)
class Progress:
    """The judgement of one indicator as of a month, with everything needed to explain it.

    `judged_until` is the last month that entered the judgement; `partial` says that later due
    months are not answered yet (「8月まで」); `year_end` distinguishes 年度評価 from 見通し.
    """

    rate: Decimal | None = None
    grade: str | None = None
    not_judged: str | None = None
    actual: Decimal | None = None
    actual_month: date | None = None
    older: bool = False
    expectation: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    target: Decimal | None = None
    judged_until: date | None = None
    partial: bool = False
    year_end: bool = False
    sentence: str = ""

    @property
    def phase(self) -> str:
        """「年度評価」 or 「見通し」."""
        return "年度評価" if self.year_end else "見通し"


@dataclass(frozen=True)
class _Answered:
    """The due months of a year as answered by `until`: which count, up to where, and what stops."""

    due: tuple[date, ...]  # due months of the whole year without the excused ones
    count: int  # how many of them are elapsed and answered
    cutoff: date  # values up to this month enter
    gap: str | None = None  # why later ones do not: 未入力 or 集計中
    excuse: str | None = None  # the newest reason among elapsed months without a number


def _answered(rule: Rule, readings: list[Reading], until: date) -> _Answered:
    by_month = {row.month: row for row in readings}
    every = due_months(rule, fiscal_year(until))
    reasons = {
        month: by_month[month].missing_reason
        for month in every
        if month in by_month and month <= until
    }
    due = tuple(month for month in every if reasons.get(month) not in EXCUSED)
    excuse = next((reasons[month] for month in reversed(every) if reasons.get(month)), None)
    count = 0
    for month in due:
        if month > until:
            break
        reading = by_month.get(month)
        if reading is None or reading.missing_reason == MissingReason.COUNTING:
            gap = NotJudged.COUNTING if reading else NotJudged.NOT_ENTERED
            return _Answered(due, count, add_months(month, -1), gap, excuse)
        count += 1
    return _Answered(due, count, until, None, excuse)


def _start_of_year(rule: Rule, targets: Targets, year: int) -> Fraction | None:
    if rule.kind == Kind.NUMBER and rule.accumulation == Accumulation.YEAR_SUM:
        return Fraction(0)
    before = targets.get(year - 1)
    known = before.value if before and before.value is not None else rule.baseline
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


def grade_of(rate: Decimal, bands: Bands = DEFAULT_BANDS) -> str:
    """The letter of the first band whose threshold the rate (already rounded to one decimal)
    reaches.
    """
    return next(band.letter for band in bands if band.threshold is None or rate >= band.threshold)


def rounded(value: Fraction, places: int) -> Decimal:
    """A fraction as Decimal, half up (away from zero) to `places` decimals, without an
    intermediate rounding.
    """
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def _by_rate(rate: Fraction, bands: Bands) -> Achievement:
    shown = rounded(rate, 1)
    return Achievement(shown, grade_of(shown, bands))


def _good_or_bad(good: bool, bands: Bands) -> Achievement:
    return Achievement(None, bands[0].letter if good else bands[-1].letter)


def _increase(actual: Fraction, target: Fraction, bands: Bands) -> Achievement:
    if target > 0:
        return _by_rate(actual / target * 100, bands)
    return _good_or_bad(actual >= target, bands)


def _decrease(actual: Fraction, target: Fraction, bands: Bands) -> Achievement:
    rate = rounded(target / actual * 100, 1) if actual > 0 and target > 0 else None
    if actual <= target:
        return Achievement(rate, bands[0].letter)
    return _by_rate(target / actual * 100, bands) if target > 0 else _good_or_bad(False, bands)


def _maintain(
    actual: Fraction, lower: Fraction | None, upper: Fraction | None, bands: Bands
) -> Achievement:
    if lower is not None and actual < lower:
        return _increase(actual, lower, bands) if lower > 0 else _good_or_bad(False, bands)
    if upper is not None and actual > upper:
        return _decrease(actual, upper, bands)
    return _by_rate(Fraction(100), bands)


def _from_baseline(
    direction: str, actual: Fraction, target: Fraction, baseline: Fraction | None, bands: Bands
) -> Achievement:
    if baseline is None:
        return Achievement(not_judged=NotJudged.NOT_COMPUTABLE)
    if target == baseline:
        return _good_or_bad(
            actual <= target if direction == Direction.DECREASE else actual >= target, bands
        )
    return _by_rate((actual - baseline) / (target - baseline) * 100, bands)


def _exact(number: Number | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def achievement(
    *,
    direction: str,
    method: str = Method.TARGET_RATIO,
    actual: Number,
    target: Number | None = None,
    lower: Number | None = None,
    upper: Number | None = None,
    baseline: Number | None = None,
    bands: Bands = DEFAULT_BANDS,
) -> Achievement:
    """The table of rules §4. `target` is E during the year and T at its end; for maintain,
    `lower`/`upper`.

    Numbers may be Decimal, int or Fraction. Never raises for numbers; a missing baseline is
    算定不能.
    """
    reached = Fraction(actual)
    if direction == Direction.MAINTAIN:
        return _maintain(reached, _exact(lower), _exact(upper), bands)
    if direction == Direction.ZERO:
        return _good_or_bad(reached <= 0, bands)
    wanted = _exact(target)
    assert wanted is not None, "only a range and the goal zero are judged without a target"
    if method == Method.BASELINE_RATIO:
        return _from_baseline(direction, reached, wanted, _exact(baseline), bands)
    if direction == Direction.DECREASE:
        return _decrease(reached, wanted, bands)
    return _increase(reached, wanted, bands)


class _Facts(TypedDict):
    """The part of a Progress that is known whether or not it can be judged."""

    actual: Decimal | None
    actual_month: date | None
    older: bool
    target: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass
class _Case:
    """What `progress` has found out so far."""

    rule: Rule
    until: date
    bands: Bands
    target: TargetOfYear | None
    answered: _Answered
    so_far: YearToDate
    facts: _Facts

    def refuse(self, reason: str) -> Progress:
        """－ with one reason."""
        label = NotJudged(reason).label
        return Progress(not_judged=str(reason), sentence=f"評価対象外（{label}）", **self.facts)


def progress(
    rule: Rule,
    readings: Iterable[Reading],
    targets: Iterable[TargetOfYear],
    *,
    until: date,
    plan_start: date,
    bands: Bands = DEFAULT_BANDS,
) -> Progress:
    """Judge one indicator as of the end of month `until` (first of month).

    `readings`: any months; `targets`: at most one per fiscal year, those in force. Always returns
    a Progress.
    """
    readings = [row for row in readings if row.month <= until]
    by_year = {row.fiscal_year: row for row in targets}
    year = fiscal_year(until)
    answered = _answered(rule, readings, until)
    whole = rule.direction == Direction.ZERO  # an incident counts at once, answered months or not
    so_far = year_to_date(
        rule, readings, until=until if whole else answered.cutoff, plan_start=plan_start
    )
    target = by_year.get(year)
    shown = (
        so_far
        if so_far.actual is not None
        else year_to_date(rule, readings, until=until, plan_start=plan_start)
    )
    facts = _Facts(
        actual=None if shown.actual is None else rounded(shown.actual, SHOWN_PLACES),
        actual_month=shown.as_of,
        older=shown.older,
        target=target.value if target else None,
        lower=target.lower if target else None,
        upper=target.upper if target else None,
    )
    return _judge(_Case(rule, until, bands, target, answered, so_far, facts), by_year, year)


def _judge(case: _Case, by_year: Targets, year: int) -> Progress:
    reason = _obstacle(case)
    if reason:
        return case.refuse(reason)
    rule, answered, target = case.rule, case.answered, case.target
    actual = case.so_far.actual
    assert target is not None and actual is not None, "without them there was an obstacle"
    ranged = rule.direction in (Direction.MAINTAIN, Direction.ZERO) or target.value is None
    expected = None if ranged else expectation(rule, by_year, year, answered.due, answered.count)
    if expected is None and not ranged:
        return case.refuse(NotJudged.NOT_YET_DUE)
    result = achievement(
        direction=Direction.MAINTAIN if target.value is None else rule.direction,
        method=rule.method,
        actual=actual,
        target=expected,
        lower=target.lower if target.value is None else target.value,
        upper=target.upper if target.value is None else target.value,
        baseline=rule.baseline,
        bands=case.bands,
    )
    if result.not_judged:
        return case.refuse(result.not_judged)
    judged = Progress(
        rate=result.rate,
        grade=result.grade,
        expectation=None if expected is None else rounded(expected, SHOWN_PLACES),
        judged_until=min(answered.cutoff, case.until),
        partial=answered.gap is not None,
        year_end=answered.count == len(answered.due),
        **case.facts,
    )
    return _with_sentence(judged, rule)


def _obstacle(case: _Case) -> str | None:
    """The one reason why nothing can be judged, or None (rules §4)."""
    answered, so_far, target = case.answered, case.so_far, case.target
    if target is None:
        return NotJudged.NO_TARGET
    if (
        case.rule.direction == Direction.ZERO
        and so_far.actual is not None
        and so_far.actual > 0
        and not so_far.older
    ):
        return None
    if case.rule.direction == Direction.ZERO and answered.gap:
        return answered.gap
    if answered.count == 0:
        return answered.gap or answered.excuse or NotJudged.NOT_YET_DUE
    if so_far.not_computable:
        return NotJudged.NOT_COMPUTABLE
    if so_far.actual is None or so_far.older:
        return answered.gap or answered.excuse or NotJudged.NOT_ENTERED
    return None


def show(value: Decimal | None, rule: Rule) -> str:
    """A figure with its unit.

    One decimal more than the indicator's only when the figure needs it (expectations).
    """
    if value is None:
        return "－"
    return f"{format_needed(value, rule.decimals)}{rule.unit}"


def _with_sentence(judged: Progress, rule: Rule) -> Progress:
    """The judgement with the sentence that explains it with its numbers."""
    assert judged.actual is not None, "what is judged has a figure"
    actual = f"{format_number(judged.actual, rule.decimals)}{rule.unit}"
    if rule.direction == Direction.ZERO:
        text = "0のまま（達成）" if judged.actual == 0 else f"目標0に対し{actual}"
    elif judged.expectation is None:
        limits = "～".join(
            show(value, rule) if value is not None else "" for value in (judged.lower, judged.upper)
        )
        text = f"目標の範囲{limits}に対し{actual}"
    else:
        word = "年度目標" if judged.year_end else "期待値"
        text = f"{word}{show(judged.expectation, rule)}に対し{actual}"
    if judged.rate is not None:
        text += f"（{format_number(judged.rate, 1)}％）"
        if judged.rate < 0 and rule.method == Method.BASELINE_RATIO:
            text += "。基準値より悪化"
    if judged.partial and judged.judged_until is not None:
        text += f"。{month_name(judged.judged_until)}までで評価"
    return replace(judged, sentence=text)


def final_progress(
    *, baseline: Decimal | None, actual: Decimal | None, final_target: Decimal | None
) -> Decimal | None:
    """計画全体の進捗 in percent, one decimal.

    None unless baseline, actual and final target exist and differ.
    """
    if baseline is None or actual is None or final_target is None or baseline == final_target:
        return None
    way = Fraction(final_target) - Fraction(baseline)
    return rounded((Fraction(actual) - Fraction(baseline)) / way * 100, 1)
