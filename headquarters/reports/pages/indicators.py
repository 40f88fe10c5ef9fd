"""The pages of the indicators: list, one indicator, the measure's tab.

Drawn from the report of their viewpoint; what is 現在 (months, definition, evidence, history) is
read as it stands now.
"""

from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django_tables2 import RequestConfig

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.accounts.remembered import remembered
from foundation.japanese.calendar import (
    add_months,
    first_of_month,
    fiscal_months,
    fiscal_year,
    fiscal_year_end,
    format_month,
)
from foundation.records.attached import files_told
from foundation.records.models import Attachment, HistoryEntry
from foundation.sheets.lists import asked_kind, list_file
from headquarters.reports.editions import grades_in
from headquarters.reports.pages.indicator_chart import indicator_chart
from headquarters.reports.pages.list_files import indicator_file
from headquarters.reports.pages.lists import (
    AHEAD,
    STATES,
    IndicatorFilters,
    department_key,
    list_rows,
)
from headquarters.reports.pages.tables import IndicatorTable
from headquarters.reports.pages.viewpoint import NO_PLAN, Viewpoint, at_viewpoint
from headquarters.reports.rows import IndicatorRow, TargetRow
from kpi import reading
from kpi.addresses import address_of, code_in
from kpi.choices import CellState
from kpi.forecasts.outlook import last_year_of
from kpi.models import Definition, Indicator
from kpi.pages.sentences import draft
from kpi.rules.counting import Reading
from kpi.rules.judged import Progress
from kpi.rules.outlook import SameMonth
from kpi.words import NOT_COMPARABLE, actual, earlier, grade_name, target_line
from measures.addresses import at_its_number, day_asked, measure_or_404
from measures.models import Plan

SHOWN_ENTRIES = 30
NO_INDICATOR = "この番号の指標はありません。"
read = requires(Permission.READ)


@dataclass(frozen=True)
class MonthLine:
    """A line of an indicator's table of months. `progress`: None for months to come.

    `figure_before` is the same month's own figure a year ago, `before` that of the year to then.
    """

    month: date
    state: CellState
    value: Reading | None
    figure: Decimal | None
    figure_before: Decimal | None
    before: SameMonth | None
    progress: Progress | None

    @property
    def difference(self) -> Decimal | None:
        """How much more the month had than a year ago."""
        if self.figure is None or self.figure_before is None:
            return None
        return self.figure - self.figure_before

    @property
    def earlier(self) -> str:
        """The month of a figure of an earlier year."""
        return earlier(self.progress) if self.progress else ""


@dataclass(frozen=True)
class LiveLine:
    """「速報では 821件・達成率 93.8％・B 概ね順調（10月）」: what has come in after an edition."""

    month: date
    actual: str
    judged: Progress
    grade_name: str


def _before(viewpoint: Viewpoint) -> dict[str, str | None]:
    """{code: letter or None} of the edition before; empty without one."""
    return grades_in(viewpoint.base.text) if viewpoint.base else {}


@read
@remembered
@at_viewpoint
def indicator_list(request, viewpoint):
    """All indicators as judged at the viewpoint, with filters."""
    if viewpoint is None:
        raise Http404(NO_PLAN)
    filters = IndicatorFilters.of(request.GET)
    everything = list_rows(viewpoint.report, _before(viewpoint))
    shown = [row for row in everything if filters.wants(row)]
    if asked_kind(request):
        return list_file(request, indicator_file(viewpoint, shown))
    may_define = has_permission(request.user, Permission.DEFINE)
    departments = {
        department_key(each.row): each.row.department
        for each in everything
        if each.row.department_id
    }
    table = IndicatorTable(shown, viewpoint, may_define=may_define)
    RequestConfig(request, paginate=False).configure(table)
    return render(
        request,
        "reports/indicator_list.html",
        {
            "viewpoint": viewpoint,
            "report": viewpoint.report,
            "sample_loaded": viewpoint.report.sample,
            "may_define": may_define,
            "table": table,
            "rows": len(shown),
            "filters": filters,
            "ahead": AHEAD,
            "departments": departments,
            "narrowed": filters.said(departments),
            "states": STATES,
            "measures": {each.row.measure: each.measure for each in everything},
        },
    )


def _asked_row(viewpoint: Viewpoint, code: str) -> IndicatorRow | None:
    return next((row for row in viewpoint.report.indicators if row.code == code), None)


def _elsewhere(request, viewpoint: Viewpoint, code: str):
    """Where a number leads that the report does not have: to the one that its indicator has there,
    or, unasked, to the newest month, where it may have begun. Http404 without.
    """
    then, newest = code_in(code, viewpoint.month), viewpoint.begun[0]
    if then not in (None, code) and _asked_row(viewpoint, then):
        return redirect(address_of(request, then))
    if not request.GET.get("at") and code_in(code, newest) == code and newest > viewpoint.month:
        return redirect(f"{request.path}?at={format_month(newest)}")
    raise Http404(NO_INDICATOR)


def _facts_now(code: str, viewpoint: Viewpoint, today: date) -> reading.IndicatorMonth:
    """The indicator with that number at the viewpoint, as it stands today: under an edition also
    the months after it, unless it has ended before.
    """
    found = [row for row in viewpoint.rows if row.indicator.code == code]
    newest = viewpoint.month if viewpoint.edition is None else viewpoint.begun[0]
    for month in dict.fromkeys((newest, viewpoint.month)):
        found = found or reading.load(
            month, on=today, code=code, code_in=viewpoint.month, evidence=True
        )
    if not found:
        raise Http404(NO_INDICATOR)
    return found[0]


def _files(facts: reading.IndicatorMonth) -> list[Attachment]:
    """The evidence beside the indicator, which came with its definition."""
    told: Any = facts.definition
    return files_told(told.files_told)


def _called(facts: reading.IndicatorMonth, row: IndicatorRow) -> Indicator:
    """The indicator under the number and name of the viewpoint; a copy, never saved."""
    called = copy(facts.indicator)
    called.code, called.name = row.code, row.name
    return called


def _live_line(
    facts: reading.IndicatorMonth, row: IndicatorRow, viewpoint: Viewpoint
) -> LiveLine | None:
    """What the newest month that has ended says otherwise than an edition; None where nothing."""
    ended = [month for month in viewpoint.begun if month < first_of_month(facts.on)]
    if viewpoint.edition is None or not ended or ended[0] <= viewpoint.month:
        return None
    judged = facts.progress_at(ended[0])
    if (judged.actual, judged.rate, judged.grade) == (row.actual, row.rate, row.grade):
        return None
    shown = actual(judged, facts.definition_in(ended[0]))
    return LiveLine(ended[0], shown, judged, grade_name(judged, facts.bands))


def _attach_month(viewpoint: Viewpoint, today: date) -> date | None:
    """To which month a file can be attached: the one shown, when it is open, else the newest open
    one that has ended; None when all are closed.
    """
    opened = [key.month for key in viewpoint.live]
    if viewpoint.month in opened:
        return viewpoint.month
    return next((month for month in opened if month < first_of_month(today)), None)


def _final_target(row: IndicatorRow, plan: Plan) -> TargetRow | None:
    """The target of the plan's last year, as the report has it."""
    last = fiscal_year(plan.months.last)
    return next((each for each in row.targets if each.fiscal_year == last), None)


def _may_forecast(user, definition: Definition, viewpoint: Viewpoint) -> bool:
    """May this person say here what is expected at the year's end?"""
    open_now = viewpoint.edition is None and not viewpoint.is_now
    return open_now and has_permission(
        user, Permission.ENTER_VALUES, department=definition.responsible_id
    )


def _month_lines(facts: reading.IndicatorMonth, viewpoint: Viewpoint) -> list[MonthLine]:
    """The months of the viewpoint's fiscal year, as they stand now."""
    return [_month_line(facts, each) for each in fiscal_months(fiscal_year(viewpoint.month))]


def _month_line(facts: reading.IndicatorMonth, month: date) -> MonthLine:
    """One month as it stands now, beside the one of last year where that can be compared."""
    before = last_year_of(
        facts,
        month,
    )
    same_count = before is None or before.comparable
    return MonthLine(
        month=month,
        state=facts.judged_state_in(month),
        value=facts.readings.get(month),
        figure=facts.figure_in(month),
        figure_before=facts.figure_in(add_months(month, -12)) if same_count else None,
        before=before,
        progress=facts.progress_at(month) if month <= facts.month else None,
    )


@read
@remembered
@at_viewpoint
def indicator(request, code, viewpoint):
    """One indicator: head and chart at the viewpoint; months, definition, history as of now."""
    if viewpoint is None:
        raise Http404(NO_PLAN)
    row = _asked_row(viewpoint, code)
    if row is None:
        return _elsewhere(
            request,
            viewpoint,
            code,
        )
    month, facts = viewpoint.month, _facts_now(code, viewpoint, timezone.localdate())
    asked = _called(facts, row)
    about = HistoryEntry.objects.visible_to(request.user).about(asked)
    history = list(about if "all" in request.GET else about[: SHOWN_ENTRIES + 1])
    shown = history if "all" in request.GET else history[:SHOWN_ENTRIES]
    definition = facts.definition
    return render(
        request,
        "reports/indicator.html",
        {
            "viewpoint": viewpoint,
            "report": viewpoint.report,
            "sample_loaded": viewpoint.report.sample,
            "row": list_rows(viewpoint.report, _before(viewpoint))[
                viewpoint.report.indicators.index(row)
            ],
            "live": _live_line(facts, row, viewpoint),
            "draft": draft(facts) if viewpoint.edition is None else "",
            "targets": [target_line(target, definition) for target in facts.targets.values()],
            "indicator": asked,
            "facts": facts,
            "month": month,
            "attach_month": _attach_month(viewpoint, facts.on),
            "figure": indicator_chart(row, month),
            "months": _month_lines(facts, viewpoint),
            "has_last_year": month >= add_months(facts.plan_start, 12),
            "final": _final_target(
                row,
                facts.indicator.measure.policy.plan,
            ),
            "year_end": fiscal_year_end(fiscal_year(month)),
            "may_forecast": _may_forecast(request.user, definition, viewpoint),
            "entries": shown,
            "older": len(history) > len(shown),
            "may_define": has_permission(request.user, Permission.DEFINE),
            "may_attach": has_permission(
                request.user, Permission.ENTER_VALUES, department=definition.responsible_id
            ),
            "lost_baseline": NOT_COMPARABLE if facts.lost_baseline else "",
            "files": _files(facts),
        },
    )


@read
@remembered
@at_its_number
@at_viewpoint
def measure_kpis(request, number, viewpoint):
    """The measure sheet's tab KPI."""
    if viewpoint is None:
        raise Http404(NO_PLAN)
    measure = measure_or_404(number, day_asked(request))
    then = viewpoint.row_of(measure)
    rows = list_rows(viewpoint.report, _before(viewpoint))
    return render(
        request,
        "reports/measure_kpis.html",
        {
            "viewpoint": viewpoint,
            "report": viewpoint.report,
            "sample_loaded": viewpoint.report.sample,
            "measure": measure,
            "tab": "kpi",
            "rows": [each for each in rows if then and each.row.measure == then.number],
        },
    )
