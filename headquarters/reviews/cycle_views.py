"""The pages of review cycles: made, dated, asked out, closed. Fetch, form, act, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import (
    answer,
    answer_act,
    data_of,
    errors_on,
    posted,
    recorded,
)
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import fiscal_year, fiscal_year_label
from foundation.records.forms import Act
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.cycles import (
    close_cycle,
    create_cycle,
    edit_cycle,
    odd_days,
    open_cycle,
)
from headquarters.reviews.forms import CycleCloseForm, CycleDatesForm, CycleForm
from headquarters.reviews.models import Review, ReviewCycle
from measures.models import Plan

read = requires(Permission.READ)


@read
def cycles(request):
    """All cycles; the secretariat makes new ones."""
    plan = Plan.objects.current()
    years = [(year, fiscal_year_label(year)) for year in plan.fiscal_years] if plan else []
    form = CycleForm(
        years, data_of(request), initial={"fiscal_year": fiscal_year(timezone.localdate())}
    )
    if plan and posted(request, form, Permission.DEFINE):
        with errors_on(form):
            now = timezone.now()
            made = recorded(
                request,
                form,
                lambda: create_cycle(by=request.user, plan=plan, **form.cleaned_data, at=now),
                lambda row: (
                    f"「{row}」を作りました。日付を確かめて、照会日になったら照会してください。"
                ),
                at=now,
            )
            return redirect("reviews:cycle", made.code) if made else redirect("reviews:cycles")
    page = {
        "cycles": ReviewCycle.objects.prefetch_related("reviews"),
        "may_define": has_permission(request.user, Permission.DEFINE),
    }
    return answer(request, "reviews/cycles.html", form, page)


def _cycle_form(request, row):
    """The form that was posted: dates, opening, or closing."""
    if request.method == "POST" and "open" in request.POST:
        return Act(request.POST, facts={"state": row.state})
    if request.method == "POST" and "close" in request.POST:
        return CycleCloseForm(request.POST, facts={"state": row.state})
    dates = {"asked_on": row.asked_on, "due_on": row.due_on, "fixed_on": row.fixed_on}
    return CycleDatesForm(data_of(request), initial=dates)


def _cycle_action(request, row, form):
    """Open, close, or new dates; (the sentence that says it, what is odd about its days)."""
    who, at, today = request.user, timezone.now(), timezone.localdate()
    if isinstance(form, Act):
        opened = open_cycle(by=who, cycle=row, on=today, seen=form.seen, at=at)
        return "照会しました。各課のホームにPDCAシートが出ます。", odd_days(opened, today)
    if isinstance(form, CycleCloseForm):
        close_cycle(by=who, cycle=row, seen=form.seen, **form.cleaned_data, at=at)
        return "サイクルを終了しました。", []
    dated = edit_cycle(by=who, cycle=row, seen=form.seen, **form.cleaned_data, at=at)
    return "日付を保存しました。", odd_days(dated, today)


def _tell(request, said, odd):
    """What was done, and beneath it what to mend."""
    messages.success(request, said)
    if odd:
        messages.warning(request, f"{''.join(odd)}日付を改められます。")


@read
def cycle(request, code):
    """The board of a cycle: sheets × states; the secretariat opens and closes it."""
    row = get_object_or_404(ReviewCycle.objects.select_related("plan"), code=code)
    form = _cycle_form(request, row)
    if posted(request, form, Permission.DEFINE):
        with errors_on(form):
            _tell(request, *_cycle_action(request, row, form))
            return redirect("reviews:cycle", code)
    if not isinstance(form, CycleDatesForm):
        opening = isinstance(form, Act)
        return answer_act(
            request,
            form,
            title=f"{row}を{'照会する' if opening else '終了する'}",
            submit="照会する" if opening else "サイクルを終了する",
            back=reverse("reviews:cycle", args=[code]),
            hidden={"open" if opening else "close": "1"},
        )
    visible = {sheet.pk for sheet in Review.objects.visible_to(request.user).of_cycle(row)}
    return answer(
        request,
        "reviews/cycle.html",
        form,
        {
            "cycle": row,
            "sheets": Review.objects.full().of_cycle(row),
            "visible": visible,
            "may_define": has_permission(request.user, Permission.DEFINE),
            "late": timezone.localdate() > row.due_on,
            "odd": odd_days(row, timezone.localdate()),
        },
    )


@read
def missing(request, code):
    """Sheets that are not handed in, on one A4."""
    row = get_object_or_404(ReviewCycle, code=code)
    return render(
        request,
        "reviews/missing.html",
        {
            "cycle": row,
            "sheets": [
                sheet
                for sheet in Review.objects.full().of_cycle(row)
                if sheet.state == ReviewState.DRAFT
            ],
        },
    )
