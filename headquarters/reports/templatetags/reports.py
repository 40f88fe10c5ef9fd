"""The summary strip above the measure tabs, and what has changed since a month was closed.

The one place where lower rooms show what reports knows.
"""

from collections import Counter

from django import template
from django.utils import timezone

from headquarters.reports.changes import causes, counted
from headquarters.reports.editions import changes_since_closing
from kpi import reading as kpi_reading
from roadmap import reading as roadmap_reading

register = template.Library()


@register.inclusion_tag("reports/_measure_strip.html", takes_context=True)
def measure_strip(context, measure):
    """Grades of the measure's indicators and the state of its steps, as of the month being
    collected.

    A page that has already read them puts them into the context as `facts` and `step_views`.
    """
    today = timezone.localdate()
    month = measure.policy.plan.months.collected(today)
    facts = (
        context["facts"]
        if "facts" in context
        else kpi_reading.load(month, on=today, measure=measure)
    )
    steps = (
        context["step_views"]
        if "step_views" in context
        else roadmap_reading.load(today, measure=measure)
    )
    counts = Counter(row.progress_at(row.month).grade or "－" for row in facts)

    return {
        "month": facts[0].month if facts else month,
        "counts": sorted(counts.items()),
        "late": sum(len(step.late) for step in steps),
        "milestones": sum(len(step.milestones) for step in steps),
    }


@register.simple_tag
def changed_since_closing(month) -> str:
    """「値 2件・公表 19件」: what a closed month's edition does not hold; "" when nothing."""
    return counted(causes(changes_since_closing(month, on=timezone.localdate())))
