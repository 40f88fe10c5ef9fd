"""The doors of the meetings.

Each is one transaction with its record; decisions may make a target version or a baseline.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.accounts.models import Department, Role, User
from foundation.accounts.permissions import Permission, memberships_of, on_behalf_of, require
from foundation.japanese.calendar import date_with_weekday
from foundation.records.actions import next_revision, record_change
from headquarters.meetings.agenda import proposals
from headquarters.meetings.models import ActionItem, ActionState, AgendaItem, Decision, Meeting
from headquarters.reviews.models import ReviewCycle
from kpi.models import Indicator
from kpi.setup.targets import NewTarget, set_target
from measures.models import Measure, Plan
from roadmap.baselines import create_baseline

HEADQUARTERS = "推進本部"


@dataclass
class Conflict(Exception):
    """Somebody else saved it after the page was loaded."""

    current: Any  # the row as it stands now

    @property
    def sentence(self) -> str:
        """What to do."""
        return (
            "画面を開いた後に、ほかの人が保存しました。"
            "あなたの文は残っています。合わせてから、もう一度押してください。"
        )


def _behalf(by: User) -> str:
    """The secretariat records for the headquarters (代理入力)."""
    return "" if any(row.role == Role.HEADQUARTERS for row in memberships_of(by)) else HEADQUARTERS


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
) -> Meeting:
    """A meeting with its proposed agenda."""
    require(by, Permission.MANAGE_MEETINGS)
    row = Meeting(
        plan=plan,
        title=title,
        held_on=held_on,
        place=place,
        month=month,
        cycle=cycle,
        version=next_revision(),
    )
    row.full_clean(exclude=["plan", "cycle"])
    row.save()
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(
                meeting=row, order=number, title=each.title, note=each.note, measure=each.measure
            )
            for number, each in enumerate(proposals(row), 1)
        ]
    )
    record_change(
        by=by,
        action="meetings.meeting",
        subject=row,
        before={},
        revision=row.version,
        after={"会議名": title, "開催日": date_with_weekday(held_on), "議題": row.agenda.count()},
    )
    return row


@transaction.atomic
def add_agenda_item(
    *, by: User, meeting: Meeting, title: str, note: str = "", measure: Measure | None = None
) -> AgendaItem:
    """One more item at the end."""
    require(by, Permission.MANAGE_MEETINGS)
    last = meeting.agenda.aggregate(last=Max("order"))["last"] or 0
    row = AgendaItem(meeting=meeting, order=last + 1, title=title, note=note, measure=measure)
    row.full_clean(exclude=["meeting", "measure"])
    row.save()
    record_change(
        by=by, action="meetings.agenda", subject=meeting, before={}, after={"議題": title}
    )
    return row


@transaction.atomic
def change_agenda(*, by: User, item: AgendaItem, what: str) -> None:
    """Take an item off the agenda (remove) or move it one place (up, down)."""
    require(by, Permission.MANAGE_MEETINGS)
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
    word = {"remove": "削除", "up": "上へ", "down": "下へ"}[what]
    record_change(
        by=by,
        action="meetings.agenda",
        subject=item.meeting,
        before={"議題": item.title},
        after={"議題": f"{item.title}（{word}）"},
    )


@transaction.atomic
def write_minutes(
    *, by: User, meeting: Meeting, seen_version: int, attendance: str, minutes: str
) -> Meeting:
    """Attendance and minutes. Raises Conflict when somebody else wrote in between."""
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision()
    row = Meeting.objects.get(pk=meeting.pk)
    if row.version != seen_version:
        raise Conflict(row)
    before = {"出席者": row.attendance, "会議録": row.minutes}
    if before == {"出席者": attendance, "会議録": minutes}:
        transaction.set_rollback(True)
        return row
    row.attendance, row.minutes, row.version = attendance, minutes, revision
    row.full_clean(exclude=["plan", "cycle"])
    row.save()
    record_change(
        by=by,
        action="meetings.minutes",
        subject=row,
        before=before,
        after={"出席者": attendance, "会議録": minutes},
        revision=revision,
    )
    return row


@transaction.atomic
def record_decision(
    *,
    by: User,
    meeting: Meeting,
    text: str,
    measure: Measure | None = None,
    indicator: Indicator | None = None,
    target: NewTarget | None = None,
    baseline: dict | None = None,
    on: date,
) -> Decision:
    """A decision; with `target` it revises a target of `indicator` (a new version), with
    `baseline` ({name, dates}) it approves a new roadmap baseline. All or none. Raises
    PermissionDenied, ValidationError.
    """
    require(by, Permission.DECIDE)
    if not text:
        raise ValidationError({"text": "決定事項を入力してください。"})
    where = f"{meeting.title}（{date_with_weekday(meeting.held_on)}）"
    version = None
    if target is not None:
        version = set_target(
            by=by,
            indicator=indicator,
            new=NewTarget(
                **{
                    **target.__dict__,
                    "reason": target.reason or text,
                    "decided_on": meeting.held_on,
                    "decided_where": meeting.title,
                }
            ),
        )
    made = (
        create_baseline(
            by=by,
            plan=meeting.plan,
            approved_on=meeting.held_on,
            decision=f"{where}：{text}"[:300],
            on=on,
            **baseline,
        )
        if baseline
        else None
    )
    row = Decision(
        meeting=meeting,
        measure=measure,
        text=text,
        target=version,
        baseline=made,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    row.full_clean(exclude=["meeting", "measure", "target", "baseline", "recorded_by"])
    row.save()
    after = (
        {"決定事項": text}
        | ({"目標": str(version)} if version else {})
        | ({"基準版": made.name} if made else {})
    )
    record_change(
        by=by,
        action="meetings.decision",
        subject=row,
        label=f"{meeting} 決定事項",
        before={},
        after=after,
        on_behalf_of=_behalf(by),
    )
    return row


@transaction.atomic
def record_action_item(
    *,
    by: User,
    meeting: Meeting,
    text: str,
    department: Department | None,
    due_on: date,
    measure: Measure | None = None,
) -> ActionItem:
    """An instruction to a department with a due day."""
    require(by, Permission.DECIDE)
    errors = {}
    if not text:
        errors["text"] = "指示事項を入力してください。"
    if department is None:
        errors["department"] = "担当課を選んでください。"
    if due_on is None or due_on < meeting.held_on:
        errors["due_on"] = "期限は開催日以後の日にしてください。"
    if errors or department is None:
        raise ValidationError(errors)
    row = ActionItem(
        meeting=meeting,
        measure=measure,
        department=department,
        text=text,
        due_on=due_on,
        version=next_revision(),
    )
    row.full_clean(exclude=["meeting", "measure", "department", "answered_by"])
    row.save()
    record_change(
        by=by,
        action="meetings.action",
        subject=row,
        label=f"{meeting} 指示事項",
        before={},
        revision=row.version,
        after={"指示事項": text, "期限": str(due_on)},
        department=department.name,
        on_behalf_of=_behalf(by),
    )
    return row


@transaction.atomic
def answer_action_item(
    *, by: User, item: ActionItem, seen_version: int, answer: str, final: bool
) -> ActionItem:
    """A draft of the answer (staff) or the answer itself (`final`: the head of the department)."""
    revision = next_revision()
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    require(
        by,
        Permission.ANSWER_ACTION_ITEMS if final else Permission.DRAFT_ANSWERS,
        department=row.department,
    )
    if row.state == ActionState.CLOSED:
        raise ValidationError("完結した対応事項です。回答は変えられません。")
    if row.version != seen_version:
        raise Conflict(row)
    if final and not answer:
        raise ValidationError({"answer": "回答を入力してください。"})
    before = {"状態": row.get_state_display(), "回答": row.answer}
    row.answer, row.version = answer, revision
    if final:
        row.state, row.answered_by, row.answered_at = ActionState.ANSWERED, by, timezone.now()
    row.full_clean(exclude=["meeting", "measure", "department", "answered_by"])
    row.save()
    record_change(
        by=by,
        action="meetings.answer",
        subject=row,
        before=before,
        after={"状態": row.get_state_display(), "回答": answer},
        department=row.department.name,
        revision=revision,
        on_behalf_of=on_behalf_of(by, row.department),
    )
    return row


@transaction.atomic
def close_action_item(*, by: User, item: ActionItem, reopen: bool = False) -> ActionItem:
    """The secretariat closes an answered item, or sends it back to be answered again."""
    require(by, Permission.MANAGE_MEETINGS)
    revision = next_revision()
    row: ActionItem = ActionItem.objects.full().get(pk=item.pk)
    if row.state != ActionState.ANSWERED:
        raise ValidationError("回答済みの対応事項だけを完結にできます。")
    row.state, row.version = ActionState.OPEN if reopen else ActionState.CLOSED, revision
    row.save()
    record_change(
        by=by,
        action="meetings.action",
        subject=row,
        before={"状態": ActionState.ANSWERED.label},
        after={"状態": row.get_state_display()},
        department=row.department.name,
        revision=revision,
    )
    return row
