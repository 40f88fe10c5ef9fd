"""例外の申請: a closed month is corrected cell by cell, with a reason, a permission and an expiry
(docs/rules.md §5).
"""

from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import date_with_weekday
from foundation.japanese.workdays import hour_words, working_day_after
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.seen import Seen, check_seen
from kpi.actions import definition_for, label_of
from kpi.choices import ReopeningState
from kpi.models import Reopening
from kpi.months import MonthState
from measures.setting import versions_now

USUAL_DAYS, LONGEST_DAYS = 3, 31


def usual_expiry(today: date) -> date:
    """The day until which a permission usually holds: three working days."""
    return working_day_after(today, USUAL_DAYS)


@transaction.atomic
def request_reopening(
    *, by, indicator, month: date, reason: str, at: datetime | None = None
) -> Reopening:
    """Ask to correct one cell of a closed month. Raises PermissionDenied, ValidationError."""
    at = moment(at)
    revision = next_revision(at=at)
    definition = definition_for(indicator, month)
    require(by, Permission.REQUEST_REOPENING, department=definition.responsible)
    state = MonthState.load(month)
    if not state.locked:
        raise ValidationError("この月はまだ締めていません。申請しなくても入力できます。")
    if indicator.pk in state.requests:
        raise ValidationError("この指標の申請はすでに出ています。事務局の回答を待ってください。")
    if state.open_until(indicator.pk, at):
        raise ValidationError("すでに許可されています。入力画面で訂正してください。")
    if not reason:
        raise ValidationError(
            {"reason": "訂正が必要な理由を入力してください。事務局が判断に使います。"}
        )
    row = Reopening(
        indicator=indicator,
        month=month,
        reason=reason,
        requested_by=by,
        requested_at=at,
    )
    row.full_clean(exclude=["indicator", "requested_by", "decided_by"])
    row.save()
    record_change(
        by=by,
        action="kpi.reopening",
        subject=indicator,
        label=f"{label_of(indicator, month)}の例外の申請",
        month=month,
        before={},
        after={"状態": ReopeningState.REQUESTED.label},
        reason=reason,
        revision=revision,
        department=definition.responsible_name,
        on_behalf_of=on_behalf_of(by, definition.responsible),
        at=at,
    )
    return row


def _expiry(until: date | None, today: date, hour: time, at: datetime) -> datetime:
    if until is None:
        raise ValidationError({"until": "いつまで訂正できるかを入力してください（例：R8.11.20）。"})
    if not today <= until:
        raise ValidationError({"until": "今日以降の日にしてください。"})
    if (until - today).days > LONGEST_DAYS:
        raise ValidationError({"until": f"許可の期限は{LONGEST_DAYS}日以内にしてください。"})
    end = timezone.make_aware(datetime.combine(until, hour))
    if end <= at:
        raise ValidationError(
            {"until": f"今日の{hour_words(hour)}を過ぎています。明日以降の日にしてください。"}
        )

    return end


@transaction.atomic
def decide_reopening(
    *,
    by,
    pk: int,
    allow: bool,
    on: date,
    until: date | None = None,
    answer: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Reopening:
    """Allow a request until the hour of the deadline on a day, or refuse it with a reason.

    Raises PermissionDenied, ValidationError, Conflict (somebody else has decided).
    """
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    revision = next_revision(at=at)
    row = Reopening.objects.select_related("indicator").get(pk=pk)
    check_seen(seen, row, {"state": row.state}, row.indicator)
    if row.state != ReopeningState.REQUESTED:
        raise ValidationError(
            f"この申請はすでに「{row.get_state_display()}」です。画面を読み込み直してください。"
        )
    if not allow and not answer:
        raise ValidationError(
            {"answer": "許可しない理由を入力してください。申請した課に表示されます。"}
        )
    hour = versions_now().in_month(row.month).deadline.hour
    row.expires_at = _expiry(until, on, hour, at) if allow else None
    row.state = ReopeningState.ALLOWED if allow else ReopeningState.REFUSED
    row.decided_by, row.decided_at, row.answer = by, at, answer
    row.decided_revision = revision
    row.full_clean(exclude=["indicator", "requested_by", "decided_by"])
    decided = ["decided_by", "decided_at", "decided_revision"]
    row.save(update_fields=["state", "expires_at", "answer", *decided])
    after = {"状態": row.get_state_display()}
    if until is not None and allow:
        after["期限"] = f"{date_with_weekday(until)}{hour_words(hour)}"
    record_change(
        by=by,
        action="kpi.reopening",
        subject=row.indicator,
        label=f"{label_of(row.indicator, row.month)}の例外の申請",
        month=row.month,
        before={"状態": ReopeningState.REQUESTED.label},
        after=after,
        reason=answer,
        revision=revision,
        department=definition_for(row.indicator, row.month).responsible_name,
        at=at,
    )
    return row
