"""Which months the plan has, which have begun, and which one is asked for. Time is an argument.

A month is the `date` of its first day everywhere (`foundation.japanese.calendar`).
"""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils import timezone

from foundation.japanese.calendar import (
    add_months,
    first_of_month,
    fiscal_year_end,
    fiscal_year_start,
    last_of_month,
    month_span,
    parse_month,
    wareki_month,
)
from foundation.japanese.ranges import DateRange

OUTSIDE = "計画期間の外の月です。"
AHEAD = "まだ始まっていない月です。"


@dataclass(frozen=True)
class PlanMonths:
    """The months of a plan, from April of its first fiscal year to March of its last."""

    first: date
    last: date

    @classmethod
    def between(cls, first_fiscal_year: int, last_fiscal_year: int) -> "PlanMonths":
        """The months of these fiscal years (western, both inclusive)."""
        last_day = fiscal_year_end(last_fiscal_year)
        return cls(fiscal_year_start(first_fiscal_year), first_of_month(last_day))

    def __contains__(self, month: date) -> bool:
        return self.first <= month <= self.last

    def __str__(self) -> str:
        return f"{wareki_month(self.first)}～{wareki_month(self.last)}"

    @property
    def plan_days(self) -> DateRange:
        """Days that the plan can name: its period and a year around it."""
        return DateRange.years(
            self.first,
            last_of_month(self.last),
            back=1,
            ahead=1,
        )

    @property
    def forecast_days(self) -> DateRange:
        """Days that can be expected: until five years after the plan's end."""
        return DateRange.years(
            self.first,
            last_of_month(self.last),
            back=1,
            ahead=5,
        )

    def begun(self, today: date) -> list[date]:
        """The months that have begun by `today`, oldest first."""
        return month_span(self.first, min(self.last, first_of_month(today)))

    def collected(self, today: date) -> date:
        """The month being collected: the last one that has ended, inside the plan."""
        return min(max(add_months(today, -1), self.first), self.last)

    def asked(self, text: str | None, today: date) -> date:
        """The month of a text like 「2026-10」, else the one being collected.

        ValueError in words when it cannot be read or is outside.
        """
        month = parse_month(text) if text else self.collected(today)
        problem = self.problem_with(month, today)
        if problem:
            raise ValueError(problem)
        return month

    def problem_with(self, month: date, today: date) -> str:
        """Why a month cannot be shown: outside of the plan, or not begun. '' when it can.

        Before the plan begins its first month is shown.
        """
        if month not in self:
            return OUTSIDE
        return AHEAD if month > max(self.first, first_of_month(today)) else ""


def check_month(plan, month: date, *, on: date) -> None:
    """Http404 unless `month` is one of the plan's and has begun by `on`.

    `plan` None: no plan is loaded.
    """
    problem = OUTSIDE if plan is None else plan.months.problem_with(month, on)
    if problem:
        raise Http404(problem)


def asked_month(request, plan) -> date:
    """The month in ?month=, else the one being collected. Http404 when it cannot be read."""
    if plan is None:
        raise Http404("計画が読み込まれていません。")
    try:
        return plan.months.asked(request.GET.get("month"), timezone.localdate())
    except ValueError as error:
        raise Http404(str(error)) from None
