"""The PDCA pages. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import errors_on, posted, status_of
from foundation.accounts.forms import add_errors
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.calendar import fiscal_year, fiscal_year_label
from foundation.japanese.numbers import whole_number
from foundation.records import uploads
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.models import Attachment, HistoryEntry
from foundation.records.statuses import Status
from headquarters.reviews import actions
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.cycles import close_cycle, create_cycle, edit_cycle, open_cycle
from headquarters.reviews.facts import facts_of
from headquarters.reviews.forms import CycleDatesForm, CycleForm, SheetForm
from headquarters.reviews.models import Review, ReviewCycle
from headquarters.reviews.states import TRANSITIONS
from measures.models import Measure, Plan

read = requires(Permission.READ)


@read
def cycles(request):
    """All cycles; the secretariat makes new ones."""
    plan = Plan.objects.current()
    years = [(year, fiscal_year_label(year)) for year in plan.fiscal_years] if plan else []
    form = CycleForm(
        years, request.POST or None, initial={"fiscal_year": fiscal_year(timezone.localdate())}
    )
    if plan and posted(request, form, Permission.DEFINE):
        with errors_on(form):
            made = create_cycle(by=request.user, plan=plan, **form.cleaned_data, at=timezone.now())
            messages.success(
                request,
                f"「{made}」を作りました。日付を確かめて、照会日になったら照会してください。",
            )
            return redirect("reviews:cycle", made.code)
    return render(
        request,
        "reviews/cycles.html",
        {
            "cycles": ReviewCycle.objects.prefetch_related("reviews"),
            "form": form,
            "may_define": has_permission(request.user, Permission.DEFINE),
        },
        status=status_of(form),
    )


def _cycle_action(request, row, form):
    """open, close or new dates; True when it was done."""
    if "open" in request.POST:
        open_cycle(by=request.user, cycle=row, on=timezone.localdate(), at=timezone.now())
        messages.success(request, "照会しました。各課の「やること」にPDCAシートが出ます。")
    elif "close" in request.POST:
        close_cycle(
            by=request.user,
            cycle=row,
            reason=request.POST.get("reason", "").strip()[:300],
            at=timezone.now(),
        )
        messages.success(request, "サイクルを終了しました。")
    elif form.is_valid():
        edit_cycle(by=request.user, cycle=row, **form.cleaned_data, at=timezone.now())
        messages.success(request, "日付を保存しました。")
    else:
        return False
    return True


@read
def cycle(request, code):
    """The board of a cycle: sheets × states; the secretariat opens and closes it."""
    row = get_object_or_404(ReviewCycle.objects.select_related("plan"), code=code)
    initial = {"asked_on": row.asked_on, "due_on": row.due_on, "fixed_on": row.fixed_on}
    form = CycleDatesForm(request.POST if "asked_on" in request.POST else None, initial=initial)
    if request.method == "POST":
        require(request.user, Permission.DEFINE)
        try:
            if _cycle_action(request, row, form):
                return redirect("reviews:cycle", code)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            row.refresh_from_db()
    visible = {sheet.pk for sheet in Review.objects.visible_to(request.user).of_cycle(row)}
    return render(
        request,
        "reviews/cycle.html",
        {
            "cycle": row,
            "sheets": Review.objects.full().of_cycle(row),
            "visible": visible,
            "form": form,
            "may_define": has_permission(request.user, Permission.DEFINE),
            "late": timezone.localdate() > row.due_on,
        },
        status=status_of(form),
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
    """The sheet, for those who may see it; else 404."""
    return get_object_or_404(
        Review.objects.visible_to(request.user), cycle__code=code, measure__number=number
    )


def _save(request, row, form):
    """Store the draft; (status, what was met, saved row)."""
    if not form.is_valid():
        return Status.REFUSED, None, row
    try:
        saved = actions.save_draft(
            by=request.user,
            review=row,
            values=form.values,
            seen_version=whole_number(request.POST.get("seen_version"), -1),
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
    form = SheetForm(
        request.POST if request.method == "POST" else None, instance=_sheet(request, code, number)
    )
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
            return redirect("reviews:sheet", code, number)
    own = has_permission(request.user, Permission.DRAFT_REVIEWS, department=row.lead_id)
    return render(
        request,
        "reviews/sheet.html",
        {
            "review": row,
            "form": form,
            "conflict": conflict,
            "facts": facts_of(row.measure, row.cycle.as_of),
            "before": Review.objects.before(row).first(),
            "may_write": own and row.state == ReviewState.DRAFT and _is_open(row),
            "transitions": _transitions(request.user, row),
            "returns": row.returns.select_related("by"),
            "lacking": actions.lacking(row) if row.state == ReviewState.DRAFT and own else [],
            "files": Attachment.objects.beside(row),
            "history": HistoryEntry.objects.about(row)[:50],
        },
        status=status,
    )


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
    try:
        done = actions.change_review(
            by=request.user,
            review=row,
            name=request.POST.get("transition", ""),
            seen_version=whole_number(request.POST.get("seen_version"), -1),
            reason=request.POST.get("reason", "").strip()[:500],
            grade=request.POST.get("grade", ""),
            comment=request.POST.get("comment", "").strip()[:300],
            at=timezone.now(),
        )
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    except Conflict as conflict:
        messages.error(request, f"{conflict.sentence}内容を確かめてから、もう一度押してください。")
    else:
        messages.success(
            request, f"「{done.measure}」のシートを「{done.get_state_display()}」にしました。"
        )
        if not Review.objects.visible_to(request.user).has(row.pk):
            return redirect("reviews:cycle", code)
    return redirect("reviews:sheet", code, number)


@read
@require_POST
def file_add(request, code, number):
    """Attach a file to a draft."""
    row = _sheet(request, code, number)
    upload = request.FILES.get("file")
    try:
        actions.attach_to_review(
            by=request.user,
            review=row,
            name=upload.name if upload else "",
            content=uploads.read(upload),
            at=timezone.now(),
        )
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    else:
        messages.success(request, "添付しました。")
    return redirect("reviews:sheet", code, number)


@read
def file(request, pk):
    """Download a file of a sheet that this person may see."""
    attachment = get_object_or_404(Attachment.objects.of_kind(Review), pk=pk)
    if not Review.objects.visible_to(request.user).has(attachment.subject_id):
        raise Http404("ページが見つかりません。")
    return uploads.answer(attachment)


@read
def measure_reviews(request, number):
    """The measure sheet's tab PDCA: its sheets over the cycles."""
    measure = get_object_or_404(Measure.objects.with_people(), number=number)
    return render(
        request,
        "reviews/measure_reviews.html",
        {
            "measure": measure,
            "tab": "reviews",
            "sheets": Review.objects.visible_to(request.user).of_measure(measure),
        },
    )
