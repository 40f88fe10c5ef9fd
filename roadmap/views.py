"""The roadmap's pages. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import posted
from foundation.accounts.forms import add_errors
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.numbers import whole_number
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.seen import wait_in_line
from foundation.records.statuses import Status
from measures.addresses import at_its_number, day_asked, measure_or_404
from measures.models import Plan
from roadmap import actions, reading
from roadmap.choices import MilestoneState
from roadmap.drawing import bar_of, window
from roadmap.forms import BulkForm, MilestoneForm
from roadmap.lists import RoadmapFilters, lost_roadmaps, mine_first, of_step
from roadmap.models import Milestone

read = requires(Permission.READ)


def _window(plan, today, year=None):
    first, last = (plan.first_fiscal_year, plan.last_fiscal_year) if plan else (2026, 2029)
    return (
        window(year, year, today) if year and first <= year <= last else window(first, last, today)
    )


@read
def roadmap(request):
    """Steps × quarters over the plan's years.

    RoadmapFilters, one year in months, or the table of dates.
    """
    today = timezone.localdate()
    filters = RoadmapFilters.of(request.GET)
    steps = reading.load(today)
    plan = Plan.objects.current()
    view = _window(plan, today, filters.year)
    shown = [step for step in steps if filters.wants(step)]
    lost = lost_roadmaps(steps, today)
    departments = {each.department for each in steps} | {each.department for each in lost}
    return render(
        request,
        "roadmap/roadmap.html",
        {
            "window": view,
            "bars": [bar_of(view, step) for step in shown],
            "filters": filters,
            "steps": steps,
            "measures": sorted(
                {each.row.measure for each in steps} | {each.measure for each in lost},
                key=lambda row: row.number,
            ),
            "departments": sorted(
                filter(None, departments),
                key=lambda row: row.sort_order,
            ),
            "plan_years": plan.fiscal_years if plan else (),
            "missing": [
                each.measure for each in lost if filters.wants_lost(each.measure, each.department)
            ],
        },
    )


@read
def milestones(request):
    """Milestones, mine first and late first.

    Each opens in place for an update, several can be set in one go.
    """
    today = timezone.localdate()
    everything = request.GET.get("all") == "1"
    rows = mine_first(request.user, reading.load(today), everything=everything)
    return render(
        request,
        "roadmap/milestones.html",
        {
            "rows": rows,
            "everything": everything,
            "next": request.get_full_path(),
            "bulk": any(row.may for row in rows),
        },
    )


@read
@require_POST
def milestone_bulk(request):
    """Set several milestones 実施中 or 完了: the rights of all first, then one transaction."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, str(problems[0]))
        return redirect(back_to(request) or "roadmap:milestones")
    picked, today = form.cleaned_data["pick"], timezone.localdate()
    for row in picked:
        actions.check_may_update(by=request.user, milestone=row, on=today)
    with transaction.atomic():
        wait_in_line()
        done = sum(_set_one(request, row, form.cleaned_data, today) for row in picked)
    if done:
        messages.success(request, f"{done}件を更新しました。")
    return redirect(back_to(request) or "roadmap:milestones")


def _set_one(request, row, given, today) -> bool:
    """Update one milestone of many; what stands against it is said with its name."""
    completed = given["completed_on"] if given["state"] == MilestoneState.COMPLETED else None
    try:
        return actions.update_milestone(
            by=request.user,
            milestone=row,
            update=actions.Update(
                given["state"],
                row.forecast_on,
                completed,
            ),
            on=today,
            seen_version=whole_number(request.POST.get(f"version-{row.pk}"), -1),
            at=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, f"「{row}」：{error.messages[0]}")
    except SavedAlready as same:
        messages.info(request, f"「{row}」：{same.sentence}")
    except Conflict as conflict:
        messages.error(request, f"「{row}」：{conflict.sentence}変えていません。")
    return False


def _saved(request, row, today, agreed=""):
    """Where one goes after an update. `agreed`: who had saved the same before, in a sentence.

    The row in place, the later steps it touches, or back to the list.
    """
    steps = reading.load(today, measure=row.step.measure)
    proposals = actions.proposals_after(row, steps)
    if request.htmx:
        step = next(each for each in steps if each.row.pk == row.step_id)
        return render(
            request,
            "roadmap/milestones.html#row",
            {
                "step": step,
                "item": of_step(steps, row.pk),
                "may": True,
                "saved": agreed or "更新しました",
                "proposals": len(proposals),
                "next": back_to(request),
                "bulk": True,
            },
        )
    done = f"：{agreed}" if agreed else "を更新しました。"
    messages.success(request, f"「{row.name}」{done}")
    return (
        redirect("roadmap:knock_on", row.pk)
        if proposals
        else redirect(back_to(request) or "roadmap:milestones")
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
    department = row.step.department_on(today)
    form = MilestoneForm.for_row(row, request.POST or None)
    conflict = None
    if request.method == "POST":
        actions.check_may_update(by=request.user, milestone=row, on=today)
    if posted(request, form):
        try:
            actions.update_milestone(
                by=request.user,
                milestone=row,
                update=form.as_update,
                on=today,
                seen_version=form.cleaned_data["seen_version"],
                at=timezone.now(),
            )
        except ValidationError as error:
            add_errors(form, error)
        except SavedAlready as same:
            return _saved(request, row, today, same.sentence)
        except Conflict as found:
            conflict = found
        else:
            return _saved(request, row, today)
    context = {
        **_standing(request, row, today, department),
        "form": form,
        "conflict": conflict,
    }
    status = Status.CONFLICT if conflict else Status.REFUSED if form.errors else Status.SAVED
    if request.htmx:
        context["opened"] = context["may"] and request.GET.get("close") != "1"
        return render(request, "roadmap/milestones.html#row", context, status=status)
    context["updates"] = row.updates.select_related("by").order_by("-id")
    context["entries"] = row.baseline_entries.select_related("baseline")
    return render(request, "roadmap/milestone_edit.html", context, status=status)


def _standing(request, row, today, department) -> dict:
    """What page and row show of a milestone beside its form."""
    steps = reading.load(today, measure=row.step.measure)
    user = request.user
    return {
        "row": row,
        "item": of_step(steps, row.pk),
        "next": back_to(request),
        "step": next((each for each in steps if each.row.pk == row.step_id), None),
        "bulk": True,
        "may": has_permission(user, Permission.UPDATE_MILESTONES, department=department),
        "department": department,
        "may_define": has_permission(user, Permission.DEFINE),
    }


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
        picked = {
            each.milestone.pk: each.proposed_on
            for each in proposals
            if f"m{each.milestone.pk}" in request.POST
        }
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


@read
@at_its_number
def measure_roadmap(request, number):
    """The measure sheet's tab 工程表."""
    measure, today = measure_or_404(number, day_asked(request)), timezone.localdate()
    view = _window(measure.policy.plan, today)
    steps = reading.load(today, measure=measure)
    return render(
        request,
        "roadmap/measure_roadmap.html",
        {
            "measure": measure,
            "tab": "roadmap",
            "window": view,
            "bars": [bar_of(view, step) for step in steps],
        },
    )
