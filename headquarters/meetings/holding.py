"""開催: from here on the meeting shows the numbers that it looked at (docs/rules.md §8)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import date_with_weekday
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.seen import Seen, take, values_by
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.models import HeldNumbers, Meeting
from headquarters.meetings.numbers import words_of
from headquarters.reports.editions import whole_report
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump


@transaction.atomic
def hold_meeting(
    *, by: User, meeting: Meeting, seen: Seen | None = None, at: datetime | None = None
) -> Meeting:
    """準備中 → 開催, and the numbers are kept. Raises PermissionDenied, ValidationError (not yet,
    already), Conflict.
    """
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    row = take(Meeting, meeting.pk, seen, values_by("state"))
    if row.state != MeetingState.PREPARING:
        raise ValidationError(f"この会議は「{row.get_state_display()}」です。")
    if local_day(at) < row.held_on:
        day = date_with_weekday(row.held_on)
        raise ValidationError(f"開催日（{day}）になってから「開催する」を押してください。")
    before = row.get_state_display()
    row.state, row.version = MeetingState.HELD, revision
    row.save(update_fields=["state", "version"])
    numbers = _keep(row, at)
    record_change(
        by=by,
        action="meetings.meeting",
        subject=row,
        before={"状態": before},
        after={"状態": row.get_state_display(), "数値": words_of(numbers)},
        revision=revision,
        at=at,
    )
    return row


def _keep(meeting: Meeting, at: datetime) -> HeldNumbers:
    """The edition that there was on the meeting's day, else the first one since; of a month that
    is not closed the report of this moment.
    """
    edition = edition_of(meeting)
    report = None if edition else whole_report(meeting.month, on=local_day(at))
    if edition is None and report is None:
        raise ValidationError("計画が読み込まれていません。")
    kept: HeldNumbers = HeldNumbers.objects.create(
        meeting=meeting, edition=edition, report=dump(report) if report else "", kept_at=at
    )
    return kept


def edition_of(meeting: Meeting) -> Edition | None:
    """The newest edition of its month that there was by the end of its day, else the oldest."""
    editions = list(Edition.objects.of_month(meeting.month))
    in_time = (row for row in editions if local_day(row.closed_at) <= meeting.held_on)
    return next(in_time, editions[-1] if editions else None)
