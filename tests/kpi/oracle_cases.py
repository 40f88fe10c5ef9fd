"""Whole cases for the oracle: definition × years of answers × targets × month asked for × today."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from tests.kpi.oracle import (
    SUMS,
    Case,
    Definition,
    Goal,
    is_due,
    month,
    months_of,
)

PLAN_FIRST = month(2026, 4)
REASONS = ("not_applicable", "unmeasurable", "survey_not_done", "counting")
FREQUENCIES = ("monthly", "monthly", "quarterly", "half_yearly", "yearly")
NUMBERS = st.integers(0, 24).map(lambda n: Fraction(n) / 2)
ANY_SIGN = st.one_of(NUMBERS, NUMBERS, NUMBERS.map(lambda n: -n))


def rarely(draw, strategy, one_in=5):
    """Something now and then, else nothing."""
    return draw(strategy) if draw(st.integers(1, one_in)) == one_in else None


def first_day(when):
    """Of a month, as a date."""
    return date(when // 12, when % 12 + 1, 1)


@st.composite
def definitions(draw, years):
    """What can be defined: maintain for `latest` and ratios, zero for sums, 基準値比 for latest."""
    kind = draw(st.sampled_from(["number", "ratio"]))
    counting = draw(st.sampled_from(["year_sum", "plan_sum", "latest", "latest_of_year"]))
    directions = ["increase", "increase", "decrease"]
    directions += ["zero"] if counting in SUMS else []
    directions += ["maintain"] if kind == "ratio" or counting == "latest" else []
    direction = draw(st.sampled_from(directions))
    lined = counting == "latest" and direction in ("increase", "decrease")
    return Definition(
        kind=kind,
        direction=direction,
        counting=counting,
        frequency=draw(st.sampled_from(FREQUENCIES)),
        yearly_in=draw(st.integers(1, 12)),
        method=draw(st.sampled_from(["target_ratio", "baseline_ratio"]))
        if lined
        else "target_ratio",
        unit="％" if kind == "ratio" else "件",
        baseline=draw(st.one_of(st.none(), NUMBERS, NUMBERS)),
        baseline_year=draw(st.sampled_from([None, 2024, 2025])),
        **draw(spans(years, counting)),
    )


@st.composite
def spans(draw, years, counting):
    """When it lives, is measured, and where its count broke; mostly none of these."""
    inside = st.integers(month(years[0], 5), month(years[-1] + 1, 2))
    names = ["begins", "ends", "measured_from", "measured_until"]
    names += [] if counting == "latest_of_year" else ["broken_from"]
    name = rarely(draw, st.sampled_from(names), one_in=3)
    return {name: draw(inside)} if name else {}


@st.composite
def goals_of(draw, definition):
    """The target of a year: mostly one, now and then none or 「目標を置かない」."""
    if draw(st.integers(1, 14)) == 14:
        return draw(st.sampled_from([None, Goal(by_decision=True)]))
    if definition.direction == "zero":
        return Goal(Fraction(0))
    if definition.direction == "maintain":
        low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
        return draw(
            st.sampled_from([Goal(lower=low), Goal(upper=high), Goal(None, None, low, high)])
        )
    midyear = rarely(draw, NUMBERS, one_in=3)
    base = definition.baseline
    if definition.method == "baseline_ratio" and base is not None:
        way = draw(NUMBERS) + 1
        return Goal(base + way if definition.direction == "increase" else base - way, midyear)
    # targets of a whole year's sum are larger than a month's number
    times = 12 if definition.kind == "number" and definition.counting in SUMS else 1
    return Goal(draw(NUMBERS) * times, midyear and midyear * times)


@st.composite
def answers_of(draw, definition, when, tidy):
    """What stands in a cell; None: nothing."""
    if not is_due(definition, when) and draw(st.integers(1, 6)) < 6:
        return None
    if draw(st.integers(1, 20 if tidy else 4)) == 1:
        reason = draw(st.sampled_from((*REASONS, None)))
        return reason if is_due(definition, when) else None
    if definition.kind == "number":
        number = draw(ANY_SIGN if definition.counting == "latest" else NUMBERS)
        return number * draw(st.sampled_from([0, 0, 0, 1])) if _calm(definition) else number
    bottom = draw(st.integers(0, 8))
    top = draw(st.integers(0, min(bottom, 1 if _calm(definition) else bottom)))
    return Fraction(top), Fraction(bottom)


def _calm(definition):
    """Incidents are rare, or nothing but D would ever be seen."""
    return definition.direction == "zero"


@st.composite
def cases(draw, asked=None):
    """One question with all that it needs; answers after the month asked for are there too."""
    years = range(2026, 2029 if asked else 2026 + draw(st.sampled_from([2, 3])))
    definition = draw(definitions(years))
    every_month = [when for year in years for when in months_of(year)]
    asked = asked or draw(st.sampled_from(every_month[6:]))
    if definition.broken_from and definition.broken_from > asked:
        asked = definition.broken_from
    tidy = draw(st.integers(1, 4)) > 1
    answers = {}
    for when in range(PLAN_FIRST, month(years[-1] + 1, 4)):
        before = max(definition.begins or 0, definition.measured_from or 0)
        if before <= when <= (definition.ends or when):
            answers[when] = draw(answers_of(definition, when, tidy))
    return Case(
        definition,
        {when: answer for when, answer in answers.items() if answer is not None},
        {year: goal for year in years if (goal := draw(goals_of(definition))) is not None},
        asked,
        draw(days_for(asked)),
        PLAN_FIRST,
    )


@st.composite
def days_for(draw, asked):
    """A day on which the month may be asked for: mostly after its end, else within it."""
    running = draw(st.integers(1, 5)) == 5
    after = draw(st.integers(0, 26))
    return first_day(asked if running else asked + 1) + timedelta(days=after)


def is_running(case):
    """The month asked for has not ended."""
    return case.today < first_day(case.asked + 1)
