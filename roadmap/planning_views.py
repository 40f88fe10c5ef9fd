"""スケジュール策定: steps and milestones.

Everybody reads; the secretariat defines. Baselines: `roadmap.baseline_views`.
"""

from django.contrib import messages
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
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.numbers import whole_number
from foundation.records.models import HistoryEntry
from measures.models import Measure
from measures.standing import measures_on
from roadmap import milestone_planning, planning, reading
from roadmap.forms import (
    EndForm,
    MilestoneCreateForm,
    MilestonePlanForm,
    OrderForm,
    StepCreateForm,
    StepEditForm,
    YearlyForm,
)
from roadmap.lists import lost_roadmaps
from roadmap.models import Milestone, Step

read, define = requires(Permission.READ), requires(Permission.DEFINE)


def _step(pk) -> Step:
    return get_object_or_404(
        Step.objects.select_related("measure__policy__plan", "department"), pk=pk
    )


@read
def setup(request):
    """What is still to be set up.

    Steps without span, without milestones, yearly steps with years missing.
    """
    today = timezone.localdate()
    steps = reading.load(today)
    return render(
        request,
        "roadmap/setup.html",
        {
            "without_span": [step for step in steps if not step.row.first_month],
            "without_milestone": [step for step in steps if not step.milestones],
            "yearly": [
                (step, years)
                for step in steps
                if step.milestones and (years := milestone_planning.missing_years(step.row))
            ],
            "lost": [each.measure for each in lost_roadmaps(steps, today)],
            "total": len(steps),
            "measures": measures_on(today),
            "may_define": has_permission(request.user, Permission.DEFINE),
        },
    )


def _define(request, step, form, seen=None):
    """Create or change a step from its form."""
    return planning.define_step(
        by=request.user,
        step=step,
        values=form.values,
        on=timezone.localdate(),
        reason=form.cleaned_data["reason"],
        seen=seen,
        at=timezone.now(),
    )


@define
def step_create(request):
    """A step that the plan's text lost, or that a revision adds."""
    measure = get_object_or_404(
        Measure.objects.select_related("policy__plan"),
        number=whole_number(request.GET.get("measure"), 0),
    )
    form = StepCreateForm(data_of(request))
    if posted(request, form):
        with errors_on(form):
            step = recorded(
                request,
                form,
                lambda: _define(request, Step(measure=measure), form),
                lambda row: f"工程「{row}」を加えました。続けてマイルストーンを設定できます。",
                at=timezone.now(),
            )
            return redirect("roadmap:step", step.pk)
    return answer(request, "roadmap/step_create.html", form, {"measure": measure})


@read
def step(request, pk):
    """One step: its milestones and history for everybody, its form for the secretariat."""
    row = _step(pk)
    form = StepEditForm(data_of(request), instance=_step(pk))
    if posted(request, form, Permission.DEFINE):
        with errors_on(form):
            _define(request, row, form, form.seen)
            messages.success(
                request,
                f"工程「{form.cleaned_data['name']}」を保存しました。",
            )
            return redirect("roadmap:step", pk)
    found = reading.load(timezone.localdate(), measure=row.measure)

    return answer(
        request,
        "roadmap/step.html",
        form,
        {
            "step": row,
            "view": next((each for each in found if each.row.pk == pk), None),
            "milestone_form": MilestoneCreateForm(),
            "yearly_form": YearlyForm(),
            "end_form": EndForm(facts={"valid_until": row.valid_until}),
            "years": milestone_planning.missing_years(row),
            "entries": row.baseline_entries.select_related("baseline__withdrawal"),
            "history": HistoryEntry.objects.visible_to(request.user).about(row)[:50],
            "may_define": has_permission(request.user, Permission.DEFINE),
        },
    )


@define
@require_POST
def step_end(request, pk):
    """Take a step out of the roadmap from tomorrow on."""
    row = _step(pk)
    form = EndForm(request.POST, facts={"valid_until": row.valid_until})
    if posted(request, form):
        with errors_on(form):
            planning.end_step(
                by=request.user,
                step=row,
                on=timezone.localdate(),
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"工程「{row}」を終えました。過去の月と基準版には残ります。")
            return redirect("roadmap:roadmap")
    return answer_act(
        request,
        form,
        title=f"工程「{row}」を終える",
        submit="工程を終える",
        back=reverse("roadmap:step", args=[pk]),
    )


def _move(request, row, back):
    """One place up or down, then back to the list."""
    form = OrderForm(request.POST, facts={"order": row.order})
    if posted(request, form):
        with errors_on(form):
            up = form.cleaned_data["to"] == "up"
            planning.move(by=request.user, row=row, up=up, seen=form.seen, at=timezone.now())
            return redirect(back)
    return answer_act(request, form, title=f"「{row}」を並べ替える", submit="動かす", back=back)


@define
@require_POST
def step_move(request, pk):
    """One place up or down."""
    row = _step(pk)
    return _move(
        request,
        row,
        reverse("roadmap:measure_roadmap", args=[row.measure.number]),
    )


@define
@require_POST
def milestone_create(request, pk):
    """Add one milestone to a step, or one per fiscal year to a yearly one."""
    row, yearly, now = _step(pk), "yearly" in request.POST, timezone.now()
    form = (YearlyForm if yearly else MilestoneCreateForm)(request.POST)
    make = milestone_planning.create_yearly if yearly else milestone_planning.create_milestone
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: make(by=request.user, step=row, **form.cleaned_data, at=now),
                lambda made: (
                    f"{len(made) if isinstance(made, list) else 1}件のマイルストーンを加えました。"
                ),
                at=now,
            )
            return redirect("roadmap:step", pk)
    return answer_act(
        request,
        form,
        title=f"「{row}」にマイルストーンを加える",
        submit="加える",
        back=reverse("roadmap:step", args=[pk]),
    )


@define
def milestone_plan(request, pk):
    """Name and plan date of one milestone."""
    row = get_object_or_404(Milestone.objects.select_related("step__measure"), pk=pk)
    form = MilestonePlanForm(
        data_of(request), initial={"name": row.name, "planned_on": row.planned_on}
    )
    if posted(request, form):
        with errors_on(form):
            milestone_planning.edit_milestone(
                by=request.user,
                milestone=row,
                seen=form.seen,
                **form.cleaned_data,
                at=timezone.now(),
            )
            messages.success(request, f"「{form.cleaned_data['name']}」を保存しました。")
            return redirect("roadmap:step", row.step_id)
    return answer(request, "roadmap/milestone_plan.html", form, {"row": row})


@define
@require_POST
def milestone_move(request, pk):
    """One place up or down inside its step."""
    row = get_object_or_404(Milestone.objects.select_related("step"), pk=pk)
    return _move(
        request,
        row,
        reverse("roadmap:step", args=[row.step_id]),
    )
