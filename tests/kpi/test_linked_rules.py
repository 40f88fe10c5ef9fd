"""A numerator that is another indicator's value, as the portal and the slow oracle count it."""

from decimal import Decimal as D
from fractions import Fraction as F
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.choices import Maturity
from kpi.rules.checks import Entry, hard_errors
from kpi.rules.counting import Reading
from kpi.rules.linked import with_numerator
from tests.kpi import oracle
from tests.kpi.oracle import month
from tests.kpi.oracle_around import with_numerators_of
from tests.kpi.oracle_cases import first_day
from tests.kpi.oracle_worked import APRIL, RATIO, ask, run
from tests.kpi.test_progress_oracle import THROWN, as_reading, differences

pytestmark = pytest.mark.pure
OCTOBER = first_day(month(2026, 10))
OFF, COUNTING = "not_applicable", "counting"


def own(**given):
    return Reading(OCTOBER, **{"denominator": D(598)} | given)


def other(**given):
    return Reading(OCTOBER, **{"value": D(118)} | given)


OWN_REASON = own(denominator=None, missing_reason=COUNTING)
OTHER_REASON = other(value=None, missing_reason=OFF)


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (own(), other(), (118, 598, None)),
        (own(), other(value=D(0)), (0, 598, None)),
        (own(denominator=D(0)), other(value=D(0)), (0, 0, None)),
        (own(), None, None),
        (None, other(), None),
        (None, None, None),
        (own(), OTHER_REASON, (None, None, OFF)),
        (None, OTHER_REASON, (None, None, OFF)),
        (OWN_REASON, other(), (None, None, COUNTING)),
        (OWN_REASON, OTHER_REASON, (None, None, COUNTING)),
        (OWN_REASON, None, (None, None, COUNTING)),
    ],
)
def test_what_a_month_says(mine, theirs, said):
    found = with_numerator(mine, theirs)
    parts = found and (found.numerator, found.denominator, found.missing_reason)
    assert parts == said


@pytest.mark.parametrize(("mine", "theirs"), [("provisional", "final"), ("final", "provisional")])
def test_a_ratio_is_provisional_where_one_of_the_two_is(mine, theirs):
    found = with_numerator(own(maturity=mine), other(maturity=theirs))
    assert found.maturity == Maturity.PROVISIONAL
    assert with_numerator(own(), other()).maturity == Maturity.FINAL


# --- with the oracle


def as_own(when, low):
    """The row that the portal stores: a denominator, or a word."""
    if isinstance(low, F | int):
        return Reading(first_day(when), denominator=D(int(low)))
    return as_reading(when, low)


def by_the_portal(lows, tops, since):
    """{month: answer} as the portal reads the two rows of every month."""
    found = {}
    for when in {*lows, *tops}:
        low, top = lows.get(when), tops.get(when)
        if when < since:
            said = as_own(when, low) if low is not None else None
        else:
            said = with_numerator(
                None if low is None else as_own(when, low),
                None if top is None else as_reading(when, top),
            )
        if said is not None:
            word = said.missing_reason
            found[when] = word or (F(said.numerator), F(said.denominator))
    return found


def thrown(seed):
    """Denominators, numerators and the month from which one reads the other, of two years."""
    dice = Random(seed)
    months = [month(2026, 4) + n for n in range(24)]
    since = dice.choice(months)
    lows, tops = {}, {}
    for when in months:
        low, top = F(dice.randint(50, 90)), F(dice.randint(0, 50))
        words = [None, OFF, COUNTING, "unmeasurable"]
        low = dice.choice(words) if dice.random() < 0.15 else low
        top = dice.choice(words) if dice.random() < 0.15 else top
        if low is not None:
            lows[when] = (F(7), low) if when < since and not isinstance(low, str) else low
        if top is not None:
            tops[when] = top
    return lows, tops, since


@THROWN
@given(st.integers(0, 2**48))
def test_the_portal_and_the_oracle_read_and_judge_alike(seed):
    lows, tops, since = thrown(seed)
    answers = with_numerators_of(lows, tops, since)
    assert by_the_portal(lows, tops, since) == answers
    for asked in ((2026, 10), (2027, 3), (2027, 12)):
        case = ask(asked, answers, {2026: 40, 2027: 50}, baseline=F(12), **RATIO)
        assert not differences(case)


def test_the_year_of_the_plan_worked_by_hand():
    """April and May typed as pairs, then 1-2 gives the numerator: 9 of 40 in four months."""
    lows = run(APRIL, (1, 10), (2, 10), F(10), F(10))
    tops = run(APRIL, F(5), F(5), F(2), F(4))
    answers = with_numerators_of(lows, tops, month(2026, 6))
    assert answers[month(2026, 4)] == (1, 10) and answers[month(2026, 6)] == (2, 10)
    judged = oracle.judge(ask((2026, 7), answers, 40, baseline=F(10), **RATIO))
    assert judged.actual == F(900, 40)


# --- what may be typed


class Ratio:
    """Of a definition, what the checks read; `numerator_words` as a linked one says them."""

    kind, direction, accumulation, unit, decimals = "ratio", "increase", "year_sum", "％", 1
    numerator_label, numerator_unit = "オンライン申請件数", "件"
    denominator_label, denominator_unit = "申請総件数", "件"
    may_exceed_100 = may_be_negative = False
    numerator_words = "1-2の値"


@pytest.mark.parametrize(
    ("entry", "top", "field"),
    [
        (Entry(denominator=D(598)), D(118), None),
        (Entry(denominator=D(598)), None, None),  # 1-2 is still to come
        (Entry(denominator=D(118)), D(118), None),
        (Entry(denominator=D(117)), D(118), "denominator"),
        (Entry(numerator=D(118), denominator=D(598)), D(118), "numerator"),
        (Entry(numerator=D(118)), D(118), "numerator"),
        (Entry(note="あとで"), D(118), "denominator"),
        (Entry(missing_reason=OFF), D(118), None),
        (Entry(denominator=D(-1)), None, "denominator"),
        (Entry(denominator=D("1.5")), None, "denominator"),
    ],
)
def test_only_the_denominator_is_typed(entry, top, field):
    errors = hard_errors(entry, Ratio(), top)
    assert (field in errors) if field else not errors


def test_above_100_is_refused_only_where_it_cannot_be():
    entry = Entry(denominator=D(100))
    may = type("May", (Ratio,), {"may_exceed_100": True})()
    assert not hard_errors(entry, may, D(101))
    assert "1-2の値 101" in hard_errors(entry, Ratio(), D(101))["denominator"]
