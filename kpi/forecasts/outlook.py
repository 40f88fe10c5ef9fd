"""What stands beside the judgement of one indicator in one month (`kpi.rules.outlook`).

年度末見込 and the pace, 前年同月, 計画全体の進捗: computed from an `IndicatorMonth`, no queries.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from foundation.japanese.calendar import add_months, fiscal_year
from kpi.choices import NotJudged
from kpi.models.readings import forecast_of, target_of
from kpi.reading import IndicatorMonth
from kpi.rules.expectation import TargetOfYear
from kpi.rules.judged import Progress
from kpi.rules.outlook import (
    Forecast,
    PlanProgress,
    Projection,
    SameMonth,
    Towards,
    plan_progress,
    projection,
    same_month_last_year,
    towards,
)

NOT_FORECAST = {NotJudged.BEFORE_PLAN, NotJudged.AFTER_PLAN, NotJudged.MEASUREMENT_ENDED}
ASKED_IN = (9, 1)  # the months whose entry asks for the forecast


@dataclass(frozen=True)
class Expected:
    """The department's own forecast: its number in the indicator's unit, against the target."""

    said: Forecast
    figure: Decimal
    towards: Towards | None


@dataclass(frozen=True)
class Paced:
    """このままのペースなら, against the target."""

    projected: Projection
    towards: Towards | None


@dataclass(frozen=True)
class Outlook:
    """All of it as of a month; `last_year_in`: the month that is compared with last year's."""

    expected: Expected | None
    paced: Paced | None
    last_year: SameMonth | None
    last_year_in: date
    plan: PlanProgress | None


def _targets(facts: IndicatorMonth) -> dict[int, TargetOfYear]:
    """The targets that hold in the month, by fiscal year."""
    return {year: target_of(row) for year, row in facts.targets_in(facts.month).items()}


def outlook_of(facts: IndicatorMonth, judged: Progress) -> Outlook:
    """What stands beside the judgement of the facts' own month."""
    ended = add_months(facts.month, -1) if facts.runs(facts.month) else facts.month
    return Outlook(
        expected=_expected(facts),
        paced=_paced(facts),
        last_year=last_year_of(facts, ended),
        last_year_in=ended,
        plan=_plan(facts, judged),
    )


def is_expected_in(facts: IndicatorMonth, month: date) -> bool:
    """Has the department said how the year will end, in that month or after it?"""
    said = forecast_of(facts.definition.expected)
    return said is not None and said.month >= month


def _expected(facts: IndicatorMonth) -> Expected | None:
    """What the department said last in the year, against the target in force."""
    said, rule = forecast_of(facts.definition.expected), facts.rule_in(facts.month)
    figure = said.figure(rule) if said else None
    if said is None or figure is None:
        return None
    target = _targets(facts).get(fiscal_year(facts.month))
    return Expected(said, figure, towards(rule, figure, target, facts.bands))


def _paced(facts: IndicatorMonth) -> Paced | None:
    rule, targets = facts.rule_in(facts.month), _targets(facts)
    found = projection(
        rule,
        facts.readings.values(),
        targets,
        until=facts.month,
        plan_start=facts.plan_start,
        running=facts.runs(facts.month),
    )
    if found is None:
        return None
    target = targets.get(fiscal_year(facts.month))
    return Paced(
        found,
        towards(
            rule,
            found.value,
            target,
            facts.bands,
        ),
    )


def last_year_of(facts: IndicatorMonth, month: date) -> SameMonth | None:
    """A month beside the same one of the year before (docs/rules.md §4)."""
    return same_month_last_year(
        facts.rule_in(month), facts.readings.values(), month, plan_start=facts.plan_start
    )


def _plan(facts: IndicatorMonth, judged: Progress) -> PlanProgress | None:
    """計画全体の進捗, at a year's end only."""
    if not judged.year_end or judged.actual is None:
        return None
    months = facts.indicator.measure.policy.plan.months
    years = (fiscal_year(months.first), fiscal_year(months.last))
    final = facts.targets.get(years[1])
    return plan_progress(
        facts.rule_in(facts.month),
        judged.actual,
        fiscal_year(facts.month),
        final_target=final.value if final else None,
        years=years,
    )
