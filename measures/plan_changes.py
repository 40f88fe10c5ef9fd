"""適宜見直し of measures: their names (adding, ending and numbering: `measures.actions`)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.seen import take, values_by
from measures.actions import record_plan_change
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
    """Another name and summary for a measure; frozen editions keep the old ones.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.DEFINE)
    measure = take(Measure, measure.pk, None, values_by("name", "summary"))
    before = {"名称": measure.name, "概要": measure.summary}
    measure.name, measure.summary = name, summary
    after = {"名称": name, "概要": summary}
    if before == after:
        raise ValidationError({"name": "名称も概要も変わっていません。"})
    measure.full_clean(exclude=["policy"])
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
