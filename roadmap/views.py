"""The roadmap's pages. Where a milestone stands: `roadmap.milestone_views`."""

from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import Permission, requires
from foundation.accounts.remembered import remembered
from foundation.japanese.calendar import fiscal_year
from measures.addresses import at_its_number, day_asked, measure_or_404
from measures.models import Plan
from roadmap import reading
from roadmap.drawing import bar_of, window
from roadmap.lists import RoadmapFilters, counted, lost_roadmaps

read = requires(Permission.READ)


def _window(plan, today, year=None):
    this_year = fiscal_year(today)
    first, last = (
        (plan.first_fiscal_year, plan.last_fiscal_year) if plan else (this_year, this_year)
    )
    return (
        window(year, year, today) if year and first <= year <= last else window(first, last, today)
    )


@read
@remembered
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
            "counted": counted(steps),
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
@remembered
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
