"""The pages of the indicators.

List, one indicator, the measure's tab, evidence. Numbers come from `kpi.reading`.
"""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django_tables2 import RequestConfig

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import fiscal_months, fiscal_year
from foundation.records.actions import sample_loaded
from foundation.records.models import Attachment, HistoryEntry
from foundation.sheets.download import file_response
from kpi import reading
from kpi.addresses import at_its_code, indicator_or_404
from kpi.choices import CellState
from kpi.pages import charts
from kpi.pages.lists import IndicatorFilters, ListRow, download, list_row
from kpi.pages.sentences import draft
from kpi.pages.tables import IndicatorTable
from kpi.rules.counting import Reading
from kpi.rules.progress import Progress
from kpi.words import earlier, target_line
from measures.addresses import at_its_number, measure_or_404
from measures.models import Plan
from measures.months import asked_month

SHOWN_ENTRIES = 30
read = requires(Permission.READ)


@dataclass(frozen=True)
class MonthLine:
    """A line of an indicator's table of months. `progress`: None for months to come."""

    month: date
    state: CellState
    value: Reading | None
    progress: Progress | None

    @property
    def earlier(self) -> str:
        """The month of a figure of an earlier year."""
        return earlier(self.progress) if self.progress else ""


@dataclass(frozen=True)
class KpiLine:
    """A line of the measure sheet's table of indicators."""

    facts: reading.IndicatorMonth
    shown: ListRow


@read
def indicator_list(request):
    """All indicators as judged in a month, with filters."""
    month = asked_month(request, Plan.objects.current())
    filters = IndicatorFilters.of(request.GET)
    everything = [list_row(facts) for facts in reading.load(month, on=timezone.localdate())]
    shown = [row for row in everything if filters.wants(row)]
    if request.GET.get("format") in ("xlsx", "csv", "cp932"):
        return file_response(
            *download(
                shown, month, request.GET["format"], when=timezone.now(), sample=sample_loaded()
            )
        )
    table = IndicatorTable(shown)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    departments = {row.department_id: row.department for row in everything if row.department_id}
    return render(
        request,
        "reports/indicator_list.html",
        {
            "may_define": has_permission(request.user, Permission.DEFINE),
            "table": table,
            "month": month,
            "filters": filters,
            "departments": departments,
            "measures": {row.measure_number: row.measure for row in everything},
        },
    )


@read
@at_its_code
def indicator(request, code):
    """One indicator: chart, table of months, definition, targets, history, evidence."""
    month = asked_month(request, Plan.objects.current())
    asked = indicator_or_404(code, month)
    found = reading.load(month, on=timezone.localdate(), indicator=asked)
    if not found:
        raise Http404("この月には、この指標はありません。")
    facts = found[0]
    months = list(fiscal_months(fiscal_year(month)))
    about = HistoryEntry.objects.visible_to(request.user).about(asked)
    history = list(about if "all" in request.GET else about[: SHOWN_ENTRIES + 1])
    shown = history if "all" in request.GET else history[:SHOWN_ENTRIES]
    return render(
        request,
        "reports/indicator.html",
        {
            "draft": draft(facts),
            "targets": [target_line(target, facts.definition) for target in facts.targets.values()],
            "original": facts.progress_at(month, original=True) if facts.revisions else None,
            "indicator": asked,
            "facts": facts,
            "month": month,
            "row": list_row(facts),
            "judged": facts.progress_at(month),
            "figure": charts.indicator_chart(facts),
            "months": [
                MonthLine(
                    each,
                    facts.judged_state_in(each),
                    facts.readings.get(each),
                    facts.progress_at(each) if each <= month else None,
                )
                for each in months
            ],
            "entries": shown,
            "older": len(history) > len(shown),
            "may_define": has_permission(request.user, Permission.DEFINE),
            "may_attach": has_permission(
                request.user, Permission.ENTER_VALUES, department=facts.definition.responsible_id
            ),
            "files": Attachment.objects.of_months(asked),
        },
    )


@read
@at_its_number
def measure_kpis(request, number):
    """The measure sheet's tab KPI."""
    measure = measure_or_404(number, timezone.localdate())
    month = asked_month(request, measure.policy.plan)
    found = reading.load(month, on=timezone.localdate(), measure=measure)
    rows = [KpiLine(facts, list_row(facts)) for facts in found]
    return render(
        request,
        "reports/measure_kpis.html",
        {
            "measure": measure,
            "tab": "kpi",
            "month": month,
            "rows": rows,
            "facts": found,
        },
    )
