"""The chart of an indicator as its page draws it."""

from foundation.japanese.calendar import fiscal_year, fiscal_year_start, month_span
from headquarters.reports.from_kpi import indicator_row
from headquarters.reports.pages.indicator_chart import indicator_chart
from kpi.reading import IndicatorMonth, load


def chart_of(facts: IndicatorMonth) -> dict:
    """The chart of the facts' fiscal year up to their month."""
    month = facts.month
    found = load(month, on=facts.on, indicator=facts.indicator, submissions=True)
    months = month_span(fiscal_year_start(fiscal_year(month)), month)
    return indicator_chart(indicator_row(found[0], months), month)
