"""The doors of the meetings.

Each is one transaction with its record. Decisions: `headquarters.meetings.deciding`.
"""

from datetime import date, datetime

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
from headquarters.meetings.models import AgendaItem, Meeting
from headquarters.reviews.models import ReviewCycle
from measures.models import Measure, Plan


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
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(
                meeting=row, order=number, title=each.title, note=each.note, measure=each.measure
            )
            for number, each in enumerate(proposals(row, on=local_day(at)), 1)
        ]
    )
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


@transaction.atomic
def add_agenda_item(
    *,
    by: User,
    meeting: Meeting,
    title: str,
    note: str = "",
    measure: Measure | None = None,
    at: datetime | None = None,
) -> AgendaItem:
    """One more item at the end."""
    require(by, Permission.MANAGE_MEETINGS)
    wait_in_line()
    refuse_twin(meeting.agenda.filter(title=title, note=note, measure=measure), "議題", "title")
    last = meeting.agenda.aggregate(last=Max("order"))["last"] or 0
    row = AgendaItem(meeting=meeting, order=last + 1, title=title, note=note, measure=measure)
    row.full_clean(exclude=["meeting", "measure"])
    row.save()
    record_change(
        by=by, action="meetings.agenda", subject=meeting, before={}, after={"議題": title}, at=at
    )
    return row


@transaction.atomic
def change_agenda(
    *,
    by: User,
    item: AgendaItem,
    what: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> None:
    """Take an item off the agenda (remove) or move it one place (up, down).

    Raises Conflict when it stands at another place than was `seen`.
    """
    require(by, Permission.MANAGE_MEETINGS)
    item = take(AgendaItem, item.pk, seen, values_by("order"), lambda row: row.meeting)
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
        at=at,
    )


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
