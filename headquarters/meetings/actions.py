"""The doors of the meetings.

Each is one transaction with its record. Decisions: `headquarters.meetings.deciding`.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import date_with_weekday
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, take, values_by, wait_in_line
from headquarters.meetings.agenda import proposals
from headquarters.meetings.changing import require_reason
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.models import AgendaItem, Meeting
from headquarters.reviews.models import ReviewCycle
from measures.models import Measure, Plan

OF_AN_ITEM = values_by("title", "note", "measure")


@transaction.atomic
def create_meeting(
    *,
    by: User,
    plan: Plan,
    title: str,
    held_on: date,
    place: str,
    month: date,
    cycle: ReviewCycle | None = None,
    at: datetime | None = None,
) -> Meeting:
    """A meeting with its proposed agenda."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    decision_days(local_day(at)).check(held_on, "held_on")
    same = Meeting.objects.standing().filter(plan=plan, title=title, held_on=held_on)
    refuse_twin(same, "会議", "title")
    row = Meeting(
        plan=plan,
        title=title,
        held_on=held_on,
        place=place,
        month=month,
        cycle=cycle,
        version=revision,
    )
    row.full_clean(exclude=["plan", "cycle"])
    row.save()
    _propose(row, [], local_day(at))
    record_change(
        by=by,
        action="meetings.meeting",
        subject=row,
        before={},
        revision=row.version,
        after={"会議名": title, "開催日": date_with_weekday(held_on), "議題": row.agenda.count()},
        at=at,
    )
    return row


def _propose(meeting: Meeting, kept: list[AgendaItem], on: date) -> None:
    """The proposals of a day, then what is kept; what is kept is not proposed once more."""
    there = {item.title for item in kept}
    new = [
        AgendaItem(
            meeting=meeting, title=each.title, note=each.note, measure=each.measure, proposed=True
        )
        for each in proposals(meeting, on=on)
        if each.title not in there
    ]
    for number, item in enumerate([*new, *kept], 1):
        item.order = number
    AgendaItem.objects.bulk_create(new)
    AgendaItem.objects.bulk_update(kept, ["order"])


@transaction.atomic
def propose_again(
    *, by: User, meeting: Meeting, seen: Seen | None = None, at: datetime | None = None
) -> Meeting:
    """The proposals as of today in place of the old ones; what was written by hand stays behind.

    Only while the meeting is prepared. Raises PermissionDenied, ValidationError, Conflict.
    """
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    row = take(Meeting, meeting.pk, seen, agenda_seen)
    if row.state != MeetingState.PREPARING:
        raise ValidationError("準備中の会議だけ、議題の案を作り直せます。")
    before = _titles(row)
    row.agenda.filter(proposed=True).delete()
    _propose(row, list(row.agenda.all()), local_day(at))
    record_change(
        by=by,
        action="meetings.agenda",
        subject=row,
        before={"議題": before},
        after={"議題": _titles(row)},
        at=at,
    )
    return row


def agenda_seen(meeting: Meeting) -> dict[str, str]:
    """What a page shows of an agenda: everything of it, in its order."""
    return {"agenda": _titles(meeting)}


def titles_of(agenda: Iterable[AgendaItem]) -> str:
    """The same out of its items, in their order."""
    return "、".join(item.title for item in agenda)


def _titles(meeting: Meeting) -> str:
    return titles_of(meeting.agenda.all())


@transaction.atomic
def add_agenda_item(
    *,
    by: User,
    meeting: Meeting,
    title: str,
    note: str = "",
    measure: Measure | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> AgendaItem:
    """One more item at the end. `reason`: why, of a meeting that is held."""
    require(by, Permission.MANAGE_MEETINGS)
    wait_in_line()
    meeting.check_open()
    require_reason(meeting, reason)
    refuse_twin(meeting.agenda.filter(title=title, note=note, measure=measure), "議題", "title")
    last = meeting.agenda.aggregate(last=Max("order"))["last"] or 0
    row = AgendaItem(meeting=meeting, order=last + 1, title=title, note=note, measure=measure)
    row.full_clean(exclude=["meeting", "measure"])
    row.save()
    record_change(
        by=by,
        action="meetings.agenda",
        subject=meeting,
        before={},
        after={"議題": title},
        reason=reason,
        at=at,
    )
    return row


@transaction.atomic
def change_agenda(
    *,
    by: User,
    item: AgendaItem,
    what: str,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> None:
    """Take an item off the agenda (remove) or move it one place (up, down).

    `reason`: why, of a meeting that is held. Raises Conflict when it stands at another place than
    was `seen`.
    """
    require(by, Permission.MANAGE_MEETINGS)
    item = take(AgendaItem, item.pk, seen, values_by("order"), lambda row: row.meeting)
    item.meeting.check_open()
    require_reason(item.meeting, reason)
    rows = list(item.meeting.agenda.all())
    place = next(number for number, row in enumerate(rows) if row.pk == item.pk)
    if what == "remove":
        rows.pop(place)
        item.delete()
    else:
        other = max(0, place - 1) if what == "up" else min(len(rows) - 1, place + 1)
        rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, 1):
        row.order = number
    AgendaItem.objects.bulk_update(rows, ["order"])
    word = {
        "remove": "削除",
        "up": "上へ",
        "down": "下へ",
    }[what]

    record_change(
        by=by,
        action="meetings.agenda",
        subject=item.meeting,
        before={"議題": item.title},
        after={"議題": f"{item.title}（{word}）"},
        reason=reason,
        at=at,
    )


@transaction.atomic
def edit_agenda_item(
    *,
    by: User,
    item: AgendaItem,
    title: str,
    note: str,
    measure: Measure | None,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> AgendaItem:
    """Other words for an item; from now on it is no proposal any more. Raises Conflict."""
    require(by, Permission.MANAGE_MEETINGS)
    row = take(AgendaItem, item.pk, seen, OF_AN_ITEM, lambda found: found.meeting)
    row.meeting.check_open()
    before, given = OF_AN_ITEM(row), {"title": title, "note": note, "measure": measure}
    was_proposed = row.proposed
    if before == given:
        return row
    require_reason(row.meeting, reason)
    row.title, row.note, row.measure, row.proposed = title, note, measure, False
    row.full_clean(exclude=["meeting", "measure"])
    row.save(update_fields=["title", "note", "measure", "proposed"])
    record_change(
        by=by,
        action="meetings.agenda",
        subject=row.meeting,
        before={
            "議題": before["title"],
            "説明": before["note"],
            "施策": before["measure"],
            "案のまま": was_proposed,
        },
        after={"議題": title, "説明": note, "施策": measure, "案のまま": False},
        reason=reason,
        at=at,
    )
    return row


@transaction.atomic
def write_minutes(
    *,
    by: User,
    meeting: Meeting,
    attendance: str,
    minutes: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Attendance and minutes. Raises Conflict when somebody else wrote in between."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    row = take(Meeting, meeting.pk, seen, values_by("attendance", "minutes"))
    row.check_open()
    before = {"出席者": row.attendance, "会議録": row.minutes}
    if before == {"出席者": attendance, "会議録": minutes}:
        transaction.set_rollback(True)
        return row
    row.attendance, row.minutes, row.version = attendance, minutes, revision
    row.full_clean(exclude=["plan", "cycle"])
    row.save(update_fields=["attendance", "minutes", "version"])
    record_change(
        by=by,
        action="meetings.minutes",
        subject=row,
        before=before,
        after={"出席者": attendance, "会議録": minutes},
        revision=revision,
        at=at,
    )
    return row
