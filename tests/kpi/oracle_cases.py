"""Whole cases for the oracle: definition × years of answers × targets × month asked for × today.

A case is thrown from one drawn seed: hypothesis varies what it draws piece by piece, and of a few
hundred cases most would then share their definition. `smallest` shrinks instead.
"""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from hypothesis import strategies as st

from tests.kpi.oracle import SUMS, Case, Definition, Goal, is_due, month, months_of

PLAN_FIRST = month(2026, 4)
REASONS = ("not_applicable", "unmeasurable", "survey_not_done")
KINDS = ("number", "ratio")
COUNTINGS = ("year_sum", "plan_sum", "latest", "latest_of_year")
METHODS = ("target_ratio", "baseline_ratio")
FREQUENCIES = (*["monthly"] * 4, "quarterly", "quarterly", "half_yearly", "yearly")
SPANS = ("begins", "ends", "measured_from", "measured_until", "broken_from")


def first_day(when):
    """Of a month, as a date."""
    return date(when // 12, when % 12 + 1, 1)


def is_running(case):
    """The month asked for has not ended."""
    return case.today < first_day(case.asked + 1)


def cases(kind=None, counting=None, asked=None):
    """The strategy: any case, or one of a kind, a counting, a month."""
    seeds = st.integers(0, 2**48)
    return seeds.map(lambda seed: thrown_from(seed, kind, counting, asked))


def thrown_from(seed, kind=None, counting=None, asked=None):
    """The case of a seed, as a failing test names it."""
    return thrown(Random(f"{seed} {kind} {counting} {asked}"), kind, counting, asked)


def smallest(case, fails):
    """With answers left out as long as it still fails: what there is to look at."""
    for when in sorted(case.answers, reverse=True):
        rest = {other: answer for other, answer in case.answers.items() if other != when}
        fewer = replace(case, answers=rest)
        case = fewer if fails(fewer) else case
    return case


def thrown(dice, kind, counting, asked):
    """One question with all that it needs; answers after the month asked for are there too."""
    years = range(2026, 2029 if asked else 2026 + dice.choice((2, 3)))
    given = definition_of(
        dice, years, kind or dice.choice(KINDS), counting or dice.choice(COUNTINGS)
    )
    asked = asked or month_to_ask(dice, years, given)
    tidy = dice.random() < 0.7
    first = max(PLAN_FIRST, given.begins or 0, given.measured_from or 0)
    last = min(month(years[-1] + 1, 3), given.ends or month(3000, 1))
    answers = {when: answer_of(dice, given, when, tidy) for when in range(first, last + 1)}
    goals = {year: goal_of(dice, given) for year in years}
    return Case(
        given,
        {when: answer for when, answer in answers.items() if answer is not None},
        {year: goal for year, goal in goals.items() if goal is not None},
        asked,
        day_for(dice, asked),
        PLAN_FIRST,
    )


def definition_of(dice, years, kind, counting):
    """What can be defined: maintain for `latest` and ratios, zero for sums, 基準値比 for latest."""
    directions = ["increase", "increase", "decrease", "decrease"]
    directions += ["zero"] if counting in SUMS else []
    directions += ["maintain"] if kind == "ratio" or counting == "latest" else []
    direction = dice.choice(directions)
    from_baseline = counting == "latest" and direction in ("increase", "decrease")
    return Definition(
        kind=kind,
        direction=direction,
        counting=counting,
        frequency=dice.choice(FREQUENCIES),
        yearly_in=dice.randint(1, 12),
        method=dice.choice(METHODS if from_baseline else METHODS[:1]),
        unit="％" if kind == "ratio" else "件",
        baseline=None if dice.random() < 0.4 else half_of(dice, 24) * (8 if kind == "ratio" else 1),
        baseline_year=dice.choice((None, 2025, 2025, 2026)),
        one_year_baseline=dice.random() < 0.7,
        decimals=dice.choice((0, 1)),
        **span_of(dice, years),
    )


def span_of(dice, years):
    """When it lives, is measured, and where its count broke; mostly none or one of these."""
    names = dice.sample(SPANS, dice.choice((0, 0, 0, 1, 1, 2)))
    spans = {name: dice.randint(month(years[0], 5), month(years[-1] + 1, 2)) for name in names}
    for first, last in (("begins", "ends"), ("measured_from", "measured_until")):
        if spans.get(first, 0) > spans.get(last, spans.get(first, 0)):
            spans[first], spans[last] = spans[last], spans[first]
    return spans


def half_of(dice, highest):
    """A number with halves."""
    return Fraction(dice.randint(0, highest), 2)


def goal_of(dice, given):
    """The target of a year: mostly one, now and then none or 「目標を置かない」."""
    if dice.random() < 0.06:
        return dice.choice((None, Goal(by_decision=True)))
    if given.direction == "zero":
        return Goal(Fraction(0))
    times = scale_of_goals(given)
    low, high = sorted((half_of(dice, 24) * times, half_of(dice, 24) * times))
    if given.direction == "maintain":
        return dice.choice((Goal(lower=low), Goal(upper=high), Goal(None, None, low, high)))
    midyear = half_of(dice, 24) * times if dice.random() < 0.4 else None
    base, better = given.baseline, 1 if given.direction == "increase" else -1
    if given.method == "baseline_ratio" and base is not None:
        return Goal(base + better * (low + 1), midyear)
    return Goal(dice.choice((low, high)), midyear)


def scale_of_goals(given):
    """Targets in the size of the figures: a year's sum, percent, or a month's number."""
    if given.kind == "ratio":
        return 8
    return 12 if given.counting in SUMS and given.frequency == "monthly" else 2


def answer_of(dice, given, when, tidy):
    """What stands in a cell; None: nothing."""
    if not is_due(given, when):
        return dice.choice((figure_of(dice, given), *REASONS[:1])) if dice.random() < 0.2 else None
    if dice.random() < (0.15 if tidy else 0.35):
        gaps = 1 if tidy else 3
        return dice.choice((*REASONS * 2, *("counting", None) * gaps))
    return figure_of(dice, given)


def figure_of(dice, given):
    """A number, or numerator and denominator, 0／0 among them; incidents are rare."""
    nothing = given.direction == "zero" and dice.random() < 0.93
    if given.kind == "number":
        signed = given.counting == "latest" and dice.random() < 0.1
        return Fraction(0) if nothing else half_of(dice, 24) * (-1 if signed else 1)
    bottom = dice.choice((0, 1, 2, 3, 4, 5, 6, 7, 8))
    return Fraction(0 if nothing else dice.randint(0, bottom)), Fraction(bottom)


def month_to_ask(dice, years, given):
    """A month of the plan, mostly late in its year, and never before the break that holds."""
    in_year = max(dice.randint(0, 11), dice.randint(0, 11))
    asked = months_of(dice.choice(years))[in_year]
    broken = given.broken_from
    if broken and (asked < broken or dice.random() < 0.6):
        return min(broken + dice.randint(0, 11), month(years[-1] + 1, 3))
    return asked


def day_for(dice, asked):
    """A day on which the month may be asked for: mostly after its end, else within it."""
    first = first_day(asked if dice.random() < 0.2 else asked + 1)
    return first + timedelta(days=dice.randint(0, 26))
