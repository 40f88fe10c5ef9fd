"""Reports as files, editions, comparison, closing."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import fiscal_year, wareki_month
from foundation.records.models import HistoryEntry
from foundation.sheets.download import XLSX, file_response
from headquarters.reports import actions, public
from headquarters.reports.changes import compare
from headquarters.reports.editions import (
    annual_report,
    corrected_before,
    report_of,
    side,
    whole_report,
)
from headquarters.reports.forms import CloseForm
from headquarters.reports.key import ReportKey
from headquarters.reports.model import Change
from headquarters.reports.models import Edition
from headquarters.reports.pages.dashboard import begun_months
from headquarters.reports.unfit import BookNotReopened, UnfitText
from headquarters.reports.workbook import assembly
from kpi.models import Indicator
from kpi.month.closing import checklist
from measures.models import Plan
from measures.months import check_month

read = requires(Permission.READ)


@dataclass(frozen=True)
class ListedEdition:
    """An edition in the list. `overtaken`: values were corrected after it."""

    row: Edition
    overtaken: bool


@dataclass(frozen=True)
class ListedMonth:
    """A month in the list, with its editions, newest first."""

    month: date
    year: int
    editions: list[ListedEdition]


@dataclass(frozen=True)
class ExplainedChange:
    """A difference, and the newest history entry of that value (None: not a value)."""

    change: Change
    entry: HistoryEntry | None


@read
def report_list(request):
    """The months of the plan, their live workbooks and their editions."""
    plan, today = Plan.objects.current(), timezone.localdate()
    editions = list(Edition.objects.listed())
    overtaken = corrected_before(editions)
    by_month: dict[date, list[ListedEdition]] = {}
    for row in editions:
        by_month.setdefault(row.month, []).append(ListedEdition(row, row.pk in overtaken))
    months = begun_months(plan, today) if plan else []
    return render(
        request,
        "reports/list.html",
        {
            "months": [
                ListedMonth(month, fiscal_year(month), by_month.get(month, [])) for month in months
            ],
            "sides": [row.key for row in editions] + [ReportKey(month) for month in months],
            "years": sorted({fiscal_year(row.month) for row in editions if row.month.month == 3}),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
        },
    )


@read
def workbook(request, month):
    """The month's workbook as it stands now (速報)."""
    check_month(Plan.objects.current(), month)
    report = whole_report(month, on=timezone.localdate())
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
    today = timezone.localdate()
    before, after = side(left, on=today), side(right, on=today)
    if before is None or after is None:
        raise Http404("比べる版がありません。月次報告の画面で選び直してください。")
    changes = compare(before[1], after[1])
    return render(
        request,
        "reports/compare.html",
        {
            "before": before[0],
            "after": after[0],
            "changes": _with_history(changes, request.user),
        },
    )


def _with_history(changes, user) -> list[ExplainedChange]:
    """Each change with the newest entry of that value, by indicator and month."""
    ids = Indicator.objects.ids_by_code()
    keys = {row: (ids.get(row.code), row.month) for row in changes if row.month}
    entries = HistoryEntry.objects.visible_to(user)
    newest = entries.newest_of(Indicator, "kpi.value", keys.values())
    return [ExplainedChange(row, newest.get(keys.get(row))) for row in changes]


@requires(Permission.CLOSE_MONTH)
def close(request, month):
    """The closing checklist, and closing."""
    check_month(Plan.objects.current(), month)
    form = CloseForm(data_of(request), facts={"editions": Edition.objects.of_month(month).count()})
    unfit: list[UnfitText] = []
    if posted(request, form):
        with errors_on(form), _kept(unfit):
            edition = actions.close_month(
                by=request.user,
                month=month,
                on=timezone.localdate(),
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(
                request, f"{wareki_month(month)}分を締め、第{edition.number}版を保存しました。"
            )
            return redirect("kpi:month", month)
    page = {"month": month, "closing": checklist(month), "unfit": unfit}
    return answer(request, "reports/close.html", form, page)


@contextmanager
def _kept(unfit):
    """The texts for which a workbook could not be opened again, for the page that names them."""
    try:
        yield
    except BookNotReopened as error:
        unfit += error.texts
        raise
