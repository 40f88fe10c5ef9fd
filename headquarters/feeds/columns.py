"""What feeds hold: columns of the data sheets that are named here, and no others.

Named one by one, so that a column which the data sheets get later does not leave the house by
itself. Notes and reasons that people write to each other are internal: 備考 of a value, 理由 of a
milestone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from foundation.sheets.book import Column
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.kpi_data import kpi_columns, kpi_rows
from headquarters.reports.workbook.step_data import step_columns, step_rows

WHOSE = ("municipality_code", "municipality", "report_month", "report_version", "report_as_of")
KPI = (
    *WHOSE,
    *("fiscal_year", "month", "measure_number", "measure_name"),
    *("indicator_code", "indicator_name", "department", "unit"),
    *("kind", "kind_code", "direction", "direction_code"),
    *("cell_state", "cell_state_code", "value"),
    *("numerator", "numerator_unit", "denominator", "denominator_unit"),
    *("missing_reason", "missing_reason_code", "maturity", "maturity_code"),
    *("year_to_date", "year_to_date_maturity", "year_to_date_maturity_code", "last_year"),
    *("target", "target_lower", "target_upper", "expectation"),
    *("achievement_rate", "grade", "not_evaluated", "not_evaluated_code"),
    *("as_of", "data_source", "is_sample"),
)
MILESTONES = (
    *WHOSE,
    *("measure_number", "measure_name", "step_id", "step", "recurrence", "recurrence_code"),
    *("first_month", "last_month", "department", "step_state", "step_state_code"),
    *("milestone_id", "milestone", "original_on", "approved_on", "forecast_on", "completed_on"),
    *("state", "state_code", "is_late", "slip_days", "postponements", "is_sample"),
)


@dataclass(frozen=True)
class Feed:
    """A feed: its name in the address, what it is called, and of which columns and rows."""

    name: str
    title: str
    names: tuple[str, ...]
    sheet: Callable[[MonthlyReport], list[Column]]
    rows_of: Callable[[MonthlyReport], Iterable[Any]]

    def columns(self, report: MonthlyReport) -> list[Column]:
        """Its columns, in their order."""
        known = {column.name: column for column in self.sheet(report)}
        return [known[name] for name in self.names]


FEEDS = {
    feed.name: feed
    for feed in (
        Feed("kpi", "KPIの値と評価", KPI, kpi_columns, kpi_rows),
        Feed("milestones", "工程とマイルストーン", MILESTONES, step_columns, step_rows),
    )
}
