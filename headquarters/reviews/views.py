"""The PDCA pages. Fetch, form, act, answer."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.forms import add_errors
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.records import uploads
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.forms import FileForm
from foundation.records.models import Attachment, HistoryEntry
from foundation.records.statuses import Status
from headquarters.reviews import actions
from headquarters.reviews.beside import before_of, files_of, on_page, returns_of
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.forms import SheetForm, TransitionForm, refused_form
from headquarters.reviews.kept import shown
from headquarters.reviews.lacks import ON_PAGE, Mark, as_on_page, lacks_of
from headquarters.reviews.models import Review, ReviewCycle
from headquarters.reviews.states import TRANSITIONS
from measures.addresses import at_its_number, measure_or_404

SAID = {  # by transition, where the state alone does not say it
    "return": "「{}」のシートを所管課へ差し戻しました。",
    "send_back": "「{}」のシートを事務局へ差し戻しました。",
    "withdraw": "「{}」のシートの提出を取り下げました。",
    "regrade": "「{}」の本部評価を改めました。",
}
read = requires(Permission.READ)


def _sheet(request, code, number):
    """The sheet, for those who may see it; else 404.

    The number is read as on the cycle's day; one of another day finds the sheet all the same.
    """
    sheets = Review.objects.visible_to(request.user)
    for row in on_page(sheets.ever_called(code, number)):
        if row.called.number == number:
            return row
    cycle = get_object_or_404(ReviewCycle, code=code)
    return get_object_or_404(on_page(sheets).called(cycle, number))


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
    form = SheetForm(data_of(request), instance=copy(row))
    status, met = Status.SAVED, None
    if request.method == "POST":
        actions.check_may_draft(by=request.user, review=row)
        status, met, row = _save(request, row, form)
    conflict = met if status == Status.CONFLICT else None
    if request.method == "POST":
        agreed = met.sentence if met and not conflict else ""
        if request.htmx:
            context = {"review": row, "conflict": conflict, "form": form, "status": status}
            context |= {"agreed": agreed, "marks": _marks(row, _lacking(row))}
            return render(request, "reviews/sheet.html#answer", context, status=status)
        if status == Status.SAVED:
            messages.success(request, agreed or "下書きを保存しました。")
            return redirect(row)
    return _page(request, row, form, conflict=conflict, status=status)


def _page(request, row, form, *, conflict=None, status=Status.SAVED):
    """The whole sheet; what it lacks is told to those who may write in it."""
    own = has_permission(
        request.user,
        Permission.DRAFT_REVIEWS,
        department=row.lead_id,
    )
    facts = actions.facts_now(row)
    may_write = own and row.state == ReviewState.DRAFT and _is_open(row)
    page = {
        "review": row,
        "name": row.called,
        "form": form,
        "conflict": conflict,
        "drafts": facts,
        "shown": shown(row, facts, on=timezone.localdate()),
        "before": before_of(row),
        "may_write": may_write,
        "transitions": _transitions(request.user, row),
        "returns": returns_of(row),
        "marks": _marks(row, _lacking(row, facts) if may_write else []),
        "files": files_of(row),
        "history": HistoryEntry.objects.visible_to(request.user).about(row)[:50],
    }
    return render(request, "reviews/sheet.html", page, status=status)


def _lacking(row, facts=None):
    """What a draft lacks, in the order of the page. The verdict matters once a grade is chosen."""
    if row.self_grade and facts is None:
        facts = actions.facts_now(row)
    return as_on_page(lacks_of(row, facts.verdict if facts else None))


def _marks(row, lacks):
    """What is missing: the list, and {field: (its lack or None, its stored text)} of the page."""
    by_field = {lack.field: lack for lack in lacks}
    at = {name: Mark(name, by_field.get(name), getattr(row, name)) for name in ON_PAGE}
    return {"lacks": lacks, "at": at}


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
    """Hand in, withdraw, return, check, grade; from a meeting's screen one comes back to it."""
    row, back = _sheet(request, code, number), back_to(request)
    form = TransitionForm(request.POST, version=row.version)
    if posted(request, form):
        try:
            done = _change(request, row, form)
        except ValidationError as error:
            if lacks := _keeps_back(row, form.cleaned_data["transition"]):
                return _page(request, row, refused_form(row, lacks), status=Status.REFUSED)
            add_errors(form, error)
        except Conflict as conflict:
            form.add_error(None, f"{conflict.sentence}内容を確かめてから、もう一度押してください。")
            form.renew()
        else:
            messages.success(request, _said(done, form.cleaned_data["transition"]))
            left = not Review.objects.visible_to(request.user).has(row.pk)
            return redirect(back or (reverse("reviews:cycle", args=[code]) if left else row))
    step = TRANSITIONS.get(request.POST.get("transition", ""))
    return answer_act(
        request,
        form,
        title=f"{row.called}のシート",
        submit=step.label if step else "もう一度押す",
        back=back or row.get_absolute_url(),
        hidden={"next": back} if back else None,
    )


def _keeps_back(row, transition):
    """What keeps this draft from being handed in; [] of any other transition."""
    hands_in = transition == "submit" and row.state == ReviewState.DRAFT and _is_open(row)
    return _lacking(row) if hands_in else []


def _said(row, transition):
    """「…のシートを「提出」にしました。」; of a return who has it now."""
    whole = f"「{{}}」のシートを「{row.get_state_display()}」にしました。"
    return SAID.get(
        transition,
        whole,
    ).format(row.called)


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
