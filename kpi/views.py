"""The KPI pages. Fetch, form, act, answer; numbers come from `kpi.reading`."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from accounts.models import Department
from accounts.permissions import Permission, has_permission, require, requires
from japanese.calendar import add_months, first_of_month, fiscal_months, fiscal_year, fiscal_year_name, month_name, parse_month
from kpi import actions, charts, reading
from kpi.forms import EntryForm, TargetForm
from kpi.grid import load_rows
from kpi.lists import Filters, download, list_row
from kpi.models import Indicator, KpiValue
from kpi.months import reporting_month
from kpi.submissions import change_submission
from kpi.tables import IndicatorTable
from kpi.targets import set_target
from measures.models import Measure, Plan
from records import uploads
from records.actions import sample_loaded
from records.models import Attachment, HistoryEntry
from sheets.download import file_response

read = requires(Permission.READ)


def plan_months(plan=None):
    """(first, last) month of the plan; 404 while no plan is loaded."""
    plan = plan or Plan.objects.first()
    if plan is None:
        raise Http404("計画が読み込まれていません。")
    return fiscal_months(plan.first_fiscal_year)[0], fiscal_months(plan.last_fiscal_year)[-1]


def asked_month(request, plan=None):
    """The month in ?month=, else the one being collected; 404 when it cannot be read."""
    first, last = plan_months(plan)
    text = request.GET.get("month")
    try:
        month = parse_month(text) if text else reporting_month(timezone.localdate(), first, last)
    except ValueError as error:
        raise Http404(str(error)) from None
    if not first <= month <= last:
        raise Http404("計画期間の外の月です。")
    return month


@read
def entry_current(request):
    """To the month that is being collected."""
    return redirect("kpi:entry", asked_month(request))


def _grid_page(request, month, grid, status=200):
    first, last = grid.plan_months
    return render(request, "kpi/entry.html", {
        "grid": grid, "month": month, "countdown": grid.state.countdown(timezone.localdate()),
        "standings": grid.standings(request.user),
        "rows": grid.rows if request.GET.get("show") == "all" else grid.due, "show": request.GET.get("show", ""),
        "previous": add_months(month, -1) if month > first else None,
        "next": add_months(month, 1) if month < min(last, first_of_month(timezone.localdate())) else None,
    }, status=status)


@read
def entry(request, month):
    """The entry grid of a month."""
    grid = load_rows(month, request.user, now=timezone.now())
    if not grid.rows or not grid.plan_months[0] <= month <= grid.plan_months[1]:
        raise Http404("計画期間の外の月です。")
    return _grid_page(request, month, grid)


def _answer(request, grid, row, status):
    """The row as a fragment for htmx, else the whole page (after success: back to the row)."""
    if request.htmx:
        return render(request, "kpi/entry.html#row", {"row": row, "month": grid.month, "grid": grid})
    if status == 200:
        url = reverse("kpi:entry", args=[grid.month])
        show = "?show=all" if request.GET.get("show") == "all" else ""
        return redirect(f"{url}{show}#k{row.indicator.code}")
    return _grid_page(request, grid.month, grid, status)


def _save(request, row, form, month):
    """Run the action; put what went wrong onto the row. Returns the HTTP status."""
    try:
        saved = actions.record_value(
            by=request.user, indicator=row.indicator, month=month, entry=form.entry, on=timezone.localdate(),
            seen_version=form.cleaned_data["seen_version"], reason=form.cleaned_data["reason"],
        )
    except ValidationError as error:
        for field, problems in getattr(error, "message_dict", {None: error.messages}).items():
            form.add_error(field if field in form.fields else None, problems)
        return 422
    except actions.Conflict as conflict:
        row.conflict = conflict
        return 409
    row.warnings = tuple(saved.warnings)
    return 200


@read
def value_edit(request, month, code):
    """Save one cell. GET leads to the row."""
    if request.method != "POST":
        return redirect(f"{reverse('kpi:entry', args=[month])}?show=all#k{code}")
    indicator = get_object_or_404(Indicator, code=code)
    grid = load_rows(month, request.user, now=timezone.now())
    row = grid.row(code)
    if row is None:
        raise Http404("この月には、この指標はありません。")
    require(request.user, Permission.ENTER_VALUES, department=row.definition.responsible)
    row.form = EntryForm(row.definition, request.POST, stored=row.stored)
    status = _save(request, row, row.form, month) if row.form.is_valid() else 422
    if status == 200:
        fresh = load_rows(month, request.user, now=timezone.now(), indicator=indicator).row(code)
        fresh.warnings, fresh.saved = row.warnings, True
        if row.warnings and not request.htmx:
            messages.warning(request, f"{indicator}：{row.warnings[0]}")
        row = fresh
    return _answer(request, grid, row, status)


@read
@require_POST
def submission_edit(request, month):
    """Hand in, withdraw, return or confirm a department's month."""
    key = request.POST.get("department", "")
    department = get_object_or_404(Department, pk=key) if key.isdigit() else None
    try:
        row = change_submission(by=request.user, department=department, month=month, name=request.POST.get("transition", ""),
                                reason=request.POST.get("reason", "").strip()[:300])
    except ValidationError as error:
        messages.error(request, "。".join(error.messages))
    else:
        messages.success(request, f"{department or '所管課未定'}の{month_name(month)}分を「{row.get_state_display()}」にしました。")
    return redirect("kpi:entry", month)


@read
def indicator_list(request):
    """All indicators as judged in a month, with filters."""
    month = asked_month(request)
    filters = Filters.of(request.GET)
    everything = [list_row(facts) for facts in reading.load(month)]
    shown = [row for row in everything if filters.wants(row)]
    if request.GET.get("format") in ("xlsx", "csv", "cp932"):
        return file_response(*download(shown, month, request.GET["format"], when=timezone.now(), sample=sample_loaded()))
    table = IndicatorTable(shown)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    departments = {row["department_id"]: row["department"] for row in everything if row["department_id"]}
    return render(request, "kpi/list.html", {
        "table": table, "month": month, "filters": filters, "departments": departments,
        "measures": {row["measure_number"]: row["measure"] for row in everything},
    })


@read
def detail(request, code):
    """One indicator: chart, table of months, definition, targets, history, evidence."""
    indicator = get_object_or_404(Indicator, code=code)
    month = asked_month(request)
    found = reading.load(month, indicator=indicator)
    if not found:
        raise Http404("この月には、この指標はありません。")
    facts = found[0]
    months = list(fiscal_months(fiscal_year(month)))
    return render(request, "kpi/detail.html", {
        "indicator": indicator, "facts": facts, "month": month, "row": list_row(facts),
        "judged": facts.progress_at(month), "figure": charts.indicator_chart(facts),
        "months": [(row, facts.state_in(row), facts.readings.get(row),
                    facts.progress_at(row) if row <= month else None) for row in months],
        "entries": HistoryEntry.objects.about(indicator)[:100],
        "may_define": has_permission(request.user, Permission.DEFINE),
        "files": Attachment.objects.of_many(KpiValue.objects.of_indicator(indicator)),
    })


@requires(Permission.DEFINE)
def targets(request, code):
    """The versions of an indicator's yearly targets, and the form for the next one."""
    indicator = get_object_or_404(Indicator.objects.select_related("measure__policy__plan"), code=code)
    definition = actions.definition_for(indicator, asked_month(request, indicator.measure.policy.plan))
    form = TargetForm(definition, indicator.measure.policy.plan.fiscal_years, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = set_target(by=request.user, indicator=indicator, new=form.new_target)
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                form.add_error(field if field in form.fields else None, problems)
        else:
            messages.success(request, f"{fiscal_year_name(row.fiscal_year)}の目標（第{row.version}版）を保存しました。")
            return redirect("kpi:targets", code)
    return render(request, "kpi/targets.html", {
        "indicator": indicator, "definition": definition, "form": form, "rows": indicator.targets.select_related("created_by"),
    })


@read
def measure_kpis(request, number):
    """The measure sheet's tab KPI."""
    measure = get_object_or_404(Measure.objects.with_people(), number=number)
    month = asked_month(request, measure.policy.plan)
    found = reading.load(month, measure=measure)
    rows = [(facts, list_row(facts), facts.progress_at(month)) for facts in found]
    return render(request, "kpi/measure_kpis.html", {
        "measure": measure, "tab": "kpi", "month": month, "rows": rows, "facts": found,
    })


@read
@require_POST
def evidence_add(request, month, code):
    """Attach an evidence file to a stored value."""
    value = get_object_or_404(
        KpiValue.objects.select_related("indicator"), indicator__code=code, month=month
    )
    actions.check_may_enter(by=request.user, indicator=value.indicator, month=month)
    upload = request.FILES.get("file")
    try:
        actions.attach_evidence(by=request.user, value=value, name=upload.name if upload else "",
                                content=uploads.read(upload), on=timezone.localdate())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "添付しました。")
    return redirect("kpi:detail", code)


@read
def evidence(request, pk):
    """Download an evidence file, always as an attachment."""
    return uploads.answer(get_object_or_404(Attachment, pk=pk))
