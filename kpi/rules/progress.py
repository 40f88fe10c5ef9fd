"""How far is an indicator: the one pure achievement rule (docs/rules.md §4).

What is counted is in `counting`, what was expected in `expectation`, the table of rates and grades
in `achievement`. No ORM, no clock: `until` is the month judged (the first of it), `running` says
that it has not ended: then neither its value nor its expectation enters. Numbers are Decimals.
How it goes: due months → the answered part of them → expectation as of the last of these with a
number → achievement → grade.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypedDict

from foundation.japanese.calendar import add_months, fiscal_year, fiscal_year_start
from kpi.choices import Direction, NotJudged
from kpi.rules.achievement import DEFAULT_BANDS, Achievement, Bands, achievement, rounded
from kpi.rules.baseline import against_baseline
from kpi.rules.baseline import final_progress as final_progress
from kpi.rules.counting import Reading, Rule, YearToDate, year_to_date
from kpi.rules.expectation import Answered, TargetOfYear, Targets, answered_by, expectation
from kpi.rules.judged import Progress, sentence_of

SHOWN_PLACES = 6
TO_BE_WATCHED = "目標なし・推移で確認"
BY_TARGET = "目標の見直しによる"


class _Facts(TypedDict):
    """The part of a Progress that is known whether or not it can be judged."""

    actual: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    actual_month: date | None
    actual_maturity: str
    older: bool
    target: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass
class _Case:
    """What `progress` knows of the indicator: `readings` of months that have ended only."""

    rule: Rule
    until: date
    last: date
    plan_start: date
    bands: Bands
    readings: list[Reading]
    targets: Targets
    answered: Answered
    figures: dict[date, YearToDate] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The fiscal year judged."""
        return fiscal_year(self.until)

    @property
    def target(self) -> TargetOfYear | None:
        """Its target."""
        return self.targets.get(self.year)

    @property
    def running(self) -> bool:
        """Has the month asked for not ended?"""
        return self.last < self.until

    def figure(self, until: date) -> YearToDate:
        """The year's figure up to a month."""
        if until not in self.figures:
            self.figures[until] = year_to_date(
                self.rule, self.readings, until=until, plan_start=self.plan_start, year=self.year
            )
        return self.figures[until]

    def facts(self, shown: YearToDate) -> _Facts:
        """What is shown of a figure and of the target."""
        target = self.target
        return _Facts(
            actual=_shown(shown.actual),
            numerator=_shown(shown.numerator),
            denominator=_shown(shown.denominator),
            actual_month=shown.as_of,
            actual_maturity=shown.maturity,
            older=shown.older,
            target=target.value if target else None,
            lower=target.lower if target else None,
            upper=target.upper if target else None,
        )

    def refuse(self, reason: str) -> Progress:
        """－ with one reason."""
        wanted = reason == NotJudged.NO_TARGET_BY_DECISION
        label = TO_BE_WATCHED if wanted else NotJudged(reason).label
        facts = self.facts(self.figure(self.last))
        return Progress(not_judged=str(reason), sentence=f"評価対象外（{label}）", **facts)


def _shown(number: Fraction | None) -> Decimal | None:
    return None if number is None else rounded(number, SHOWN_PLACES)


def progress(
    rule: Rule,
    readings: Iterable[Reading],
    targets: Iterable[TargetOfYear],
    *,
    until: date,
    plan_start: date,
    bands: Bands = DEFAULT_BANDS,
    running: bool = False,
) -> Progress:
    """Judge one indicator as of the end of month `until` (first of month); `running`: before it.

    `readings`: any months; `targets`: at most one per fiscal year, those in force. Always returns
    a Progress. Of the same it is the same: it is worked out once in a process.
    """
    return _judged(rule, tuple(readings), tuple(targets), until, plan_start, bands, running)


@lru_cache(maxsize=1024)
def _judged(
    rule: Rule,
    readings: tuple[Reading, ...],
    targets: tuple[TargetOfYear, ...],
    until: date,
    plan_start: date,
    bands: Bands,
    running: bool,
) -> Progress:
    """The judgement itself: nothing enters it but what is given."""
    last = add_months(until, -1) if running else until
    since = rule.counted_from or date.min
    counted = [row for row in readings if since <= row.month <= last]
    case = _Case(
        rule=rule,
        until=until,
        last=last,
        plan_start=plan_start,
        bands=bands,
        readings=counted,
        targets={row.fiscal_year: row for row in targets},
        answered=answered_by(rule, counted, until, running=running),
    )
    reason = _settled_reason(case)
    if reason:
        return case.refuse(reason)
    if _has_incident(case):
        return _judge(case, last)
    reason = _open_reason(case)
    if reason or case.answered.as_of is None:
        return case.refuse(reason or NotJudged.NOT_ENTERED)
    return _judge(case, case.answered.as_of)


def _settled_reason(case: _Case) -> str | None:
    """Why nothing is to be judged whatever is entered, or None."""
    rule, until, target = case.rule, case.until, case.target
    if rule.valid_from and until < rule.valid_from:
        return NotJudged.BEFORE_PLAN
    if rule.valid_until and until > rule.valid_until:
        return NotJudged.AFTER_PLAN
    if rule.measured_until and rule.measured_until < fiscal_year_start(case.year):
        return NotJudged.MEASUREMENT_ENDED
    if target is None or target.says_nothing:
        return NotJudged.NO_TARGET
    return NotJudged.NO_TARGET_BY_DECISION if target.none else None


def _has_incident(case: _Case) -> bool:
    """An incident counts at once, whatever else is still open.

    It counts in a month that is not due and after a gap, too.
    """
    if case.rule.direction != Direction.ZERO:
        return False
    found = case.figure(case.last)
    return not found.older and found.actual is not None and found.actual > 0


def _open_reason(case: _Case) -> str | None:
    """Why what has been answered cannot be judged, or None: the first reason that holds.

    A zero indicator is never judged up to a gap: the month that is missing may hold the incident.
    """
    answered = case.answered
    if not answered.elapsed:
        return NotJudged.NOT_YET_DUE
    if answered.gap and (case.rule.direction == Direction.ZERO or not answered.answers):
        return answered.gap
    if answered.as_of is None or answered.newest_reason == NotJudged.SURVEY_NOT_DONE:
        return answered.newest_reason
    if case.figure(answered.as_of).not_computable:
        return NotJudged.NOT_COMPUTABLE
    return None


def _judge(case: _Case, as_of: date) -> Progress:
    """The judgement as of a month, with what had been counted by then."""
    rule, target, so_far = case.rule, case.target, case.figure(as_of)
    actual = so_far.actual
    assert target is not None and actual is not None, "without them there was a reason"
    ranged = target.value is None
    expected = None
    if not ranged and rule.direction not in (Direction.MAINTAIN, Direction.ZERO):
        known = case.targets
        expected = expectation(rule, known, case.readings, as_of, plan_start=case.plan_start)
        if expected is None:
            return case.refuse(NotJudged.NO_BASELINE)
    result = achievement(
        direction=Direction.MAINTAIN if ranged else rule.direction,
        method=rule.method,
        actual=actual,
        target=expected,
        lower=target.lower if ranged else target.value,
        upper=target.upper if ranged else target.value,
        baseline_value=rule.baseline_value,
        bands=case.bands,
    )
    if result.not_judged:
        return case.refuse(result.not_judged)
    return _told(
        case,
        as_of,
        result,
        expected,
        case.facts(so_far),
    )


def _told(
    case: _Case, as_of: date, result: Achievement, expected: Fraction | None, facts: _Facts
) -> Progress:
    """A result with its circumstances and its sentence.

    `as_of`: the due month as of which is judged; `expected`: 期待値 by then, None for a range.
    """
    newest = max(case.answered.elapsed, default=as_of)
    judged = Progress(
        rate=result.rate,
        grade=result.grade,
        expectation=_shown(expected),
        judged_until=as_of,
        partial=case.running or as_of < newest,
        year_end=case.answered.is_whole,
        **facts,
    )
    assert judged.actual is not None, "what is judged has a figure"
    beside = against_baseline(case.rule, judged.actual, case.year, year_end=judged.year_end)
    judged = replace(judged, against_baseline=beside)
    return replace(judged, sentence=sentence_of(judged, case.rule))


def moved_by_target(judged: Progress, unrevised: Progress, before: Progress) -> Progress:
    """The judgement of a month whose target is new, saying so where only that moved the grade.

    `unrevised`: the same month against the target that held before; `before`: the month before.
    """
    grades = (judged.grade, unrevised.grade, before.grade)
    if None in grades or unrevised.grade != before.grade or judged.grade == before.grade:
        return judged
    return replace(
        judged,
        by_target=True,
        sentence=f"{judged.sentence}。{BY_TARGET}",
    )
