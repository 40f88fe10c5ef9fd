"""Handing in and confirming: one department at a time, or all that wait in one act."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer_act, errors_on, posted
from foundation.accounts.permissions import Permission, requires
from foundation.japanese.calendar import month_name
from kpi import reading
from kpi.month.forms import ConfirmForm, SubmissionForm
from kpi.months import MonthState
from kpi.submissions import TRANSITIONS, change_submission, confirm_all, standings
from measures.models import Plan
from measures.months import check_month
from measures.querysets import UNDECIDED


@requires(Permission.READ)
@require_POST
def submission_edit(request, month):
    """Hand in, withdraw, return, confirm a department's month, or take the confirmation back."""
    form = SubmissionForm(request.POST)
    back = form.back(month)
    if posted(request, form):
        given = form.cleaned_data
        with errors_on(form):
            row = change_submission(
                by=request.user,
                department=given["department"],
                month=month,
                name=given["transition"],
                reason=given["reason"],
                row_reasons=form.row_reasons,
                reply=given["reply"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(
                request,
                f"{given['department'] or UNDECIDED}の{month_name(month)}分を"
                f"「{row.get_state_display()}」にしました。",
            )
            return redirect(back)
    return answer_act(
        request,
        form,
        title=f"{month_name(month)}分の提出の状態を変える",
        submit=_verb(request.POST.get("transition", "")),
        back=back,
    )


def _verb(name: str) -> str:
    """What the button of a transition says; of an unknown one that it is sent again."""
    step = TRANSITIONS.get(name)
    return step.label if step else "もう一度送る"


@requires(Permission.CONFIRM)
@require_POST
def submissions_confirm(request, month):
    """Confirm the departments that are ticked, in one act."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    rows = reading.load(month, on=timezone.localdate())
    form = ConfirmForm(
        request.POST,
        board=standings(rows, MonthState.load(month, rows), None),
    )
    back = reverse("kpi:month", args=[month])
    if posted(request, form):
        with errors_on(form):
            done = confirm_all(
                by=request.user,
                month=month,
                keys=form.cleaned_data["departments"],
                seen=form.seen,
                at=timezone.now(),
            )
            names = "、".join(str(row.department or UNDECIDED) for row in done)
            messages.success(request, f"{len(done)}課を確認済にしました：{names}")
            return redirect(back)

    return answer_act(
        request,
        form,
        title=f"{month_name(month)}分の提出を確認する",
        submit="確認済にする",
        back=back,
    )
