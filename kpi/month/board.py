"""The secretariat's overview of the months.

What is collected, what is closed, what is left over from the year before.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import first_of_month, fiscal_year, fiscal_year_start
from kpi import reading
from kpi.choices import CellState, SubmissionState
from kpi.models import KpiValue, ReportingMonth, Submission, Target
from kpi.month.closing import changes_since_closing
from kpi.months import default_due_on
from measures.months import PlanMonths

SETTLING_MONTHS = (4, 5)


@dataclass(frozen=True)
class MonthRow:
    """One month in the overview."""

    month: date
    due_on: date
    due: int
    done: int
    departments: int
    states: Counter
    locked_at: object = None
    changes: int = 0

    @property
    def states_shown(self) -> list[tuple[str, int]]:
        """[(word, count)] of the departments' states, 未提出 first."""
        left = self.departments - sum(self.states.values())
        return [
            (
                state.label,
                self.states[state] + (left if state == SubmissionState.NOT_SUBMITTED else 0),
            )
            for state in SubmissionState
        ]


def overview(plan_months: PlanMonths, today: date) -> list[MonthRow]:
    """All months of the plan that have begun, newest first.

    Six queries, and one per closed month.
    """
    until = first_of_month(today)
    settled = {row.month: row for row in ReportingMonth.objects.all()}
    states: dict[date, Counter] = {}
    for row in Submission.objects.all():
        states.setdefault(row.month, Counter())[row.state] += 1
    facts = reading.load(until, on=today) if until >= plan_months.first else []
    return [
        _row(month, facts, settled.get(month), states.get(month, Counter()))
        for month in reversed(plan_months.begun(today))
    ]


def _row(month, facts, settled, states) -> MonthRow:
    due = [row for row in facts if row.state_in(month) != CellState.NOT_DUE]
    locked = settled.locked_at if settled else None
    return MonthRow(
        month=month,
        due_on=(settled and settled.due_on) or default_due_on(month),
        due=len(due),
        done=sum(month in row.stored for row in due),
        departments=len({row.definition_in(month).responsible_id for row in due}),
        states=states,
        locked_at=locked,
        changes=changes_since_closing(settled) if locked else 0,
    )


@dataclass(frozen=True)
class YearChange:
    """年度切替: what the old year still has to settle and the new year has to set, asked in April
    and May.
    """

    year: int
    provisional: list
    without_target: list

    @property
    def is_season(self) -> bool:
        """Is there anything to show?"""
        return bool(self.provisional or self.without_target)


def year_change(today: date, first_year: int, indicators) -> YearChange:
    """Values of earlier fiscal years that are still 暫定, and indicators without a target for this
    one.
    """
    year = fiscal_year(today)
    provisional = []
    if year > first_year:
        provisional = list(KpiValue.objects.provisional_before(fiscal_year_start(year)))
    known = set(Target.objects.filter(fiscal_year=year).values_list("indicator_id", flat=True))
    without = (
        [row for row in indicators if row.pk not in known] if today.month in SETTLING_MONTHS else []
    )
    return YearChange(year, provisional, without)
