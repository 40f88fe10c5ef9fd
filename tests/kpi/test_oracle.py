"""The slow oracle itself: it gives the numbers worked by hand, and obeys the laws it stands for."""

from dataclasses import replace
from datetime import date
from fractions import Fraction as F

import pytest
from hypothesis import Phase, given, settings

from tests.kpi import oracle, oracle_around
from tests.kpi.oracle import Definition, Goal, month
from tests.kpi.oracle_around import GoalVersion, goals_in_force
from tests.kpi.oracle_cases import PLAN_FIRST, cases, first_day
from tests.kpi.oracle_worked import APRIL, OFF, WORKED, ask, at_year_end, run

pytestmark = pytest.mark.pure
OCTOBER = month(2026, 10)
ROWS = [
    GoalVersion(2026, 1, month(2026, 4), Goal(F(120))),
    GoalVersion(2026, 2, OCTOBER, Goal(F(60))),
    GoalVersion(2027, 1, month(2027, 4), Goal(F(200))),
    GoalVersion(2027, 2, month(2026, 11), Goal(F(150))),
]


@pytest.mark.parametrize("name", WORKED)
def test_the_oracle_gives_the_numbers_worked_by_hand(name):
    case, told = WORKED[name]
    found = oracle.judge(case)
    assert (found.grade, found.rate, found.reason) == (told.grade, told.rate, told.reason)
    if told.until is not None:
        assert (found.until, found.year_end) == (told.until, told.year_end)
        assert found.expectation == told.expectation


def test_a_survey_that_was_not_done_leaves_septembers_figure_with_its_date():
    case, _ = WORKED["調査未実施 in March"]
    assert oracle.shown_figure(case) == (month(2026, 9), 62)


@pytest.mark.parametrize(
    ("when", "answer", "today", "state"),
    [
        ((2026, 10), None, date(2027, 1, 5), "before_plan"),
        ((2027, 4), None, date(2027, 5, 5), "after_plan"),
        ((2026, 12), None, date(2026, 12, 31), "not_due"),
        ((2026, 12), None, date(2027, 1, 1), "missing"),
        ((2026, 12), F(0), date(2026, 12, 31), "value"),
        ((2026, 12), OFF, date(2027, 1, 1), "reasoned"),
        ((2026, 11), None, date(2027, 1, 5), "not_due"),
        ((2026, 11), F(3), date(2027, 1, 5), "unscheduled"),
    ],
)
def test_states_of_a_cell(when, answer, today, state):
    given = Definition(frequency="quarterly", begins=month(2026, 11), ends=month(2027, 3))
    assert oracle.cell(given, month(*when), answer, today) == state


@pytest.mark.parametrize(
    ("asked", "goals"),
    [
        ((2026, 4), {2026: 120, 2027: 200}),  # the first version holds from the plan's first month
        ((2026, 9), {2026: 120, 2027: 200}),
        ((2026, 10), {2026: 60, 2027: 200}),
        ((2026, 11), {2026: 60, 2027: 150}),  # revised before its year begins
    ],
)
def test_targets_hold_from_their_month(asked, goals):
    found = goals_in_force(ROWS, month(*asked), PLAN_FIRST)
    assert {year: goal.value for year, goal in found.items()} == goals


def test_a_mistaken_target_is_answered_by_a_newer_row_or_a_withdrawal():
    newer = [*ROWS, GoalVersion(2026, 3, OCTOBER, Goal(F(90)))]
    assert goals_in_force(newer, OCTOBER, PLAN_FIRST)[2026].value == 90
    withdrawn = [*ROWS, GoalVersion(2026, 3, OCTOBER, withdraws=2)]
    assert goals_in_force(withdrawn, OCTOBER, PLAN_FIRST)[2026].value == 120
    gone = [ROWS[0], GoalVersion(2026, 2, OCTOBER, withdraws=1)]
    assert goals_in_force(gone, OCTOBER, PLAN_FIRST) == {}
    assert goals_in_force(gone, OCTOBER - 1, PLAN_FIRST)[2026].value == 120


def test_definitions_hold_from_their_month_and_say_where_the_count_broke():
    first = Definition(counting="year_sum", unit="件")
    total = replace(first, counting="plan_sum")
    people = replace(first, unit="人")
    rows = [(PLAN_FIRST, first, "first"), (OCTOBER, people, "break")]
    assert oracle_around.definition_in_force(rows, OCTOBER - 1) == first
    assert oracle_around.definition_in_force(rows, OCTOBER).broken_from == OCTOBER
    corrected = [*rows, (OCTOBER, people, "rewording")]
    assert oracle_around.definition_in_force(corrected, OCTOBER).broken_from is None
    summed = [(PLAN_FIRST, first, "first"), (month(2027, 4), total, "break")]
    assert oracle_around.definition_in_force(summed, month(2027, 4)).broken_from is None


@pytest.mark.parametrize(
    ("case", "projected"),
    [
        (ask((2026, 5), run(APRIL, 10, 14), 120), 144),
        (ask((2026, 4), run(APRIL, 10), 120), None),  # one answered month tells nothing
        (ask((2026, 6), run(APRIL, 10, OFF, 12), 120), 121),  # 22 of 2, over 11
        (ask((2027, 3), run(APRIL, *[10] * 12), 120), None),  # the year is over
        (ask((2026, 6), run(APRIL, 31, 32, 33), 60, counting="latest", baseline=F(30)), 42),
        (ask((2026, 5), run(APRIL, (1, 4), (1, 4)), 60, kind="ratio", unit="％"), 25),
        # uncapped: last year stood above this year's target
        (ask((2027, 5), run((2027, 3), 90, 89, 88), {2027: 80}, counting="latest"), 78),
    ],
)
def test_projection_of_the_present_pace(case, projected):
    assert oracle_around.projection(case) == projected


def test_the_same_month_last_year():
    answers = run(APRIL, *[10] * 12, 12, 12)
    total = ask((2027, 5), answers, {2027: 120})
    assert oracle_around.same_month_last_year(total, month(2027, 5)) == (24, 20, 4)
    level = replace(total, definition=Definition(counting="latest"))
    assert oracle_around.same_month_last_year(level, month(2027, 5)) == (12, 10, 2)
    assert oracle_around.same_month_last_year(level, month(2026, 5)) is None
    broken = replace(total, definition=Definition(broken_from=OCTOBER))
    assert oracle_around.same_month_last_year(broken, month(2027, 5)) == "not_comparable"


@pytest.mark.parametrize(
    ("actual", "given", "said"),
    [
        ("50.4", {"baseline": F(50)}, "unchanged"),  # in the digits shown
        ("50.4", {"baseline": F(50), "decimals": 1}, None),
        ("49.4", {"baseline": F(50)}, "worse"),
        ("50.5", {"baseline": F(50), "direction": "decrease"}, "worse"),
        ("50", {"baseline": F(50), "baseline_year": 2026}, None),  # only in years after it
        ("50", {"baseline": F(50), "baseline_year": 2025}, "unchanged"),
        ("50", {"baseline": F(50), "counting": "year_sum"}, "unchanged"),
        ("50", {"baseline": F(50), "counting": "year_sum", "one_year_baseline": False}, None),
        ("50", {"baseline": F(50), "counting": "year_sum", "begins": OCTOBER}, None),
        ("50", {"baseline": F(50), "counting": "plan_sum"}, None),
    ],
)
def test_what_is_said_of_the_baseline_beside_a_grade(actual, given, said):
    case = at_year_end(actual, 60, **given)
    assert oracle_around.beside_the_grade(case, oracle.judge(case)) == said


@pytest.mark.parametrize(
    ("actual", "given", "progress"),
    [
        (55, {"baseline": F(50)}, 25),
        (45, {"baseline": F(50)}, -25),
        (35, {"counting": "plan_sum"}, 50),
        (35, {"baseline": F(70)}, None),  # nothing to go
        (35, {}, None),
    ],
)
def test_progress_of_the_whole_plan(actual, given, progress):
    case = at_year_end(actual, 60, **given)
    assert oracle_around.final_progress(case, oracle.judge(case), F(70)) == progress


@settings(max_examples=150, phases=[Phase.generate], deadline=None, derandomize=True)
@given(cases())
def test_what_comes_later_never_changes_what_was_expected(case):
    """Answers of later months, excuses among them, leave the line as it was drawn before."""
    told = oracle.judge(case)
    if told.expectation is None or case.definition.direction == "zero":
        return
    year = oracle.fiscal_year(case.asked)
    later = replace(case, asked=month(year + 1, 3), today=first_day(month(year + 1, 4)))
    assert oracle.line(later, year, told.until)[told.until] == told.expectation
