"""The portal agrees with a slow oracle that another hand wrote from docs/rules.md §2–4.

First the worked numbers, which the oracle must reproduce by itself; then random whole cases.
"""

import re
from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from foundation.japanese.calendar import fiscal_months
from kpi.rules.achievement import achievement
from kpi.rules.counting import Reading, Rule, year_to_date
from kpi.rules.expectation import TargetOfYear
from kpi.rules.outlook import plan_progress, projection, same_month_last_year
from kpi.rules.progress import progress
from tests.kpi import oracle, oracle_around
from tests.kpi.oracle_cases import COUNTINGS, KINDS, cases, first_day, is_running, smallest
from tests.kpi.oracle_worked import WORKED

pytestmark = pytest.mark.pure
MONTHS = fiscal_months(2026)
QUARTERS = st.integers(0, 400).map(lambda n: D(n) / 4)
GRADES = "DCBA"
THROWN = settings(phases=[Phase.generate], deadline=None, derandomize=True)
CLOSE = F(1, 10**5)  # the portal shows figures rounded, the oracle has fractions

# what the oracle calls it, what the portal does; only what a case has is passed on
NAMES_OF_RULE = {
    "begins": "valid_from",
    "ends": "valid_until",
    "measured_from": "measured_from",
    "measured_until": "measured_until",
    "broken_from": "counted_from",
}
NAME_OF_DECISION = "none"
BESIDE_THE_GRADE = {None: "", "unchanged": "基準値から変化なし", "worse": "基準値より悪化"}


def as_decimal(number):
    """Exact for all numbers of the cases: halves and whole ones."""
    return None if number is None else D(number.numerator) / D(number.denominator)


def as_rule(definition):
    """The portal's rule."""
    months = {
        theirs: first_day(getattr(definition, ours))
        for ours, theirs in NAMES_OF_RULE.items()
        if getattr(definition, ours) is not None
    }
    return Rule(
        kind=definition.kind,
        direction=definition.direction,
        accumulation=definition.counting,
        frequency=definition.frequency,
        due_month=definition.yearly_in,
        method=definition.method,
        unit=definition.unit,
        baseline_value=as_decimal(definition.baseline),
        baseline_fiscal_year=definition.baseline_year,
        baseline_span="one_year" if definition.one_year_baseline else "other",
        decimals=definition.decimals,
        **months,
    )


def as_reading(when, answer):
    """The portal's row of one month."""
    if isinstance(answer, str):
        return Reading(first_day(when), missing_reason=answer)
    if isinstance(answer, tuple):
        top, bottom = map(as_decimal, answer)
        return Reading(first_day(when), numerator=top, denominator=bottom)
    return Reading(first_day(when), value=as_decimal(answer))


def as_target(year, goal):
    """The portal's target of a year."""
    decided = {NAME_OF_DECISION: True} if goal.by_decision else {}
    return TargetOfYear(
        year,
        value=as_decimal(goal.value),
        lower=as_decimal(goal.lower),
        upper=as_decimal(goal.upper),
        midyear=as_decimal(goal.midyear),
        **decided,
    )


def portal(case):
    """The same question put to the portal."""
    return progress(
        as_rule(case.definition),
        [as_reading(when, answer) for when, answer in case.answers.items()],
        [as_target(year, goal) for year, goal in case.goals.items()],
        until=first_day(case.asked),
        plan_start=first_day(case.plan_first),
        running=is_running(case),
    )


def reason_of(judged):
    """Why there is no grade, in the words of docs/words.md."""
    return judged.not_judged and str(judged.not_judged)


def differences(case):
    """Field by field: what the oracle says and what the portal says, where they part."""
    told, judged = oracle.judge(case), portal(case)
    pairs = {
        "reason": (told.reason, reason_of(judged)),
        "grade": (told.grade, judged.grade),
        "rate": (told.rate, judged.rate if judged.rate is None else F(judged.rate)),
    }
    if told.grade:
        said = BESIDE_THE_GRADE[oracle_around.beside_the_grade(case, told)]
        pairs["beside"] = (said, judged.against_baseline)
    if told.until is not None:
        pairs["until"] = (first_day(told.until), judged.judged_until)
        pairs["year_end"] = (told.year_end, judged.year_end)
    found = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    figures = {"actual": (told.actual, judged.actual)} if told.grade else {}
    if told.grade and case.definition.direction in ("increase", "decrease"):
        figures["expectation"] = (told.expectation, judged.expectation)
    return found | {name: pair for name, pair in figures.items() if not same_figure(*pair)}


def differing(case):
    """The smallest case like it that still parts the two, said in months."""
    small = smallest(case, lambda fewer: bool(differences(fewer)))
    answers = "\n".join(f"  {first_day(n):%Y-%m} {small.answers[n]}" for n in small.answers)
    asked = f"asked {first_day(small.asked):%Y-%m} on {small.today}"
    said = f"{small.definition}\n{small.goals}\n{asked}\n{answers}\n{differences(small)}"
    return re.sub(r"Fraction\((-?\d+), (\d+)\)", r"\1/\2", said)


def same_figure(exact, shown):
    """Equal but for the rounding of what is shown."""
    if exact is None or shown is None:
        return exact is shown
    return abs(exact - F(shown)) < CLOSE


@pytest.mark.parametrize("name", WORKED)
def test_the_portal_gives_the_numbers_worked_by_hand(name):
    case, _ = WORKED[name]
    assert differences(case) == {}


@pytest.mark.parametrize("counting", COUNTINGS)
@pytest.mark.parametrize("kind", KINDS)
@settings(THROWN, max_examples=40)
@given(data=st.data())
def test_the_portal_agrees_with_the_oracle(data, kind, counting):
    case = data.draw(cases(kind=kind, counting=counting))
    found = differences(case)
    assert not found, f"{found}\n{differing(case)}"


def readings_of(case):
    """The portal's rows of a case."""
    return [as_reading(when, answer) for when, answer in case.answers.items()]


def projected(case):
    """このままのペースなら, from the portal."""
    found = projection(
        as_rule(case.definition),
        readings_of(case),
        {year: as_target(year, goal) for year, goal in case.goals.items()},
        until=first_day(case.asked),
        plan_start=first_day(case.plan_first),
        running=is_running(case),
    )
    return found and found.value


def last_year(case):
    """前年同月, from the portal, as the oracle says it."""
    plan_start, when = first_day(case.plan_first), first_day(case.asked)
    rule, ended = as_rule(case.definition), readings_of(case)
    known = [row for row in ended if oracle.month(row.month.year, row.month.month) in visible(case)]
    found = same_month_last_year(rule, known, when, plan_start=plan_start)
    if found is None or found.comparable:
        return found and (found.now, found.before, found.difference)
    return "not_comparable"


def visible(case):
    """The months whose answers the oracle looks at."""
    return oracle.known(case).keys()


def same_figures(told, shown):
    """Both nothing, the same word, or the same three figures."""
    if isinstance(told, tuple) and isinstance(shown, tuple):
        return all(same_figure(*pair) for pair in zip(told, shown, strict=True))
    return told == shown


@pytest.mark.parametrize("counting", COUNTINGS)
@pytest.mark.parametrize("kind", KINDS)
@settings(THROWN, max_examples=60)
@given(data=st.data())
def test_what_stands_beside_agrees_with_the_oracle(data, kind, counting):
    case = data.draw(cases(kind=kind, counting=counting))
    assert same_figure(oracle_around.projection(case), projected(case)), case
    told = oracle_around.same_month_last_year(case, case.asked)
    assert same_figures(told, last_year(case)), case


@pytest.mark.parametrize("counting", COUNTINGS)
@settings(THROWN, max_examples=60)
@given(data=st.data())
def test_the_progress_of_the_plan_agrees_with_the_oracle(data, counting):
    case = data.draw(cases(counting=counting, asked=oracle.month(2028, 3)))
    told, judged = oracle.judge(case), portal(case)
    if not told.year_end:
        return
    shown = plan_progress(
        as_rule(case.definition), judged.actual, 2027, final_target=D(70), years=(2026, 2029)
    )
    exact = oracle_around.final_progress(case, told, F(70))
    assert shown.elapsed == 50
    assert (exact is None) == (shown.rate is None)
    assert exact is None or abs(exact - F(shown.rate)) <= F(1, 19)


@settings(THROWN, max_examples=60)
@given(cases())
def test_the_portal_always_gives_a_grade_or_one_reason_and_a_sentence(case):
    judged = portal(case)
    assert (judged.grade is None) == bool(judged.not_judged)
    assert judged.sentence


@settings(THROWN, max_examples=60)
@given(cases(asked=oracle.month(2028, 10)), st.data())
def test_a_correction_moves_only_its_own_year_and_the_next_ones_line(case, data):
    """All but a plan's total, which goes on for ever; an old figure shown is not a judgement."""
    of_2026 = [when for when in case.answers if oracle.fiscal_year(when) == 2026]
    if case.definition.counting == "plan_sum" or not of_2026:
        return
    corrected = data.draw(st.sampled_from(of_2026))
    pair = case.definition.kind == "ratio"
    answers = case.answers | {corrected: (F(1), F(3)) if pair else F(77)}
    before, after = portal(case), portal(replace(case, answers=answers))
    for name in ("not_judged", "grade", "rate", "expectation", "judged_until", "year_end"):
        assert getattr(after, name) == getattr(before, name)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(QUARTERS, QUARTERS, QUARTERS, st.sampled_from(["increase", "decrease"]))
def test_grades_never_fall_when_the_value_gets_better(first, second, target, direction):
    worse, better = sorted((first, second), reverse=direction == "decrease")
    grades = [
        achievement(direction=direction, target=target, actual=actual).grade
        for actual in (worse, better)
    ]
    assert GRADES.index(grades[0]) <= GRADES.index(grades[1])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(QUARTERS, QUARTERS), min_size=1, max_size=12), st.integers(0, 11))
def test_ratio_to_date_is_the_ratio_of_the_sums(pairs, until):
    rule = Rule(kind="ratio", direction="increase", accumulation="year_sum", unit="％")
    readings = [Reading(MONTHS[n], numerator=a, denominator=b) for n, (a, b) in enumerate(pairs)]
    found = year_to_date(rule, readings, until=MONTHS[until], plan_start=MONTHS[0])
    top = sum(a for a, _ in pairs[: until + 1])
    bottom = sum(b for _, b in pairs[: until + 1])
    assert found.not_computable == (bottom == 0)
    if bottom:
        assert found.actual * F(bottom) == F(top) * 100
