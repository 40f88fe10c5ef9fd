"""The doors of a team's sittings: recorded, corrected, withdrawn."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import wareki_date
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, next_revision
from foundation.records.facts import Facts, fields_in_words
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, save_only, take, values_by
from headquarters.organisation.teams.actions import tell
from headquarters.organisation.teams.models import ProjectTeam, Sitting

FIELDS = ("held_on", "place", "attendance", "notes", "decisions")
OF_A_SITTING = values_by(*FIELDS)


@transaction.atomic
def record_sitting(
    *,
    by: User,
    team: ProjectTeam,
    held_on: date,
    place: str = "",
    attendance: str = "",
    notes: str = "",
    decisions: str = "",
    at: datetime | None = None,
) -> Sitting:
    """会合を記録: day, place, who was there, notes, and what was decided, one a line."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    row = Sitting(team=team, version=next_revision(at=at))
    said = (held_on, place, attendance, notes, decisions)
    same = dict(zip(FIELDS, said, strict=True))
    refuse_twin(Sitting.objects.on_day(team, held_on).filter(**same), "会合", "held_on")
    _write(row, same, at)
    _tell(by, row, {}, fields_in_words(row, FIELDS), at=at)
    return row


@transaction.atomic
def correct_sitting(
    *,
    by: User,
    sitting: Sitting,
    seen: Seen | None = None,
    at: datetime | None = None,
    **said: Any,
) -> Sitting:
    """Other notes, decisions or another day. Raises Conflict, ValidationError."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Sitting, sitting.pk, seen, OF_A_SITTING, lambda row: row.team)
    before, row.version = fields_in_words(row, FIELDS), revision
    _write(row, said, at)
    after = fields_in_words(row, FIELDS)
    if after == before:
        transaction.set_rollback(True)
        return row
    _tell(by, row, before, after, at=at)
    return row


def _write(row: Sitting, said: dict[str, Any], at: datetime) -> None:
    for name in FIELDS:
        setattr(
            row,
            name,
            said[name],
        )
    today = local_day(at)
    decision_days(today).check(row.held_on, "held_on")
    if row.held_on > today:
        raise ValidationError({"held_on": "会合は、開いた日から記録できます。"})
    if row.held_on < row.team.starts_on:
        raise ValidationError({"held_on": "チームの設置日以後の日にしてください。"})
    asked = row.action_items.order_by("due_on").first() if row.pk else None
    if asked and asked.due_on < row.held_on:
        raise ValidationError({"held_on": f"指示事項「{asked}」の期限より後の日です。"})
    row.full_clean(exclude=["team"])
    save_only(row, *FIELDS, "version")


@transaction.atomic
def withdraw_sitting(
    *,
    by: User,
    sitting: Sitting,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ProjectTeam:
    """A sitting that was recorded by mistake goes, unless it has asked for something."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Sitting, sitting.pk, seen, OF_A_SITTING, lambda row: row.team)
    if row.action_items.exists():
        raise ValidationError("指示事項のある会合は取り消せません。指示事項を取り消してください。")
    row.version = revision
    _tell(by, row, fields_in_words(row, FIELDS), {"開催日": "取消"}, reason=reason, at=at)
    team = row.team
    row.delete()
    return team


def _tell(
    by: User, row: Sitting, before: Facts, after: Facts, *, reason: str = "", at: datetime
) -> None:
    row.team.version = row.version
    what = f"会合（{wareki_date(row.held_on)}）"
    tell(
        by,
        row.team,
        before,
        after,
        what=what,
        reason=reason,
        at=at,
    )
