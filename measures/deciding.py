"""The door through which the town decides about its own rules (docs/rules.md §10)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import wareki_date, wareki_month
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, record_change
from foundation.records.seen import wait_in_line
from measures.actions import settle
from measures.closings import check_open
from measures.models import OpenPoint, Plan
from measures.months import OUTSIDE
from measures.setting import PlanSetting, versions_now
from measures.settings_of import FIELD, SettingKind, Settings, as_stored

DECISION = "plan.setting"
ASKED_BY = {
    SettingKind.GRADES: "bands",
    SettingKind.DEADLINE: "deadlines",
}  # 要確認 that ask for it


@dataclass(frozen=True)
class Decision:
    """What was decided: the settings with the new value, from which month, when, where and why.

    `words`: the value before and after, in words.
    """

    kind: SettingKind
    settings: Settings
    from_month: date
    decided_on: date
    decided_where: str
    reason: str
    words: tuple[str, str]

    @property
    def value(self) -> Any:
        """The value of this setting."""
        return getattr(
            self.settings,
            FIELD[self.kind],
        )


@transaction.atomic
def decide(*, by: User, plan: Plan, decision: Decision, at: datetime | None = None) -> PlanSetting:
    """Add a version of a setting. What asks for it in 要確認 is settled by it.

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    wait_in_line()
    decision_days(local_day(at)).check(decision.decided_on, "decided_on")
    _check_reach(plan, decision)
    row = PlanSetting(
        plan=plan,
        kind=decision.kind,
        value=as_stored(decision.kind, decision.settings),
        from_month=decision.from_month,
        decided_on=decision.decided_on,
        decided_where=decision.decided_where,
        reason=decision.reason,
        created_by=by,
        created_at=at,
    )
    row.full_clean(exclude=["plan", "created_by"])
    row.save()
    _tell(by, plan, decision, at)
    _settle(by, plan, decision, at)
    return row


def _check_reach(plan: Plan, decision: Decision) -> None:
    """ValidationError when the decision would reach into a closed month, or out of the plan."""
    if decision.from_month not in plan.months:
        raise ValidationError({"from_month": OUTSIDE})
    if decision.kind != SettingKind.FIRST_MONTH:
        check_open(decision.from_month, "from_month")
        return
    start = plan.months.first
    before = versions_now().in_month(start).first_month or start
    if decision.value not in plan.months:
        raise ValidationError({"first_month": OUTSIDE})
    if decision.value != before:
        check_open(min(before, decision.value), "first_month")


def _tell(by: User, plan: Plan, decision: Decision, at: datetime) -> None:
    label, (before, after) = decision.kind.label, decision.words
    record_change(
        by=by,
        action=DECISION,
        subject=plan,
        label=f"計画のきまり：{label}",
        before={label: before},
        after={
            label: after,
            "いつから": wareki_month(decision.from_month),
            "決定日": wareki_date(decision.decided_on),
            "決めた会議等": decision.decided_where,
        },
        reason=decision.reason,
        at=at,
    )


def _settle(by: User, plan: Plan, decision: Decision, at: datetime) -> None:
    """The open point that asks for this, with the answer that is at work."""
    field = ASKED_BY.get(decision.kind)
    for point in OpenPoint.objects.about(plan).filter(field=field):
        where = f"{wareki_date(decision.decided_on)} {decision.decided_where}"
        settle(by=by, point=point, answer=f"{decision.words[1]}（{where}）", at=at)


@transaction.atomic
def begin(
    *,
    plan: Plan,
    kind: SettingKind,
    settings: Settings,
    reason: str,
    at: datetime | None = None,
) -> PlanSetting:
    """What holds from the plan's first month until the town decides. Whoever begins tells of it."""
    at = moment(at)
    wait_in_line()
    row = PlanSetting(
        plan=plan,
        kind=kind,
        value=as_stored(kind, settings),
        from_month=plan.months.first,
        reason=reason,
        created_at=at,
    )
    row.full_clean(exclude=["plan"])
    row.save()
    return row


@transaction.atomic
def begin_with(*, plan: Plan, first_month: date, at: datetime | None = None) -> None:
    """The month in which the portal came into use, until the town decides: months before are not
    asked for.
    """
    at = moment(at)
    wait_in_line()
    months = plan.months
    first_month = min(max(first_month, months.first), months.last)
    begin(
        plan=plan,
        kind=SettingKind.FIRST_MONTH,
        settings=Settings(first_month=first_month),
        reason="このポータルを初めて起動した月",
        at=at,
    )
    record_change(
        by=None,
        action=DECISION,
        subject=plan,
        label=f"計画のきまり：{SettingKind.FIRST_MONTH.label}",
        before={},
        after={SettingKind.FIRST_MONTH.label: wareki_month(first_month)},
        at=at,
    )
