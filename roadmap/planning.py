"""スケジュール策定: the doors through which the steps are set up (docs/rules.md §6).

A span that a baseline has approved is changed with a reason. What is settled late joins the newest
baseline once. Milestones: `roadmap.milestone_planning`.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    first_of_month,
    wareki_short,
)
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.facts import fields_in_words
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, take, values_by
from measures.closings import exists_from
from roadmap.models import Baseline, BaselineEntry, Step

STEP_FIELDS = (
    "name",
    "recurrence",
    "first_month",
    "last_month",
    "actual_start",
    "actual_end",
    "department",
)
ASIDE = 30_000  # an order that no row has, while two change places


def in_plan(plan, day: date | None, field: str) -> None:
    """ValidationError on `field` when a day lies outside the plan."""
    if day is not None and first_of_month(day) not in plan.months:
        raise ValidationError({field: f"計画期間（{plan.months}）の中の日にしてください。"})


def _check_span(step, values, reason, on) -> None:
    plan = step.measure.policy.plan
    for field in ("first_month", "last_month"):
        in_plan(
            plan,
            values[field],
            field,
        )
    for field in ("actual_start", "actual_end"):
        plan.months.plan_days.check(values[field], field)
        if values[field] and values[field] > on:
            raise ValidationError({field: "先の日付は入力できません。実際の日を入力してください。"})
    span = (values["first_month"], values["last_month"])
    approved = step.pk and step.baseline_entries.standing().first()
    if approved and span != (step.first_month, step.last_month) and not reason:
        raise ValidationError(
            {
                "reason": f"「{approved.baseline}」で承認された期間です。"
                "変える理由を入力してください。"
            }
        )


@transaction.atomic
def define_step(
    *,
    by,
    step: Step,
    values: dict,
    on: date,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Step:
    """Create (a `Step` with only its measure) or change a step. `values`: every name in
    `STEP_FIELDS`.

    Raises PermissionDenied, ValidationError ({field: sentence}), Conflict (`seen`).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    known = step.pk is not None
    step = take(Step, step.pk, seen, values_by(*STEP_FIELDS)) if known else step
    _check_span(step, values, reason, on)
    if values["department"] is not None and values["department"] != step.department:
        values["department"].check_exists(on, "department")
    before = fields_in_words(step, STEP_FIELDS) if known else {}
    for name, value in values.items():
        setattr(step, name, value)
    if not known:
        refuse_twin(
            step.measure.steps.filter(**values),
            "工程",
            "name",
        )
        last = step.measure.steps.aggregate(last=Max("order"))["last"] or 0
        step.order, step.valid_from = last + 1, exists_from(on)
    step.full_clean(exclude=["measure", "department"])
    if before == fields_in_words(step, STEP_FIELDS):
        transaction.set_rollback(True)
        return step
    step.save(update_fields=STEP_FIELDS if known else None)
    _join_newest_baseline(step, at)
    after = fields_in_words(step, STEP_FIELDS)
    differ = [name for name in after if before.get(name, "") != after[name]]
    record_change(
        by=by,
        action="roadmap.define",
        subject=step,
        label=f"{step.measure} {step}",
        reason=reason,
        revision=revision,
        before={name: before[name] for name in differ if name in before},
        after={name: after[name] for name in differ},
        at=at,
    )
    return step


def _join_newest_baseline(step, at: datetime) -> None:
    """A span settled late is added to the newest baseline, once; what is there is never changed."""
    newest = Baseline.objects.newest()
    if newest and step.first_month and not newest.entries.filter(step=step).exists():
        BaselineEntry.objects.create(
            baseline=newest,
            step=step,
            first_month=step.first_month,
            last_month=step.last_month,
            added_at=at,
        )


def set_span(
    *,
    by,
    step,
    first_month: date,
    last_month: date,
    on: date,
    reason: str = "",
    at: datetime | None = None,
) -> Step:
    """Settle the span of a step (months as firsts of month)."""
    values = {name: getattr(step, name) for name in STEP_FIELDS} | {
        "first_month": first_month,
        "last_month": last_month,
    }
    return define_step(by=by, step=step, values=values, on=on, reason=reason, at=at)


@transaction.atomic
def end_step(
    *,
    by,
    step: Step,
    on: date,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Step:
    """A step leaves the roadmap from the day after `on`.

    Earlier days keep it. The reason names the decision. Raises Conflict (`seen`).
    """
    require(by, Permission.DEFINE)
    step = take(Step, step.pk, seen, values_by("valid_until"))
    if not reason:
        raise ValidationError({"reason": "終える理由と、決定した会議等を入力してください。"})
    if step.valid_until:
        raise ValidationError(
            {"reason": f"この工程は{wareki_short(step.valid_until)}に終わっています。"}
        )
    step.valid_until = on
    step.save(update_fields=["valid_until"])
    record_change(
        by=by,
        action="roadmap.define",
        subject=step,
        label=f"{step.measure} {step}",
        reason=reason,
        before={"終了した日": ""},
        after={"終了した日": on},
        at=at,
    )
    return step


@transaction.atomic
def move(*, by, row, up: bool, seen: Seen | None = None, at: datetime | None = None) -> None:
    """Change places with the neighbour in the list (steps of a measure, milestones of a step).

    Raises Conflict when the row stands at another place than was `seen`.
    """
    require(by, Permission.DEFINE)
    row = take(
        type(row),
        row.pk,
        seen,
        values_by("order"),
    )
    group = {"measure": row.measure} if isinstance(row, Step) else {"step": row.step}
    rows = type(row).objects.filter(**group)
    order = (
        rows.filter(order__lt=row.order).order_by("-order")
        if up
        else rows.filter(order__gt=row.order).order_by("order")
    )
    other = order.first()
    if other is None:
        return
    mine, theirs = row.order, other.order
    rows.filter(pk=row.pk).update(order=ASIDE)
    rows.filter(pk=other.pk).update(order=mine)
    rows.filter(pk=row.pk).update(order=theirs)

    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        before={"並び順": mine},
        after={"並び順": theirs},
        at=at,
    )
