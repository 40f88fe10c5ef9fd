"""The months: submissions, due days, the closing checklist, requests to correct a closed month."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import errors_on, posted, status_of
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.calendar import date_with_weekday, wareki_month
from foundation.japanese.fields import JapaneseDateField
from foundation.japanese.workdays import CLOSING_WORDS
from kpi.actions import definition_for
from kpi.choices import WITH_DEPARTMENT
from kpi.models import Indicator, Reopening
from kpi.month import board, reopenings
from kpi.month.closing import changes_since_closing, checklist, set_due_on
from kpi.month.forms import DueForm, ReopeningForm
from kpi.submissions import standings
from measures.models import Plan
from measures.months import check_month

read = requires(Permission.READ)


@read
def months(request):
    """All months that have begun, with what waits for the secretariat."""
    plan, today = Plan.objects.current(), timezone.localdate()
    if plan is None:
        raise Http404("計画が読み込まれていません。")
    indicators = Indicator.objects.in_month(today.replace(day=1))
    return render(
        request,
        "kpi/months.html",
        {
            "rows": board.overview(plan.months, today),
            "waiting": Reopening.objects.waiting(),
            "change": board.year_change(today, plan.first_fiscal_year, indicators),
        },
    )


@read
def month(request, month):
    """One month: due day, board, checklist, requests. POST sets the due day."""
    check_month(Plan.objects.current(), month)
    closing = checklist(month)
    due = closing.state.settled.due_on if closing.state.settled else None
    form = DueForm(request.POST or None, initial={"due_on": due})
    if posted(request, form, Permission.CLOSE_MONTH):
        with errors_on(form):
            set_due_on(
                by=request.user, month=month, due_on=form.cleaned_data["due_on"], at=timezone.now()
            )
            messages.success(request, f"{wareki_month(month)}分の提出期限を保存しました。")
            return redirect("kpi:month", month)
    settled = closing.state.settled
    return render(
        request,
        "kpi/month.html",
        {
            "closing_words": CLOSING_WORDS,
            "month": month,
            "closing": closing,
            "form": form,
            "due_on": closing.state.due_on,
            "countdown": closing.state.countdown(timezone.localdate()),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
            "standings": standings(
                closing.rows, closing.state, request.user, closing.state.returns
            ),
            "requests": Reopening.objects.in_month(month),
            "until": reopenings.usual_expiry(timezone.localdate()),
            "changes": changes_since_closing(settled) if settled and closing.state.locked else 0,
        },
    )


@read
def missing(request, month):
    """未提出一覧: an A4 page of departments that have not handed in, with what they lack."""
    check_month(Plan.objects.current(), month)
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
            "due_on": closing.state.due_on,
            "countdown": closing.state.countdown(timezone.localdate()),
        },
    )


@read
def reopening_request(request, month, code):
    """Ask to correct one cell of a closed month."""
    indicator = get_object_or_404(Indicator, code=code)
    try:
        definition = definition_for(indicator, month)
    except ValidationError as error:
        raise Http404(error.messages[0]) from None
    require(request.user, Permission.REQUEST_REOPENING, department=definition.responsible)
    form = ReopeningForm(request.POST or None)
    if posted(request, form):
        with errors_on(form):
            reopenings.request_reopening(
                by=request.user,
                indicator=indicator,
                month=month,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
            messages.success(
                request,
                "例外を申請しました。事務局が許可すると、入力画面で訂正できるようになります。",
            )
            return redirect(f"{reverse('kpi:entry', args=[month])}?show=all#k{code}")
    return render(
        request,
        "kpi/reopening.html",
        {"form": form, "indicator": indicator, "month": month},
        status=status_of(form),
    )


@requires(Permission.CLOSE_MONTH)
@require_POST
def reopening_decide(request, pk):
    """Allow or refuse a request."""
    row = get_object_or_404(Reopening, pk=pk)
    try:
        until = JapaneseDateField(required=False).clean(request.POST.get("until", ""))
        row = reopenings.decide_reopening(
            by=request.user,
            pk=pk,
            allow=request.POST.get("decision") == "allow",
            on=timezone.localdate(),
            until=until,
            answer=request.POST.get("answer", "").strip()[:300],
            at=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, "。".join(error.messages))
    else:
        end = (
            f"（{date_with_weekday(timezone.localtime(row.expires_at).date())}{CLOSING_WORDS}まで）"
            if row.expires_at
            else ""
        )
        messages.success(
            request, f"{row.indicator}の申請を「{row.get_state_display()}」にしました{end}。"
        )
    return redirect("kpi:month", row.month)
