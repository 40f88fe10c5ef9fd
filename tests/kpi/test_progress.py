"""The achievement rule: the table of docs/rules.md §4, every branch of the expectation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.japanese.calendar import add_months
from kpi.choices import NotJudged
from kpi.rules.achievement import DEFAULT_BANDS, achievement, grade_of
from kpi.rules.checks import Entry, soft_warnings
from kpi.rules.counting import (
    Reading,
    Rule,
    cell_state,
    counting_sentence,
    due_months,
    year_to_date,
)
from kpi.rules.expectation import TargetOfYear, expectation
from kpi.rules.progress import final_progress, progress

pytestmark = pytest.mark.pure
START = date(2026, 4, 1)


def month(number, year=2026):
    return date(year if number >= 4 else year + 1, number, 1)


def rule(**given):
    return Rule(
        **{
            "kind": "number",
            "direction": "increase",
            "accumulation": "year_sum",
            "unit": "件",
            **given,
        }
    )


def judge(given, readings, targets, until, **rest):
    return progress(given, readings, targets, until=until, plan_start=START, **rest)


def values(numbers, first=4):
    """Readings of consecutive months; None leaves the month empty, a text is a missing reason."""
    rows = []
    for offset, number in enumerate(numbers):
        when = month((first + offset - 1) % 12 + 1)
        if isinstance(number, str):
            rows.append(Reading(when, missing_reason=number))
        elif number is not None:
            rows.append(Reading(when, value=D(number)))
    return rows


# --- the table: one row per line of docs/rules.md §4 and of what it stands on -------------------


def of(number, year=2026, **rest):
    """A target."""
    return TargetOfYear(year, None if number is None else D(number), **rest)


def ratios(pairs, first=4):
    """Readings of consecutive months: (numerator, denominator)."""
    return [
        Reading(add_months(month(first), n), numerator=D(top), denominator=D(bottom))
        for n, (top, bottom) in enumerate(pairs)
    ]


def later(year, numbers, first=4):
    """`values` of another fiscal year."""
    return [
        replace(row, month=add_months(row.month, 12 * (year - 2026)))
        for row in values(numbers, first)
    ]


LEVEL = {"accumulation": "latest"}
RATIO = {"kind": "ratio", "unit": "％", "decimals": 1}
PATH = {"method": "baseline_ratio", "accumulation": "latest"}
HALF = {"frequency": "half_yearly", "is_survey": True, **LEVEL}
TENS = [10] * 12
EXCUSED, UNMEASURED, COUNTING, NO_SURVEY = (
    "not_applicable",
    "unmeasurable",
    "counting",
    "survey_not_done",
)
# name: (rule, readings, targets, month asked, runs, expectation, actual, rate, grade or reason)
TABLE = {
    # beginnings
    "it begins in November: over its own five months": (
        {"valid_from": month(11)}, values([10], 11), [of(50)], month(11), False,
        "10", "10", "100.0", "A"),
    "before it began": (
        {"valid_from": month(11)}, [], [of(50)], month(10), False, None, None, None, "before_plan"),
    "after it ended": (
        {"valid_until": month(8)}, values([1] * 5), [], month(9), False,
        None, "5", None, "after_plan"),
    "a total of the plan that begins in 2027 starts from 0": (
        {"accumulation": "plan_sum", "valid_from": month(4, 2027)}, later(2027, [40]),
        [of(500, 2027)], month(4, 2027), False, "41.666667", "40", "96.0", "B"),
    "a total of the plan starts from 0 in its first year": (
        {"accumulation": "plan_sum", "baseline_value": D(99)}, values([10]), [of(120)],
        month(4), False, "10", "10", "100.0", "A"),
    # start anchors
    "a total of the plan starts from its own at 31 March": (
        {"accumulation": "plan_sum"}, values([0] * 11 + [34]) + later(2027, [3]),
        [of(30), of(58, 2027)], month(4, 2027), False, "36", "37", "102.8", "A"),
    "a level starts from last year's figure": (
        LEVEL, values([20], 3) + later(2027, [22]), [of(50), of(44, 2027)], month(4, 2027), False,
        "22", "22", "100.0", "A"),
    "an early figure of last year counts": (
        LEVEL, values([20]) + later(2027, [22]), [of(50), of(44, 2027)], month(4, 2027), False,
        "22", "22", "100.0", "A"),
    "an older one does not: last year's target": (
        LEVEL, values([20]) + later(2028, [22]), [of(50), of(20, 2027), of(44, 2028)],
        month(4, 2028), False, "22", "22", "100.0", "A"),
    "without a target of last year: the baseline": (
        {**LEVEL, "baseline_value": D(8)}, later(2027, [11]), [of(44, 2027)], month(4, 2027), False,
        "11", "11", "100.0", "A"),
    "last year 90, target 80: 80 all year": (
        LEVEL, values([90], 3) + later(2027, [80]), [of(80, 2027)], month(4, 2027), False,
        "80", "80", "100.0", "A"),
    "a falling level never starts below its target": (
        {**LEVEL, "direction": "decrease", "baseline_value": D(3)}, values([5]), [of(4)], month(4),
        False, "4", "5", "80.0", "B"),
    "a falling count from 0: 12 a year, 3 by June": (
        {"direction": "decrease"}, values([1, 1, 2]), [of(12)], month(6), False,
        "3", "4", "75.0", "C"),
    "基準値比: never below the baseline": (
        {**PATH, "baseline_value": D(50)}, values([44], 3) + later(2027, [48]), [of(60, 2027)],
        month(4, 2027), False, "50.833333", "48", "-240.0", "D"),
    "a total since April starts from 0": (
        {"accumulation": "latest_of_year", "baseline_value": D(9)}, values([10, 21]), [of(120)],
        month(5), False, "20", "21", "105.0", "A"),
    "and begins anew every year": (
        {"accumulation": "latest_of_year"}, values(TENS) + later(2027, [7]), [of(84, 2027)],
        month(4, 2027), False, "7", "7", "100.0", "A"),
    "a ratio since April starts from 0": (
        {**RATIO, "accumulation": "latest_of_year", "baseline_value": D(9)}, ratios([(1, 10)]),
        [of(60)], month(4), False, "5", "10", "200.0", "A"),
    "a ratio of sums starts from last year's": (
        RATIO,
        ratios([(1, 10), (3, 10)]) + [Reading(month(4, 2027), numerator=D(1), denominator=D(4))],
        [of(32, 2027)], month(4, 2027), False, "21", "25", "119.0", "A"),
    "算定不能 is no figure of last year": (
        {**RATIO, **LEVEL, "baseline_value": D(6)},
        ratios([(1, 10), (0, 0)]) + [Reading(month(4, 2027), numerator=D(1), denominator=D(4))],
        [of(34, 2027)], month(4, 2027), False, "12", "25", "208.3", "A"),
    # which months count
    "of a running month nothing enters": (
        {}, values([10] * 8), [of(120)], month(11), True, "70", "70", "100.0", "A"),
    "an unscheduled value waits for the next due month": (
        {"frequency": "quarterly"}, values([None, None, 30, 9]), [of(120)], month(8), False,
        "30", "30", "100.0", "A"),
    "and enters with it": (
        {"frequency": "quarterly"}, values([None, None, 30, 9, None, 30]), [of(120)], month(9),
        False, "60", "69", "115.0", "A"),
    "none after the year's last": (
        {"frequency": "yearly", "due_month": 2}, values([50, 9], 2), [of(50)], month(3), False,
        "50", "50", "100.0", "A"),
    "a gap: as of the month before": (
        {}, values([10, 10, None, 50]), [of(120)], month(7), False, "20", "20", "100.0", "A"),
    "集計中 is a gap": (
        {}, values([10, 10, COUNTING]), [of(120)], month(6), False, "20", "20", "100.0", "A"),
    # excused months
    "an excused month holds the line": (
        {}, values([3, 3, 2, 3, 2, 3, EXCUSED]), [of(30)], month(10), False,
        "15", "16", "106.7", "A"),
    "and those after it carry the rest": (
        {}, values([10, 10, EXCUSED, 10]), [of(110)], month(7), False,
        "28.518519", "30", "105.2", "A"),
    "March excused: February's stands": (
        {}, values([10] * 10 + [12, EXCUSED]), [of(120)], month(3), False,
        "110", "112", "101.8", "A"),
    "an excused September drops the midyear target": (
        {}, values([5] * 5 + [EXCUSED, 15]), [of(120, midyear=D(30))], month(10), False,
        "40.833333", "40", "98.0", "B"),
    "a survey not held, not the newest, holds the line": (
        {**HALF, "frequency": "quarterly", "baseline_value": D(20)},
        values([None, None, NO_SURVEY, None, None, 40]), [of(60)], month(9), False,
        "33.333333", "40", "120.0", "A"),
    "no survey in March: no judgement, September's figure": (
        {**HALF, "baseline_value": D(10)}, values([40], 9) + values([NO_SURVEY], 3), [of(50)],
        month(3), False, None, "40", None, "survey_not_done"),
    "nothing but excused months: the newest names it": (
        {}, values([EXCUSED, UNMEASURED]), [of(50)], month(5), False, None, None, None,
        "unmeasurable"),
    # targets
    "120, from October 60: the whole line anew": (
        {}, values([7, 7, 7, 7, 7, 7, 8]), [of(60)], month(10), False, "35", "50", "142.9", "A"),
    "the midyear target bends the line": (
        {}, values([10] * 6), [of(120, midyear=D(30))], month(9), False, "30", "60", "200.0", "A"),
    "a sum below a baseline of other years": (
        {"baseline_value": D(2325), "baseline_span": "other"}, values([43] * 11 + [49]), [of(517)],
        month(3), False, "517", "522", "101.0", "A"),
    "it was decided to set no target": (
        {}, values([5]), [of(None, none=True)], month(4), False, None, "5", None,
        "no_target_by_decision"),
    # a changed count
    "sums begin at the break, over the months that remain": (
        {"counted_from": month(10)}, values([99] * 6 + [10]), [of(60)], month(10), False,
        "10", "10", "100.0", "A"),
    "months before it are not asked for": (
        {"counted_from": month(10)}, values([10], 10), [of(60)], month(10), False,
        "10", "10", "100.0", "A"),
    "a level keeps the year's line, from the new baseline": (
        {**LEVEL, "counted_from": month(10), "baseline_value": D(12)}, values([99] * 6 + [40]),
        [of(60)], month(10), False, "40", "40", "100.0", "A"),
    "without one it is not judged": (
        {**LEVEL, "counted_from": month(10)}, values([99] * 6 + [40]), [of(60)], month(10), False,
        None, "40", None, "no_baseline"),
    "what was wanted before the break is no start": (
        {**LEVEL, "counted_from": month(4, 2027), "baseline_value": D(12)},
        values(TENS) + later(2027, [16]), [of(900), of(60, 2027)], month(4, 2027), False,
        "16", "16", "100.0", "A"),
    "a ratio of sums starts from the new baseline": (
        {**RATIO, "counted_from": month(10), "baseline_value": D(12)}, ratios([(1, 5)], 10),
        [of(60)], month(10), False, "20", "20", "100.0", "A"),
    # reasons
    "no baseline, no midyear target": (
        LEVEL, values([1]), [of(12)], month(4), False, None, "1", None, "no_baseline"),
    "基準値比 without a baseline, even in March": (
        PATH, values(TENS), [of(12)], month(3), False, None, "10", None, "no_baseline"),
    "after measuring ended the judgement stands": (
        {"measured_until": month(9)}, values([10] * 6), [of(60)], month(2), False,
        "60", "60", "100.0", "A"),
    "in later years it says so": (
        {"measured_until": month(9)}, values([10] * 6), [], month(4, 2027), False,
        None, None, None, "measurement_ended"),
    "0／0 cannot be computed": (
        RATIO, ratios([(0, 0)]), [of(60)], month(4), False, None, None, None, "not_computable"),
    # zero
    "an incident counts at once, unscheduled too": (
        {"direction": "zero", "frequency": "quarterly"}, values([1]), [of(0)], month(4), False,
        None, "1", None, "D"),
    "an incident after a gap": (
        {"direction": "zero"}, values([0, None, 1]), [of(0)], month(6), False,
        None, "1", None, "D"),
    "zero with a gap is never judged up to the month before": (
        {"direction": "zero"}, values([0, 0, None]), [of(0)], month(6), False, None, "0", None,
        "not_entered"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE)
def test_the_rules_line_by_line(case):
    given, readings, targets, until, running, expected, actual, rate, verdict = case
    judged = judge(rule(**given), readings, targets, until, running=running)
    numbers = [judged.expectation, judged.actual, judged.rate]
    assert numbers == [None if text is None else D(text) for text in (expected, actual, rate)]
    assert verdict in (judged.grade, judged.not_judged)


FROM_50 = {**LEVEL, "unit": "％", "decimals": 1, "baseline_value": D(50)}
SENTENCES = {
    # (rule, readings, targets, month asked): what is said
    "目標の範囲10件～20件に対し12件（100.0％）": (
        {**LEVEL, "direction": "maintain"}, values([12]), 
        [of(None, lower=D(10), upper=D(20))], month(4)),
    "期待値0件に対し3件。この時点の期待値は0です": (
        {}, values([3]), [of(60, midyear=D(0))], month(4)),
    "年度目標0件に対し0件（達成）": (
        {**LEVEL, "direction": "decrease"}, values([9] + [0] * 11), [of(0)],
        month(3)),
    "期待値10件に対し10件（100.0％）。7月までで評価": (
        {}, values([3, 3, 2, 2, EXCUSED]), [of(30)], month(8)),
    "期待値50.8％に対し50.0％（98.4％）。基準値から変化なし": (
        FROM_50, values([50]), [of(60)], month(4)),
    "期待値50.8％に対し49.0％（96.4％）。基準値より悪化": (
        FROM_50, values([49]), [of(60)], month(4)),
    "基準値50.0％、期待値50.8％に対し48.0％（達成率−240.0％）。基準値より悪化": (
        {**FROM_50, "method": "baseline_ratio"}, values([48]), [of(60)], month(4)),
    "基準値50.0％、期待値50.8％に対し51.0％（達成率120.0％）": (
        {**FROM_50, "method": "baseline_ratio"}, values([51]), [of(60)], month(4)),
    "期待値50.8％に対し49.0％（96.4％）": (
        {**FROM_50, "baseline_fiscal_year": 2026}, values([49]), [of(60)], month(4)),
    "期待値10件に対し9件（90.0％）": (
        {"baseline_value": D(110)}, values([9]), [of(120)], month(4)),
    "年度目標120件に対し108件（90.0％）。基準値より悪化": (
        {"baseline_value": D(110)}, values([9] * 12), [of(120)], month(3)),
    "年度目標100件に対し99件（99.0％）": (
        {"baseline_value": D(110), "valid_from": month(6)}, values([9] * 11, 6), [of(100)],
        month(3)),
    "年度目標120件に対し108件（90.0％）": (
        {"baseline_value": D(110), "accumulation": "plan_sum"}, values([9] * 12), [of(120)],
        month(3)),
    "0のまま（達成）": ({"direction": "zero"}, values([0]), [of(0)], month(4)),
    "目標0に対し2件": ({"direction": "zero"}, values([2]), [of(0)], month(4)),
    "評価対象外（目標なし・推移で確認）": ({}, values([2]), [of(None, none=True)], month(4)),
    "評価対象外（基準値未設定）": (LEVEL, values([2]), [of(9)], month(4)),
    "評価対象外（計画前）": ({"valid_from": month(6)}, [], [of(9)], month(5)),
}  # fmt: skip


@pytest.mark.parametrize("said", SENTENCES)
def test_what_is_said(said):
    given, readings, targets, until = SENTENCES[said]
    assert judge(rule(**given), readings, targets, until).sentence == said


# --- what a later entry does to earlier months ---------------------------------------------------

ANSWERS = st.one_of(
    st.integers(0, 40).map(D), st.sampled_from([EXCUSED, UNMEASURED, NO_SURVEY, COUNTING])
)
YEARS = st.lists(ANSWERS, min_size=24, max_size=24)
RULES = st.builds(
    rule,
    kind=st.just("number"),
    direction=st.sampled_from(["increase", "decrease"]),
    accumulation=st.sampled_from(["year_sum", "plan_sum", "latest", "latest_of_year"]),
    frequency=st.sampled_from(["monthly", "quarterly"]),
    baseline_value=st.none() | st.integers(0, 40).map(D),
)
AIMS = [of(60, midyear=D(20)), of(90, 2027, midyear=D(40))]


def two_years(answers):
    """Readings of 24 months."""
    return values(answers[:12]) + later(2027, answers[12:])


def expectations(given, readings):
    """{month: expectation} of the due months of both years, as the line runs."""
    return {
        each: expectation(
            given, {row.fiscal_year: row for row in AIMS}, readings, each, plan_start=START
        )
        for year in (2026, 2027)
        for each in due_months(given, year)
    }


@settings(max_examples=60, deadline=None)
@given(RULES, YEARS, st.integers(0, 23), ANSWERS)
def test_a_later_answer_moves_no_earlier_expectation(given_rule, answers, place, other):
    changed = add_months(START, place)
    before = expectations(given_rule, two_years(answers))
    after = expectations(given_rule, two_years([*answers[:place], other, *answers[place + 1 :]]))
    for each, level in before.items():
        if each < changed:
            assert after[each] == level


@settings(max_examples=60, deadline=None)
@given(RULES, YEARS, st.integers(0, 11), st.integers(0, 40).map(D))
def test_a_correction_moves_only_next_years_line(given_rule, answers, place, other):
    answers[place] = D(7)
    before = expectations(given_rule, two_years(answers))
    after = expectations(given_rule, two_years([*answers[:place], other, *answers[place + 1 :]]))
    this_year = [each for each in before if each < month(4, 2027)]
    assert [after[each] for each in this_year] == [before[each] for each in this_year]


@pytest.mark.parametrize(
    ("given", "before", "now", "said"),
    [
        ({}, 107, 0, "前回107件 → 今回0件。0になりました"),
        ({}, 0, 5, "前回0件 → 今回5件。0から動きました"),
        ({}, 0, 2, None),
        ({}, 1, 3, None),
        ({}, 5, 16, "3.2倍"),
        ({}, 16, 5, "0.3倍"),
        ({}, 5, 15, None),
        (LEVEL, 20, 18, None),
        (LEVEL, 20, 17, "減っています"),
        ({"accumulation": "latest_of_year", "direction": "decrease"}, 20, 17, "累計なのに"),
        ({"unit": "％", "decimals": 2}, 85, D("0.85"), "85のように"),
        ({"unit": "件", "decimals": 2}, 85, D("0.85"), "倍です"),
        ({"accumulation": "latest_of_year", "direction": "increase"}, 20, 17, "累計なのに"),
        ({"direction": "decrease", "accumulation": "latest"}, 20, 17, None),
        ({"unit": "％"}, "8.0", "10.9", None),
        ({"unit": "％"}, "1.0", "4.0", "4.0倍"),
    ],
)
def test_soft_warnings_say_both_numbers_and_keep_quiet_below_the_floor(given, before, now, said):
    found = soft_warnings(Entry(D(now)), rule(**given), Entry(D(before)))
    assert bool(found) == (said is not None)
    assert said is None or said in found[0]


@pytest.mark.parametrize(
    ("direction", "target", "actual", "rate", "grade"),
    [
        ("increase", 120, 120, "100.0", "A"),
        ("increase", 120, 96, "80.0", "B"),
        ("increase", 120, 60, "50.0", "C"),
        ("increase", 120, "59.9", "49.9", "D"),
        ("increase", 100, 150, "150.0", "A"),
        ("increase", 100, -10, "-10.0", "D"),
        ("increase", 0, 0, None, "A"),
        ("increase", 0, 5, None, "A"),
        ("increase", 0, -1, None, "D"),
        ("decrease", 10, 8, "125.0", "A"),
        ("decrease", 10, 10, "100.0", "A"),
        ("decrease", 10, 0, None, "A"),
        ("decrease", 0, 0, None, "A"),
        ("decrease", 10, "12.5", "80.0", "B"),
        ("decrease", 10, 20, "50.0", "C"),
        ("decrease", 10, 21, "47.6", "D"),
        ("decrease", 0, 1, None, "D"),
        ("zero", 0, 0, None, "A"),
        ("zero", 0, 1, None, "D"),
    ],
)
def test_table(direction, target, actual, rate, grade):
    result = achievement(direction=direction, target=D(target), actual=D(actual))
    assert (result.rate, result.grade) == (None if rate is None else D(rate), grade)


@pytest.mark.parametrize(
    ("lower", "upper", "actual", "rate", "grade"),
    [
        (10, 20, 10, "100.0", "A"),
        (10, 20, 20, "100.0", "A"),
        (10, 20, 8, "80.0", "B"),
        (10, 20, 25, "80.0", "B"),
        (10, 20, 50, "40.0", "D"),
        (10, None, 1000, "100.0", "A"),
        (None, 20, 0, "100.0", "A"),
        (0, 5, -1, None, "D"),
    ],
)
def test_maintain(lower, upper, actual, rate, grade):
    as_decimal = [None if number is None else D(number) for number in (lower, upper)]
    result = achievement(
        direction="maintain", lower=as_decimal[0], upper=as_decimal[1], actual=D(actual)
    )
    assert (result.rate, result.grade) == (None if rate is None else D(rate), grade)


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "actual", "rate", "grade"),
    [
        ("increase", 10, 20, 15, "50.0", "C"),
        ("increase", 10, 20, 5, "-50.0", "D"),
        ("decrease", 20, 10, 12, "80.0", "B"),
        ("decrease", 20, 10, 25, "-50.0", "D"),
        ("increase", 10, 10, 10, None, "A"),
        ("increase", 10, 10, 9, None, "D"),
        ("decrease", 10, 10, 11, None, "D"),
        ("decrease", 10, -10, 0, "50.0", "C"),
        ("increase", 10, 8, 9, None, "A"),
        ("increase", 10, 8, 7, None, "D"),
        ("decrease", 10, 12, 11, None, "A"),
    ],
)
def test_against_the_baseline(direction, baseline, target, actual, rate, grade):
    result = achievement(
        direction=direction,
        method="baseline_ratio",
        baseline_value=D(baseline),
        target=D(target),
        actual=D(actual),
    )
    assert (result.rate, result.grade) == (None if rate is None else D(rate), grade)


def test_against_an_unknown_baseline_says_that_it_is_unknown():
    result = achievement(direction="increase", method="baseline_ratio", target=D(5), actual=D(5))
    assert result.not_judged == NotJudged.NO_BASELINE


@pytest.mark.parametrize(
    ("rate", "grade"),
    [
        ("100.0", "A"),
        ("99.9", "B"),
        ("80.0", "B"),
        ("79.9", "C"),
        ("50.0", "C"),
        ("49.9", "D"),
        ("-5.0", "D"),
    ],
)
def test_bands(rate, grade):
    assert grade_of(D(rate)) == grade


def test_the_grade_is_that_of_the_rounded_rate():
    assert (
        achievement(direction="increase", target=D(10000), actual=D("9995")).grade == "A"
    )  # 99.95 → 100.0
    assert achievement(direction="increase", target=D(10000), actual=D("9994")).grade == "B"
    target = {2026: TargetOfYear(2026, D(100))}
    third = expectation(rule(), target, [], month(4), plan_start=START)
    assert third == Fraction(100, 12)
    assert achievement(direction="increase", target=third, actual=D("7.0875")).rate == D(
        "85.1"
    )  # exactly 85.05


# --- expectation --------------------------------------------------------------------------------


def expected(given, targets, until, readings=None):
    """The expectation of `progress` with every due month answered by 1."""
    readings = readings or [Reading(when, value=D(1)) for when in due_months(given, 2026)]
    return judge(given, readings, targets, until).expectation


def test_a_yearly_sum_starts_from_zero():
    assert expected(rule(), [TargetOfYear(2026, D(120))], month(4)) == 10
    assert expected(rule(), [TargetOfYear(2026, D(120))], month(9)) == 60
    assert expected(rule(), [TargetOfYear(2026, D(120))], month(3)) == 120


def test_midyear_bends_the_line():
    target = [TargetOfYear(2026, D(120), midyear=D(30))]
    assert [expected(rule(), target, month(n)) for n in (6, 9, 12, 3)] == [15, 30, 75, 120]


def test_latest_starts_from_the_previous_target_else_the_baseline():
    latest = rule(accumulation="latest", baseline_value=D(10))
    assert expected(latest, [TargetOfYear(2026, D(34))], month(9)) == 22
    assert expected(latest, [TargetOfYear(2026, D(34)), TargetOfYear(2025, D(22))], month(9)) == 28


def test_latest_without_a_start_waits_for_the_first_known_anchor():
    latest = rule(accumulation="latest")
    assert (
        judge(latest, values([1]), [TargetOfYear(2026, D(12))], month(4)).not_judged
        == NotJudged.NO_BASELINE
    )
    target = [TargetOfYear(2026, D(12), midyear=D(6))]
    assert judge(latest, values([1] * 5), target, month(8)).not_judged == NotJudged.NO_BASELINE
    assert expected(latest, target, month(9)) == 6
    assert expected(latest, target, month(12)) == 9
    assert expected(latest, [TargetOfYear(2026, D(12))], month(3)) == 12


def test_a_ratio_starts_from_the_baseline_even_when_summed():
    ratio = rule(kind="ratio", unit="％", baseline_value=D(20))
    rows = [Reading(when, numerator=D(1), denominator=D(2)) for when in due_months(ratio, 2026)]
    assert expected(ratio, [TargetOfYear(2026, D(44))], month(9), rows) == 32


def test_quarterly_lines_run_over_the_due_months():
    quarterly = rule(frequency="quarterly")
    assert due_months(quarterly, 2026) == (month(6), month(9), month(12), month(3))
    assert expected(quarterly, [TargetOfYear(2026, D(120))], month(8)) == 30
    assert expected(quarterly, [TargetOfYear(2026, D(120), midyear=D(40))], month(9)) == 40


def test_before_the_first_due_month():
    half = rule(frequency="half_yearly")
    assert (
        judge(half, [], [TargetOfYear(2026, D(10))], month(8)).not_judged == NotJudged.NOT_YET_DUE
    )
    later = rule(measured_from=month(1))
    assert (
        judge(later, [], [TargetOfYear(2026, D(10))], month(12)).not_judged == NotJudged.NOT_YET_DUE
    )
    yearly = rule(frequency="yearly", due_month=2)
    assert (
        judge(yearly, [], [TargetOfYear(2026, D(10))], month(1)).not_judged == NotJudged.NOT_YET_DUE
    )


# --- what stops the judgement -------------------------------------------------------------------


def test_no_target():
    judged = judge(rule(), values([5]), [], month(4))
    assert judged.not_judged == NotJudged.NO_TARGET
    assert judged.actual == 5


def test_a_gap_judges_up_to_the_month_before():
    judged = judge(rule(), values([10, 10, None, 50]), [TargetOfYear(2026, D(120))], month(7))
    assert (judged.actual, judged.expectation, judged.partial, judged.judged_until) == (
        20,
        20,
        True,
        month(5),
    )
    assert "5月までで評価" in judged.sentence


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (None, NotJudged.NOT_ENTERED),
        ("counting", NotJudged.COUNTING),
        ("unmeasurable", NotJudged.UNMEASURABLE),
        ("not_applicable", NotJudged.NOT_APPLICABLE),
        ("survey_not_done", NotJudged.SURVEY_NOT_DONE),
    ],
)
def test_nothing_to_judge_says_why(first, reason):
    judged = judge(
        rule(accumulation="latest", baseline_value=D(0)),
        values([first]),
        [TargetOfYear(2026, D(12))],
        month(4),
    )
    assert judged.not_judged == reason
    assert judged.grade is None


def test_denominator_zero_is_not_computable():
    ratio = rule(kind="ratio", unit="％", baseline_value=D(0))
    rows = [Reading(month(4), numerator=D(0), denominator=D(0))]
    assert (
        judge(ratio, rows, [TargetOfYear(2026, D(50))], month(4)).not_judged
        == NotJudged.NOT_COMPUTABLE
    )


def test_a_figure_of_last_year_is_shown_but_never_graded():
    latest = rule(accumulation="latest", frequency="half_yearly", baseline_value=D(0))
    judged = judge(
        latest, [Reading(month(3), value=D(7))], [TargetOfYear(2027, D(10))], date(2027, 6, 1)
    )
    assert (judged.grade, judged.older, judged.actual) == (None, True, 7)


def test_zero_needs_every_month_but_an_incident_counts_at_once():
    zero = rule(direction="zero")
    target = [TargetOfYear(2026, D(0))]
    assert judge(zero, values([0, 0]), target, month(5)).grade == "A"
    assert judge(zero, values([0, None]), target, month(5)).not_judged == NotJudged.NOT_ENTERED
    assert judge(zero, values([None, 1]), target, month(5)).grade == "D"
    assert judge(zero, values([0, 0]), [], month(5)).not_judged == NotJudged.NO_TARGET
    assert judge(zero, values([0, 0]), target, month(5)).rate is None


def test_outlook_becomes_the_years_evaluation_at_the_last_due_month():
    quarterly = rule(frequency="quarterly")
    rows = [Reading(when, value=D(30)) for when in due_months(quarterly, 2026)]
    assert judge(quarterly, rows, [TargetOfYear(2026, D(120))], month(12)).phase == "見通し"
    last = judge(quarterly, rows, [TargetOfYear(2026, D(120))], month(3))
    assert (last.phase, last.expectation, last.rate) == ("年度評価", 120, D("100.0"))


# --- the figure so far --------------------------------------------------------------------------


def test_plan_sum_goes_on_over_the_years():
    total = rule(accumulation="plan_sum")
    rows = [Reading(month(4), value=D(3)), Reading(date(2027, 4, 1), value=D(4))]
    assert year_to_date(total, rows, until=date(2027, 4, 1), plan_start=START).actual == 7
    assert year_to_date(rule(), rows, until=date(2027, 4, 1), plan_start=START).actual == 4


def test_a_rate_is_never_averaged():
    ratio = rule(kind="ratio", unit="％")
    rows = [
        Reading(month(4), numerator=D(1), denominator=D(2)),
        Reading(month(5), numerator=D(0), denominator=D(98)),
    ]
    assert year_to_date(ratio, rows, until=month(5), plan_start=START).actual == 1
    latest = rule(kind="ratio", unit="％", accumulation="latest")
    assert year_to_date(latest, rows, until=month(5), plan_start=START).actual == 0


@pytest.mark.parametrize("kind", ["number", "ratio"])
@pytest.mark.parametrize(
    ("accumulation", "provisional", "said"),
    [
        ("year_sum", 4, "provisional"),  # one month of the sum is enough
        ("year_sum", 5, "provisional"),
        ("plan_sum", 4, "provisional"),
        ("latest", 4, "final"),  # only the newest stands for the year
        ("latest", 5, "provisional"),
        ("latest_of_year", 4, "final"),
        ("year_sum", None, "final"),
    ],
)
def test_a_figure_is_provisional_where_anything_in_it_is(kind, accumulation, provisional, said):
    numbers = {"numerator": D(1), "denominator": D(2)} if kind == "ratio" else {"value": D(1)}
    rows = [
        Reading(month(n), maturity="provisional" if n == provisional else "final", **numbers)
        for n in (4, 5)
    ]
    counted = rule(kind=kind, accumulation=accumulation, unit="％")
    found = year_to_date(counted, rows, until=month(5), plan_start=START)
    assert found.maturity == said
    nothing = year_to_date(counted, [], until=month(5), plan_start=START)
    assert nothing.maturity == ""


def test_the_states_of_a_cell_are_never_confused():
    quarterly = rule(frequency="quarterly")
    zero = Reading(month(6), value=D(0))
    assert cell_state(quarterly, month(6), zero, until=month(6)) == "value"
    assert cell_state(quarterly, month(6), None, until=month(6)) == "missing"
    assert cell_state(quarterly, month(6), None, until=month(5)) == "not_due"
    assert cell_state(quarterly, month(5), None, until=month(6)) == "not_due"
    assert (
        cell_state(quarterly, month(5), Reading(month(5), value=D(1)), until=month(6))
        == "unscheduled"
    )
    assert (
        cell_state(
            quarterly, month(6), Reading(month(6), missing_reason="counting"), until=month(6)
        )
        == "reasoned"
    )


def test_final_progress():
    assert final_progress(baseline_value=D(10), actual=D(15), final_target=D(30)) == D("25.0")
    assert final_progress(baseline_value=D(10), actual=D(15), final_target=D(10)) is None
    assert final_progress(baseline_value=None, actual=D(15), final_target=D(10)) is None


def test_counting_rule_in_words():
    assert counting_sentence(rule()) == "4月から当月までを合計します"
    assert counting_sentence(rule(accumulation="latest")) == "最新の値を使います"
    assert counting_sentence(rule(kind="ratio")) == "分子・分母をそれぞれ合計して割ります"
    assert len(DEFAULT_BANDS) == 4
