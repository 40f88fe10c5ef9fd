"""The summary strip above the measure tabs: the one place where lower rooms show what reports knows."""

from django import template
from django.utils import timezone

from kpi import reading as kpi_reading
from kpi.months import reporting_month
from measures.models import Plan
from reports.months import plan_months
from roadmap import reading as roadmap_reading

register = template.Library()


@register.inclusion_tag("reports/_measure_strip.html")
def measure_strip(measure):
    """Grades of the measure's indicators and the state of its steps, as of the month being collected."""
    today = timezone.localdate()
    months = plan_months(Plan.objects.first())
    month = reporting_month(today, *months) if months else None
    counts, late, steps = {}, 0, roadmap_reading.load(today, measure=measure)
    for facts in kpi_reading.load(month, measure=measure) if month else []:
        grade = facts.progress_at(month).grade or "－"
        counts[grade] = counts.get(grade, 0) + 1
    late = sum(len(step.late) for step in steps)
    return {"month": month, "counts": sorted(counts.items()), "late": late, "steps": len(steps),
            "milestones": sum(len(step.milestones) for step in steps)}
