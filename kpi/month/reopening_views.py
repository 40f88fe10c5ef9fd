"""例外の申請: asking for cells of a closed month, one or several, and answering."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.calendar import date_with_weekday, month_name
from foundation.japanese.workdays import hour_words
from kpi.actions import definition_for
from kpi.addresses import at_its_code, indicator_or_404
from kpi.models import Definition, Reopening
from kpi.month import reopenings
from kpi.month.forms import DecideForm, ReopeningForm, ReopeningsForm
from kpi.querysets import call_then
from measures.models import Plan
from measures.months import check_month

read = requires(Permission.READ)


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


@requires(Permission.REQUEST_REOPENING)
def reopenings_request(request, month):
    """Ask to correct several cells of a closed month for one reason."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    rows = _may_be_asked(request.user, month)
    form = ReopeningsForm(data_of(request), choices=[(code, str(rows[code])) for code in rows])
    if posted(request, form):
        given, now = form.cleaned_data, timezone.now()
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: reopenings.request_reopenings(
                    by=request.user,
                    indicators=[rows[code] for code in given["indicators"]],
                    month=month,
                    reason=given["reason"],
                    at=now,
                ),
                lambda made: (
                    f"{len(made)}件の例外を申請しました。事務局が許可すると、その行だけ訂正できます。"
                ),
                at=now,
            )
            return redirect("kpi:entry", month)
    return answer(request, "kpi/reopenings.html", form, {"month": month})


def _may_be_asked(user, month):
    """{number: indicator} of those for which this person may ask, as they were called then."""
    rows = [
        row
        for row in Definition.objects.in_force(month)
        if has_permission(user, Permission.REQUEST_REOPENING, department=row.responsible_id)
    ]
    named = [call_then(row.indicator, row) for row in rows]
    return {row.code: row for row in named}


@requires(Permission.CLOSE_MONTH)
@require_POST
def reopening_decide(request, pk):
    """Allow or refuse what was asked for with this request: all of it, or what is ticked."""
    row = get_object_or_404(Reopening.objects.select_related("indicator"), pk=pk)
    form = DecideForm(request.POST, rows=Reopening.objects.asked_with(row))
    if posted(request, form):
        given = form.cleaned_data
        with errors_on(form):
            done = reopenings.decide_reopenings(
                by=request.user,
                pks=given["cells"],
                allow=given["decision"] == "allow",
                on=timezone.localdate(),
                until=given["until"],
                answer=given["answer"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, _decided(done))
            return redirect("kpi:month", row.month)
    return answer_act(
        request,
        form,
        title=f"{month_name(row.month)}分の例外の申請に回答する",
        submit="回答する",
        back=f"{reverse('kpi:month', args=[row.month])}#requests",
    )


def _decided(rows):
    """「1-1 …の申請を「許可」にしました（11月20日（金）17時15分まで）。」"""
    first = rows[0]
    names = "、".join(str(row.indicator) for row in rows)
    end = ""
    if first.expires_at:
        until = timezone.localtime(first.expires_at)
        end = f"（{date_with_weekday(until.date())}{hour_words(until.time())}まで）"
    return f"{names}の申請を「{first.get_state_display()}」にしました{end}。"
