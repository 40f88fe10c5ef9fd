"""The roadmap's pages. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.forms import add_errors
from accounts.permissions import Permission, has_permission, requires
from measures.models import Measure, Plan
from roadmap import actions, reading
from roadmap.drawing import bar_of, window
from roadmap.forms import MilestoneForm
from roadmap.lists import Filters, mine_first, of_step
from roadmap.models import Baseline, Milestone

read = requires(Permission.READ)


def _window(plan, today, year=None):
    first, last = (plan.first_fiscal_year, plan.last_fiscal_year) if plan else (2026, 2029)
    return window(year, year, today) if year and first <= year <= last else window(first, last, today)


@read
def roadmap(request):
    """Steps × quarters over the plan's years; filters, one year in months, or the table of dates."""
    today = timezone.localdate()
    filters = Filters.of(request.GET)
    steps = reading.load(today)
    plan = Plan.objects.first()
    view = _window(plan, today, filters.year)
    shown = [step for step in steps if filters.wants(step)]
    return render(request, "roadmap/roadmap.html", {
        "window": view, "bars": [bar_of(view, step) for step in shown], "filters": filters, "steps": steps,
        "measures": sorted({step.row.measure for step in steps}, key=lambda row: row.number),
        "departments": sorted({step.department for step in steps if step.department}, key=lambda row: row.sort_order),
        "plan_years": plan.fiscal_years if plan else (), "missing": Measure.objects.without_roadmap(),
    })


@read
def milestones(request):
    """Milestones, mine first and late first; each opens for an update."""
    today = timezone.localdate()
    rows = mine_first(request.user, reading.load(today), everything=request.GET.get("all") == "1")
    return render(request, "roadmap/milestones.html", {"rows": rows, "everything": request.GET.get("all") == "1"})


def _back(request):
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else None


@read
def milestone_edit(request, pk):
    """One milestone: its four dates, its updates, and the form for those who may."""
    row = get_object_or_404(
        Milestone.objects.select_related("step__measure__policy", "step__department"), pk=pk
    )
    today = timezone.localdate()
    form = MilestoneForm.for_row(row, request.POST or None)
    conflict = None
    if request.method == "POST":
        actions.check_may_update(by=request.user, milestone=row, on=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_milestone(by=request.user, milestone=row, update=form.as_update, on=today,
                                     seen_version=form.cleaned_data["seen_version"])
        except ValidationError as error:
            add_errors(form, error)
        except actions.Conflict as found:
            conflict = found
        else:
            messages.success(request, f"「{row.name}」を更新しました。")
            return redirect(_back(request) or "roadmap:milestones")
    item = of_step(reading.load(today, measure=row.step.measure), pk)
    return render(request, "roadmap/milestone_edit.html", {
        "row": row, "item": item, "form": form, "conflict": conflict, "next": _back(request) or "",
        "updates": row.updates.select_related("by").order_by("-id"),
        "may": has_permission(request.user, Permission.UPDATE_MILESTONES, department=row.step.department_on(today)),
        "department": row.step.department_on(today), "entries": row.baseline_entries.select_related("baseline"),
    }, status=409 if conflict else 200)


@read
def baselines(request):
    """The named baselines and what each says."""
    rows = Baseline.objects.prefetch_related("entries__milestone__step__measure", "entries__step__measure")
    return render(request, "roadmap/baselines.html", {"baselines": rows})


@read
def measure_roadmap(request, number):
    """The measure sheet's tab 工程表."""
    measure = get_object_or_404(Measure.objects.with_people(), number=number)
    today = timezone.localdate()
    view = _window(measure.policy.plan, today)
    steps = reading.load(today, measure=measure)
    return render(request, "roadmap/measure_roadmap.html", {
        "measure": measure, "tab": "roadmap", "window": view, "bars": [bar_of(view, step) for step in steps],
        "step_views": steps,
    })
