"""What stands beside the judgement: pace, forecast against the target, last year, whole plan."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from foundation.japanese.calendar import month_span
from kpi.rules.counting import Reading, Rule
from kpi.rules.expectation import TargetOfYear
from kpi.rules.outlook import (
    OTHER_COUNT,
    plan_progress,
    projection,
    same_month_last_year,
    towards,
)

pytestmark = pytest.mark.pure
APRIL = date(2026, 4, 1)
SUM = Rule(kind="number", direction="increase", accumulation="year_sum", unit="件")
LEVEL = Rule(kind="number", direction="increase", accumulation="latest", unit="件")
FALLING = Rule(kind="number", direction="decrease", accumulation="latest", unit="件")
KEPT = Rule(kind="ratio", direction="maintain", accumulation="latest", unit="％")
ZERO = Rule(kind="number", direction="zero", accumulation="year_sum", unit="件")
SHARE = Rule(kind="ratio", direction="increase", accumulation="year_sum", unit="％")
FROM_BASE = Rule(
    kind="number",
    direction="increase",
    accumulation="latest",
    method="baseline_ratio",
    baseline_value=D(50),
    unit="件",
)


def run(*numbers, first=APRIL):
    """One reading a month from `first` on; None leaves a month out."""
    months = month_span(first, date(2030, 3, 1))
    return [
        Reading(month, missing_reason=number)
        if isinstance(number, str)
        else Reading(month, value=D(number))
        for month, number in zip(months, numbers, strict=False)
        if number is not None
    ]


@pytest.mark.parametrize(
    ("rule", "numbers", "until", "value", "sentence"),
    [
        (SUM, [100] * 5 + [188], (2026, 9), "1376", "688 ÷ 6か月 × 12か月"),
        (SUM, [10], (2026, 4), None, None),
        (SUM, [0, 0], (2026, 5), "0", "0 ÷ 2か月 × 12か月"),
        (SUM, [10, "not_applicable", 12], (2026, 6), "121", "22 ÷ 2か月 × 11か月"),
        (SUM, [10, 12, None, 14], (2026, 7), "132", "22 ÷ 2か月 × 12か月"),  # a gap: as of May
        (SUM, [10] * 12, (2027, 3), None, None),  # the year is over
        (LEVEL, [31, 32, 33], (2026, 6), None, None),  # from where is not known
    ],
)
def test_the_pace(rule, numbers, until, value, sentence):
    found = projection(rule, run(*numbers), {}, until=date(*until, 1), plan_start=APRIL)
    assert (found and found.value) == (value and D(value))
    assert (found and found.sentence) == sentence


def test_the_pace_of_a_level_counts_from_last_years_figure():
    rows = run(30, first=date(2027, 3, 1)) + run(31, 32, 33, first=date(2027, 4, 1))
    found = projection(LEVEL, rows, {}, until=date(2027, 6, 1), plan_start=APRIL)
    assert (found.value, found.sentence) == (D(42), "30 ＋（33 − 30）÷ 3か月 × 12か月")


def test_the_pace_of_a_month_that_runs_leaves_it_out():
    rows = run(10, 14, 500)
    found = projection(SUM, rows, {}, until=date(2026, 6, 1), plan_start=APRIL, running=True)
    assert found.value == D(144)


def test_a_ratio_of_sums_stays_as_it_is():
    rows = [
        Reading(month, numerator=D(1), denominator=D(4)) for month in month_span(APRIL, APRIL)
    ] + [Reading(date(2026, 5, 1), numerator=D(1), denominator=D(4))]
    found = projection(SHARE, rows, {}, until=date(2026, 5, 1), plan_start=APRIL)
    assert (found.value, found.sentence) == (D(25), "いまの割合のまま")


@pytest.mark.parametrize(
    ("rule", "figure", "target", "rate", "reached", "words"),
    [
        (SUM, 1430, TargetOfYear(2026, D(1500)), "95.3", False, "目標の95.3％（見込）"),
        (SUM, 1500, TargetOfYear(2026, D(1500)), "100.0", True, "目標の100.0％（見込）"),
        (SUM, 0, TargetOfYear(2026, D(0)), None, True, "目標に届く見込み"),
        (FALLING, 40, TargetOfYear(2026, D(50)), "125.0", True, "目標の125.0％（見込）"),
        (FALLING, 60, TargetOfYear(2026, D(0)), None, False, "目標に届かない見込み"),
        (ZERO, 1, TargetOfYear(2026, D(0)), None, False, "目標に届かない見込み"),
        (ZERO, 0, TargetOfYear(2026, D(0)), None, True, "目標に届く見込み"),
        (
            KEPT,
            70,
            TargetOfYear(2026, lower=D(60), upper=D(80)),
            "100.0",
            True,
            "目標の範囲に入る見込み",
        ),
        (KEPT, 50, TargetOfYear(2026, lower=D(60)), "83.3", False, "目標の範囲から外れる見込み"),
        (FROM_BASE, 55, TargetOfYear(2026, D(60)), "50.0", False, "達成率50.0％（見込）"),
        (SUM, 10, None, None, None, None),
        (SUM, 10, TargetOfYear(2026, none=True), None, None, None),
        (SUM, 10, TargetOfYear(2026), None, None, None),
    ],
)
def test_a_forecast_against_the_target_is_never_a_grade(rule, figure, target, rate, reached, words):
    found = towards(rule, D(figure), target)
    assert (found and found.words) == words
    if found:
        assert (found.rate, found.reached) == (rate and D(rate), reached)


@pytest.mark.parametrize(
    ("rule", "month", "now", "before", "difference"),
    [
        (SUM, (2027, 5), 24, 20, 4),  # totals to date
        (LEVEL, (2027, 5), 12, 10, 2),  # the month's own
        (LEVEL, (2027, 6), None, None, None),  # nothing there yet
    ],
)
def test_last_years_month(rule, month, now, before, difference):
    rows = run(*[10] * 12, 12, 12)
    found = same_month_last_year(rule, rows, date(*month, 1), plan_start=APRIL)
    assert (found and (found.now, found.before, found.difference)) == (
        now and (D(now), D(before), D(difference))
    )


def test_there_is_no_last_year_in_the_first_one_nor_across_a_changed_count():
    rows = run(*[10] * 14)
    assert same_month_last_year(SUM, rows, date(2027, 3, 1), plan_start=APRIL) is None
    broken = replace(SUM, counted_from=date(2026, 10, 1))
    found = same_month_last_year(broken, rows, date(2027, 5, 1), plan_start=APRIL)
    assert (found.comparable, found.difference) == (False, None)


@pytest.mark.parametrize(
    ("given", "actual", "year", "rate", "elapsed", "words"),
    [
        ({"accumulation": "latest", "baseline_value": D(50)}, 55, 2026, "25.0", "25.0", ""),
        ({"accumulation": "latest", "baseline_value": D(50)}, 45, 2027, "-25.0", "50.0", ""),
        ({"accumulation": "plan_sum"}, 35, 2028, "50.0", "75.0", ""),
        ({"accumulation": "latest", "baseline_value": D(70)}, 70, 2029, None, "100.0", ""),
        ({"accumulation": "latest"}, 55, 2026, None, "25.0", ""),
        (
            {"accumulation": "latest", "counted_from": date(2027, 4, 1)},
            55,
            2027,
            None,
            "50.0",
            OTHER_COUNT,
        ),
    ],
)
def test_how_far_the_whole_plan_is(given, actual, year, rate, elapsed, words):
    rule = replace(SUM, **given)
    found = plan_progress(rule, D(actual), year, final_target=D(70), years=(2026, 2029))
    assert (found.rate, found.elapsed, found.words) == (rate and D(rate), D(elapsed), words)
