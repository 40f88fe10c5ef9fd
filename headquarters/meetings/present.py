"""会議モード: one screen at a time in large type; what is decided is recorded there.

The numbers are those of the meeting, the roadmap that of its day (docs/rules.md §8).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.permissions import Permission, requires
from foundation.japanese.numbers import whole_number
from foundation.japanese.workdays import next_working_day
from headquarters.meetings.agenda import as_of_words, changes_since, day_of
from headquarters.meetings.choices import OVER
from headquarters.meetings.mode.bar import bar_of, may_give_orders
from headquarters.meetings.mode.chart import chart_of
from headquarters.meetings.mode.kpis import kpis_of, most_telling
from headquarters.meetings.mode.overview import overview
from headquarters.meetings.mode.road import Road, moved_since, road_of, steps_on
from headquarters.meetings.mode.said import answer_of, asked_before, cause_of, sheets_of
from headquarters.meetings.mode.strip import strip_of
from headquarters.meetings.mode.tabs import Tab, next_exception, tabs
from headquarters.meetings.models import Meeting
from headquarters.meetings.numbers import report_of_meeting
from headquarters.meetings.reading import OnScreen, on_screen
from headquarters.organisation.models import ActionItem
from headquarters.reports.model import MonthlyReport
from headquarters.reports.monthly import as_of_day
from headquarters.reports.rows import MeasureRow
from headquarters.reviews.models import Review
from measures.models import Measure
from roadmap.reading import AsOf, AsOfEach

CHART, SHORTER = 232, 36  # how high the drawing is, and by how much less for a line more
LINES = 6  # so many rows of indicators and steps together fit a screen
TO_ANSWER = timedelta(weeks=3)  # how long an instruction is given, unless it says otherwise
LISTED = 5  # so many changes of each kind are listed


@dataclass(frozen=True)
class Looked:
    """What a meeting looks at on a day: its report, the last meeting's, the roadmap, the sheets."""

    shown: OnScreen
    today: date
    report: MonthlyReport
    earlier: MonthlyReport | None
    road: Road
    roadmap: AsOf
    sheets: dict[int, Review]

    @property
    def meeting(self) -> Meeting:
        """The meeting itself."""
        return self.shown.meeting

    @property
    def before(self) -> Meeting | None:
        """The last one."""
        return self.shown.before

    @property
    def held(self) -> bool:
        """Is it held, so that its numbers and its roadmap stand still?"""
        return self.meeting.state in OVER


def _looked(shown: OnScreen, today: date) -> Looked:
    meeting, before = shown.meeting, shown.before
    days = [as_of_day(meeting.month, today), min(meeting.held_on, today)]
    roadmap = AsOfEach(*days, *([before.held_on] if before else ()))
    report = report_of_meeting(meeting, on=today, roadmap=roadmap)
    if report is None:
        raise Http404("計画が読み込まれていません。")
    earlier = report_of_meeting(before, on=today) if before else None
    road = road_of(meeting, report, before, earlier, on=today, roadmap=roadmap)
    return Looked(shown, today, report, earlier, road, roadmap, sheets_of(meeting))


def _overview(looked: Looked, every: list[Tab]) -> dict[str, Any]:
    """The first screen: every measure in a row, and where to go next."""
    rows = overview(every, looked.report, looked.earlier, looked.road, looked.sheets)
    waiting = [row.tab for row in rows if not row.headquarters_grade]
    return {
        "rows": rows,
        "letters": [*looked.report.bands, None],
        "graded": len(rows) - len(waiting),
        "late": sum(len(looked.road.late_of(row.number)) for row in looked.report.measures),
        "go_on": waiting[0] if waiting and looked.meeting.cycle else rows[0].tab,
        "orders": len(looked.shown.orders),
        "decisions": len(looked.shown.decisions),
    }


def _changes(looked: Looked) -> dict[str, Any]:
    """The second screen: what is otherwise than at the last meeting, and what is not answered."""
    meeting, before = looked.meeting, looked.before
    grades, moved = changes_since(
        meeting,
        before,
        looked.report,
        on=looked.today,
        earlier=looked.earlier,
        roadmap=looked.roadmap,
    )
    items = list(ActionItem.objects.carried().given_before(meeting))
    return {
        "before": before,
        "grades": grades[:LISTED],
        "more_grades": len(grades[LISTED:]),
        "moved": moved[:LISTED],
        "more_moved": len(moved[LISTED:]),
        "items": items[: LISTED - 1],
        "more_items": max(len(items) - LISTED + 1, 0),
    }


def _since(looked: Looked, number: int) -> list:
    """What stands otherwise today than in the roadmap that a meeting which is held looked at."""
    if not looked.held:
        return []
    now = steps_on(looked.report, looked.today)
    return moved_since(looked.road.steps_of(number), now.get(number, []))


def _height(lines: int) -> int:
    """How high the drawing can be beside so many lines."""
    return CHART - SHORTER * max(0, lines - 2)


def _drawn(looked: Looked, row: MeasureRow) -> dict[str, Any]:
    """The figures of a measure, the drawing of one of them, and its steps.

    They share the lines of a screen; of a meeting that is held one is for what moved since.
    """
    report, road = looked.report, looked.road
    kpis = kpis_of(report, looked.earlier, row.number)
    taken = kpis.said + looked.held
    telling = most_telling(report, row.number)
    strip = strip_of(
        road.steps_of(row.number),
        looked.meeting.plan.fiscal_years,
        road.on,
        room=LINES - taken,
        is_today=road.on == looked.today,
    )
    return {
        "kpis": kpis,
        "chart": telling
        and chart_of(
            telling,
            report.fiscal_year,
            _height(taken),
        ),
        "strip": strip,
        "text_lines": 2 + max(0, LINES - taken - len(strip.lines)),
        "fallen": road.fallen_of(row.number),
    }


def _measure(looked: Looked, row: MeasureRow, user, *, weak: bool) -> dict[str, Any]:
    """What the screen of one measure shows.

    The report may be frozen and the measure renumbered since: then its numbers alone.
    """
    report = looked.report
    measure = Measure.objects.with_lead().called(row.number, report.as_of).first()
    sheet = looked.sheets.get(measure.pk) if measure else None
    found = {
        "row": row,
        "band_names": {band.letter: band.name for band in report.bands},
        "measure": measure,
        "sheet": sheet,
        "cause": cause_of(
            report,
            row.number,
            sheet,
            weak=weak,
        ),
        "bar": bar_of(user, looked.meeting, sheet, report.bands),
        "held": looked.held,
        "since": _since(looked, row.number),
        "today": looked.today,
    }
    found |= _drawn(looked, row)
    return found | _of_measure(looked, measure) if measure else found


def _of_measure(looked: Looked, measure: Measure) -> dict[str, Any]:
    """What was asked of a measure before, and what this meeting has said of it."""
    meeting = looked.meeting
    page = reverse("meetings:meeting", args=[meeting.pk])
    return {
        "lead": measure.lead_department,
        "answer": answer_of(
            asked_before(
                meeting,
                looked.before,
                measure,
            ),
            page,
        ),
        "orders": looked.shown.orders.count(measure.pk),
        "decisions": looked.shown.decisions.count(measure.pk),
    }


def _frame(request, looked: Looked, every: list[Tab], tab: Tab) -> dict[str, Any]:
    """What stands on every screen: tabs, days, keys, and the form of an instruction."""
    meeting, today = looked.meeting, looked.today
    numbers, roadmap = as_of_words(
        meeting,
        looked.report,
        on=today,
    )
    at = {each.place: each for each in every}
    return {
        "meeting": meeting,
        "report": looked.report,
        "tabs": every,
        "tab": tab,
        "day": day_of(looked.report),
        "here": request.get_full_path(),
        "numbers": numbers,
        "roadmap": roadmap,
        "next": at.get(tab.place + 1),
        "previous": at.get(tab.place - 1),
        "exception": next_exception(every, tab.place),
        "may_decide": may_give_orders(request.user, meeting),
        "departments": looked.shown.departments_on(today),
        "due_on": _time_to_answer(max(meeting.held_on, today)),
    }


def _time_to_answer(day: date) -> date:
    """The day that is proposed for an answer; the calendar ends, also for a meeting far off."""
    return next_working_day(day + TO_ANSWER) if day < date.max - TO_ANSWER else day


@requires(Permission.READ)
def present_next(request):
    """To the mode of the meeting that comes next; without one to the list of meetings."""
    meeting = Meeting.objects.coming(timezone.localdate()).first()
    if meeting is None:
        return redirect("meetings:meetings")
    return redirect(
        "meetings:present",
        meeting.pk,
    )


@requires(Permission.READ)
def present(request, pk):
    """One screen of the meeting; ?slide=n."""
    looked = _looked(on_screen(pk), timezone.localdate())
    every = tabs(looked.report, looked.road.late)
    place = whole_number(request.GET.get("slide"), 0)
    if place >= len(every):
        raise Http404("この会議にその画面はありません。")
    tab = every[place]
    context = _frame(request, looked, every, tab)
    if tab.kind == "overview":
        context |= _overview(looked, every)
    elif tab.row is None:
        context |= _changes(looked)
    else:
        context |= _measure(looked, tab.row, request.user, weak=tab.is_exception)
    return render(request, "meetings/present.html", context)
