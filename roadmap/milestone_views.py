"""Where milestones stand: the list, one in place or on its page, several at once."""

import re
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from foundation.accounts.acting import posted
from foundation.accounts.forms import add_errors
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.accounts.remembered import remembered
from foundation.japanese.numbers import whole_number
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.statuses import Status
from roadmap import actions, reading
from roadmap.answers import AnswerInWords
from roadmap.around import drawn_around
from roadmap.bulk import UNCHANGED, Press, set_several
from roadmap.lists import milestone_after, mine_first, of_step, step_after
from roadmap.milestone_forms import BulkForm, MilestoneForm
from roadmap.models import Milestone

read = requires(Permission.READ)
OTHER_PROPOSALS = (
    "画面を開いた後に、動かす案が変わりました。何も変えていません。もう一度確かめてください。"
)
KEPT = "先の更新を残しました。あなたの入力は保存していません。"


@read
@remembered
def milestones(request):
    """Milestones, mine first and late first.

    Each opens in place for an update, several can be set in one go.
    """
    return _listed(request, request.get_full_path(), everything=request.GET.get("all") == "1")


def _listed(request, here, *, everything, form=None, outcomes=()):
    """The list; after several were set in one go with what became of each."""
    today = timezone.localdate()
    rows = mine_first(request.user, reading.load(today), everything=everything)
    told = {each.key: each for each in outcomes}
    context = {
        "rows": [(row, told.get(row.item.row.pk)) for row in rows],
        "everything": everything,
        "next": here,
        "bulk": any(row.may for row in rows),
        "bulk_form": form or BulkForm(initial={"state": "on_track", "completed_on": today}),
        "failed": form is not None,
        "refused": [each for each in outcomes if each.sentence],
    }
    status = Status.SAVED if form is None else Status.REFUSED
    return render(
        request,
        "roadmap/milestones.html",
        context,
        status=status,
    )


@read
@require_POST
def milestone_bulk(request):
    """Set several milestones in one go: the rights of all first, then one transaction.

    What is refused keeps its tick and says why in its own row; the others are saved.
    """
    form, today, here = BulkForm(request.POST), timezone.localdate(), back_to(request)
    valid = form.is_valid()
    picked = list(form.cleaned_data.get("pick", ()))
    for row in picked:
        actions.check_may_update(by=request.user, milestone=row, on=today)
    outcomes = []
    if valid:
        press = Press(request.user, today, timezone.now(), request.POST)
        outcomes = set_several(form, picked, press)
    saved = sum(each.saved for each in outcomes)
    if saved:
        messages.success(request, f"{saved}件を更新しました。")
    if valid and saved == len(picked):
        return redirect(here or "roadmap:milestones")
    form.keep_ticks(outcomes)
    here = here or reverse("roadmap:milestones")
    return _listed(
        request,
        here,
        everything="all=1" in here,
        form=form,
        outcomes=outcomes,
    )


@read
def milestone_edit(request, pk):
    """One milestone: its four dates, its updates, and the form for those who may.

    For htmx: the row with its form.
    """
    row = get_object_or_404(
        Milestone.objects.select_related("step__measure__policy", "step__department"), pk=pk
    )
    today = timezone.localdate()
    steps = reading.load(today, measure=row.step.measure)
    item = of_step(steps, row.pk) or reading.milestone_on(row.pk, today)
    asked = request.GET.get("answer", "")
    form = MilestoneForm.for_item(item, request.POST or None, version=row.version, answer=asked)
    shown = {"row": row, "item": item, "steps": steps, "form": form}
    if request.method == "POST":
        actions.check_may_update(by=request.user, milestone=row, on=today)
        if form.keeps_theirs:
            return _settled(request, row, today, KEPT)
    return _update(request, shown, today) if posted(request, form) else _shown(request, shown)


def _update(request, shown, today):
    """Do what the valid form says; where it cannot be done, the same page with why."""
    row, form = shown["row"], shown["form"]
    try:
        changed = actions.update_milestone(
            by=request.user,
            milestone=row,
            update=form.as_update,
            on=today,
            seen_version=form.cleaned_data["seen_version"],
            at=timezone.now(),
        )
    except ValidationError as error:
        add_errors(form, error)
        return _shown(request, shown)
    except SavedAlready as same:
        return _settled(request, row, today, same.sentence)
    except Conflict as conflict:
        return _shown(request, shown, conflict=conflict)
    stays = form.cleaned_data["stay"]
    if not changed:
        return (
            _shown(request, shown, unchanged=True)
            if stays
            else _settled(request, row, today, UNCHANGED)
        )
    if stays and not request.htmx:
        query = urlencode({"saved": "1", "next": str(back_to(request))})
        return redirect(f"{reverse('roadmap:milestone_edit', args=[row.pk])}?{query}")
    return _settled(request, row, today)


def _settled(request, row, today, said=""):
    """The row in place, the later steps it touches, or back to where one was.

    `said`: what is to be told instead of that it was saved.
    """
    steps = reading.load(today, measure=row.step.measure)
    proposals = actions.proposals_after(row, steps)
    if request.htmx:
        context = {
            "step": next((each for each in steps if each.row.pk == row.step_id), None),
            "item": of_step(steps, row.pk) or reading.milestone_on(row.pk, today),
            "may": True,
            "saved": said or "更新しました",
            "proposals": len(proposals),
            "next": back_to(request),
            "bulk": True,
        }
        return render(
            request,
            "roadmap/milestones.html#row",
            context,
        )
    done = f"：{said}" if said else "を更新しました。"
    messages.success(request, f"「{row.name}」{done}")
    if proposals and not said:
        return redirect("roadmap:knock_on", row.pk)
    return redirect(back_to(request) or "roadmap:milestones")


def _shown(request, shown, conflict=None, unchanged=False):
    """The page of a milestone, or for htmx its row, with the form as it stands."""
    row, form, steps = shown["row"], shown["form"], shown["steps"]
    context = {**shown, **_beside(request, row, steps), "unchanged": unchanged}
    if conflict:
        sides = _sides(form, conflict, shown["item"])
        context |= {"conflict": conflict, "sides": sides}
    status = Status.CONFLICT if conflict else Status.REFUSED if form.errors else Status.SAVED
    if request.htmx:
        context["opened"] = context["may"] and request.GET.get("close") != "1"
        return render(request, "roadmap/milestones.html#row", context, status=status)
    asked = request.GET.get("saved") == "1" and request.method == "GET"
    context |= _history(row, saved_by=request.user if asked else None)
    context |= drawn_around(shown["item"], context["step"])
    if context["saved"]:
        context["proposals"] = len(actions.proposals_after(row, steps))
        context["following"] = milestone_after(steps, shown["item"])
    return render(request, "roadmap/milestone_edit.html", context, status=status)


def _sides(form, conflict, item) -> dict:
    """Both answers in words: what is stored now, and what was typed."""
    newest = conflict.current.updates.order_by("-id").first()
    approved = item.facts.approved_on
    return {
        "theirs": AnswerInWords.of(
            actions.stored_update(conflict.current, newest),
            approved,
        ),
        "mine": AnswerInWords.of(form.as_update, approved),
    }


def _beside(request, row, steps) -> dict:
    """What page and row show of a milestone beside its form."""
    step = next((each for each in steps if each.row.pk == row.step_id), None)
    department = step.department if step else row.step.department_on(timezone.localdate())
    user = request.user
    return {
        "next": back_to(request),
        "step": step,
        "after": step_after(steps, row.step),
        "bulk": True,
        "may": has_permission(
            user,
            Permission.UPDATE_MILESTONES,
            department=department,
        ),
        "department": department,
        "may_define": has_permission(user, Permission.DEFINE),
    }


def _history(row, *, saved_by) -> dict:
    """Its updates, the newest first, and its day in every baseline.

    `saved_by`: who has just made the newest, and may take it back.
    """
    updates = list(row.updates.select_related("by").order_by("-id"))
    newest = updates[0] if updates and saved_by and updates[0].by == saved_by else None
    return {
        "updates": updates,
        "entries": row.baseline_entries.select_related("baseline"),
        "saved": newest,
        "undo": newest and actions.undoing(newest),
    }


def _picked(posted, proposals) -> dict[int, date] | None:
    """{milestone id: day} of what was ticked; None where that is not proposed as it was shown."""
    days = {str(each.milestone.pk): each.proposed_on for each in proposals}
    ticked = [name[1:] for name in posted if re.fullmatch(r"m\d+", name)]
    if any(posted.get(f"day-{pk}") != str(days.get(pk)) for pk in ticked):
        return None
    return {int(pk): days[pk] for pk in ticked}


@read
def knock_on(request, pk):
    """Later steps that a postponed forecast reaches into.

    Proposed shifts, and only the chosen ones are made.
    """
    row = get_object_or_404(Milestone.objects.select_related("step__measure__policy"), pk=pk)
    today = timezone.localdate()
    proposals = actions.proposals_after(row, reading.load(today, measure=row.step.measure))
    if request.method == "POST":
        actions.check_may_update(by=request.user, milestone=row, on=today)
        picked = _picked(request.POST, proposals)
        if picked is None:
            messages.error(request, OTHER_PROPOSALS)
            return redirect("roadmap:knock_on", pk)
        seen = {pk: whole_number(request.POST.get(f"version-{pk}"), 0) for pk in picked}
        try:
            done = actions.apply_proposals(
                by=request.user,
                milestone=row,
                chosen=picked,
                seen=seen,
                on=today,
                at=timezone.now(),
            )
        except ValidationError as error:
            messages.error(request, f"{error.messages[0]}何も変えていません。")
            return redirect("roadmap:knock_on", pk)
        except Conflict as conflict:
            messages.error(
                request, f"{conflict.sentence}何も変えていません。もう一度確かめてください。"
            )
            return redirect("roadmap:knock_on", pk)
        messages.success(
            request, f"{done}件の見込日を変えました。" if done else "後の工程は変えていません。"
        )
        return redirect("roadmap:milestones")
    return render(request, "roadmap/knock_on.html", {"row": row, "proposals": proposals})
