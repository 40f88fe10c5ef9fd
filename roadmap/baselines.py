"""計画改定（基準版）: named, immutable pictures of the approved dates.

Only a decision makes one (docs/rules.md §6).
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import wareki_short
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day, moment, record_change
from foundation.records.once import refuse_twin
from foundation.records.seen import wait_in_line
from roadmap.choices import MilestoneState
from roadmap.models import Baseline, BaselineEntry, Milestone, Step

FIRST_NAME = "計画策定時"


def next_name(number: int) -> str:
    """The usual name of the next baseline."""
    return FIRST_NAME if number == 1 else f"第{number - 1}回改定"


def _check(newest, approved_on, decision, on):
    errors = {}
    if not decision:
        errors["decision"] = (
            "決定の記録（会議名、決定日など）を入力してください。決定がなければ計画は変えられません。"
        )
    if approved_on > on:
        errors["approved_on"] = "承認日に先の日付は入れられません。"
    elif newest and approved_on < newest.approved_on:
        errors["approved_on"] = (
            f"「{newest}」（{wareki_short(newest.approved_on)}承認）より後の日にしてください。"
        )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def create_baseline(
    *,
    by,
    plan,
    name: str,
    approved_on: date,
    decision: str,
    on: date | None = None,
    dates: dict | None = None,
    at: datetime | None = None,
) -> Baseline:
    """A new baseline with the date of every milestone that is not cancelled and every known span.

    `dates`: {milestone id: date} for those that the decision moves; the others keep their approved
    date. `on`: today. Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DECIDE)
    wait_in_line()
    newest = Baseline.objects.filter(plan=plan).order_by("-number").first()
    decision_days(on or local_day(at)).check(approved_on, "approved_on")
    for pk, day in (dates or {}).items():
        plan.months.forecast_days.check(day, f"m{pk}")
    _check(newest, approved_on, decision, on or approved_on)
    refuse_twin(Baseline.objects.filter(plan=plan, name=name), "基準版（名称）", "name")
    row = Baseline(
        plan=plan,
        number=newest.number + 1 if newest else 1,
        name=name,
        approved_on=approved_on,
        decision=decision,
        created_by=by,
        created_at=at,
    )
    row.full_clean(exclude=["created_by"])
    row.save()
    entries = _entries(row, plan, dates or {}, at)
    BaselineEntry.objects.bulk_create(entries)
    record_change(
        by=by,
        action="roadmap.baseline",
        subject=row,
        before={},
        reason=decision,
        after={"名称": name, "承認日": approved_on, "件数": len(entries)},
        at=at,
    )
    return row


def _entries(row, plan, dates, at: datetime) -> list[BaselineEntry]:
    milestones = (
        Milestone.objects.as_of(row.approved_on, known_by=local_day(at))
        .filter(step__measure__policy__plan=plan)
        .exclude(state=MilestoneState.CANCELLED)
    )
    known = set(milestones.values_list("pk", flat=True))
    if set(dates) - known:
        raise ValidationError(
            "中止または別の計画のマイルストーンが含まれています。画面を読み込み直してください。"
        )
    entries = [
        BaselineEntry(
            baseline=row,
            milestone=item,
            due_on=dates.get(item.pk) or item.approved_on,
            added_at=at,
        )
        for item in milestones
    ]
    steps = Step.objects.on(row.approved_on).filter(
        measure__policy__plan=plan, first_month__isnull=False
    )
    return entries + [
        BaselineEntry(
            baseline=row,
            step=step,
            first_month=step.first_month,
            last_month=step.last_month,
            added_at=at,
        )
        for step in steps
    ]
