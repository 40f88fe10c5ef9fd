"""A judgement, and what it says: the sentence that explains it with its numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import month_name
from foundation.japanese.numbers import format_needed, format_number
from kpi.choices import Direction, Method, NotJudged
from kpi.rules.counting import Rule

NOTHING_EXPECTED_YET = "この時点の期待値は0です"


@dataclass(frozen=True)
class Progress:
    """The judgement of one indicator as of a month, with everything needed to explain it.

    `judged_until` is the due month as of which is judged; `partial` says that later months have
    begun that do not enter (「8月まで」); `year_end` distinguishes 年度評価 from 見通し;
    `against_baseline` is what stands beside the grade (「基準値より悪化」) or nothing;
    `by_target`: the grade moved only because the target did. `actual_month` is the newest month of
    the figure, `numerator` and `denominator` are its parts, `actual_maturity` their worst.
    """

    rate: Decimal | None = None
    grade: str | None = None
    not_judged: str | None = None
    actual: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    actual_month: date | None = None
    actual_maturity: str = ""
    older: bool = False
    expectation: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    target: Decimal | None = None
    judged_until: date | None = None
    partial: bool = False
    year_end: bool = False
    against_baseline: str = ""
    by_target: bool = False
    sentence: str = ""

    @property
    def phase(self) -> str:
        """「年度評価」 or 「見通し」."""
        return "年度評価" if self.year_end else "見通し"

    @property
    def shows_month(self) -> bool:
        """Is the figure of another time, so that it is shown with its month?

        One of an earlier year is; so is the last one of a survey that was not held this time.
        """
        return self.older or self.not_judged == NotJudged.SURVEY_NOT_DONE


def show(value: Decimal | None, rule: Rule) -> str:
    """A figure with its unit.

    One decimal more than the indicator's only when the figure needs it (expectations).
    """
    if value is None:
        return "－"
    return f"{format_needed(value, rule.decimals)}{rule.unit}"


def _reaches_target(judged: Progress, rule: Rule) -> bool:
    """Has the figure reached the year's own target, not only what is expected by now?"""
    if judged.actual is None or judged.target is None or judged.grade is None:
        return False
    falls = rule.direction == Direction.DECREASE
    return judged.actual <= judged.target if falls else judged.actual >= judged.target


def _compared(judged: Progress, rule: Rule, actual: str) -> str:
    """「期待値60件に対し54件（90.0％）」, with 基準値比 「基準値…、期待値…に対し…（達成率…）」."""
    against = f"{'年度目標' if judged.year_end else '期待値'}{show(judged.expectation, rule)}"
    rate = "" if judged.rate is None else f"{format_number(judged.rate, 1)}％"
    if rule.method == Method.BASELINE_RATIO:
        against = f"基準値{show(rule.baseline_value, rule)}、{against}"
        rate = rate and f"達成率{rate}"
    elif not rate and _reaches_target(judged, rule):
        rate = "達成"
    return f"{against}に対し{actual}" + (f"（{rate}）" if rate else "")


def _in_range(judged: Progress, rule: Rule, actual: str) -> str:
    """「目標の範囲10～20件に対し12件（100.0％）」."""
    limits = (judged.lower, judged.upper)
    if judged.target is not None:
        limits = (judged.target, judged.target)
    between = "～".join("" if value is None else show(value, rule) for value in limits)
    rate = "" if judged.rate is None else f"（{format_number(judged.rate, 1)}％）"
    return f"目標の範囲{between}に対し{actual}{rate}"


def sentence_of(judged: Progress, rule: Rule) -> str:
    """What explains the judgement with its numbers."""
    assert judged.actual is not None, "what is judged has a figure"
    actual = f"{format_number(judged.actual, rule.decimals)}{rule.unit}"
    if judged.expectation is not None:
        parts = [_compared(judged, rule, actual)]
        if judged.expectation == 0 and not judged.year_end:
            parts.append(NOTHING_EXPECTED_YET)
    elif rule.direction == Direction.ZERO:
        parts = ["0のまま（達成）" if judged.actual == 0 else f"目標0に対し{actual}"]
    else:
        parts = [_in_range(judged, rule, actual)]
    if judged.against_baseline:
        parts.append(judged.against_baseline)
    if judged.partial and judged.judged_until is not None:
        parts.append(f"{month_name(judged.judged_until)}までで評価")
    return "。".join(parts)
