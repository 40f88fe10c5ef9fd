"""出席: who of the headquarters was there, member by member; others are named freely."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.seen import Seen, take
from headquarters.meetings.choices import Presence
from headquarters.meetings.members import Member, members_on
from headquarters.meetings.models import Attendee, Meeting


@dataclass(frozen=True)
class Seat:
    """A member at a meeting: 出席, 欠席, 代理, or nothing said yet."""

    member: Member
    presence: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """Its name in a form: the same for the same post and name."""
        said = f"{self.member.post}\0{self.member.name}"
        return f"p{hashlib.sha256(said.encode()).hexdigest()[:12]}"

    @property
    def words(self) -> str:
        """「総務課長　総務 花子　代理（係長）」."""
        note = f"（{self.note}）" if self.note else ""
        presence = Presence(self.presence).label if self.presence else "－"
        return f"{self.member.post}　{self.member.name}　{presence}{note}"


def seats_of(meeting: Meeting) -> list[Seat]:
    """What was recorded of the members, then those of the meeting's day who are not asked yet.

    Their part in it, 説明 or 記録, is proposed as the note.
    """
    known = [
        Seat(
            Member(row.post, row.name),
            row.presence,
            row.note,
        )
        for row in meeting.attendees.all()
    ]
    asked = {seat.member for seat in known}
    open_seats = (row for row in members_on(meeting.held_on) if row not in asked)
    return known + [Seat(row, note=row.part) for row in open_seats]


def values_of(meeting: Meeting) -> dict[str, str]:
    """{field: value} of the form of a meeting's attendance."""
    values = {"attendance": meeting.attendance}
    for seat in seats_of(meeting):
        values |= {f"{seat.key}-presence": seat.presence, f"{seat.key}-note": seat.note}
    return values


@transaction.atomic
def record_attendance(
    *,
    by: User,
    meeting: Meeting,
    seats: Iterable[Seat],
    others: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Who was there; `others`: names that are written freely. Raises Conflict, ValidationError."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    row = take(Meeting, meeting.pk, seen, values_of)
    row.check_open()
    before = _facts(row)
    said = [seat for seat in seats if seat.presence]
    row.attendees.all().delete()
    Attendee.objects.bulk_create(
        _attendee(row, number, seat) for number, seat in enumerate(said, 1)
    )
    row.attendance, row.version = others, revision
    row.full_clean(exclude=["plan", "cycle"])
    row.save(update_fields=["attendance", "version"])
    after = _facts(row)
    if before == after:
        transaction.set_rollback(True)
        return row
    record_change(
        by=by,
        action="meetings.minutes",
        subject=row,
        before=before,
        after=after,
        revision=revision,
        at=at,
    )
    return row


def _attendee(row: Meeting, number: int, seat: Seat) -> Attendee:
    return Attendee(
        meeting=row,
        order=number,
        post=seat.member.post,
        name=seat.member.name,
        presence=seat.presence,
        note=seat.note,
    )


def _facts(row: Meeting) -> dict[str, str]:
    known = [
        Seat(Member(each.post, each.name), each.presence, each.note) for each in row.attendees.all()
    ]
    return {"出欠": "、".join(seat.words for seat in known), "出席者": row.attendance}
