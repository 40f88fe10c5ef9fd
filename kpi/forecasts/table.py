"""The table of what is expected at the year's end: one row per indicator, saved at once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.forms import add_errors
from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, has_permission, is_secretariat, require
from foundation.japanese.calendar import fiscal_year, fiscal_year_end, month_name
from foundation.records.conflict import Conflict
from foundation.records.forms import STALE
from foundation.records.seen import wait_in_line
from kpi import words
from kpi.actions import Locked
from kpi.forecasts.actions import record_forecast
from kpi.forecasts.forms import ForecastForm, WhyLateForm
from kpi.forecasts.outlook import NOT_FORECAST, Outlook, outlook_of
from kpi.models import Indicator, YearEndForecast
from kpi.months import Lock, MonthState
from kpi.reading import IndicatorMonth


@dataclass
class ForecastRow:
    """One indicator: what was reached, what is aimed at, what is expected."""

    facts: IndicatorMonth
    stored: YearEndForecast | None
    may: bool
    lock: Lock | None
    form: ForecastForm

    @property
    def indicator(self) -> Indicator:
        """The indicator."""
        return self.facts.indicator

    @property
    def is_open(self) -> bool:
        """May this person say something here now?"""
        return self.may and (self.lock is None or self.lock.reason_needed)

    @property
    def outlook(self) -> Outlook:
        """What stands beside its judgement."""
        return outlook_of(self.facts, self.facts.progress_at(self.facts.month))

    @property
    def actual(self) -> str:
        """The year's figure so far."""
        return words.actual(self.facts.progress_at(self.facts.month), self.facts.definition)

    @property
    def target(self) -> str:
        """The year's target with its unit, or －."""
        row = self.facts.targets_in(self.facts.month).get(fiscal_year(self.facts.month))
        if row is None:
            return words.DASH
        if row.value is None:
            return words.target(row) + ("" if row.none else self.facts.definition.unit)
        return words.figure(row.value, self.facts.definition)

    @property
    def said_before(self) -> str:
        """「9月分では1,260件」: what was said last in the year, in another month."""
        found = self.outlook.expected
        if found is None or found.said.month == self.facts.month:
            return ""
        figure = words.figure(found.figure, self.facts.definition)
        return f"{month_name(found.said.month)}分では{figure}"

    @property
    def parts(self) -> str:
        """「オンライン申請件数／申請件数」 of a ratio."""
        return "／".join(str(box.label) for box in self.form.boxes if len(self.form.boxes) > 1)

    @property
    def stored_words(self) -> str:
        """What stands, for a row that cannot be typed in."""
        return words.forecast(self.stored) or words.DASH

    @property
    def errors(self) -> list[str]:
        """All sentences about what was typed."""
        return [str(text) for problems in self.form.errors.values() for text in problems]

    def keep(self, *, by: User, on: date, why_late: str, at: datetime) -> None:
        """Store what was typed; what is refused stays on the row."""
        try:
            with transaction.atomic():
                record_forecast(
                    by=by,
                    indicator=self.indicator,
                    month=self.facts.month,
                    new=self.form.new,
                    seen=self.form.seen,
                    on=on,
                    why_late=why_late,
                    at=at,
                )
        except ValidationError as error:
            add_errors(self.form, error)
        except Locked as lock:
            self.form.add_error(None, str(lock))
        except Conflict as conflict:
            self.form.conflict = conflict
            self.form.tell()


@dataclass
class ForecastTable:
    """The indicators of one month for which a person may look ahead."""

    month: date
    state: MonthState
    rows: list[ForecastRow]
    why_late: WhyLateForm

    @classmethod
    def of(
        cls,
        month: date,
        rows: list[IndicatorMonth],
        user: User,
        *,
        now: datetime,
        data: Any = None,
    ) -> "ForecastTable":
        """The rows in the plan's order; `rows`: what was read of the month. Two queries."""
        state, said = MonthState.load(month, rows), YearEndForecast.objects.of_month(month)
        found = [
            _row(facts, said.get(facts.indicator.pk), state, user, now, data)
            for facts in rows
            if facts.progress_at(month).not_judged not in NOT_FORECAST
        ]
        return cls(
            month,
            state,
            found,
            WhyLateForm(data),
        )

    @property
    def open(self) -> list[ForecastRow]:
        """The rows that this person can type in."""
        return [row for row in self.rows if row.is_open]

    @property
    def shown(self) -> list[ForecastRow]:
        """One's own rows; who has none reads them all."""
        return [row for row in self.rows if row.may] or self.rows

    @property
    def said(self) -> int:
        """For how many of the rows shown something was said in this month."""
        return sum(row.stored is not None for row in self.shown)

    @property
    def asks_why(self) -> bool:
        """Are there rows that were handed in already, and can be changed with a reason?"""
        return any(row.lock is not None and row.lock.reason_needed for row in self.open)

    @property
    def year_end(self) -> date:
        """The last day of the month's fiscal year."""
        return fiscal_year_end(fiscal_year(self.month))

    @transaction.atomic
    def save_table(self, *, by: User, on: date, at: datetime) -> int | None:
        """Save all that was typed, or nothing; how many rows, None where one is refused.

        PermissionDenied when a row of another department was sent.
        """
        wait_in_line()
        moved = [row for row in self.rows if row.form.is_bound and row.form.moved]
        for row in moved:
            require(by, Permission.ENTER_VALUES, department=row.facts.definition.responsible)
        forms = [self.why_late, *(row.form for row in moved)]
        good = all([form.is_valid() for form in forms])  # noqa: C419 - all are to say what is wrong
        for row in moved if good else ():
            why_late = self.why_late.cleaned_data["why_late"]
            row.keep(by=by, on=on, why_late=why_late, at=at)
        if not good or any(row.form.errors for row in moved):
            transaction.set_rollback(True)
            return None
        return len(moved)

    @property
    def conflict(self) -> bool:
        """Has somebody else said something in between?"""
        return any(row.form.conflict for row in self.rows)

    @property
    def problems(self) -> dict[str, str]:
        """{sentence: anchor of its row} of what is wrong; what all rows share stands once."""
        found: dict[str, str] = {}
        for row in self.rows:
            if not (row.form.is_bound and row.form.moved):
                continue
            for text in row.errors:
                said = text if text == STALE else f"{row.indicator.code}：{text}"
                found.setdefault(said, f"k{row.indicator.code}")
        return found


def _row(
    facts: IndicatorMonth,
    stored: YearEndForecast | None,
    state: MonthState,
    user: User,
    now: datetime,
    data: Any,
) -> ForecastRow:
    """The row of one indicator for one person."""
    department = facts.definition.responsible_id
    may = has_permission(user, Permission.ENTER_VALUES, department=department)
    lock = state.lock_on(
        indicator_id=facts.indicator.pk,
        department_id=department,
        secretariat=is_secretariat(user),
        now=now,
    )
    sent = data if data is not None and f"{facts.indicator.code}-seen" in data else None
    return ForecastRow(facts, stored, may, lock, ForecastForm(facts.definition, stored, sent))
