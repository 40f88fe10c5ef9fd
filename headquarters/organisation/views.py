"""The page of one action item. Fetch, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.numbers import whole_number
from foundation.records.conflict import Conflict
from foundation.records.statuses import Status
from headquarters.organisation import actions
from headquarters.organisation.models import ActionItem

read = requires(Permission.READ)


@read
def action_item(request, pk):
    """One instruction: the department answers, the secretariat closes."""
    item = get_object_or_404(ActionItem.objects.full(), pk=pk)
    may_draft = has_permission(
        request.user, Permission.DRAFT_ANSWERS, department=item.department_id
    )
    may_answer = has_permission(
        request.user, Permission.ANSWER_ACTION_ITEMS, department=item.department_id
    )
    typed, status = item.answer, 200
    if request.method == "POST":
        typed = request.POST.get("answer", "").strip()[:2000]
        try:
            if "close" in request.POST or "reopen" in request.POST:
                actions.close_action_item(
                    by=request.user, item=item, reopen="reopen" in request.POST, at=timezone.now()
                )
            else:
                actions.answer_action_item(
                    by=request.user,
                    item=item,
                    answer=typed,
                    final="final" in request.POST,
                    seen_version=whole_number(request.POST.get("seen_version"), -1),
                    at=timezone.now(),
                )
            messages.success(request, "保存しました。")
            return redirect("organisation:action_item", pk)
        except ValidationError as error:
            status = Status.REFUSED
            for text in error.messages:
                messages.error(request, text)
        except Conflict as conflict:
            status, item = Status.CONFLICT, conflict.current
            messages.error(request, f"{conflict.sentence}今の回答：{item.answer}")
    return render(
        request,
        "organisation/action_item.html",
        {
            "item": item,
            "typed": typed,
            "may_draft": may_draft,
            "may_answer": may_answer,
            "may_manage": has_permission(request.user, Permission.MANAGE_MEETINGS),
        },
        status=status,
    )
