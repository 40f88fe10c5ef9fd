"""The slow oracle, second half: rows that hold from a month on, and what stands beside a grade.

Like `tests.kpi.oracle` written from docs/rules.md §2–4 alone.
"""

from dataclasses import dataclass, replace

from tests.kpi.oracle import (
    HOLDS_THE_LINE,
    SUMS,
    Goal,
    answered_months,
    figure_to_date,
    fiscal_year,
    half_up,
    in_present_count,
    is_number,
    judged_month,
    known,
    line_months,
    month,
    numbers_between,
    uncapped_start,
)


@dataclass(frozen=True)
class GoalVersion:
    """A row of the targets; `withdraws` is the number of the row that it takes back."""

    year: int
    number: int
    since: int
    goal: Goal | None = None
    withdraws: int | None = None


def goals_in_force(rows, asked, plan_first):
    """By fiscal year, what is aimed at as of a month.

    読み: a withdrawal works from the month that it carries itself.
    """
    found = {}
    for year in sorted({row.year for row in rows}):
        of_year = [row for row in rows if row.year == year]
        begun = [row for row in of_year if _goal_since(row, plan_first) <= asked]
        gone = {row.withdraws for row in begun if row.withdraws is not None}
        alive = [row for row in begun if row.goal is not None and row.number not in gone]
        if alive:
            newest = max(alive, key=lambda row: (_goal_since(row, plan_first), row.number))
            found[year] = newest.goal
    return found


def _goal_since(row, plan_first):
    first = row.number == 1 and row.since <= month(row.year, 4)
    return plan_first if first else row.since


def definition_in_force(rows, asked):
    """The definition of a month, with its break; rows are (since, definition, kind of change).

    Kinds: "first", "rewording" 言い換え, "break" 数え方の変更. Of rows with one month the newest
    counts. A change of accumulation alone breaks nothing.
    """
    by_month = {since: (given, kind) for since, given, kind in rows if since <= asked}
    present, broken_from = None, None
    for since, (given, kind) in sorted(by_month.items()):
        if kind == "break" and replace(given, counting=present.counting) != present:
            broken_from = since
        present = given
    return replace(present, broken_from=broken_from)


# --- beside the grade


def projection(case):
    """このままのペースなら, at the year's end; None: none is shown.

    読み: ratios of the latest two go on along the line as numbers do; a month excused after the
    one judged is excused here too; a month of another count is none of the two answered ones.
    """
    definition, year = case.definition, fiscal_year(case.asked)
    until, reason = judged_month(case, year)
    due, (so_far, _) = line_months(definition, year), answered_months(case, year)
    if reason or so_far[-1] == due[-1]:
        return None
    actual = figure_to_date(case, until, year)
    excused = [when for when in so_far if known(case)[when] in HOLDS_THE_LINE]
    carried = [when for when in due if when not in excused]
    done = [when for when in carried if when <= until]
    numbers = [when for when in done if is_number(known(case).get(when))]
    valued = [when for when in numbers if in_present_count(definition, when)]
    if len(valued) < 2 or actual is None:
        return None
    if definition.kind == "ratio" and definition.counting in SUMS:
        return actual
    origin = uncapped_start(case, year)
    return None if origin is None else origin + (actual - origin) / len(done) * len(carried)


def comparable_baseline(case, year_end):
    """B, where A may be set beside it; None: where not.

    読み: a baseline whose fiscal year is not known is one of before the plan.
    """
    definition, year = case.definition, fiscal_year(case.asked)
    base, base_year = definition.baseline, definition.baseline_year
    if base is None or (base_year is not None and base_year >= year):
        return None
    if definition.kind == "ratio" or definition.counting == "latest":
        return base
    whole = is_whole(definition, year) and year_end and definition.one_year_baseline
    return base if whole and definition.counting != "plan_sum" else None


def is_whole(definition, year):
    """The present count covers the fiscal year from April to March."""
    april, march = month(year, 4), month(year + 1, 3)
    begun = (definition.begins, definition.measured_from, definition.broken_from)
    ended = (definition.ends, definition.measured_until)
    return all((first or april) <= april for first in begun) and all(
        (last or march) >= march for last in ended
    )


def beside_the_grade(case, verdict):
    """「基準値から変化なし」 unchanged, 「基準値より悪化」 worse, or nothing."""
    definition = case.definition
    base = comparable_baseline(case, verdict.year_end)
    if verdict.grade is None or base is None:
        return None
    places = definition.decimals
    actual, before = half_up(verdict.actual, places), half_up(base, places)
    if actual == before:
        return "unchanged"
    if definition.direction == "maintain":
        return None
    rising = definition.direction == "increase"
    return "worse" if (actual < before) == rising else None


def final_progress(case, verdict, final_target):
    """計画全体の進捗 at a year's end, in percent."""
    definition = case.definition
    if definition.kind == "number" and definition.counting == "plan_sum":
        return verdict.actual / final_target * 100 if final_target else None
    base = comparable_baseline(case, verdict.year_end)
    if not verdict.year_end or base is None or base == final_target:
        return None
    return (verdict.actual - base) / (final_target - base) * 100


def same_month_last_year(case, when):
    """(now, a year before, the difference); a word across a break; None where one is missing.

    読み: both kinds of sums compare totals to date, both latest ones the month itself.
    """
    year, then = fiscal_year(when), when - 12
    if then < case.plan_first:
        return None
    if not in_present_count(case.definition, then):
        return "not_comparable"
    now = _at_month(case, when, year)
    before = _at_month(case, then, year - 1)
    if now is None or before is None:
        return None
    return now, before, now - before


def _at_month(case, when, year):
    sums = case.definition.counting in SUMS
    first = month(year, 4) if sums else when
    found = numbers_between(case, first, when)
    return figure_to_date(case, when, year) if found else None


def with_numerators_of(denominators, others, since):
    """The answers of a ratio whose numerator is another indicator's value from a month on.

    Before that month its own pairs stand. From it on `denominators` holds a single number or the
    ratio's own word, `others` the other one's number or word.

    読み: the ratio's own word stands before the other's.
    """
    found = {when: answer for when, answer in denominators.items() if when < since}
    for when in {*denominators, *others}:
        low, top = denominators.get(when), others.get(when)
        if when < since:
            continue
        if isinstance(low, str) or isinstance(top, str):
            found[when] = low if isinstance(low, str) else top
        elif low is not None and top is not None:
            found[when] = (top, low)
    return found
