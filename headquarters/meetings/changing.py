"""A meeting is corrected, called off, or its minutes are settled (docs/rules.md §8).

While it is prepared freely; later with a reason, which the history keeps.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import date_with_weekday, wareki_month
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, take, values_by
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.models import Meeting
from headquarters.reviews.models import ReviewCycle

FIELDS = ("title", "held_on", "place", "month", "cycle")
WHY = "開催した会議です。直す理由を入力してください。"


def require_reason(meeting: Meeting, reason: str, sentence: str = WHY) -> None:
    """ValidationError when something of a meeting that is no longer prepared lacks its reason."""
    if meeting.state != MeetingState.PREPARING and not reason:
        raise ValidationError({"reason": sentence})


@transaction.atomic
def change_meeting(
    *,
    by: User,
    meeting: Meeting,
    title: str,
    held_on: date,
    place: str,
    month: date,
    cycle: ReviewCycle | None = None,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Another title, day, place, month or cycle.

    Of one that is held the month stays: its numbers are kept. Raises PermissionDenied,
    ValidationError, Conflict.
    """
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    row = take(Meeting, meeting.pk, seen, values_by(*FIELDS))
    row.check_open()
    before = _facts(row)
    given = {"title": title, "held_on": held_on, "place": place, "month": month, "cycle": cycle}
    if all(getattr(row, name) == value for name, value in given.items()):
        transaction.set_rollback(True)
        return row
    require_reason(row, reason)
    _check_day(row, held_on, local_day(at))
    if row.state != MeetingState.PREPARING and (month, cycle) != (row.month, row.cycle):
        raise ValidationError(
            {"month": "開催した会議です。見た数値は残っているため、変えられません。"}
        )
    same = Meeting.objects.standing().filter(plan=row.plan, title=title, held_on=held_on)
    refuse_twin(same.exclude(pk=row.pk), "会議", "title")
    for name, value in given.items():
        setattr(row, name, value)
    row.version = revision
    row.full_clean(exclude=["plan", "cycle"])
    row.save(update_fields=[*FIELDS, "version"])
    record_change(
        by=by,
        action="meetings.meeting",
        subject=row,
        before=before,
        after=_facts(row),
        reason=reason,
        revision=revision,
        at=at,
    )
    return row


def _check_day(row: Meeting, held_on: date, today: date) -> None:
    """The day stands in what the meeting has decided and asked for: then it can no longer move."""
    if held_on == row.held_on:
        return
    decision_days(today).check(
        held_on,
        "held_on",
    )
    if row.state != MeetingState.PREPARING and held_on > today:
        raise ValidationError({"held_on": "開催した会議です。先の日にはできません。"})
    if row.decisions.standing().changing_the_plan().exists():
        raise ValidationError(
            {"held_on": "この日の決定で期日・目標を改めています。開催日は変えられません。"}
        )
    if row.action_items.standing().filter(due_on__lt=held_on).exists():
        raise ValidationError({"held_on": "この日より前が期限の指示事項があります。"})


def _facts(row: Meeting) -> dict:
    return {
        "会議名": row.title,
        "開催日": date_with_weekday(row.held_on),
        "場所": row.place,
        "数値の月": wareki_month(row.month),
        "評価サイクル": str(row.cycle or ""),
    }


@transaction.atomic
def call_off(
    *, by: User, meeting: Meeting, reason: str, seen: Seen | None = None, at: datetime | None = None
) -> Meeting:
    """取りやめ: it does not take place. What it has decided and asked for is taken back first."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    row = take(
        Meeting,
        meeting.pk,
        seen,
        values_by("state"),
    )
    row.check_open()
    if not reason:
        raise ValidationError({"reason": "取りやめる理由を入力してください。"})
    if row.decisions.standing().exists() or row.action_items.standing().exists():
        raise ValidationError(
            "決定事項か指示事項が記録されています。会議を取りやめる前に、それらを取り消してください。"
        )
    return _set_state(by, row, MeetingState.CALLED_OFF, reason, at)


@transaction.atomic
def settle_minutes(
    *, by: User, meeting: Meeting, seen: Seen | None = None, at: datetime | None = None
) -> Meeting:
    """開催 → 会議録確定: from now on nothing of the meeting changes."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    row = take(
        Meeting,
        meeting.pk,
        seen,
        values_by("state"),
    )
    if row.state != MeetingState.HELD:
        raise ValidationError(f"この会議は「{row.get_state_display()}」です。")
    if not row.minutes:
        raise ValidationError("会議録を書いてから確定してください。")
    return _set_state(by, row, MeetingState.SETTLED, "", at)


@transaction.atomic
def reopen_minutes(
    *, by: User, meeting: Meeting, reason: str, seen: Seen | None = None, at: datetime | None = None
) -> Meeting:
    """会議録確定 → 開催, with a reason."""
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    row = take(
        Meeting,
        meeting.pk,
        seen,
        values_by("state"),
    )
    if row.state != MeetingState.SETTLED:
        raise ValidationError(f"この会議は「{row.get_state_display()}」です。")
    if not reason:
        raise ValidationError({"reason": "確定を解く理由を入力してください。"})
    return _set_state(by, row, MeetingState.HELD, reason, at)


def _set_state(by: User, row: Meeting, state: MeetingState, reason: str, at: datetime) -> Meeting:
    before = row.get_state_display()
    row.state = state
    row.version = next_revision(at=at)
    row.save(update_fields=["state", "version"])
    record_change(
        by=by,
        action="meetings.meeting",
        subject=row,
        before={"状態": before},
        after={"状態": row.get_state_display()},
        reason=reason,
        revision=row.version,
        at=at,
    )
    return row
