"""Dashboard and reports: fetch the month's `MonthlyReport`, draw it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import fiscal_year, month_span, wareki_month
from foundation.japanese.numbers import whole_number
from foundation.records.models import HistoryEntry
from foundation.sheets.download import XLSX, file_response
from headquarters.reports import actions, public
from headquarters.reports.changes import compare, moves
from headquarters.reports.editions import (
    annual_report,
    corrected_before,
    grades_in,
    report_of,
    side,
    whole_report,
)
from headquarters.reports.model import parse
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather, plan_now
from headquarters.reports.months import month_of, plan_months
from headquarters.reports.pages import charts
from headquarters.reports.pages.matrix import headline, matrix
from headquarters.reports.workbook import assembly
from kpi.month.closing import checklist
from measures.models import Plan

read = requires(Permission.READ)


def _months(plan, today):
    """The plan's months that have begun, newest first."""
    first, last = plan_months(plan)
    return list(reversed(month_span(first, min(last, today)))) or [first]


def _asked(request, plan, today):
    """(report, edition or None, all editions).

    ?month=2026-10 (速報), ?month=2026-10.2 or &edition=2; without a month the last closed month's
    newest edition.
    """
    asked, _, number = request.GET.get("month", "").partition(".")
    number = whole_number(number or request.GET.get("edition", ""), 0)
    try:
        month = month_of(asked, plan, today)
    except ValueError as error:
        raise Http404(str(error)) from None
    editions = list(Edition.objects.shown(month if asked else None, number))
    if not asked and editions:
        return parse(editions[0].text), editions[0], editions
    if not request.GET.get("edition") and "." not in request.GET.get("month", ""):
        return gather(month, plan=plan), None, editions
    edition = next((row for row in editions if (row.month, row.number) == (month, number)), None)
    if edition is None:
        raise Http404("その版はありません。")
    return parse(edition.text), edition, editions


def _since(report, editions):
    """(the newest edition of an earlier month, the grades that moved since) or (None, None)."""
    base = next((row for row in editions if row.month < report.month and row.text), None)
    return (base, moves(grades_in(base.text), report)) if base else (None, None)


def _choices(months, editions, month, edition):
    """[(value, label, is it shown)] of the picker.

    Each month's editions, newest first, then the month as it stands now.
    """
    found = []
    for each in months:
        found += [
            (
                f"{each:%Y-%m}.{row.number}",
                f"{wareki_month(each)}末 第{row.number}版",
                row == edition,
            )
            for row in editions
            if row.month == each
        ]
        found.append(
            (f"{each:%Y-%m}", f"{wareki_month(each)}末 速報", edition is None and each == month)
        )
    return found


@read
def dashboard(request):
    """The month in thirty seconds; ?month= and ?edition= pick it."""
    plan, today = plan_now(), timezone.localdate()
    if plan is None:
        return render(request, "reports/dashboard.html", {"report": None})
    report, edition, editions = _asked(request, plan, today)
    base, moved = _since(report, editions)
    return render(
        request,
        "reports/dashboard.html",
        {
            "shown_key": edition.key if edition else f"{report.month:%Y-%m}",
            "report": report,
            "matrix": matrix(report),
            "month": report.month,
            "edition": edition,
            "choices": _choices(_months(plan, today), editions, report.month, edition),
            "since": base,
            "moves": moved,
            "grades": charts.grades_chart(report),
            "by_month": charts.grades_by_month(report),
            "rates": charts.rates_chart(report),
            "headline": headline(report),
            "sample_loaded": report.sample,
        },
    )


@read
def report_list(request):
    """The months of the plan, their live workbooks and their editions."""
    plan, today = Plan.objects.first(), timezone.localdate()
    editions = list(Edition.objects.listed())
    overtaken = corrected_before(editions)
    by_month: dict[date, list] = {}
    for row in editions:
        by_month.setdefault(row.month, []).append((row, row.pk in overtaken))
    months = _months(plan, today) if plan else []
    return render(
        request,
        "reports/list.html",
        {
            "months": [(month, fiscal_year(month), by_month.get(month, [])) for month in months],
            "sides": [
                *((f"{row.month:%Y-%m}.{row.number}", str(row)) for row in editions),
                *((f"{month:%Y-%m}", f"{wareki_month(month)} 速報") for month in months),
            ],
            "years": sorted({fiscal_year(row.month) for row in editions if row.month.month == 3}),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
        },
    )


@read
def workbook(request, month):
    """The month's workbook as it stands now (速報)."""
    try:
        month_of(f"{month:%Y-%m}", Plan.objects.first(), timezone.localdate())
    except (ValueError, TypeError):
        raise Http404("計画期間の外の月です。") from None
    report = whole_report(month)
    if report is None:
        raise Http404("この月には、計画の指標がありません。")
    return file_response(assembly.workbook(report), assembly.file_name(report), XLSX)


@read
def edition_file(request, month, number):
    """The stored workbook of an edition, byte for byte; ?format=json the stored data."""
    row = get_object_or_404(Edition.objects.of(month, number))
    if request.GET.get("format") == "json":
        return file_response(
            row.report.encode(),
            row.workbook_name.removesuffix(".xlsx") + ".json",
            "application/json",
        )
    return file_response(bytes(row.workbook), row.workbook_name, XLSX)


@read
def annual(request, year):
    """The annual workbook of a fiscal year."""
    report = annual_report(year) if year < 9998 else None
    if report is None:
        raise Http404("年次報告は、その年度の3月分を締めると取り出せます。")
    return file_response(assembly.annual_workbook(report), assembly.annual_name(report), XLSX)


@requires(Permission.CLOSE_MONTH)
def edition_public(request, month, number):
    """The public zip of an edition: only what is marked 公表."""
    report = report_of(get_object_or_404(Edition.objects.of(month, number).defer("workbook")))
    return file_response(public.bundle(report), public.bundle_name(report), "application/zip")


@read
def compare_editions(request):
    """Two of editions and live months side by side: from, to, who, why."""
    left, right = request.GET.get("a", ""), request.GET.get("b", "")
    before, after = side(left), side(right)
    if before is None or after is None:
        raise Http404("比べる版がありません。月次報告の画面で選び直してください。")
    changes = compare(before[1], after[1])
    newest = HistoryEntry.objects.newest_by_label(
        {
            (
                row.code,
                row.month,
            ): f"{row.subject[: row.subject.rindex('（')]}（{wareki_month(row.month)}）"
            for row in changes
            if row.month
        }
    )
    return render(
        request,
        "reports/compare.html",
        {
            "before": before[0],
            "after": after[0],
            "changes": [(row, newest.get((row.code, row.month))) for row in changes],
        },
    )


@requires(Permission.CLOSE_MONTH)
def close(request, month):
    """The closing checklist, and closing."""
    first, last = plan_months(Plan.objects.first()) or (None, None)
    if first is None or not first <= month <= last:
        raise Http404("計画期間の外の月です。")
    reason, problem = request.POST.get("reason", "").strip()[:1000], ""
    if request.method == "POST":
        try:
            edition = actions.close_month(
                by=request.user, month=month, on=timezone.localdate(), reason=reason
            )
        except ValidationError as error:
            problem = "。".join(error.messages)
        else:
            messages.success(
                request, f"{wareki_month(month)}分を締め、第{edition.number}版を保存しました。"
            )
            return redirect("kpi:month", month)
    return render(
        request,
        "reports/close.html",
        {
            "month": month,
            "closing": checklist(month),
            "reason": reason,
            "problem": problem,
        },
        status=422 if problem else 200,
    )
