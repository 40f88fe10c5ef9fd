"""The doors of action items: given, answered, closed; each one transaction with its record."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import (
    Permission,
    on_behalf_of,
    on_behalf_of_headquarters,
    require,
)
from foundation.japanese.ranges import deadline_days
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.once import refuse_twin
from foundation.records.readers import EVERYBODY
from foundation.records.seen import Seen, check_seen
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import DRAFT_ANSWER, RELATED, ActionItem, Sitting
from measures.models import Measure


@transaction.atomic
def record_action_item(
    *,
    by: User,
    meeting: Any = None,  # a meetings.Meeting: one room above
    sitting: Sitting | None = None,
    text: str,
    department: Department | None,
    due_on: date | None,
    measure: Measure | None = None,
    at: datetime | None = None,
) -> ActionItem:
    """An instruction to a department with a due day: of a meeting, or of a team's sitting."""
    at = moment(at)
    revision = next_revision(at=at)
    require(by, Permission.DECIDE if meeting else Permission.ORGANISE)
    source: Any = meeting or sitting
    if meeting:
        meeting.check_open()
    errors = {}
    if not text:
        errors["text"] = "指示事項を入力してください。"
    if department is None:
        errors["department"] = "所管課を選んでください。"
    if due_on is None or due_on < source.held_on:
        errors["due_on"] = "期限は開催日以後の日にしてください。"
    if errors or department is None or due_on is None:
        raise ValidationError(errors)
    deadline_days(source.held_on).check(due_on, "due_on")
    department.check_exists(source.held_on, "department")
    said = {
        "meeting": meeting,
        "sitting": sitting,
        "text": text,
        "department": department,
        "due_on": due_on,
        "measure": measure,
    }
    refuse_twin(ActionItem.objects.filter(**said), "指示事項", "text")
    row = ActionItem(**said, version=revision)
    row.full_clean(exclude=[*RELATED])
    row.save()
    _tell_given(by, row, at)
    return row


def _tell_given(by: User, row: ActionItem, at: datetime) -> None:
    record_change(
        by=by,
        action="meetings.action",
        subject=row,
        label=f"{row.source} 指示事項",
        before={},
        revision=row.version,
        after={"指示事項": row.text, "期限": row.due_on},
        department=row.department.name,
        on_behalf_of=on_behalf_of_headquarters(by) if row.meeting else "",
        at=at,
    )


@transaction.atomic
def answer_action_item(
    *,
    by: User,
    item: ActionItem,
    answer: str,
    final: bool,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ActionItem:
    """A draft of the answer (staff) or the answer itself (`final`: the head of the department).

    Raises PermissionDenied, ValidationError, Conflict (`seen`).
    """
    at = moment(at)
    revision = next_revision(at=at)
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    require(
        by,
        Permission.ANSWER_ACTION_ITEMS if final else Permission.DRAFT_ANSWERS,
        department=row.department,
    )
    if row.state == ActionState.CLOSED:
        raise ValidationError("完結した指示事項です。回答は変えられません。")
    if row.state == ActionState.WITHDRAWN:
        raise ValidationError("取り消された指示事項です。回答は要りません。")
    check_seen(seen, row, {"answer": row.answer}, row)
    if final and not answer:
        raise ValidationError({"answer": "回答を入力してください。"})
    before = {"状態": row.get_state_display(), "回答": row.answer}
    row.answer, row.version = answer, revision
    if final:
        row.state, row.answered_by, row.answered_at = ActionState.ANSWERED, by, at
    row.full_clean(exclude=[*RELATED])
    row.save(update_fields=["answer", "version", "state", "answered_by", "answered_at"])
    record_change(
        by=by,
        action="meetings.answer",
        subject=row,
        before=before,
        after={"状態": row.get_state_display(), "回答": answer},
        department=row.department.name,
        revision=revision,
        readers=EVERYBODY if final else DRAFT_ANSWER,
        on_behalf_of=on_behalf_of(by, row.department),
        at=at,
    )
    return row


@transaction.atomic
def close_action_item(
    *,
    by: User,
    item: ActionItem,
    reopen: bool = False,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> ActionItem:
    """The secretariat closes an answered item, or sends it back to be answered again.

    Raises PermissionDenied, ValidationError, Conflict (`seen`).
    """
    at = moment(at)
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision(at=at)
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    check_seen(seen, row, {"state": row.state, "answer": row.answer}, row)
    if row.state != ActionState.ANSWERED:
        raise ValidationError("回答済みの指示事項だけを完結にできます。")
    row.state, row.version = ActionState.OPEN if reopen else ActionState.CLOSED, revision
    row.save(update_fields=["state", "version"])
    record_change(
        by=by,
        action="meetings.action",
        subject=row,
        before={"状態": ActionState.ANSWERED.label},
        after={"状態": row.get_state_display()},
        department=row.department.name,
        revision=revision,
        at=at,
    )
    return row
