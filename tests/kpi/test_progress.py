"""The achievement rule: the table of docs/rules.md §4, every branch of the expectation."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest

from kpi.choices import NotJudged
from kpi.rules.achievement import DEFAULT_BANDS, achievement, grade_of
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


def test_against_an_unknown_baseline_is_not_computable():
    result = achievement(direction="increase", method="baseline_ratio", target=D(5), actual=D(5))
    assert result.not_judged == NotJudged.NOT_COMPUTABLE


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
    third = expectation(
        rule(), {2026: TargetOfYear(2026, D(100))}, 2026, due_months(rule(), 2026), 1
    )
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
        == NotJudged.NOT_YET_DUE
    )
    target = [TargetOfYear(2026, D(12), midyear=D(6))]
    assert judge(latest, values([1] * 5), target, month(8)).not_judged == NotJudged.NOT_YET_DUE
    assert expected(latest, target, month(9)) == 6
    assert expected(latest, target, month(12)) == 9
    assert expected(latest, [TargetOfYear(2026, D(12))], month(3)) == 12


def test_a_ratio_starts_from_the_baseline_even_when_summed():
    ratio = rule(kind="ratio", unit="％", baseline_value=D(20))
    rows = [Reading(when, numerator=D(1), denominator=D(2)) for when in due_months(ratio, 2026)]
    assert expected(ratio, [TargetOfYear(2026, D(44))], month(9), rows) == 32


def test_months_that_do_not_count_leave_both_sides():
    rows = values([10, 10, "not_applicable", 10])
    judged = judge(rule(), rows, [TargetOfYear(2026, D(110))], month(7))
    assert judged.expectation == 30  # three of the eleven months that remain
    assert judged.actual == 30
    assert judged.rate == D("100.0")


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
