"""Numbers worked by hand: those of docs/rules.md §4 and of the trial year, each with its answer."""

from datetime import date
from fractions import Fraction as F

from tests.kpi.oracle import Case, Definition, Goal, Verdict, month
from tests.kpi.oracle_cases import PLAN_FIRST, first_day

REASONS = ("not_applicable", "unmeasurable", "survey_not_done", "counting")
OFF, LOST, LATER, COUNTING = REASONS


def ask(asked, answers, goals, *, today=None, **definition):
    """A case; `asked` is (year, month), `goals` a figure or Goal, or those by fiscal year."""
    when = month(*asked)
    given = goals if isinstance(goals, dict) else {when_year(when): goals}
    return Case(
        Definition(**definition),
        answers,
        {year: goal if isinstance(goal, Goal) else Goal(F(goal)) for year, goal in given.items()},
        when,
        today or first_day(when + 1),
        PLAN_FIRST,
    )


def when_year(when):
    """The fiscal year of a month."""
    return (when - 3) // 12


def run(first, *answers):
    """Answers of consecutive months from (year, month) on; None leaves one empty.

    A figure may be a text, so that it is exact.
    """
    start = month(*first)
    return {
        start + n: answer if isinstance(answer, tuple) or answer in REASONS else F(answer)
        for n, answer in enumerate(answers)
        if answer is not None
    }


def graded(grade, rate, expectation, until, *, year_end=False):
    """What is compared of a judgement: rate and expectation as text, rounded or exact."""
    return Verdict(
        grade,
        None if rate is None else F(rate),
        None,
        None,
        None if expectation is None else F(expectation),
        month(*until),
        year_end,
    )


def why(reason):
    """Not judged."""
    return Verdict(reason=reason)


APRIL, LAST_APRIL = (2026, 4), (2027, 4)
RATIO = {"kind": "ratio", "unit": "％"}
LEVEL = {"counting": "latest"}
CUMULATED = {"counting": "plan_sum"}
YEAR_SO_FAR = {"counting": "latest_of_year"}
BEGUN = {"begins": month(2026, 11)}
TENS = run(APRIL, *[10] * 7)
TO_FEBRUARY = run(APRIL, *[10] * 10, 12)
TO_SEPTEMBER = run(APRIL, 2, 3, 3, 3, 3, 2)  # 16
SURVEYED = {"counting": "latest", "frequency": "half_yearly"}
SURVEYS = run((2026, 9), 62, None, None, None, None, None, LATER)
FROM_B = {"counting": "latest", "method": "baseline_ratio", "baseline": F(50)}
FALLING = {"direction": "decrease"}
ZERO = {"direction": "zero"}

WINDOW = Goal(lower=F(40), upper=F(60))
HALF = Goal(F(120), midyear=F(30))
NONE_WANTED = Goal(by_decision=True)
PARTS = run(APRIL, *[(99, 553)] * 6, (100, 555), (100, 554))  # 794／4,427
BROKEN = {"broken_from": month(2026, 11)}

LIVES = {
    "計画前": (ask((2026, 10), {}, 50, **BEGUN), why("before_plan")),
    "begun in November, its first month": (
        ask((2026, 11), run((2026, 11), 10), 50, **BEGUN),
        graded("A", 100, 10, (2026, 11)),
    ),
    "計画終了": (ask((2026, 11), TENS, 120, ends=month(2026, 10)), why("after_plan")),
    "the last month of its life is its year's end": (
        ask((2026, 10), TENS, 70, ends=month(2026, 10)),
        graded("A", 100, 70, (2026, 10), year_end=True),
    ),
    "after 測定終了 the year's judgement stands": (
        ask((2027, 3), TENS, 100, measured_until=month(2026, 10)),
        graded("C", 70, 100, (2026, 10), year_end=True),
    ),
    "測定終了 in later years": (
        ask(LAST_APRIL, TENS, 100, measured_until=month(2026, 10)),
        why("measurement_ended"),
    ),
    "導入後に測定, before it": (
        ask((2026, 6), {}, 90, measured_from=month(2026, 7)),
        why("not_yet_due"),
    ),
    "導入後に測定, its first month of nine": (
        ask((2026, 7), run((2026, 7), 5), 90, measured_from=month(2026, 7)),
        graded("C", 50, 10, (2026, 7)),
    ),
    "a reworded denominator": (
        ask((2026, 11), PARTS, 20, baseline=F(12), **RATIO),
        graded("A", "103.5", F(52, 3), (2026, 11)),
    ),
    "a sum counts from its break": (
        ask((2026, 11), run(APRIL, *[10] * 8), 50, **BROKEN),
        graded("A", 100, 10, (2026, 11)),
    ),
    "a ratio of sums starts from the new baseline": (
        ask((2026, 11), PARTS, 20, baseline=F(10), **RATIO, **BROKEN),
        graded("A", "150.4", 12, (2026, 11)),
    ),
    "a level keeps the year's line from the new baseline": (
        ask((2026, 11), run(APRIL, *[7] * 7, 18), 24, baseline=F(0), **LEVEL, **BROKEN),
        graded("A", "112.5", 16, (2026, 11)),
    ),
    "a break without a baseline": (
        ask((2026, 11), run(APRIL, *[7] * 8), 24, **LEVEL, **BROKEN),
        why("no_baseline"),
    ),
}

MONTHS_THAT_COUNT = {
    "November runs and does not enter": (
        ask((2026, 11), run(APRIL, *[10] * 8), 120, today=date(2026, 11, 27)),
        graded("A", 100, 70, (2026, 10)),
    ),
    "30 November: it runs": (
        ask((2026, 11), run(APRIL, *[10] * 7, 90), 120, today=date(2026, 11, 30)),
        graded("A", 100, 70, (2026, 10)),
    ),
    "1 December: it has ended": (
        ask((2026, 11), run(APRIL, *[10] * 7, 90), 120, today=date(2026, 12, 1)),
        graded("A", 200, 80, (2026, 11)),
    ),
    "a running April": (
        ask(LAST_APRIL, run((2027, 4), 9), {2027: 120}, today=date(2027, 4, 20)),
        why("not_yet_due"),
    ),
    "8月まで": (
        ask((2026, 10), run(APRIL, *[10] * 5, None, 90), 120),
        graded("A", 100, 50, (2026, 8)),
    ),
    "8月まで, since September is 集計中": (
        ask((2026, 10), run(APRIL, *[10] * 5, COUNTING, 90), 120),
        graded("A", 100, 50, (2026, 8)),
    ),
    "nothing answered": (ask((2026, 5), run((2026, 5), 10), 120), why("not_entered")),
    "集計中 from the first month on": (
        ask((2026, 5), run(APRIL, COUNTING, 10), 120),
        why("counting"),
    ),
    "between due months": (
        ask((2026, 8), run(APRIL, 5, 5, 20, 30, 40), 120, frequency="quarterly"),
        graded("A", 100, 30, (2026, 6)),
    ),
    "a 臨時 value enters with the next due month": (
        ask((2026, 9), run(APRIL, None, None, 20, 10, None, 30), 120, frequency="quarterly"),
        graded("A", 100, 60, (2026, 9)),
    ),
    "none enters after the year's last due month": (
        ask((2027, 3), run((2026, 9), 50, 50), 100, frequency="yearly", yearly_in=9),
        graded("C", 50, 100, (2026, 9), year_end=True),
    ),
}

EXCUSES = {
    "16 of 30 in September": (
        ask((2026, 9), TO_SEPTEMBER, 30),
        graded("A", "106.7", 15, (2026, 9)),
    ),
    "October 対象外 leaves it so": (
        ask((2026, 10), TO_SEPTEMBER | run((2026, 10), OFF), 30),
        graded("A", "106.7", 15, (2026, 9)),
    ),
    "November carries the rest": (
        ask((2026, 11), TO_SEPTEMBER | run((2026, 10), OFF, 2), 30),
        graded("A", 100, 18, (2026, 11)),
    ),
    "March 対象外 stays 見通し": (
        ask((2027, 3), TO_FEBRUARY | run((2027, 3), OFF), 120),
        graded("A", "101.8", 110, (2027, 2)),
    ),
    "a midyear anchor on an excused month is dropped": (
        ask((2026, 10), run(APRIL, *[5] * 5, LOST, 10), HALF),
        graded("B", "85.7", F(245, 6), (2026, 10)),
    ),
    "no value in the year, the newest names it": (
        ask((2026, 6), run(APRIL, OFF, OFF, LOST), 120),
        why("unmeasurable"),
    ),
    "調査未実施 in March": (ask((2027, 3), SURVEYS, 60, **SURVEYED), why("survey_not_done")),
    "調査未実施 that is not the newest": (
        ask((2027, 3), run((2026, 9), LATER, *[None] * 5, 57), 60, **SURVEYED),
        graded("B", 95, 60, (2027, 3), year_end=True),
    ),
    "調査未実施 before a gap": (
        ask((2026, 9), run((2026, 6), LATER), 60, counting="latest", frequency="quarterly"),
        why("survey_not_done"),
    ),
}

ANCHORS = {
    "a revised target draws the whole line anew": (
        ask((2026, 10), run(APRIL, *[7] * 6, 8), 60),
        graded("A", "142.9", 35, (2026, 10)),
    ),
    "a plan's total starts from 0 in the first year": (
        ask(APRIL, run(APRIL, 3), 60, baseline=F(40), **CUMULATED),
        graded("C", 60, 5, APRIL),
    ),
    "added in 2027 it starts from 0 too": (
        ask(LAST_APRIL, run(LAST_APRIL, 40), 500, begins=month(2027, 4), **CUMULATED),
        graded("B", 96, F(125, 3), LAST_APRIL),
    ),
    "in the second year from its own total": (
        ask(LAST_APRIL, run((2027, 3), 34, 3), {2026: 30, 2027: 64}, **CUMULATED),
        graded("A", "101.4", F(73, 2), LAST_APRIL),
    ),
    "a total beyond the target asks no more than the target": (
        ask(LAST_APRIL, run((2027, 3), 90, 3), {2027: 80}, **CUMULATED),
        graded("A", "116.3", 80, LAST_APRIL),
    ),
    "4月からの累計 starts from 0": (
        ask((2027, 6), run((2027, 3), 80, 4, 9, 15), {2026: 90, 2027: 120}, **YEAR_SO_FAR),
        graded("C", 50, 30, (2027, 6)),
    ),
    "so does its ratio": (
        ask((2026, 6), run(APRIL, (0, 5), (1, 5), (1, 5)), 80, **RATIO, **YEAR_SO_FAR),
        graded("A", 100, 20, (2026, 6)),
    ),
    "a level starts from last year's actual": (
        ask(LAST_APRIL, run((2026, 8), 48, *[None] * 7, 49), {2026: 90, 2027: 60}, **LEVEL),
        graded("A", 100, 49, LAST_APRIL),
    ),
    "not from one that cannot be computed": (
        ask(
            LAST_APRIL,
            run((2027, 3), (0, 0), (49, 100)),
            {2026: 48, 2027: 60},
            **RATIO,
            **LEVEL,
        ),
        graded("A", 100, 49, LAST_APRIL),
    ),
    "else from last year's target": (
        ask(LAST_APRIL, run(LAST_APRIL, 49), {2026: 48, 2027: 60}, baseline=F(0), **LEVEL),
        graded("A", 100, 49, LAST_APRIL),
    ),
    "an older figure is none": (
        ask((2028, 4), run((2027, 3), 10, *[None] * 12, 49), {2027: 48, 2028: 60}, **LEVEL),
        graded("A", 100, 49, (2028, 4)),
    ),
    "else from the baseline": (
        ask(APRIL, run(APRIL, 49), 60, baseline=F(48), **LEVEL),
        graded("A", 100, 49, APRIL),
    ),
    "else there is none": (ask(APRIL, run(APRIL, 49), 60, **LEVEL), why("no_baseline")),
    "but from the midyear target on there is": (
        ask((2026, 10), run(APRIL, *[33] * 7), Goal(F(60), midyear=F(30)), **LEVEL),
        graded("B", "94.3", 35, (2026, 10)),
    ),
    "and at the year's last due month": (
        ask((2027, 3), run(APRIL, *[33] * 12), 60, **LEVEL),
        graded("C", 55, 60, (2027, 3), year_end=True),
    ),
    "midyear": (
        ask((2026, 9), run(APRIL, *[5] * 6), HALF),
        graded("A", 100, 30, (2026, 9)),
    ),
    "midyear of a year whose last due month is September": (
        ask((2026, 9), run(APRIL, *[10] * 6), HALF, measured_until=month(2026, 9)),
        graded("C", 50, 120, (2026, 9), year_end=True),
    ),
    "last year better than the target": (
        ask((2027, 8), run((2027, 3), 90, *[80] * 5), {2027: 80}, **LEVEL),
        graded("A", 100, 80, (2027, 8)),
    ),
    "falling, last year better than the target": (
        ask(LAST_APRIL, run((2027, 3), 30, 50), {2027: 40}, **LEVEL, **FALLING),
        graded("B", 80, 40, LAST_APRIL),
    ),
    "falling, counted from 0: 12 a year is 3 by June": (
        ask((2026, 6), run(APRIL, 1, 1, 2), 12, **FALLING),
        graded("C", 75, 3, (2026, 6)),
    ),
    "基準値比 never starts on the bad side of B": (
        ask(LAST_APRIL, run((2027, 3), 44, 48), {2027: 60}, **FROM_B),
        graded("D", -240, F(305, 6), LAST_APRIL),
    ),
    "基準値比 without a baseline, at the year's end too": (
        ask((2027, 3), run(APRIL, *[9] * 12), 60, counting="latest", method="baseline_ratio"),
        why("no_baseline"),
    ),
}

YEAR_END = (2027, 3)


def at_year_end(actual, target, **definition):
    """A level in March, where E is T."""
    once = {"counting": "latest", "frequency": "yearly", **definition}
    return ask(YEAR_END, run(YEAR_END, actual), target, **once)


def then(grade, rate, expectation=None):
    """年度評価 of it."""
    return graded(grade, rate, expectation, YEAR_END, year_end=True)


TABLE = {
    "a baseline of another span does not limit a sum": (
        ask(YEAR_END, run(YEAR_END, 522), 517, baseline=F(2325), frequency="yearly"),
        then("A", "101.0", 517),
    ),
    "99.95 is 100.0": (at_year_end("99.95", 100), then("A", 100, 100)),
    "99.94 is 99.9": (at_year_end("99.94", 100), then("B", "99.9", 100)),
    "79.95 is 80.0": (at_year_end("79.95", 100), then("B", 80, 100)),
    "49.95 is 50.0": (at_year_end("49.95", 100), then("C", 50, 100)),
    "49.94 is 49.9": (at_year_end("49.94", 100), then("D", "49.9", 100)),
    "a negative figure": (at_year_end("-0.25", 1000), then("D", 0, 1000)),
    "uncapped": (at_year_end(150, 100), then("A", 150, 100)),
    "increase to 0, reached": (at_year_end(0, 0), then("A", None, 0)),
    "increase to 0, not reached": (at_year_end(-1, 0), then("D", None, 0)),
    "decrease, reached": (at_year_end(8, 10, **FALLING), then("A", 125, 10)),
    "decrease, nothing left": (at_year_end(0, 10, **FALLING), then("A", None, 10)),
    "decrease to 0, reached": (at_year_end(0, 0, **FALLING), then("A", None, 0)),
    "decrease, above": (at_year_end(12, 10, **FALLING), then("B", "83.3", 10)),
    "decrease to 0, above": (at_year_end(1, 0, **FALLING), then("D", None, 0)),
    "maintain, inside": (at_year_end(40, WINDOW, direction="maintain"), then("A", 100)),
    "maintain, below": (at_year_end(30, WINDOW, direction="maintain"), then("C", 75)),
    "maintain, above": (at_year_end(75, WINDOW, direction="maintain"), then("B", 80)),
    "maintain without a range": (at_year_end(1, Goal(), direction="maintain"), why("no_target")),
    "基準値比": (
        at_year_end(55, 60, method="baseline_ratio", baseline=F(50)),
        then("C", 50, 60),
    ),
    "基準値比, falling": (
        at_year_end(44, 40, method="baseline_ratio", baseline=F(50), **FALLING),
        then("C", 60, 40),
    ),
    "基準値比, worse than B": (
        at_year_end(45, 60, method="baseline_ratio", baseline=F(50)),
        then("D", -50, 60),
    ),
    "基準値比, nothing to go, reached": (
        at_year_end(50, 50, method="baseline_ratio", baseline=F(50)),
        then("A", None, 50),
    ),
    "基準値比, nothing to go, not reached": (
        at_year_end(49, 50, method="baseline_ratio", baseline=F(50)),
        then("D", None, 50),
    ),
    "0／0": (
        ask(YEAR_END, run(YEAR_END, (0, 0)), 50, frequency="yearly", **RATIO),
        why("not_computable"),
    ),
    "目標なし": (at_year_end(1, NONE_WANTED), why("no_target_by_decision")),
    "目標未設定": (at_year_end(1, {}), why("no_target")),
}

INCIDENTS = {
    "none": (ask((2026, 5), run(APRIL, 0, 0), 0, **ZERO), graded("A", None, 0, (2026, 5))),
    "one": (ask((2026, 5), run(APRIL, 1, 0), 0, **ZERO), Verdict("D")),
    "one after a gap": (ask((2026, 6), run(APRIL, 0, None, 1), 0, **ZERO), Verdict("D")),
    "one between due months": (
        ask((2026, 7), run((2026, 6), 0, 1), 0, frequency="quarterly", **ZERO),
        Verdict("D"),
    ),
    "a gap, never 8月まで": (
        ask((2026, 6), run(APRIL, 0, None, 0), 0, **ZERO),
        why("not_entered"),
    ),
    "a gap that is 集計中": (
        ask((2026, 6), run(APRIL, 0, 0, COUNTING), 0, **ZERO),
        why("counting"),
    ),
    "one in a running month": (
        ask((2026, 6), run(APRIL, 0, 0, 1), 0, today=date(2026, 6, 30), **ZERO),
        graded("A", None, 0, (2026, 5)),
    ),
    "one of last year": (
        ask(LAST_APRIL, run((2027, 3), 1, 0), {2026: 0, 2027: 0}, **ZERO),
        graded("A", None, 0, LAST_APRIL),
    ),
    "one of last year, in the plan's total": (
        ask(LAST_APRIL, run((2027, 3), 1, 0), {2026: 0, 2027: 0}, **ZERO, **CUMULATED),
        Verdict("D"),
    ),
}

WORKED = LIVES | MONTHS_THAT_COUNT | EXCUSES | ANCHORS | TABLE | INCIDENTS
