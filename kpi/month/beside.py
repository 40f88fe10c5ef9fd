"""What the overview of the months shows of them, asked together with the plan: what is settled, how
far the departments are, and which requests wait for an answer.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from foundation.japanese.calendar import fiscal_months, fiscal_year
from foundation.records.compiled import Compiled
from foundation.records.within import rows_within
from kpi.models import Reopening, ReportingMonth, Submission
from kpi.models.settled import settled_from
from kpi.models.told_of_month import ASKED, request_told, told_of_month
from kpi.querysets import SETTLED
from measures.models import Plan
from measures.setting import stored_versions


@dataclass(frozen=True)
class MonthsBeside:
    """The plan, and of `months` {month: row}, {month: {state of a submission: departments}};
    `waiting`: of all months the requests that wait, oldest first, where they were asked for.
    """

    plan: Plan
    months: tuple[date, ...]
    settled: dict[date, ReportingMonth]
    states: dict[date, Counter[str]]
    waiting: list[Reopening] = field(default_factory=list)

    def is_closed(self, month: date) -> bool:
        """Is this one of them closed?"""
        return month in self.settled and self.settled[month].locked_at is not None


def plan_with_months(months: tuple[date, ...]) -> MonthsBeside | None:
    """The plan that the portal runs, with what stands about these months; None while none is
    loaded. One query.
    """
    for plan in _overview(months)():
        told: Any = plan
        waiting = sorted(map(request_told, told.waiting_told or ()), key=_asked_at)
        return replace(_beside(plan, months), waiting=waiting)
    return None


def plan_with_month(month: date) -> MonthsBeside | None:
    """The same of the months of its fiscal year, with all that stands about this one on the plan
    (`kpi.models.told_of_month`, for `MonthState.load`). One query.
    """
    months = tuple(fiscal_months(fiscal_year(month)))
    for plan in _board(month, months)():
        return _beside(plan, months)
    return None


def _beside(plan: Plan, months: tuple[date, ...]) -> MonthsBeside:
    told: Any = plan
    states: dict[date, Counter[str]] = {month: Counter() for month in months}
    for row in told.handed_in_told or ():
        states[date.fromisoformat(row["month"])][row["state"]] += 1
    settled = [(date.fromisoformat(row["month"]), row) for row in told.settled_told or ()]
    return MonthsBeside(
        plan=plan,
        months=months,
        settled={month: settled_from(month, row) for month, row in settled},
        states=states,
    )


@lru_cache(maxsize=16)
def _overview(months: tuple[date, ...]) -> Compiled[Plan]:
    """The question put together once for these months."""
    waiting = Reopening.objects.waiting().select_related(None)
    rows = _plans(months).annotate(waiting_told=rows_within(waiting, by=None, **ASKED))
    return Compiled(rows[:1])


@lru_cache(maxsize=64)
def _board(month: date, months: tuple[date, ...]) -> Compiled[Plan]:
    """The question put together once for a month."""
    rows = _plans(months).annotate(decided=stored_versions(), **told_of_month(month))
    return Compiled(rows[:1])


def _plans(months: tuple[date, ...]) -> Any:
    """The plan with what is settled and handed in of these months."""
    settled = ReportingMonth.objects.filter(month__in=months)
    handed_in = Submission.objects.filter(month__in=months)
    return Plan.objects.annotate(
        settled_told=rows_within(settled, by=None, month="month", **SETTLED),
        handed_in_told=rows_within(handed_in, by=None, month="month", state="state"),
    )


def _asked_at(row: Reopening) -> tuple:
    return (row.requested_at, row.indicator.order)
