"""総括: the dashboard, drawn from one report, live or frozen."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import Permission, requires
from foundation.japanese.numbers import whole_number
from headquarters.reports.changes import moves
from headquarters.reports.editions import grades_in
from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather, plan_now
from headquarters.reports.pages import charts
from headquarters.reports.pages.matrix import headline, matrix
from headquarters.reports.stored import parse

read = requires(Permission.READ)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the report, its edition (None: live), all editions."""

    report: MonthlyReport
    edition: Any
    editions: list[Any]  # as `EditionQuerySet.shown` annotates them

    @property
    def key(self) -> ReportKey:
        """How the address names it."""
        return ReportKey(self.report.month, self.edition.number if self.edition else None)

    @property
    def base(self) -> Any:
        """The newest edition of an earlier month, with which the report is compared."""
        earlier = (row for row in self.editions if row.month < self.report.month and row.text)
        return next(earlier, None)


@dataclass(frozen=True)
class Choice:
    """One line of the picker."""

    key: ReportKey
    is_shown: bool

    @property
    def selected(self) -> str:
        """The attribute of its option."""
        return " selected" if self.is_shown else ""


def _key(query, plan, today) -> ReportKey | None:
    """The report that the query names, or None for the newest. Http404 when it cannot be read.

    ?month=2026-10 is the month as it stands now; ?month=2026-10.2 or ?month=2026-10&edition=2 an
    edition.
    """
    text = query.get("month", "")
    number = query.get("edition", "")
    if not text and not number:
        return None
    try:
        key = ReportKey.parse(text) if text else ReportKey(plan.months.collected(today))
    except ValueError as error:
        raise Http404(str(error)) from None
    problem = plan.months.problem_with(key.month, today)
    if problem:
        raise Http404(problem)
    return ReportKey(key.month, whole_number(number, 0)) if number else key


def _asked(query, plan, today) -> Asked:
    """The report of the address; without one that of the last closed month, else the live one."""
    key = _key(query, plan, today)
    month, number = (key.month, key.edition or 0) if key else (None, 0)
    editions = list(Edition.objects.shown(month, number))
    if key is None and editions:
        return Asked(parse(editions[0].text), editions[0], editions)
    if key is None or key.edition is None:
        live = gather(month or plan.months.collected(today), on=today, plan=plan)
        if live is None:
            raise Http404("この月には、指標がありません。")
        return Asked(live, None, editions)
    for row in editions:
        if row.key == key:
            return Asked(parse(row.text), row, editions)
    raise Http404("その版はありません。")


def _choices(months, asked: Asked) -> list[Choice]:
    """The picker: each month's editions, newest first, then the month as it stands now."""
    keys = []
    for month in months:
        keys += [row.key for row in asked.editions if row.month == month]
        keys.append(ReportKey(month))
    return [Choice(key, key == asked.key) for key in keys]


def begun_months(plan, today) -> list:
    """The plan's months that have begun, newest first; before it begins, its first."""
    return plan.months.begun(today)[::-1] or [plan.months.first]


@read
def dashboard(request):
    """The month in thirty seconds."""
    plan, today = plan_now(), timezone.localdate()
    if plan is None:
        return render(request, "reports/dashboard.html", {"report": None})
    asked = _asked(request.GET, plan, today)
    report, base = asked.report, asked.base
    return render(
        request,
        "reports/dashboard.html",
        {
            "report": report,
            "key": asked.key,
            "month": report.month,
            "edition": asked.edition,
            "matrix": matrix(report),
            "headline": headline(report),
            "choices": _choices(begun_months(plan, today), asked),
            "since": base,
            "moves": moves(grades_in(base.text), report) if base else None,
            "grades": charts.grades_chart(report),
            "by_month": charts.grades_by_month(report),
            "rates": charts.rates_chart(report),
            "sample_loaded": report.sample,
        },
    )
