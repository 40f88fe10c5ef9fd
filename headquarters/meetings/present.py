"""会議モード: one screen at a time, large type, ← and → to go on.

What is decided is recorded without leaving the screen.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from foundation.accounts.models import Department
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import wareki_short
from foundation.japanese.numbers import whole_number
from headquarters.meetings import frozen_roadmap
from headquarters.meetings.agenda import (
    as_of_words,
    changes_since,
    day_of,
    last_meeting,
    slides,
)
from headquarters.meetings.choices import OVER
from headquarters.meetings.models import Meeting
from headquarters.meetings.numbers import report_of_meeting
from headquarters.organisation.models import ActionItem
from headquarters.reports.pages.matrix import headline, matrix
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from measures.models import Measure
from roadmap import reading
from roadmap.drawing import bar_of, window


def _measure(meeting, report, number, today) -> dict:
    """What the screen of one measure shows.

    The report may be frozen and the measure renumbered since: then its numbers alone.
    """
    found = {
        "row": next(row for row in report.measures if row.number == number),
        "indicators": report.indicators_of(number),
    }
    held = meeting.state in OVER
    on = report.as_of if held else min(meeting.held_on, today)
    view = window(meeting.plan.first_fiscal_year, meeting.plan.last_fiscal_year, on)
    found |= {"window": view, "now_words": wareki_short(on) if on < today else ""}
    if held:
        found["bars"] = frozen_roadmap.bars(view, report, number)
    measure = Measure.objects.with_people().called(number, report.as_of).first()
    if measure is None:
        return found
    if not held:
        found["bars"] = [bar_of(view, step) for step in reading.load(on, measure=measure)]
    reviews = Review.objects.filter(measure=measure, cycle=meeting.cycle).exclude(
        state=ReviewState.DRAFT
    )
    return found | {
        "measure": measure,
        "review": reviews.select_related("cycle").first() if meeting.cycle else None,
        "lead": measure.lead_department,
        "items": [item for item in ActionItem.objects.carried() if item.measure_id == measure.pk],
        "decisions": meeting.decisions.standing().full().about(measure),
    }


@requires(Permission.READ)
def present(request, pk):
    """One screen of the meeting; ?slide=n."""
    meeting = get_object_or_404(Meeting.objects.select_related("plan", "cycle"), pk=pk)
    today = timezone.localdate()
    report = report_of_meeting(meeting, on=today)
    if report is None:
        raise Http404("計画が読み込まれていません。")
    every = slides(report)
    place = whole_number(request.GET.get("slide"), 0)
    if place >= len(every):
        raise Http404("この会議にその画面はありません。")
    slide = every[place]
    numbers, roadmap = as_of_words(meeting, report, on=today)
    context = {
        "meeting": meeting,
        "report": report,
        "slides": every,
        "slide": slide,
        "place": place,
        "day": day_of(report),
        "here": request.get_full_path(),
        "numbers": numbers,
        "roadmap": roadmap,
        "next": place + 1 if place + 1 < len(every) else None,
        "previous": place - 1 if place else None,
        "may_decide": has_permission(request.user, Permission.DECIDE),
        "departments": Department.objects.on(today),
    }
    if slide.kind == "overview":
        context |= {"headline": headline(report), "matrix": matrix(report)}
    elif slide.kind == "changes":
        before = last_meeting(meeting)
        grades, moved = changes_since(meeting, before, report, on=today)
        context |= {
            "before": before,
            "grades": grades,
            "moved": moved,
            "items": ActionItem.objects.carried().given_before(meeting),
        }
    else:
        context |= _measure(meeting, report, slide.measure, today)
    return render(request, "meetings/present.html", context)
