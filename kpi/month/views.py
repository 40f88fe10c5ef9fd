"""The months: submissions, due days, the closing checklist, requests to correct a closed month."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.calendar import date_with_weekday, wareki_month
from foundation.japanese.numbers import whole_number
from foundation.japanese.workdays import hour_words
from kpi.actions import definition_for
from kpi.addresses import at_its_code, indicator_or_404
from kpi.choices import WITH_DEPARTMENT
from kpi.models import Indicator, Reopening
from kpi.month import board, reopenings
from kpi.month.closing import checklist, set_due_on
from kpi.month.forms import DecideForm, DueForm, ReopeningForm
from kpi.querysets import call_then
from kpi.submissions import standings
from measures.models import Plan
from measures.months import check_month

read = requires(Permission.READ)


@read
def months(request):
    """The months of a fiscal year (?year=2026), with what waits for the secretariat."""
    plan, today = Plan.objects.current(), timezone.localdate()
    if plan is None:
        raise Http404("計画が読み込まれていません。")
    year = _year(request, plan.months, today)
    this_month = today.replace(day=1)
    indicators = [call_then(row, row) for row in Indicator.objects.in_month(this_month)]
    return render(
        request,
        "kpi/months.html",
        {
            "year": board.overview(plan.months, today, year),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
            "waiting": Reopening.objects.waiting(),
            "change": board.year_change(today, plan.first_fiscal_year, indicators),
        },
    )


def _year(request, plan_months, today):
    """The fiscal year in ?year=, None without one. Http404 when it cannot be shown."""
    if "year" not in request.GET:
        return None
    year = whole_number(request.GET["year"])
    if year not in board.shown_years(plan_months, today):
        raise Http404("計画期間の外の年度か、まだ始まっていない年度です。")
    return year


@read
def month(request, month):
    """One month: due day, board, checklist, requests. POST sets the due day."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    closing = checklist(month)
    due = closing.state.settled.due_on if closing.state.settled else None
    form = DueForm(data_of(request), initial={"due_on": due})
    if posted(request, form, Permission.CLOSE_MONTH):
        with errors_on(form):
            set_due_on(
                by=request.user,
                month=month,
                due_on=form.cleaned_data["due_on"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"{wareki_month(month)}分の提出期限を保存しました。")
            return redirect("kpi:month", month)
    state, today = closing.state, timezone.localdate()
    return answer(
        request,
        "kpi/month.html",
        form,
        {
            "closing_words": state.deadline.hour_words,
            "month": month,
            "closing": closing,
            "settled": state.settled,
            "countdown": None if state.locked else state.countdown(today),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
            "standings": standings(closing.rows, state, request.user, state.returns),
            "requests": Reopening.objects.in_month(month),
            "until": reopenings.usual_expiry(today),
            "corrected": state.corrections.total(),
        },
    )


@read
def missing(request, month):
    """未提出一覧: an A4 page of departments that have not handed in, with what they lack."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    closing = checklist(month)
    rows = [
        row for row in standings(closing.rows, closing.state, None) if row.state in WITH_DEPARTMENT
    ]
    return render(
        request,
        "kpi/missing.html",
        {
            "month": month,
            "rows": rows,
            "settled": closing.state.settled,
            "countdown": closing.state.countdown(timezone.localdate()),
        },
    )


@read
@at_its_code
def reopening_request(request, month, code):
    """Ask to correct one cell of a closed month."""
    indicator = indicator_or_404(code, month)
    try:
        definition = definition_for(indicator, month)
    except ValidationError as error:
        raise Http404(error.messages[0]) from None
    require(request.user, Permission.REQUEST_REOPENING, department=definition.responsible)
    form = ReopeningForm(data_of(request))
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: reopenings.request_reopening(
                    by=request.user,
                    indicator=indicator,
                    month=month,
                    reason=form.cleaned_data["reason"],
                    at=now,
                ),
                "例外を申請しました。事務局が許可すると、入力画面で訂正できるようになります。",
                at=now,
            )
            return redirect(f"{reverse('kpi:entry', args=[month])}?show=all#k{code}")
    page = {"indicator": indicator, "month": month}
    return answer(request, "kpi/reopening.html", form, page)


@requires(Permission.CLOSE_MONTH)
@require_POST
def reopening_decide(request, pk):
    """Allow or refuse a request."""
    row = get_object_or_404(Reopening.objects.select_related("indicator"), pk=pk)
    form = DecideForm(request.POST, facts={"state": row.state})
    if posted(request, form):
        given = form.cleaned_data
        with errors_on(form):
            row = reopenings.decide_reopening(
                by=request.user,
                pk=pk,
                allow=given["decision"] == "allow",
                on=timezone.localdate(),
                until=given["until"],
                answer=given["answer"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, _decided(row))
            return redirect("kpi:month", row.month)
    return answer_act(
        request,
        form,
        title=f"{row.indicator}（{wareki_month(row.month)}）の例外の申請に回答する",
        submit="回答する",
        back=f"{reverse('kpi:month', args=[row.month])}#requests",
    )


def _decided(row):
    """「1-1 …の申請を「許可」にしました（11月20日（金）17時15分まで）。」"""
    end = ""
    if row.expires_at:
        until = timezone.localtime(row.expires_at)
        end = f"（{date_with_weekday(until.date())}{hour_words(until.time())}まで）"
    return f"{row.indicator}の申請を「{row.get_state_display()}」にしました{end}。"
