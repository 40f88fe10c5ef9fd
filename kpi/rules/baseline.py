"""A figure beside its baseline: can they be compared, and what is said (docs/rules.md §4). Pure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from foundation.japanese.calendar import fiscal_months
from kpi.choices import Accumulation, BaselineSpan, Direction
from kpi.rules.achievement import rounded
from kpi.rules.counting import Rule

UNCHANGED = "基準値から変化なし"
WORSE = "基準値より悪化"


def _covers_its_year(rule: Rule, year: int) -> bool:
    """Is it measured, and counted the same way, from April to March?"""
    months = fiscal_months(year)
    begins = (rule.first_month, rule.counted_from)
    ends: date = rule.last_month or months[-1]
    return ends >= months[-1] and all(month is None or month <= months[0] for month in begins)


def is_comparable(rule: Rule, year: int, *, year_end: bool) -> bool:
    """Can a figure of fiscal year `year` be compared with the baseline?

    Levels and ratios at any time in a year after the baseline's; what is counted up in a year only
    when the year is over, with a baseline of one year; a total of the plan never.
    """
    if rule.baseline_value is None:
        return False
    if rule.baseline_fiscal_year is not None and year <= rule.baseline_fiscal_year:
        return False
    if not rule.is_number or rule.accumulation == Accumulation.LATEST:
        return True
    if rule.accumulation == Accumulation.PLAN_SUM or rule.baseline_span != BaselineSpan.ONE_YEAR:
        return False
    return year_end and _covers_its_year(rule, year)


def against_baseline(rule: Rule, actual: Decimal, year: int, *, year_end: bool) -> str:
    """「基準値から変化なし」「基準値より悪化」, compared in the digits shown, or nothing."""
    if rule.baseline_value is None or not is_comparable(rule, year, year_end=year_end):
        return ""
    now = rounded(Fraction(actual), rule.decimals)
    before = rounded(Fraction(rule.baseline_value), rule.decimals)
    if now == before:
        return UNCHANGED
    if rule.direction == Direction.MAINTAIN:
        return ""
    better = now > before if rule.direction == Direction.INCREASE else now < before
    return "" if better else WORSE


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
