"""適宜見直し of indicators.

Add, end, renumber, from a month, with reason and decision. Closed months keep what was.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import add_months, wareki_month
from foundation.records.seen import take, values_by, wait_in_line
from kpi.choices import Accumulation
from kpi.models import Definition, Indicator, ReportingMonth
from kpi.months import closed_sentence
from kpi.setup.linking import check_may_end
from measures.actions import record_plan_change
from measures.labels import keep_label
from measures.setting import versions_now


def open_from(month: date) -> None:
    """ValidationError when a month is closed: nothing begins or ends in it."""
    closed = ReportingMonth.objects.last_closed()
    if closed and month <= closed:
        raise ValidationError({"month": closed_sentence(closed)})


def _check_code(others, code: str, month: date) -> None:
    """ValidationError when one of these indicators has the number, or still has it that month."""
    if others.filter(code=code).exists() or others.called(code, month).exists():
        raise ValidationError(
            {
                "code": f"{code} はすでに使われています（終わった指標も含みます）。"
                "別の番号にしてください。"
            }
        )


@transaction.atomic
def add_indicator(
    *,
    by,
    measure,
    code: str,
    name: str,
    unit: str,
    accumulation: str,
    month: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Indicator:
    """An indicator that a revision adds, from a month on.

    The rest of its definition is set on its page.
    """
    require(by, Permission.DEFINE)
    wait_in_line()
    open_from(month)
    _check_code(Indicator.objects.all(), code, month)
    last = Indicator.objects.order_by("-order").first()
    row = Indicator(
        measure=measure,
        code=code,
        name=name,
        source_text=name,
        order=last.order + 1 if last else 1,
        valid_from=month,
    )
    row.full_clean(exclude=["measure"])
    row.save()
    definition = Definition(indicator=row, from_month=month, unit=unit, accumulation=accumulation)
    if accumulation == Accumulation.LATEST:
        definition.method = versions_now().in_month(month).method
    definition.full_clean(exclude=["indicator"])
    definition.save()
    record_plan_change(
        by=by,
        subject=row,
        what="指標の追加",
        effective_on=month,
        before={},
        after={"番号": code, "指標名": name},
        reason=reason,
        decision=decision,
        at=at,
    )
    return row


@transaction.atomic
def end_indicator(
    *, by, indicator: Indicator, month: date, reason: str, decision: str, at: datetime | None = None
) -> Indicator:
    """The indicator is asked for the last time in `month`; earlier months keep it."""
    require(by, Permission.DEFINE)
    indicator = take(Indicator, indicator.pk)
    open_from(month)
    if indicator.valid_until:
        raise ValidationError(
            {"month": f"この指標は{wareki_month(indicator.valid_until)}で終わっています。"}
        )
    if indicator.values.filter(month__gt=month).exists():
        raise ValidationError(
            {"month": "それより後の月の値が入力されています。最後の値の月以降にしてください。"}
        )
    check_may_end(indicator, month)
    indicator.valid_until = month
    indicator.save(update_fields=["valid_until"])
    record_plan_change(
        by=by,
        subject=indicator,
        what="指標の終了",
        effective_on=month,
        before={"最終月": ""},
        after={"最終月": wareki_month(month)},
        reason=reason,
        decision=decision,
        at=at,
    )
    return indicator


def _keep_former(indicator: Indicator, month: date) -> None:
    """The label that the indicator had until the month before; none when another holds from the
    plan's first month on. Call before it changes.
    """
    if month > indicator.measure.policy.plan.months.first:
        label = {"code": indicator.code, "name": indicator.name}
        keep_label(
            indicator.former_labels,
            {"until_month": add_months(month, -1)},
            label,
        )


@transaction.atomic
def renumber_indicator(
    *,
    by,
    indicator: Indicator,
    code: str,
    month: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Indicator:
    """Another number for an indicator from a month on; earlier months keep the old one."""
    require(by, Permission.DEFINE)
    indicator = take(Indicator, indicator.pk)
    open_from(month)
    if indicator.code == code:
        raise ValidationError({"code": f"この指標の番号は、すでに {code} です。"})
    _check_code(Indicator.objects.exclude(pk=indicator.pk), code, month)
    _keep_former(indicator, month)
    before, indicator.code = indicator.code, code
    indicator.full_clean(exclude=["measure"])
    indicator.save(update_fields=["code"])
    record_plan_change(
        by=by,
        subject=indicator,
        what="指標の番号変更",
        effective_on=month,
        before={"番号": before},
        after={"番号": code},
        reason=reason,
        decision=decision,
        at=at,
    )
    return indicator


@transaction.atomic
def rename_indicator(
    *,
    by,
    indicator: Indicator,
    name: str,
    month: date,
    reason: str,
    decision: str,
    at: datetime | None = None,
) -> Indicator:
    """Another name for an indicator from a month on; earlier months keep the old one.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.DEFINE)
    indicator = take(Indicator, indicator.pk, None, values_by("name"))
    open_from(month)
    before = indicator.name
    if before == name:
        raise ValidationError({"name": "指標名が変わっていません。"})
    _keep_former(indicator, month)
    indicator.name = name
    indicator.full_clean(exclude=["measure"])
    indicator.save(update_fields=["name"])
    record_plan_change(
        by=by,
        subject=indicator,
        what="指標名の変更",
        effective_on=month,
        before={"指標名": before},
        after={"指標名": name},
        reason=reason,
        decision=decision,
        at=at,
    )
    return indicator
