"""取消: a baseline that was recorded by mistake holds no longer; nothing of it is removed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import local_day, moment, record_change
from foundation.records.seen import wait_in_line
from roadmap.baselines import move_span
from roadmap.models import Baseline, BaselineEntry, BaselineWithdrawal
from roadmap.moved import span_of


@dataclass(frozen=True)
class Origin:
    """The decision of a meeting that made a baseline: its words and where it is taken back."""

    words: str
    address: str


Ask = Callable[[Baseline], Origin | None]
_ask: list[Ask] = []  # meetings are a room above, which may not be looked at from here


def tells_origin(ask: Ask) -> Ask:
    """Register how to ask which decision of a meeting made a baseline."""
    _ask[:] = [ask]
    return ask


def origin_of(baseline: Baseline) -> Origin | None:
    """The decision that made a baseline, or None of one that was recorded without a meeting."""
    return _ask[0](baseline) if _ask else None


@transaction.atomic
def withdraw_alone(
    *, by: User, baseline: Baseline, reason: str, at: datetime | None = None
) -> BaselineWithdrawal:
    """Take back a baseline that no meeting's decision made; one that a decision made goes with it.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.DECIDE)
    wait_in_line()
    origin = origin_of(baseline)
    if origin is not None:
        raise ValidationError(
            f"会議の決定「{origin.words}」でできた基準版です。決定の方を取り消してください。"
        )
    return withdraw_baseline(
        by=by,
        baseline=baseline,
        reason=reason,
        at=at,
    )


@transaction.atomic
def withdraw_baseline(
    *, by: User, baseline: Baseline, reason: str, at: datetime | None = None
) -> BaselineWithdrawal:
    """Take back the newest baseline: what was approved before holds again.

    Raises PermissionDenied, ValidationError (taken back already, a later one stands on it).
    """
    at = moment(at)
    require(by, Permission.DECIDE)
    wait_in_line()
    _check(baseline, reason)
    row = BaselineWithdrawal(
        baseline=baseline,
        effective_on=_effective_on(baseline, at),
        reason=reason,
        withdrawn_by=by,
        withdrawn_at=at,
    )
    row.full_clean(exclude=["baseline", "withdrawn_by"])
    row.save()
    _give_spans_back(by, baseline, at)
    _carry_over(baseline, at)
    record_change(
        by=by,
        action="roadmap.baseline",
        subject=baseline,
        before={"名称": baseline.name},
        after={"名称": f"{baseline.name}（取消）"},
        reason=reason,
        at=at,
    )
    return row


def _check(baseline: Baseline, reason: str) -> None:
    if BaselineWithdrawal.objects.filter(baseline=baseline).exists():
        raise ValidationError(f"「{baseline}」は、すでに取り消されています。")
    newest = Baseline.objects.filter(plan=baseline.plan_id).newest()
    if newest is not None and newest.pk != baseline.pk:
        raise ValidationError(
            f"この後に「{newest}」が承認されています。取り消すときは、そちらを先に取り消してください。"
        )
    if not reason:
        raise ValidationError({"reason": "取り消す理由を入力してください。"})


def _effective_on(baseline: Baseline, at: datetime):
    """Taken back on the day of its record it has never held; later: from that day on no more."""
    same_day = local_day(baseline.created_at) == local_day(at)

    return baseline.approved_on if same_day else local_day(at)


def _give_spans_back(by: User, baseline: Baseline, at: datetime) -> None:
    """A step that still has the span of this baseline gets back the one it had before."""
    reason = f"「{baseline}」の取消"
    moved = baseline.entries.moved().filter(step__isnull=False)
    for entry in moved:
        if span_of(entry.step) == (entry.first_month, entry.last_month):
            move_span(by, entry.step, entry.span_before, reason, at)


def _carry_over(baseline: Baseline, at: datetime) -> None:
    """Spans that were settled while it was the newest belong to the one before now."""
    newest = Baseline.objects.filter(plan=baseline.plan_id).newest()
    if newest is None:
        return
    held = newest.entries.filter(step__isnull=False).values("step")
    settled = baseline.entries.filter(step__isnull=False).exclude(step__in=held)
    BaselineEntry.objects.bulk_create(
        BaselineEntry(
            baseline=newest,
            step=entry.step,
            first_month=entry.first_month,
            last_month=entry.last_month,
            added_at=at,
        )
        for entry in settled.select_related("step")
    )
