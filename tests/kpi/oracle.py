"""The slow oracle: docs/rules.md §2–4 once more, by another hand and from the text alone.

Nothing here is borrowed from `kpi.rules`. Plain data, exact fractions, every month walked one by
one. A month is an integer (`month(2026, 4)`), an answer is a Fraction, a pair (numerator,
denominator) or the word of a missing reason. Where the text leaves room, 「読み」 says how it was
read.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

HOLDS_THE_LINE = ("not_applicable", "unmeasurable", "survey_not_done")
CALENDAR = {"monthly": range(1, 13), "quarterly": (6, 9, 12, 3), "half_yearly": (9, 3)}
SUMS = ("year_sum", "plan_sum")


@dataclass(frozen=True)
class Definition:
    """An indicator as it is defined in the month asked for."""

    kind: str = "number"  # or ratio
    direction: str = "increase"  # decrease, zero, maintain
    counting: str = "year_sum"  # plan_sum, latest, latest_of_year
    frequency: str = "monthly"  # quarterly, half_yearly, yearly
    yearly_in: int = 3
    method: str = "target_ratio"  # or baseline_ratio
    unit: str = "件"
    baseline: Fraction | None = None
    baseline_year: int | None = None
    one_year_baseline: bool = True  # its span: 1年, else その他
    decimals: int = 0
    begins: int | None = None  # valid from
    ends: int | None = None  # valid until
    measured_from: int | None = None
    measured_until: int | None = None
    broken_from: int | None = None  # 数え方の変更: the first month of the present count


@dataclass(frozen=True)
class Goal:
    """What is aimed at in a fiscal year; `by_decision` is 「目標を置かない」."""

    value: Fraction | None = None
    midyear: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    by_decision: bool = False

    @property
    def unset(self):
        """No figure at all."""
        return self.value is None and self.lower is None and self.upper is None


@dataclass(frozen=True)
class Case:
    """One question: how does this indicator stand in `asked`, seen on `today`?"""

    definition: Definition
    answers: dict
    goals: dict  # by fiscal year, those in force in the month asked for
    asked: int
    today: date
    plan_first: int


@dataclass(frozen=True)
class Verdict:
    """A grade, or the one reason why there is none."""

    grade: str | None = None
    rate: Fraction | None = None
    reason: str | None = None
    actual: Fraction | None = None
    expectation: Fraction | None = None
    until: int | None = None  # the due month as of which it is judged
    year_end: bool = False  # 年度評価, else 見通し


# --- months


def month(year, number):
    """The month of a calendar year as a number that counts on."""
    return year * 12 + number - 1


def fiscal_year(when):
    """April 2026 to March 2027 is 2026."""
    return (when - 3) // 12


def months_of(year):
    """April to March."""
    return list(range(month(year, 4), month(year + 1, 4)))


def has_ended(when, today):
    """Today is after its last day."""
    return today >= date((when + 1) // 12, (when + 1) % 12 + 1, 1)


def _within(when, first, last):
    return (first is None or when >= first) and (last is None or when <= last)


def in_present_count(definition, when):
    """Not before the break of the series."""
    return _within(when, definition.broken_from, None)


def is_due(definition, when):
    """Its frequency names the month, and the indicator lives and is measured then."""
    named = CALENDAR.get(definition.frequency, (definition.yearly_in,))
    return (
        when % 12 + 1 in named
        and _within(when, definition.begins, definition.ends)
        and _within(when, definition.measured_from, definition.measured_until)
    )


def asked_months(definition, year):
    """The due months of a year that must be answered: those of the present count."""
    return [
        when
        for when in months_of(year)
        if is_due(definition, when) and in_present_count(definition, when)
    ]


def line_months(definition, year):
    """The due months over which the year's line runs.

    読み: both latest kinds keep the whole year's line through a break, sums begin at it.
    """
    if definition.counting in SUMS:
        return asked_months(definition, year)
    return [when for when in months_of(year) if is_due(definition, when)]


# --- answers


def is_number(answer):
    """0 is one; a missing reason and an empty cell are none."""
    return answer is not None and not isinstance(answer, str)


def cell(definition, when, answer, today):
    """The state of one cell."""
    if definition.begins is not None and when < definition.begins:
        return "before_plan"
    if definition.ends is not None and when > definition.ends:
        return "after_plan"
    due = is_due(definition, when) and in_present_count(definition, when)
    if is_number(answer):
        return "value" if due else "unscheduled"
    if answer is not None:
        return "reasoned"
    return "missing" if due and has_ended(when, today) else "not_due"


def known(case):
    """The answers of the months that have ended, up to the month asked for."""
    return {
        when: answer
        for when, answer in sorted(case.answers.items())
        if when <= case.asked and has_ended(when, case.today)
    }


def numbers_between(case, first, last):
    """The numbers of the present count in a span of months, oldest first."""
    return [
        (when, answer)
        for when, answer in known(case).items()
        if first <= when <= last and is_number(answer) and in_present_count(case.definition, when)
    ]


def _divided(definition, top, bottom):
    if bottom == 0:
        return None
    hundred = 100 if definition.unit in ("％", "%") else 1
    return Fraction(top) / bottom * hundred


def _figure(definition, answer):
    if definition.kind == "number":
        return Fraction(answer)
    return _divided(definition, *answer)


def figure_to_date(case, last, year):
    """What counts for a year up to a month; None: nothing there, or 算定不能."""
    definition = case.definition
    since = case.plan_first if definition.counting == "plan_sum" else month(year, 4)
    found = [answer for _, answer in numbers_between(case, since, last)]
    if definition.counting not in SUMS:
        return _figure(definition, found[-1]) if found else None
    if definition.kind == "number":
        return sum(found, Fraction(0))
    return _divided(definition, sum(top for top, _ in found), sum(low for _, low in found))


def shown_figure(case):
    """The last figure with its month, graded or not, of this year or an older one."""
    found = numbers_between(case, case.plan_first, case.asked)
    if not found:
        return None
    last = found[-1][0]
    return last, figure_to_date(case, last, fiscal_year(last))


# --- which months count


def answered_months(case, year):
    """The ended due months up to the first gap, and what the gap is called."""
    so_far, answers = [], known(case)
    for when in asked_months(case.definition, year):
        if when > case.asked or not has_ended(when, case.today):
            break
        if when not in answers:
            return so_far, "not_entered"
        if answers[when] == "counting":
            return so_far, "counting"
        so_far.append(when)
    return so_far, None


def judged_month(case, year):
    """(month, None), or (None, why there is nothing to judge)."""
    answers = known(case)
    so_far, gap = answered_months(case, year)
    if not so_far:
        return None, gap or "not_yet_due"
    newest = answers[so_far[-1]]
    if newest == "survey_not_done":
        return None, newest
    with_value = [when for when in so_far if is_number(answers[when])]
    return (with_value[-1], None) if with_value else (None, newest)


# --- the line


def last_years_figure(case, year):
    """The last figure of the year before, if it can be computed and is of the same count."""
    first, last = month(year - 1, 4), month(year, 3)
    found = numbers_between(case, first, last)
    if not found:
        return None
    if case.definition.counting in SUMS:
        return figure_to_date(case, last, year - 1)
    figures = [_figure(case.definition, answer) for _, answer in found]
    computed = [figure for figure in figures if figure is not None]
    return computed[-1] if computed else None


def uncapped_start(case, year):
    """Where the year's line starts before it is held to T and B; None: 基準値未設定."""
    definition = case.definition
    if definition.counting == "latest_of_year":
        return Fraction(0)
    if definition.kind == "number" and definition.counting == "year_sum":
        return Fraction(0)
    if definition.kind == "number" and definition.counting == "plan_sum":
        return figure_to_date(case, month(year, 3), year - 1)
    if definition.broken_from and fiscal_year(definition.broken_from) == year:
        return definition.baseline
    figure = last_years_figure(case, year)
    if figure is not None:
        return figure
    before = case.goals.get(year - 1, Goal())
    return definition.baseline if before.value is None else before.value


def start(case, year):
    """The start anchor: never better than T, by 基準値比 never on the bad side of B."""
    definition, level = case.definition, uncapped_start(case, year)
    if level is None:
        return None
    falling = definition.direction == "decrease"
    worse, better = (max, min) if falling else (min, max)
    counted = definition.kind == "number" and definition.counting != "latest"
    if not (falling and counted):
        level = worse(level, case.goals[year].value)
    if definition.method == "baseline_ratio" and definition.baseline is not None:
        level = better(level, definition.baseline)
    return level


def line(case, year, until):
    """The expectation of each due month up to `until`, one point after the other."""
    definition, goal, answers = case.definition, case.goals[year], known(case)
    months, september = line_months(definition, year), month(year, 9)
    halfway = goal.midyear is not None and september in months[:-1]
    points, level = {}, start(case, year)
    for when in months:
        if when > until:
            break
        excused = in_present_count(definition, when) and answers.get(when) in HOLDS_THE_LINE
        if not excused:
            to_half = halfway and when <= september
            anchor = september if to_half else months[-1]
            height = goal.midyear if to_half else goal.value
            level = _one_step(level, height, sum(1 for m in months if when <= m <= anchor))
        points[when] = level
    return points


def _one_step(level, height, steps):
    if steps == 1:
        return height
    return None if level is None else level + (height - level) / steps


# --- the table


def half_up(number, places=1):
    """Rounded half away from zero."""
    scaled = abs(number) * 10**places
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, 10**places)


def letter(rate):
    """The grade of a rate that has been rounded."""
    return "A" if rate >= 100 else "B" if rate >= 80 else "C" if rate >= 50 else "D"


def _by_rate(rate):
    return letter(half_up(rate)), half_up(rate)


def _increase(actual, target):
    if target > 0:
        return _by_rate(actual / target * 100)
    return ("A" if actual >= target else "D"), None


def _decrease(actual, target):
    if actual <= target:
        rate = half_up(target / actual * 100) if actual > 0 and target > 0 else None
        return "A", rate
    return _by_rate(target / actual * 100) if target > 0 else ("D", None)


def _maintain(actual, lower, upper):
    if lower is not None and actual < lower:
        return _increase(actual, lower)
    if upper is not None and actual > upper:
        return _decrease(actual, upper)
    return "A", Fraction(100)


def _from_baseline(falling, actual, level, base):
    sign = -1 if falling else 1
    if (level - base) * sign > 0:
        return _by_rate((actual - base) / (level - base) * 100)
    return ("A" if (actual - level) * sign >= 0 else "D"), None


def grade_and_rate(definition, actual, level, goal):
    """The table of docs/rules.md §4; `level` stands for T during the year."""
    falling = definition.direction == "decrease"
    if definition.direction == "maintain":
        return _maintain(actual, goal.lower, goal.upper)
    if definition.method == "baseline_ratio":
        return _from_baseline(falling, actual, level, definition.baseline)
    return (_decrease if falling else _increase)(actual, level)


# --- the judgement


def no_question(case, year):
    """The reasons that need no figure, in their order.

    読み: 測定終了 comes before the two about targets, as 計画終了 does.
    """
    definition, goal = case.definition, case.goals.get(year, Goal())
    if definition.begins is not None and case.asked < definition.begins:
        return "before_plan"
    if definition.ends is not None and case.asked > definition.ends:
        return "after_plan"
    if definition.measured_until is not None and fiscal_year(definition.measured_until) < year:
        return "measurement_ended"
    if goal.by_decision:
        return "no_target_by_decision"
    return "no_target" if goal.unset else None


def judge(case):
    """One indicator in the month asked for."""
    year = fiscal_year(case.asked)
    reason = no_question(case, year)
    if reason:
        return Verdict(reason=reason)
    if case.definition.direction == "zero":
        return _judge_zero(case, year)
    until, reason = judged_month(case, year)
    if reason:
        return Verdict(reason=reason)
    return _judge_at(case, year, until)


def _judge_at(case, year, until):
    definition, goal = case.definition, case.goals[year]
    actual = figure_to_date(case, until, year)
    if actual is None:
        return Verdict(reason="not_computable")
    maintain = definition.direction == "maintain"
    level = None if maintain else line(case, year, until)[until]
    homeless = definition.method == "baseline_ratio" and definition.baseline is None
    if not maintain and (level is None or homeless):
        return Verdict(reason="no_baseline")
    grade, rate = grade_and_rate(definition, actual, level, goal)
    at_end = until == line_months(definition, year)[-1]
    return Verdict(grade, rate, None, actual, level, until, at_end)


def _judge_zero(case, year):
    """読み: an incident counts before the first due month too, as a 臨時 one does."""
    counted = case.definition.counting == "plan_sum"
    since = case.plan_first if counted else month(year, 4)
    ended = numbers_between(case, since, case.asked)
    if any((answer if is_plain(answer) else answer[0]) > 0 for _, answer in ended):
        actual = figure_to_date(case, case.asked, year)
        return Verdict("D", actual=actual, year_end=_reaches_the_end(case, year))
    _, gap = answered_months(case, year)
    if gap:
        return Verdict(reason=gap)
    until, reason = judged_month(case, year)
    actual = None if reason else figure_to_date(case, until, year)
    if reason or actual is None:
        return Verdict(reason=reason or "not_computable")
    at_end = _reaches_the_end(case, year)
    return Verdict("A", None, None, actual, Fraction(0), until, at_end)


def _reaches_the_end(case, year):
    """The year's last due month has ended with a value, and no gap before it."""
    until, _ = judged_month(case, year)
    return until is not None and until == asked_months(case.definition, year)[-1]


def is_plain(answer):
    """A number by itself, not a pair."""
    return not isinstance(answer, tuple)
