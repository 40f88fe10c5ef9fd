"""What the department says of a measure in a meeting: the cause, its answer to the last time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.records.actions import local_day
from headquarters.meetings.models import Meeting
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.reports.model import MonthlyReport
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.kept import kept_of
from headquarters.reviews.models import Review
from measures.models import Measure

GIVEN = (ActionState.ANSWERED, ActionState.CLOSED)


@dataclass(frozen=True)
class Said:
    """A passage on the screen: its heading, of which day it is, its text and where it is whole."""

    title: str
    day: date | None
    by: str
    text: str
    link: str = ""


def sheets_of(meeting: Meeting) -> dict[int, Review]:
    """{measure id: its sheet in the meeting's cycle}; drafts are none of the meeting's business."""
    if meeting.cycle_id is None:
        return {}
    rows = Review.objects.full().of_cycle(meeting.cycle).exclude(state=ReviewState.DRAFT)
    return {row.measure_id: row for row in rows}


def cause_of(
    report: MonthlyReport, number: int, sheet: Review | None, *, weak: bool
) -> Said | None:
    """原因: out of the sheet, else what the department wrote beside what is weak or late."""
    title = "原因" if weak else "成果・課題"
    if sheet is not None and sheet.analysis:
        kept = kept_of(sheet)
        moment = kept[0].kept_at if kept else sheet.updated_at
        day = local_day(moment) if moment else None
        return Said(
            title,
            day,
            "所管課",
            sheet.analysis,
            sheet.get_absolute_url(),
        )
    rows = [row for row in report.attention if row.measure == number and row.response]
    if not rows:
        return None
    return Said(title, None, rows[0].department, rows[0].response)


def answer_of(items: list[Any], link: str) -> Said | None:
    """The answer to what the last meetings asked of a measure; of several the newest."""
    if not items:
        return None
    newest = items[-1]
    more = f"（ほか{len(items) - 1}件）" if len(items) > 1 else ""
    title = "前回の指示への回答"
    if newest.state in GIVEN:
        day = local_day(newest.answered_at) if newest.answered_at else None
        return Said(title, day, "", f"{newest.answer}{more}", link)
    due = f"{newest.due_on.month}月{newest.due_on.day}日"
    return Said(title, None, f"未回答（期限 {due}）", f"{newest.text}{more}", link)


def asked_before(meeting: Meeting, before: Meeting | None, measure: Measure) -> list[ActionItem]:
    """What the last meeting asked of a measure, and what is open from earlier ones."""
    if before is None:
        return []
    asked = ActionItem.objects.on_measure(measure, since=before.held_on)
    return list(asked.given_before(meeting))
