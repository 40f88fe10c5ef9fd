"""適宜見直し of measures: their names and numbers, from a day on (adding and ending:
`measures.actions`).
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.seen import take, values_by
from measures.actions import check_number, record_plan_change
from measures.closings import check_open
from measures.labels import keep_label
from measures.models import Measure


@transaction.atomic
def rename_measure(
    *,
    by: User,
    measure: Measure,
    name: str,
    summary: str,
    effective_on: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Measure:
    """Another name and summary for a measure from a day on; earlier days keep the old ones.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.DEFINE)
    measure = take(Measure, measure.pk, None, values_by("name", "summary"))
    check_open(effective_on, "effective_on")
    before = {"名称": measure.name, "概要": measure.summary}
    was = label_of(measure)
    measure.name, measure.summary = name, summary
    after = {"名称": name, "概要": summary}
    if before == after:
        raise ValidationError({"name": "名称も概要も変わっていません。"})
    measure.full_clean(exclude=["policy"])
    keep_former(measure, effective_on, was)
    measure.save(update_fields=["name", "summary"])
    record_plan_change(
        by=by,
        subject=measure,
        what="施策の名称・概要の変更",
        effective_on=effective_on,
        before=before,
        after=after,
        reason=reason,
        decision=decision,
        at=at,
    )
    return measure


def label_of(measure: Measure) -> dict[str, str | int]:
    """Number, name and summary as they are."""
    return {name: getattr(measure, name) for name in ("number", "name", "summary")}


def keep_former(measure: Measure, effective_on: date, label: dict[str, str | int]) -> None:
    """Keep the label that the measure had until the day before; none when another holds from the
    plan's first day on.
    """
    if effective_on > measure.policy.plan.months.first:
        until = effective_on - timedelta(days=1)
        keep_label(
            measure.former_labels,
            {"until_on": until},
            label,
        )


@transaction.atomic
def renumber_measure(
    *,
    by: User,
    measure: Measure,
    number: int,
    effective_on: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Measure:
    """Another number for a measure from a day on; earlier days keep the old one."""
    require(by, Permission.DEFINE)
    measure = take(Measure, measure.pk)
    if measure.number == number:
        raise ValidationError({"number": f"この施策の番号は、すでに{number}です。"})
    check_number(Measure.objects.exclude(pk=measure.pk), number, effective_on)
    check_open(effective_on, "effective_on")
    keep_former(measure, effective_on, label_of(measure))
    before, measure.number = measure.number, number
    measure.save(update_fields=["number"])
    record_plan_change(
        by=by,
        subject=measure,
        what="施策の番号変更",
        effective_on=effective_on,
        before={"番号": before},
        after={"番号": number},
        reason=reason,
        decision=decision,
        at=at,
    )
    return measure
