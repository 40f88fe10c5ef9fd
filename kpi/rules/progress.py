"""How far is an indicator: the one pure achievement rule (docs/rules.md §4).

What is counted is in `counting`, what was expected in `expectation`, the table of rates and grades
in `achievement`. No ORM, no clock: `until` is the month judged (the first of it), `running` says
that it has not ended: then neither its value nor its expectation enters. Numbers come in and go
out as Decimal.

How it goes: due months → the part of them that is answered → expectation over that part →
achievement → grade.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from foundation.japanese.calendar import add_months, fiscal_year, month_name
from foundation.japanese.numbers import format_needed, format_number
from kpi.choices import Direction, Method, NotJudged
from kpi.rules.achievement import DEFAULT_BANDS, Bands, achievement, rounded
from kpi.rules.counting import Reading, Rule, YearToDate, year_to_date
from kpi.rules.expectation import Answered, TargetOfYear, Targets, answered_by, expectation

SHOWN_PLACES = 6


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
    answered: Answered
    so_far: YearToDate
    facts: _Facts
    running: bool

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
    running: bool = False,
) -> Progress:
    """Judge one indicator as of the end of month `until` (first of month); `running`: before it.

    `readings`: any months; `targets`: at most one per fiscal year, those in force. Always returns
    a Progress.
    """
    last = add_months(until, -1) if running else until
    readings = [row for row in readings if row.month <= last]
    by_year = {row.fiscal_year: row for row in targets}
    year = fiscal_year(until)
    answered = answered_by(rule, readings, until, running=running)
    whole = rule.direction == Direction.ZERO  # an incident counts at once, answered months or not
    so_far = year_to_date(
        rule,
        readings,
        until=last if whole else answered.cutoff,
        plan_start=plan_start,
        year=year,
    )
    target = by_year.get(year)
    shown = (
        so_far
        if so_far.actual is not None
        else year_to_date(rule, readings, until=last, plan_start=plan_start, year=year)
    )
    facts = _Facts(
        actual=None if shown.actual is None else rounded(shown.actual, SHOWN_PLACES),
        actual_month=shown.as_of,
        older=shown.older,
        target=target.value if target else None,
        lower=target.lower if target else None,
        upper=target.upper if target else None,
    )
    case = _Case(rule, until, bands, target, answered, so_far, facts, running)
    return _judge(case, by_year, year)


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
        baseline_value=rule.baseline_value,
        bands=case.bands,
    )
    if result.not_judged:
        return case.refuse(result.not_judged)
    judged = Progress(
        rate=result.rate,
        grade=result.grade,
        expectation=None if expected is None else rounded(expected, SHOWN_PLACES),
        judged_until=min(answered.cutoff, case.until),
        partial=case.running or answered.gap is not None,
        year_end=answered.count == len(answered.due),
        **case.facts,
    )
    return _with_sentence(judged, rule)


def _obstacle(case: _Case) -> str | None:
    """The one reason why nothing can be judged, or None (docs/rules.md §4)."""
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
    *, baseline_value: Decimal | None, actual: Decimal | None, final_target: Decimal | None
) -> Decimal | None:
    """計画全体の進捗 in percent, one decimal.

    None unless baseline_value, actual and final target exist and differ.
    """
    if (
        baseline_value is None
        or actual is None
        or final_target is None
        or baseline_value == final_target
    ):
        return None
    way = Fraction(final_target) - Fraction(baseline_value)
    return rounded((Fraction(actual) - Fraction(baseline_value)) / way * 100, 1)
