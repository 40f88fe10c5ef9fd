"""The secretariat's overview of the months of a fiscal year.

What is collected, what is closed, what is left over from the year before.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime

from foundation.japanese.calendar import (
    add_months,
    first_of_month,
    fiscal_months,
    fiscal_year,
    fiscal_year_start,
    last_of_month,
)
from kpi import reading
from kpi.cells.fetched import Values
from kpi.choices import CellState, SubmissionState
from kpi.models import Indicator, KpiValue
from kpi.month.beside import MonthsBeside, plan_with_months
from kpi.months import Countdown, countdown_to, default_due_on
from kpi.querysets import call_then
from measures.months import PlanMonths
from measures.settings_of import Deadline

SETTLING_MONTHS = (4, 5)


@dataclass(frozen=True)
class MonthRow:
    """One month in the overview: `begun` and `ended` by today; nothing is counted before it begins
    or in a month without indicators.
    """

    month: date
    begun: bool
    ended: bool
    due_on: date
    due: int = 0
    done: int = 0
    departments: int = 0
    states: Counter[str] | None = None
    locked_at: datetime | None = None
    deadline: Deadline = Deadline()

    @property
    def state(self) -> str:
        """What a month that is not closed says of itself: 「確認 2／6課」「月の途中」."""
        if not self.begun:
            return ""
        if not self.ended:
            return "月の途中"
        confirmed = (self.states or Counter())[SubmissionState.CONFIRMED]
        return f"確認 {confirmed}／{self.departments}課" if self.departments else "該当なし"

    @property
    def states_shown(self) -> list[tuple[str, int]]:
        """[(word, count)] of the departments' states, 未提出 first."""
        states = self.states or Counter()
        left = self.departments - sum(states.values())
        return [
            (
                state.label,
                states[state] + (left if state == SubmissionState.NOT_SUBMITTED else 0),
            )
            for state in SubmissionState
        ]


@dataclass(frozen=True)
class YearOfMonths:
    """The twelve months of a fiscal year, April first. `collected`: the month being collected;
    `earlier`, `later`: the fiscal years beside it that can be shown.
    """

    year: int
    months: list[MonthRow]
    collected: date
    today: date
    earlier: int | None
    later: int | None

    @property
    def begun(self) -> list[MonthRow]:
        """Those that have begun, newest first."""
        return [row for row in reversed(self.months) if row.begun]

    @property
    def asked(self) -> MonthRow | None:
        """The month being collected, while it is not closed."""
        rows = [row for row in self.months if row.month == self.collected]
        return rows[0] if rows and rows[0].locked_at is None else None

    @property
    def countdown(self) -> Countdown | None:
        """How long until the month being collected is due; None when nothing in it is."""
        asked = self.asked
        if asked is None or not asked.due:
            return None
        return countdown_to(
            asked.due_on,
            self.today,
            asked.deadline,
        )


def shown_years(plan_months: PlanMonths, today: date) -> range:
    """The fiscal years that have begun."""
    last = max(plan_months.first, min(plan_months.last, today))
    return range(fiscal_year(plan_months.first), fiscal_year(last) + 1)


def likely_months(today: date, year: int | None = None) -> tuple[date, ...]:
    """The months of that fiscal year, without one of that of the last month: what `overview` shows
    as long as the plan runs; asked for before the plan is known.
    """
    if year is None or not MINYEAR <= year < MAXYEAR:
        year = fiscal_year(add_months(today, -1))
    return tuple(fiscal_months(year))


def newest_shown(year: int, today: date) -> date:
    """The month as of which the months of a fiscal year are seen."""
    months = fiscal_months(year)
    return min(months[-1], max(first_of_month(today), months[0]))


def overview(
    plan_months: PlanMonths,
    today: date,
    year: int | None = None,
    beside: MonthsBeside | None = None,
    values: Values | None = None,
) -> YearOfMonths:
    """The months of a fiscal year, without one of that of the month being collected.

    Three queries, whatever is stored; `beside`: what stands about the months, `values`: all until
    the `newest_shown` of them, where they are known.
    """
    years, collected = shown_years(plan_months, today), plan_months.collected(today)
    year = fiscal_year(collected) if year is None else year
    months = fiscal_months(year)
    if beside is None or beside.months != tuple(months):
        beside = plan_with_months(tuple(months))
    settled = beside.settled if beside else {}
    states = beside.states if beside else {month: Counter() for month in months}
    facts = reading.load(newest_shown(year, today), on=today, judged=False, values=values)
    return YearOfMonths(
        year,
        [_row(month, facts, settled.get(month), states[month], today) for month in months],
        collected,
        today,
        earlier=year - 1 if year - 1 in years else None,
        later=year + 1 if year + 1 in years else None,
    )


def _row(month, facts, settled, states, today) -> MonthRow:
    begun = month <= today
    deadline = facts[0].decided.in_month(month).deadline if facts else Deadline()
    due = [row for row in facts if row.state_in(month) != CellState.NOT_DUE] if begun else []
    return MonthRow(
        month=month,
        begun=begun,
        ended=last_of_month(month) < today,
        due_on=(settled and settled.due_on) or default_due_on(month, deadline),
        deadline=deadline,
        due=len(due),
        done=sum(month in row.readings for row in due),
        departments=len({row.definition_in(month).responsible_id for row in due}),
        states=states,
        locked_at=settled.locked_at if settled else None,
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


def year_change(today: date, first_year: int) -> YearChange:
    """Values of earlier fiscal years that are still 暫定, and indicators without a target for this
    one.
    """
    year = fiscal_year(today)
    provisional = []
    if year > first_year:
        provisional = list(KpiValue.objects.provisional_before(fiscal_year_start(year)))
    without = _without_target(today, year) if today.month in SETTLING_MONTHS else []
    return YearChange(
        year,
        provisional,
        without,
    )


def _without_target(today: date, year: int) -> list[Indicator]:
    rows = Indicator.objects.in_month(first_of_month(today)).without_target(year)
    return [call_then(row, row) for row in rows]
