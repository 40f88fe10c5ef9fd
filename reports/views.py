"""Dashboard and reports: fetch the month's `MonthlyReport`, draw it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.permissions import Permission, requires
from japanese.calendar import fiscal_year, month_span, wareki_month
from kpi.closing import checklist
from measures.models import Plan
from reports import actions, charts, excel
from reports.matrix import headline, matrix
from reports.monthly import gather
from reports.months import month_of, plan_months
from sheets.download import XLSX, file_response

read = requires(Permission.READ)


def _months(plan, today):
    """The plan's months that have begun, newest first."""
    first, last = plan_months(plan)
    return list(reversed(month_span(first, min(last, today)))) or [first]


@read
def dashboard(request):
    """The month in thirty seconds; ?month= picks it."""
    plan, today = Plan.objects.first(), timezone.localdate()
    if plan is None:
        return render(request, "reports/dashboard.html", {"report": None})
    try:
        month = month_of(request.GET.get("month"), plan, today)
    except ValueError as error:
        raise Http404(str(error)) from None
    report = gather(month)
    return render(request, "reports/dashboard.html", {
        "report": report, "matrix": matrix(report), "month": month, "months": _months(plan, today),
        "grades": charts.grades_chart(report), "by_month": charts.grades_by_month(report),
        "rates": charts.rates_chart(report), "headline": headline(report), "sample_loaded": report.sample,
    })


@read
def report_list(request):
    """The months of the plan and their workbooks."""
    plan, today = Plan.objects.first(), timezone.localdate()
    months = _months(plan, today) if plan else []
    return render(request, "reports/list.html", {"months": [(month, fiscal_year(month)) for month in months]})


@read
def workbook(request, month):
    """The month's workbook as it stands now (速報)."""
    try:
        month_of(f"{month:%Y-%m}", Plan.objects.first(), timezone.localdate())
    except (ValueError, TypeError):
        raise Http404("計画期間の外の月です。") from None
    report = gather(month, whole_plan=True)
    return file_response(excel.workbook(report), excel.file_name(report), XLSX)


@requires(Permission.CLOSE_MONTH)
def close(request, month):
    """The closing checklist, and closing."""
    first, last = plan_months(Plan.objects.first()) or (None, None)
    if first is None or not first <= month <= last:
        raise Http404("計画期間の外の月です。")
    reason, problem = request.POST.get("reason", "").strip()[:1000], ""
    if request.method == "POST":
        try:
            actions.close_month(by=request.user, month=month, on=timezone.localdate(), reason=reason)
        except ValidationError as error:
            problem = "。".join(error.messages)
        else:
            messages.success(request, f"{wareki_month(month)}分を締めました。")
            return redirect("kpi:month", month)
    return render(request, "reports/close.html", {
        "month": month, "closing": checklist(month), "reason": reason, "problem": problem,
    }, status=422 if problem else 200)
