"""The page of one action item. Fetch, act, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.records.forms import Act
from headquarters.organisation import actions
from headquarters.organisation.choices import ActionState
from headquarters.organisation.correcting import (
    FIELDS,
    correct_action_item,
    withdraw_action_item,
)
from headquarters.organisation.forms import AnswerForm, CorrectForm, WithdrawItemForm
from headquarters.organisation.models import ActionItem

read = requires(Permission.READ)


@read
def action_item(request, pk):
    """One instruction: the department answers, the secretariat closes."""
    item = get_object_or_404(ActionItem.objects.full(), pk=pk)
    readable = ActionItem.objects.answers_visible_to(request.user)
    may_draft = has_permission(
        request.user, Permission.DRAFT_ANSWERS, department=item.department_id
    )
    may_answer = has_permission(
        request.user, Permission.ANSWER_ACTION_ITEMS, department=item.department_id
    )
    form = _form(request, item)
    right = Permission.MANAGE_MEETINGS if isinstance(form, Act) else Permission.DRAFT_ANSWERS
    if posted(request, form, right, department=item.department):
        with errors_on(form):
            _act(request, item, form)
            messages.success(request, "保存しました。")
            return redirect("organisation:action_item", pk)
    if isinstance(form, Act):
        back = reverse("organisation:action_item", args=[pk])
        closing = {"title": "指示事項の状態を変える", "submit": "もう一度押す", "back": back}
        button = "reopen" if "reopen" in request.POST else "close"
        return answer_act(request, form, **closing, hidden={button: "1"})
    return answer(
        request,
        "organisation/action_item.html",
        form,
        {
            "item": item,
            "readable": readable.contains(item),
            "may_draft": may_draft,
            "may_answer": may_answer,
            "may_manage": has_permission(request.user, Permission.MANAGE_MEETINGS),
            "is_over": item.state in (ActionState.CLOSED, ActionState.WITHDRAWN),
            "may_decide": has_permission(request.user, Permission.DECIDE),
        },
    )


def _form(request, item):
    """The form that was posted: the answer, or the secretariat's button."""
    if request.method == "POST" and ("close" in request.POST or "reopen" in request.POST):
        return Act(request.POST, facts={"state": item.state, "answer": item.answer})
    return AnswerForm(data_of(request), initial={"answer": item.answer})


def _act(request, item, form):
    if isinstance(form, Act):
        reopen = "reopen" in request.POST
        actions.close_action_item(
            by=request.user, item=item, reopen=reopen, seen=form.seen, at=timezone.now()
        )
        return
    actions.answer_action_item(
        by=request.user,
        item=item,
        answer=form.cleaned_data["answer"],
        final="final" in request.POST,
        seen=form.seen,
        at=timezone.now(),
    )


@requires(Permission.DECIDE)
def item_correct(request, pk):
    """An instruction in other words, to another department or day; with a reason."""
    item = get_object_or_404(ActionItem.objects.full(), pk=pk)
    initial = {name: getattr(item, name) for name in FIELDS}
    form = CorrectForm(data_of(request), initial=initial)
    back = reverse("organisation:action_item", args=[pk])
    if posted(request, form):
        with errors_on(form):
            correct_action_item(
                by=request.user, item=item, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(
                request,
                "指示事項を直しました。",
            )
            return redirect(back)
    return answer_act(
        request,
        form,
        title=f"指示事項「{Truncator(item.text).chars(40)}」を直す",
        submit="保存する",
        back=back,
    )


@requires(Permission.DECIDE)
def item_withdraw(request, pk):
    """An instruction that is asked for no longer; with a reason."""
    item = get_object_or_404(ActionItem.objects.full(), pk=pk)
    form = WithdrawItemForm(data_of(request), facts={"state": item.state})
    back = reverse("organisation:action_item", args=[pk])
    if posted(request, form):
        with errors_on(form):
            withdraw_action_item(
                by=request.user,
                item=item,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "指示事項を取り消しました。")
            return redirect(back)
    title = f"指示事項「{item}」を取り消す"
    return answer_act(
        request,
        form,
        title=title,
        submit="取り消す",
        back=back,
    )
