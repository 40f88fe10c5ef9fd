"""The summary strip above the measure tabs, and what has changed since a month was closed.

The one place where lower rooms show what reports knows.
"""

from collections import Counter
from dataclasses import dataclass

from django import template
from django.utils import timezone

from foundation.japanese.calendar import month_name
from headquarters.reports.key import ReportKey
from headquarters.reports.pages.viewpoint import Viewpoint, viewpoint_of
from headquarters.reports.rows import MeasureRow

register = template.Library()


@dataclass(frozen=True)
class GradeCount:
    """How many indicators of a measure have a grade (letter None: not judged)."""

    letter: str | None
    name: str
    count: int

    @property
    def key(self) -> str:
        """How the list's filter names it."""
        return self.letter or "-"


@register.inclusion_tag("reports/_measure_strip.html", takes_context=True)
def measure_strip(context, measure):
    """Grades of the measure's indicators and the state of its milestones at the viewpoint that the
    address asks for. A page drawn at a viewpoint has it in its context as `viewpoint`.
    """
    today, request = timezone.localdate(), context["request"]
    viewpoint = context.get("viewpoint") or viewpoint_of(
        request.GET.get("at", ""),
        plan=measure.policy.plan,
        today=today,
        revision=getattr(request.user, "data_revision", None),
    )
    shown = {
        "viewpoint": viewpoint,
        "report": viewpoint.report,
        "request": request,
    }
    row = viewpoint.row_of(measure)
    if row is None:
        return shown | {"today": today, "counts": [], "late": 0, "milestones": 0}
    items = [item for step in viewpoint.report.steps_of(row.number) for item in step.milestones]
    return shown | {
        "today": today,
        "number": row.number,
        "counts": _counts(row, viewpoint),
        "late": sum(item.late for item in items),
        "milestones": len(items),
    }


def _counts(row: MeasureRow, viewpoint: Viewpoint) -> list[GradeCount]:
    names: dict[str | None, str] = {band.letter: band.name for band in viewpoint.report.bands}
    counts = Counter(each.grade for each in viewpoint.report.indicators_of(row.number))
    letters = sorted(counts, key=lambda letter: letter or "Z")
    return [GradeCount(letter, names.get(letter, ""), counts[letter]) for letter in letters]


@register.simple_tag(takes_context=True)
def asked_words(context) -> str:
    """「（9月分 第2版）」, for the title of a measure's page whose address asks for it."""
    try:
        key = ReportKey.parse(context["request"].GET.get("at", ""))
    except ValueError:
        return ""
    edition = f" {key.version}" if key.edition else ""
    return f"（{month_name(key.month)}分{edition}）"
