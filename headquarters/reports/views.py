"""Reports as files, editions, comparison, closing."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import add_months, fiscal_year, last_of_month, wareki_month
from foundation.japanese.numbers import whole_number
from foundation.sheets.download import XLSX, ZIP, file_response
from headquarters.reports import actions
from headquarters.reports.changes import compare
from headquarters.reports.choices import EditionKind
from headquarters.reports.editions import (
    NO_MARCH,
    annual_report,
    changes_after,
    corrected_before,
    editions_of,
    plan_of_the_list,
    report_of,
    reports_until,
    side,
    whole_report,
)
from headquarters.reports.explained import with_history
from headquarters.reports.forms import CloseForm
from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.monthly import plan_now
from headquarters.reports.pages.viewpoint import begun_months
from headquarters.reports.public.folder import NothingMarked, bundle, bundle_name
from headquarters.reports.town_form.answers import form_now, kept_form, say_of_form
from headquarters.reports.unfit import BookNotReopened, UnfitText
from headquarters.reports.workbook import assembly
from kpi.models import Indicator, ReportingMonth
from kpi.month.closing import checklist
from measures.models import Plan
from measures.months import asked_month, check_month

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
    runs: bool


@dataclass(frozen=True)
class ListedYear:
    """A fiscal year whose March is closed, with the editions of its annual report."""

    year: int
    editions: list[Edition]


@read
def report_list(request):
    """The months of the plan with their editions, and the annual reports."""
    plan, today = plan_of_the_list(), timezone.localdate()
    editions, yearly = Edition.objects.of_both_kinds()
    months = begun_months(plan, today) if plan else []
    keys = [row.key for row in (*editions, *yearly)]
    may_close = has_permission(request.user, Permission.CLOSE_MONTH)

    return render(
        request,
        "reports/list.html",
        {
            "months": _listed_months(months, editions, today),
            "sides": keys + [ReportKey(month) for month in months],
            "years": _listed_years(editions, yearly),
            "may_close": may_close,
            "marked": plan.marked if plan else 0,
            "form_name": plan.form_name if plan else None,
        },
    )


def _listed_months(months, editions, today) -> list[ListedMonth]:
    overtaken = corrected_before(editions)
    by_month: dict[date, list[ListedEdition]] = {}
    for row in editions:
        by_month.setdefault(row.month, []).append(ListedEdition(row, row.pk in overtaken))
    return [
        ListedMonth(
            month, fiscal_year(month), by_month.get(month, []), today <= last_of_month(month)
        )
        for month in months
    ]


def _listed_years(editions, yearly) -> list[ListedYear]:
    closed = {fiscal_year(row.month) for row in editions if row.month.month == 3}
    return [
        ListedYear(year, [row for row in yearly if row.key.year == year]) for year in sorted(closed)
    ]


def _stored(request, row: Edition) -> HttpResponse:
    """The workbook of an edition, byte for byte; ?format=data its sheets for machines alone,
    ?format=form the town's form as it was filled then.
    """
    if _asks_form(request):
        return kept_form(row)
    if _data_only(request):
        return _drawn(
            request,
            report_of(row),
            annual=row.kind == EditionKind.ANNUAL,
        )
    return file_response(
        bytes(row.workbook),
        row.workbook_name,
        XLSX,
    )


def _data_only(request) -> bool:
    """Are the sheets for machines asked for, without those for people?"""
    return request.GET.get("format") == "data"


def _asks_form(request) -> bool:
    """Is the town's own form asked for?"""
    return request.GET.get("format") == "form"


def _drawn(request, report: MonthlyReport, *, annual: bool = False) -> HttpResponse:
    """A report's workbook, made now; ?format=data its sheets for machines alone, ?format=form the
    town's form with its values.
    """
    if _asks_form(request):
        return form_now(report, annual=annual)
    data_only = _data_only(request)
    name = (assembly.annual_name if annual else assembly.file_name)(
        report,
        data_only=data_only,
    )
    draw = assembly.annual_workbook if annual else assembly.workbook
    draw = assembly.data_workbook if data_only else draw
    return file_response(draw(report), name, XLSX)


@read
def workbook(request, month):
    """The newest edition of a closed month; else, or with ?live=1, the month as it stands now.

    ?format=data: the sheets for machines alone (also of editions and annual reports).
    """
    plan, today = plan_now(), timezone.localdate()
    check_month(
        plan,
        month,
        on=today,
    )
    edition = Edition.objects.newest(month)
    if edition and not request.GET.get("live"):
        return _stored(request, edition)
    report = whole_report(month, on=today, plan=plan)
    if report is None:
        raise Http404("この月には、計画の指標がありません。")
    return _drawn(request, report)


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
    return _stored(request, row)


@read
def annual(request, year):
    """The newest edition of a fiscal year's annual report (?edition=1: that one), byte for byte.

    While there is none, or with ?live=1: as it stands now, marked so.
    """
    if year >= 9998:
        raise Http404(NO_MARCH)
    number = request.GET.get("edition")
    editions = Edition.objects.annual(year)
    if number:
        return _stored(request, get_object_or_404(editions, number=whole_number(number, 0)))
    newest = editions.first()
    if newest and not request.GET.get("live"):
        return _stored(request, newest)
    report = annual_report(year)
    if report is None:
        raise Http404(NO_MARCH)
    return _drawn(request, report, annual=True)


@requires(Permission.CLOSE_MONTH)
def edition_public(request, month, number):
    """The folder for the town's site as of an edition; where nothing is marked 公表, a page that
    says where to mark it.
    """
    edition = get_object_or_404(
        Edition.objects.of(month, number).defer(
            "report",
            "workbook",
        )
    )
    reports = reports_until(edition)
    try:
        content = bundle(reports)
    except NothingMarked:
        page = {"edition": edition, "month": month, "marked": Indicator.objects.published().count()}
        return render(request, "reports/nothing_public.html", page)
    return file_response(content, bundle_name(reports[-1]), ZIP)


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
            "changes": with_history(changes, request.user),
        },
    )


@requires(Permission.CLOSE_MONTH)
def close_next(request):
    """To the closing of the month after the last closed one, at most of the one collected."""
    collected = asked_month(request, Plan.objects.current())
    last = ReportingMonth.objects.last_closed()
    month = min(add_months(last, 1), collected) if last else collected
    return redirect("reports:close", month)


@requires(Permission.CLOSE_MONTH)
def close(request, month):
    """The closing checklist, and closing; of a closed month what has changed since."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    editions, today = editions_of(month), timezone.localdate()
    newest = next(iter(editions), None)
    form = CloseForm(data_of(request), facts={"editions": len(editions)})
    form.ask_again(newest)
    unfit: list[UnfitText] = []
    if posted(request, form):
        with errors_on(form), _kept(unfit):
            edition = actions.close_month(
                by=request.user,
                month=month,
                on=today,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(
                request, f"{wareki_month(month)}分を締め、第{edition.number}版を保存しました。"
            )
            say_of_form(request, edition)
            return redirect("kpi:month", month)
    closing = checklist(month)
    changes = changes_after(newest, on=today)
    page = {
        "month": month,
        "closing": closing,
        "unfit": unfit,
        "newest": newest,
        "changes": with_history(changes, request.user),
        "corrected": closing.state.corrections.total(),
    }
    return answer(request, "reports/close.html", form, page)


@requires(Permission.CLOSE_MONTH)
def close_annual(request, year):
    """What the next edition of a year's annual report would hold, and making it."""
    now = annual_report(year) if year < 9998 else None
    if now is None:
        raise Http404(NO_MARCH)
    editions, today = Edition.objects.annual(year), timezone.localdate()
    newest = editions.first()
    form = CloseForm(data_of(request), facts={"editions": editions.count()})
    form.ask_again(newest)
    unfit: list[UnfitText] = []
    if posted(request, form):
        with errors_on(form), _kept(unfit):
            edition = actions.issue_annual(
                by=request.user,
                year=year,
                on=today,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"{edition}を保存しました。")
            say_of_form(request, edition)
            return redirect("reports:list")
    changes = changes_after(newest, on=today)
    page = {
        "year": year,
        "march": now.based_on,
        "newest": newest,
        "unfit": unfit,
        "sheets": now.reviews,
        "changes": with_history(changes, request.user),
    }
    return answer(request, "reports/close_annual.html", form, page)


@contextmanager
def _kept(unfit):
    """The texts for which a workbook could not be opened again, for the page that names them."""
    try:
        yield
    except BookNotReopened as error:
        unfit += error.texts
        raise
