"""The doors through which the plan's own facts change."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import wareki_short
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.labels import shortened
from foundation.records.seen import Seen, check_seen, save_only, take, values_by, wait_in_line
from measures.closings import check_open
from measures.models import BasicPolicy, HandoverNote, Measure, MeasureLead, OpenPoint
from measures.querysets import MeasureQuerySet

CHANGE = "plan.change"


def _facts(measure: Measure, day: date) -> dict[str, str]:
    lead = measure.lead_on(day)
    related = "、".join(sorted(department.name for department in measure.related_departments.all()))
    return {"所管課": lead.name if lead else "", "関係課": related}


@transaction.atomic
def assign_lead(
    *,
    by: User,
    measure: Measure,
    department: Department,
    starts_on: date,
    related: Iterable[Department] = (),
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Measure:
    """Name the 所管課 of a measure from a day on, and its 関係課.

    Earlier months keep the earlier lead. Raises ValidationError, PermissionDenied, Conflict.
    """
    require(by, Permission.DEFINE)
    wait_in_line()
    measure = type(measure).objects.with_people().get(pk=measure.pk)
    now = {
        "department": measure.lead_department,
        "related": list(measure.related_departments.all()),
    }
    check_seen(seen, measure, now, measure)
    measure.policy.plan.months.plan_days.check(starts_on, "starts_on")
    if now["department"] != department:
        check_open(starts_on, "starts_on")
    department.check_exists(starts_on, "department")
    before = _facts(measure, starts_on)
    MeasureLead.objects.update_or_create(
        measure=measure, starts_on=starts_on, defaults={"department": department}
    )
    measure.related_departments.set(related)
    fresh: Measure = type(measure).objects.with_people().get(pk=measure.pk)
    after = {**_facts(fresh, starts_on), "開始日": starts_on}
    record_change(
        by=by,
        action="plan.lead",
        subject=measure,
        before=before,
        after=after,
        department=department.name,
        at=at,
    )
    return fresh


@transaction.atomic
def set_policy_target(
    *, by: User, policy: BasicPolicy, target: str, at: datetime | None = None
) -> BasicPolicy:
    """Settle whom a basic policy is for."""
    require(by, Permission.DEFINE)
    policy = take(BasicPolicy, policy.pk)
    before = policy.get_target_display()
    policy.target = target
    policy.full_clean(exclude=["plan"])
    policy.save(update_fields=["target"])
    if before != policy.get_target_display():
        record_change(
            by=by,
            action="plan.policy",
            subject=policy,
            before={"対象": before},
            after={"対象": policy.get_target_display()},
            at=at,
        )
    return policy


@transaction.atomic
def settle(*, by: User, point: OpenPoint, answer: str, at: datetime | None = None) -> OpenPoint:
    """Mark an open point as settled with what was found out.

    Settling again replaces the answer; both are kept in the history.
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    point = take(OpenPoint, point.pk)
    if not answer:
        raise ValidationError("確認した内容を入力してください。")
    before = {"確認した内容": point.settled_value}
    point.settled_at, point.settled_by, point.settled_value = at, by, shortened(answer, 300)
    point.full_clean(exclude=["subject_type", "settled_by"])
    point.save(update_fields=["settled_at", "settled_by", "settled_value"])
    record_change(
        by=by,
        action="plan.check",
        subject=point,
        before=before,
        after={"確認した内容": point.settled_value},
        at=at,
    )
    return point


@transaction.atomic
def unsettle(
    *, by: User, point: OpenPoint, seen: Seen | None = None, at: datetime | None = None
) -> OpenPoint:
    """Open a settled point again; the answer stays in the history. Raises Conflict (`seen`)."""
    require(by, Permission.DEFINE)
    point = take(OpenPoint, point.pk, seen, values_by("settled_at"))
    before = {"確認した内容": point.settled_value}
    point.settled_at, point.settled_by, point.settled_value = None, None, ""
    point.save(update_fields=["settled_at", "settled_by", "settled_value"])
    record_change(
        by=by,
        action="plan.check",
        subject=point,
        before=before,
        after={"状態": "要確認に戻した"},
        at=at,
    )
    return point


@transaction.atomic
def write_handover_note(
    *,
    by: User,
    measure: Measure,
    text: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> HandoverNote:
    """引継ぎメモ of a measure, for whoever comes after.

    Raises Conflict when somebody else wrote in between.
    """
    at = moment(at)
    revision = next_revision(at=at)
    department = Measure.objects.with_people().get(pk=measure.pk).lead_department
    require(by, Permission.WRITE_HANDOVER_NOTES, department=department)
    note = HandoverNote.objects.filter(measure=measure).first() or HandoverNote(measure=measure)
    check_seen(seen, note, {"text": note.text}, measure)
    if note.text == text:
        transaction.set_rollback(True)
        return note
    before = {"引継ぎメモ": note.text} if note.pk else {}
    note.text, note.version, note.updated_by, note.updated_at = text, revision, by, at
    note.full_clean(exclude=["measure", "updated_by"])
    save_only(note, "text", "version", "updated_by", "updated_at")
    record_change(
        by=by,
        action="plan.handover",
        subject=measure,
        before=before,
        after={"引継ぎメモ": text},
        revision=revision,
        department=department.name if department else "",
        on_behalf_of=on_behalf_of(by, department),
        at=at,
    )
    return note


def record_plan_change(
    *,
    by: User,
    subject: Model,
    what: str,
    effective_on: date,
    before: dict,
    after: dict,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> None:
    """適宜見直し: the record of a change of the plan itself.

    Called by the actions of every room, in their transaction.
    """
    require(by, Permission.DEFINE)
    errors = {}
    if not reason:
        errors["reason"] = "見直しの理由を入力してください。"
    if not decision:
        errors["decision"] = "決定した会議等を入力してください。"
    if errors:
        raise ValidationError(errors)
    record_change(
        by=by,
        action=CHANGE,
        subject=subject,
        label=f"{what}：{subject}",
        before=before,
        reason=reason,
        after={**after, "適用日": effective_on, "決定": decision},
        at=at,
    )


def check_number(others: MeasureQuerySet, number: int, day: date) -> None:
    """ValidationError when one of these measures has the number, or has it still on that day."""
    if others.filter(number=number).exists() or others.called(number, day).exists():
        raise ValidationError({"number": f"施策{number}はすでにあります。別の番号にしてください。"})


@transaction.atomic
def add_measure(
    *,
    by: User,
    policy: BasicPolicy,
    number: int,
    name: str,
    summary: str,
    effective_on: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Measure:
    """A measure that a revision adds, in the plan from a day on."""
    require(by, Permission.DEFINE)
    wait_in_line()
    check_open(effective_on, "effective_on")
    check_number(Measure.objects.all(), number, effective_on)
    row = Measure(policy=policy, number=number, name=name, summary=summary, valid_from=effective_on)
    row.full_clean(exclude=["policy"])
    row.save()
    record_plan_change(
        by=by,
        subject=row,
        what="施策の追加",
        effective_on=effective_on,
        before={},
        after={"番号": number, "名称": name},
        reason=reason,
        decision=decision,
        at=at,
    )
    return row


@transaction.atomic
def end_measure(
    *,
    by: User,
    measure: Measure,
    effective_on: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Measure:
    """The measure leaves the plan after a day; earlier days keep it."""
    require(by, Permission.DEFINE)
    measure = take(Measure, measure.pk)
    if measure.valid_until:
        raise ValidationError(
            {"effective_on": f"この施策は{wareki_short(measure.valid_until)}で終わっています。"}
        )
    check_open(effective_on, "effective_on")
    measure.valid_until = effective_on
    measure.save(update_fields=["valid_until"])
    record_plan_change(
        by=by,
        subject=measure,
        what="施策の終了",
        effective_on=effective_on,
        before={"終了日": ""},
        after={"終了日": effective_on},
        reason=reason,
        decision=decision,
        at=at,
    )
    return measure
