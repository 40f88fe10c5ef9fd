"""An instruction is corrected or withdrawn, with a reason that the history keeps."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, on_behalf_of_headquarters, require
from foundation.japanese.ranges import deadline_days
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.seen import Seen, check_seen
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import RELATED, ActionItem
from measures.models import Measure

FIELDS = ("text", "department", "due_on", "measure")


@transaction.atomic
def correct_action_item(
    *,
    by: User,
    item: ActionItem,
    text: str,
    department: Department,
    due_on: date,
    measure: Measure | None = None,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ActionItem:
    """Other words, another department or day of an instruction that waits for its answer.

    Raises PermissionDenied, ValidationError, Conflict (`seen`).
    """
    at = moment(at)
    require(by, Permission.DECIDE)
    revision = next_revision(at=at)
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    check_seen(seen, row, {name: getattr(row, name) for name in FIELDS}, row)
    _check(row, department, due_on, reason)
    before = _facts(row)
    row.text, row.department, row.due_on, row.measure = text, department, due_on, measure
    if before == _facts(row):
        transaction.set_rollback(True)
        return row
    row.version = revision
    row.full_clean(exclude=[*RELATED])
    row.save(update_fields=[*FIELDS, "version"])
    _tell(by, row, before, _facts(row), reason, at)
    return row


def _check(row: ActionItem, department: Department, due_on: date, reason: str) -> None:
    if row.state != ActionState.OPEN:
        raise ValidationError(f"「{row.get_state_display()}」の指示事項は直せません。")
    errors = {}
    if not reason:
        errors["reason"] = "直す理由を入力してください。"
    if due_on < row.source.held_on:
        errors["due_on"] = "期限は開催日以後の日にしてください。"
    if errors:
        raise ValidationError(errors)
    if due_on != row.due_on:
        deadline_days(row.source.held_on).check(due_on, "due_on")
    if department != row.department:
        department.check_exists(row.source.held_on, "department")


@transaction.atomic
def withdraw_action_item(
    *,
    by: User,
    item: ActionItem,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ActionItem:
    """An instruction that is asked for no longer: nobody has to answer it.

    Raises PermissionDenied, ValidationError, Conflict (`seen`).
    """
    at = moment(at)
    require(by, Permission.DECIDE)
    revision = next_revision(at=at)
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    check_seen(seen, row, {"state": row.state}, row)
    if row.state in (ActionState.CLOSED, ActionState.WITHDRAWN):
        raise ValidationError(f"この指示事項は、すでに「{row.get_state_display()}」です。")
    if not reason:
        raise ValidationError({"reason": "取り消す理由を入力してください。"})
    before = {"状態": row.get_state_display()}
    row.state, row.version = ActionState.WITHDRAWN, revision
    row.save(update_fields=["state", "version"])
    _tell(by, row, before, {"状態": row.get_state_display()}, reason, at)
    return row


def _facts(row: ActionItem) -> dict:
    return {
        "指示事項": row.text,
        "所管課": row.department.name,
        "期限": row.due_on,
        "施策": row.measure,
    }


def _tell(by: User, row: ActionItem, before: dict, after: dict, reason: str, at: datetime) -> None:
    record_change(
        by=by,
        action="meetings.action",
        subject=row,
        label=f"{row.source} 指示事項",
        before=before,
        after=after,
        reason=reason,
        department=row.department.name,
        on_behalf_of=on_behalf_of_headquarters(by) if row.meeting else "",
        revision=row.version,
        at=at,
    )
