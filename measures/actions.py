"""The doors through which the plan's own facts change."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.permissions import Permission, require
from measures.models import MeasureLead
from records.actions import record_change


def _facts(measure, day):
    lead = measure.lead_on(day)
    related = "、".join(sorted(department.name for department in measure.related_departments.all()))
    return {"所管課": lead.name if lead else "", "関係課": related}


@transaction.atomic
def assign_lead(*, by, measure, department, starts_on, related=()):
    """Name the 所管課 of a measure from a day on, and its 関係課. Earlier months keep the earlier lead."""
    require(by, Permission.DEFINE)
    if not department.exists_on(starts_on):
        raise ValidationError({"department": f"「{department}」は{starts_on:%Y-%m-%d}には設置されていません。"})
    before = _facts(measure, starts_on)
    MeasureLead.objects.update_or_create(
        measure=measure, starts_on=starts_on, defaults={"department": department}
    )
    measure.related_departments.set(related)
    fresh = type(measure).objects.with_people().get(pk=measure.pk)
    after = {**_facts(fresh, starts_on), "開始日": str(starts_on)}
    record_change(by=by, action="plan.lead", subject=measure, before=before, after=after, department=department.name)
    return fresh
