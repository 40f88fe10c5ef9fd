"""What the overview of the months shows of them, asked together with the plan: what is settled, how
far the departments are, and which requests wait for an answer.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from foundation.records.compiled import Compiled
from foundation.records.people import person_told, who
from foundation.records.within import moment_of, rows_within
from kpi.models import Indicator, Reopening, ReportingMonth, Submission
from kpi.models.settled import settled_from
from kpi.querysets import SETTLED
from measures.models import Plan


@dataclass(frozen=True)
class MonthsBeside:
    """The plan, and of `months` {month: row}, {month: {state of a submission: departments}}; of all
    months the requests that wait, oldest first.
    """

    plan: Plan
    months: tuple[date, ...]
    settled: dict[date, ReportingMonth]
    states: dict[date, Counter[str]]
    waiting: list[Reopening]


def plan_with_months(months: tuple[date, ...]) -> MonthsBeside | None:
    """The plan that the portal runs, with what stands about these months; None while none is
    loaded. One query.
    """
    for plan in _question(months)():
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
            waiting=sorted(map(_request, told.waiting_told or ()), key=_asked_at),
        )
    return None


@lru_cache(maxsize=16)
def _question(months: tuple[date, ...]) -> Compiled[Plan]:
    """Put together once for these months."""
    settled = ReportingMonth.objects.filter(month__in=months)
    handed_in = Submission.objects.filter(month__in=months)
    waiting = Reopening.objects.waiting().select_related(None)
    plans = Plan.objects.annotate(
        settled_told=rows_within(settled, by=None, month="month", **SETTLED),
        handed_in_told=rows_within(handed_in, by=None, month="month", state="state"),
        waiting_told=rows_within(
            waiting,
            by=None,
            id="id",
            month="month",
            state="state",
            reason="reason",
            requested_at="requested_at",
            asked_revision="asked_revision",
            code="indicator__code",
            order="indicator__order",
            **who("requested_by"),
        ),
    )
    return Compiled(plans[:1])


def _request(told: dict[str, Any]) -> Reopening:
    """A request with its indicator and who made it."""
    return Reopening(
        pk=told["id"],
        indicator=Indicator(code=told["code"], order=told["order"]),
        month=date.fromisoformat(told["month"]),
        state=told["state"],
        reason=told["reason"],
        requested_by=person_told(told),
        requested_at=moment_of(told["requested_at"]),
        asked_revision=told["asked_revision"],
    )


def _asked_at(row: Reopening) -> tuple:
    return (row.requested_at, row.indicator.order)
