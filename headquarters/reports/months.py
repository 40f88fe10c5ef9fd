"""Which month is asked for."""

from foundation.japanese.calendar import fiscal_months, parse_month
from kpi.months import reporting_month


def plan_months(plan):
    """(first, last) month of the plan, or None without one."""
    if plan is None:
        return None
    return fiscal_months(plan.first_fiscal_year)[0], fiscal_months(plan.last_fiscal_year)[-1]


def month_of(text: str | None, plan, today):
    """The month of a query string inside the plan, else the one being collected.

    ValueError when it is neither.
    """
    first, last = plan_months(plan)
    month = parse_month(text) if text else reporting_month(today, first, last)
    if not first <= month <= last:
        raise ValueError("計画期間の外の月です。")
    return month
