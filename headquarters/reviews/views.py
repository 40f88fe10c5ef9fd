"""The PDCA pages. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import (
    answer,
    answer_act,
    data_of,
    errors_on,
    posted,
    recorded,
)
from foundation.accounts.forms import add_errors
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import fiscal_year, fiscal_year_label
from foundation.records import uploads
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.forms import Act, FileForm
from foundation.records.models import Attachment, HistoryEntry
from foundation.records.statuses import Status
from headquarters.reviews import actions
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.cycles import close_cycle, create_cycle, edit_cycle, open_cycle
from headquarters.reviews.forms import (
    CycleCloseForm,
    CycleDatesForm,
    CycleForm,
    SheetForm,
    TransitionForm,
)
from headquarters.reviews.kept import shown
from headquarters.reviews.models import Review, ReviewCycle
from headquarters.reviews.states import TRANSITIONS
from measures.addresses import at_its_number, measure_or_404
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
    """Open, close, or new dates; the sentence that says it."""
    who, at = request.user, timezone.now()
    if isinstance(form, Act):
        open_cycle(by=who, cycle=row, on=timezone.localdate(), seen=form.seen, at=at)
        return "照会しました。各課の「やること」にPDCAシートが出ます。"
    if isinstance(form, CycleCloseForm):
        close_cycle(by=who, cycle=row, seen=form.seen, **form.cleaned_data, at=at)
        return "サイクルを終了しました。"
    edit_cycle(by=who, cycle=row, seen=form.seen, **form.cleaned_data, at=at)
    return "日付を保存しました。"


@read
def cycle(request, code):
    """The board of a cycle: sheets × states; the secretariat opens and closes it."""
    row = get_object_or_404(ReviewCycle.objects.select_related("plan"), code=code)
    form = _cycle_form(request, row)
    if posted(request, form, Permission.DEFINE):
        with errors_on(form):
            messages.success(request, _cycle_action(request, row, form))
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


def _sheet(request, code, number):
    """The sheet, for those who may see it; else 404.

    The number is read as on the cycle's day; one of another day finds the sheet all the same.
    """
    cycle = get_object_or_404(ReviewCycle, code=code)
    return get_object_or_404(Review.objects.visible_to(request.user).called(cycle, number))


def _save(request, row, form):
    """Store the draft; (status, what was met, saved row)."""
    if not form.is_valid():
        return Status.REFUSED, None, row
    try:
        saved = actions.save_draft(
            by=request.user,
            review=row,
            values=form.values,
            seen_version=form.cleaned_data["seen_version"],
            at=timezone.now(),
        )
    except SavedAlready as same:
        return Status.SAVED, same, same.current
    except Conflict as conflict:
        return Status.CONFLICT, conflict, row
    except ValidationError as error:
        add_errors(form, error)
        return Status.REFUSED, None, row
    return Status.SAVED, None, saved


@read
def sheet(request, code, number):
    """The sheet: facts beside, texts, states.

    POST saves the draft (htmx: every pause in typing).
    """
    row = _sheet(request, code, number)
    if request.method == "GET" and row.called.number != number:
        return redirect(row)
    form = SheetForm(data_of(request), instance=_sheet(request, code, number))
    status, met = Status.SAVED, None
    if request.method == "POST":
        actions.check_may_draft(by=request.user, review=row)
        status, met, row = _save(request, row, form)
    conflict = met if status == Status.CONFLICT else None
    if request.method == "POST":
        agreed = met.sentence if met and not conflict else ""
        if request.htmx:
            context = {"review": row, "conflict": conflict, "form": form, "status": status}
            context["agreed"] = agreed
            return render(request, "reviews/sheet.html#saved", context, status=status)
        if status == Status.SAVED:
            messages.success(request, agreed or "下書きを保存しました。")
            return redirect(row)
    own = has_permission(request.user, Permission.DRAFT_REVIEWS, department=row.lead_id)
    facts = actions.facts_now(row)
    return render(
        request,
        "reviews/sheet.html",
        {
            "review": row,
            "name": row.called,
            "form": form,
            "conflict": conflict,
            "drafts": facts,
            "shown": shown(row, facts, on=timezone.localdate()),
            "before": Review.objects.before(row).first(),
            "may_write": own and row.state == ReviewState.DRAFT and _is_open(row),
            "transitions": _transitions(request.user, row),
            "returns": row.returns.select_related("by"),
            "lacking": _lacking(row, facts) if own else [],
            "files": Attachment.objects.beside(row),
            "history": HistoryEntry.objects.visible_to(request.user).about(row)[:50],
        },
        status=status,
    )


def _lacking(row, facts):
    """What a draft lacks before it can be handed in."""
    return actions.lacking(row, facts) if row.state == ReviewState.DRAFT else []


def _is_open(row):
    return row.cycle.state == CycleState.OPEN


def _transitions(user, row):
    """The transitions this person can make now."""
    if not _is_open(row):
        return []
    return [
        step
        for step in TRANSITIONS.leaving(row.state)
        if has_permission(
            user,
            step.permission,
            department=row.lead_id if step.permission == Permission.SUBMIT_REVIEWS else None,
        )
    ]


@read
@require_POST
def sheet_transition(request, code, number):
    """Hand in, withdraw, return, check, grade."""
    row = _sheet(request, code, number)
    form = TransitionForm(request.POST, version=row.version)
    if posted(request, form):
        try:
            done = _change(request, row, form)
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            form.add_error(None, f"{conflict.sentence}内容を確かめてから、もう一度押してください。")
            form.renew()
        else:
            name = f"「{done.called}」のシートを「{done.get_state_display()}」にしました。"
            messages.success(request, name)
            left = not Review.objects.visible_to(request.user).has(row.pk)
            return redirect("reviews:cycle", code) if left else redirect(row)
    step = TRANSITIONS.get(request.POST.get("transition", ""))
    return answer_act(
        request,
        form,
        title=f"{row.called}のシート",
        submit=step.label if step else "もう一度押す",
        back=row.get_absolute_url(),
    )


def _change(request, row, form):
    given = form.cleaned_data
    return actions.change_review(
        by=request.user,
        review=row,
        name=given["transition"],
        seen_version=given["seen_version"],
        reason=given["reason"],
        grade=given["grade"],
        comment=given["comment"],
        at=timezone.now(),
    )


@read
@require_POST
def file_add(request, code, number):
    """Attach a file to a draft."""
    row, now = _sheet(request, code, number), timezone.now()
    actions.check_may_draft(by=request.user, review=row)
    form = FileForm(request.POST, request.FILES)
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: actions.attach_to_review(
                    by=request.user, review=row, file=form.cleaned_data["file"], at=now
                ),
                "添付しました。",
                at=now,
            )
            return redirect(row)
    return answer_act(
        request,
        form,
        title=f"{row.called}のシートにファイルを添付する",
        submit="添付する",
        back=row.get_absolute_url(),
    )


@read
def file(request, pk):
    """Download a file of a sheet that this person may see."""
    attachment = get_object_or_404(Attachment.objects.of_kind(Review), pk=pk)
    if not Review.objects.visible_to(request.user).has(attachment.subject_id):
        raise Http404("ページが見つかりません。")
    return uploads.answer(attachment)


@read
@at_its_number
def measure_reviews(request, number):
    """The measure sheet's tab PDCA: its sheets over the cycles."""
    measure = measure_or_404(number, timezone.localdate())
    return render(
        request,
        "reviews/measure_reviews.html",
        {
            "measure": measure,
            "tab": "reviews",
            "sheets": Review.objects.visible_to(request.user).of_measure(measure),
        },
    )
