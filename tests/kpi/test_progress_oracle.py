"""A slow oracle written differently (month by month, increments instead of positions) agrees on
random cases.
"""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.japanese.calendar import fiscal_months
from kpi.rules.achievement import achievement
from kpi.rules.counting import Reading, Rule, year_to_date
from kpi.rules.expectation import TargetOfYear
from kpi.rules.progress import progress

pytestmark = pytest.mark.pure
START, MONTHS = date(2026, 4, 1), fiscal_months(2026)
NUMBERS = st.integers(0, 400).map(lambda n: D(n) / 4)
CELLS = st.one_of(
    st.none(),
    NUMBERS,
    st.sampled_from(["not_applicable", "unmeasurable", "counting", "survey_not_done"]),
)
GRADES = "DCBA"


@st.composite
def cases(draw):
    given_rule = Rule(
        kind="number",
        direction=draw(st.sampled_from(["increase", "decrease"])),
        accumulation=draw(st.sampled_from(["year_sum", "latest"])),
        frequency=draw(st.sampled_from(["monthly", "quarterly", "half_yearly"])),
        baseline_value=draw(st.none() | NUMBERS),
    )
    cells = draw(st.lists(CELLS, min_size=12, max_size=12))
    until = draw(st.integers(0, 11))
    target = TargetOfYear(2026, draw(NUMBERS), midyear=draw(st.none() | NUMBERS))
    return given_rule, cells, until, target


def due(frequency):
    wanted = {"monthly": range(1, 13), "quarterly": (3, 6, 9, 12), "half_yearly": (3, 9)}[frequency]
    return [when.month in wanted for when in MONTHS]


def oracle(rule, cells, until, target):
    """(actual, expectation) or the word for why not, by walking the year month by month."""
    asked = [
        flag and not (n <= until and cells[n] in ("not_applicable", "unmeasurable"))
        for n, flag in enumerate(due(rule.frequency))
    ]
    last = until
    for n in range(until + 1):
        if asked[n] and (cells[n] is None or cells[n] == "counting"):
            last = n - 1
            break
    steps_done = sum(asked[: last + 1])
    if steps_done == 0:
        return "nothing"
    numbers = [F(cell) for cell in cells[: last + 1] if isinstance(cell, D)]
    if not numbers:
        return "nothing"
    actual = sum(numbers) if rule.accumulation == "year_sum" else numbers[-1]
    level = F(0) if rule.accumulation == "year_sum" else rule.baseline_value
    total, half = sum(asked), sum(asked[:6])
    use_half = target.midyear is not None and 0 < half < total
    goals = [(half, F(target.midyear))] if use_half else []
    goals.append((total, F(target.value)))
    at, done = (F(level) if level is not None else None), 0
    for goal, height in goals:
        if at is None:
            if steps_done < goal:
                return "nothing"
            at, done = height, goal
            continue
        increment = (height - at) / (goal - done)
        walk = min(steps_done, goal) - done
        for _ in range(max(0, walk)):
            at += increment
        done = max(done, min(steps_done, goal))
        if steps_done <= goal:
            break
    return actual, at


@settings(max_examples=400, deadline=None)
@given(cases())
def test_agrees_with_the_oracle(case):
    rule, cells, until, target = case
    readings = [
        Reading(MONTHS[n], value=cell)
        if isinstance(cell, D)
        else Reading(MONTHS[n], missing_reason=cell)
        for n, cell in enumerate(cells)
        if cell is not None
    ]
    judged = progress(rule, readings, [target], until=MONTHS[until], plan_start=START)
    told = oracle(rule, cells, until, target)
    if told == "nothing":
        assert judged.grade is None
        assert judged.not_judged
        return
    actual, level = told
    assert abs(F(judged.actual) - actual) < F(1, 10**5)
    assert abs(F(judged.expectation) - level) < F(1, 10**5)
    result = achievement(direction=rule.direction, target=level, actual=actual)
    assert (judged.rate, judged.grade) == (result.rate, result.grade)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["increase", "decrease"]))
def test_grades_never_fall_when_the_value_gets_better(first, second, target, direction):
    worse, better = sorted((first, second), reverse=direction == "decrease")
    grades = [
        achievement(direction=direction, target=target, actual=actual).grade
        for actual in (worse, better)
    ]
    assert GRADES.index(grades[0]) <= GRADES.index(grades[1])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12), st.integers(0, 11))
def test_ratio_to_date_is_the_ratio_of_the_sums(pairs, until):
    rule = Rule(kind="ratio", direction="increase", accumulation="year_sum", unit="％")
    readings = [Reading(MONTHS[n], numerator=a, denominator=b) for n, (a, b) in enumerate(pairs)]
    found = year_to_date(rule, readings, until=MONTHS[until], plan_start=START)
    top = sum(a for a, _ in pairs[: until + 1])
    bottom = sum(b for _, b in pairs[: until + 1])
    assert found.not_computable == (bottom == 0)
    if bottom:
        assert found.actual * F(bottom) == F(top) * 100


@settings(max_examples=200, deadline=None)
@given(cases(), st.sampled_from(["zero", "maintain", "increase", "decrease"]))
def test_never_raises_and_always_explains(case, direction):
    rule, cells, until, target = case
    rule = Rule(**{**rule.__dict__, "direction": direction})
    if direction == "maintain":
        target = TargetOfYear(2026, lower=target.value)
    readings = [
        Reading(MONTHS[n], value=cell) for n, cell in enumerate(cells) if isinstance(cell, D)
    ]
    judged = progress(rule, readings, [target], until=MONTHS[until], plan_start=START)
    assert (judged.grade is None) == bool(judged.not_judged)
    assert judged.sentence
