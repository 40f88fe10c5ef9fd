"""例外の申請: a closed month is corrected cell by cell, with a reason, a permission and an expiry
(docs/rules.md §5). Several cells are asked for, and answered, in one act.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import date_with_weekday
from foundation.japanese.workdays import hour_words, working_day_after
from foundation.records.actions import moment, next_revision, record_change
from foundation.records.seen import Seen, check_seen, save_only, wait_in_line
from kpi.actions import definition_for
from kpi.cells.told import label_of
from kpi.choices import ReopeningState
from kpi.models import Indicator, Reopening
from kpi.months import MonthState
from measures.setting import versions_now

USUAL_DAYS, LONGEST_DAYS = 3, 31
DECIDED = ("state", "expires_at", "answer", "decided_by", "decided_at", "decided_revision")


def usual_expiry(today: date) -> date:
    """The day until which a permission usually holds: three working days."""
    return working_day_after(today, USUAL_DAYS)


@dataclass(frozen=True)
class Asked:
    """The cells that were asked for in one act, in the plan's order."""

    rows: tuple[Reopening, ...]

    @property
    def first(self) -> Reopening:
        """Whose month, reason and person are those of all."""
        return self.rows[0]

    @property
    def waiting(self) -> list[Reopening]:
        """Those that wait for an answer."""
        return [row for row in self.rows if row.state == ReopeningState.REQUESTED]

    @property
    def answered(self) -> list[Reopening]:
        """Those that have their answer."""
        return [row for row in self.rows if row.state != ReopeningState.REQUESTED]

    @property
    def codes(self) -> str:
        """「3-1・6-1」."""
        return "・".join(row.indicator.code for row in self.rows)


def asked_together(rows: Iterable[Reopening]) -> list[Asked]:
    """Requests by the act in which they were made, in the order in which they come."""
    acts: dict[tuple, list[Reopening]] = {}
    for row in rows:
        act = row.asked_revision or -row.pk
        acts.setdefault((row.month, act), []).append(row)
    return [Asked(tuple(found)) for found in acts.values()]


def request_reopening(
    *, by, indicator: Indicator, month: date, reason: str, at: datetime | None = None
) -> Reopening:
    """Ask to correct one cell of a closed month. Raises PermissionDenied, ValidationError."""
    (row,) = request_reopenings(
        by=by,
        indicators=[indicator],
        month=month,
        reason=reason,
        at=at,
    )
    return row


@transaction.atomic
def request_reopenings(
    *, by, indicators: Sequence[Indicator], month: date, reason: str, at: datetime | None = None
) -> list[Reopening]:
    """Ask to correct several cells of a closed month for one reason: all of them, or none.

    Raises PermissionDenied, ValidationError.
    """
    at = moment(at)
    act = next_revision(at=at)
    state = MonthState.load(month)
    if not indicators:
        raise ValidationError({"indicators": "訂正する指標を1つ以上選んでください。"})
    return [
        _request(
            by, indicator, state, reason, act, act if number == 0 else next_revision(at=at), at
        )
        for number, indicator in enumerate(indicators)
    ]


def _request(by, indicator, state: MonthState, reason, act: int, revision: int, at) -> Reopening:
    """Ask for one cell. `act`: the revision that all cells of the act share."""
    month = state.month
    definition = definition_for(indicator, month)
    require(by, Permission.REQUEST_REOPENING, department=definition.responsible)
    _check_can_be_asked(indicator, state, reason, at)
    row = Reopening(
        indicator=indicator,
        month=month,
        reason=reason,
        requested_by=by,
        requested_at=at,
        asked_revision=act,
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


def _check_can_be_asked(indicator: Indicator, state: MonthState, reason: str, at) -> None:
    if not state.locked:
        raise ValidationError("この月はまだ締めていません。申請しなくても入力できます。")
    if indicator.pk in state.requests:
        raise ValidationError(
            f"この指標の申請はすでに出ています（{indicator.code}）。事務局の回答を待ってください。"
        )
    if state.open_until(indicator.pk, at):
        raise ValidationError(
            f"すでに許可されています（{indicator.code}）。入力画面で訂正してください。"
        )
    if not reason:
        raise ValidationError(
            {"reason": "訂正が必要な理由を入力してください。事務局が判断に使います。"}
        )


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


def decide_reopening(*, pk: int, at: datetime | None = None, **given) -> Reopening:
    """Answer the request for one cell; everything else as `decide_reopenings`."""
    (row,) = decide_reopenings(
        pks=[pk],
        at=at,
        **given,
    )
    return row


@transaction.atomic
def decide_reopenings(
    *,
    by,
    pks: Sequence[int],
    allow: bool,
    on: date,
    until: date | None = None,
    answer: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> list[Reopening]:
    """Allow requests until the hour of the deadline on a day, or refuse them with a reason; all or
    none.

    Raises PermissionDenied, ValidationError, Conflict (somebody else has decided on one of them).
    """
    at = moment(at)
    require(by, Permission.CLOSE_MONTH)
    wait_in_line()
    rows = list(Reopening.objects.filter(pk__in=pks).select_related("indicator").order_by("pk"))
    if not rows:
        raise ValidationError({"cells": "回答する指標を1つ以上選んでください。"})
    stand = {f"c{row.pk}": row.state for row in rows}
    check_seen(seen, rows[0], stand, *[row.indicator for row in rows])
    for row in rows:
        if row.state != ReopeningState.REQUESTED:
            raise ValidationError(
                f"この申請はすでに「{row.get_state_display()}」です（{row.indicator.code}）。"
                "画面を読み込み直してください。"
            )
    if not allow and not answer:
        raise ValidationError(
            {"answer": "許可しない理由を入力してください。申請した課に表示されます。"}
        )
    hour = versions_now().in_month(rows[0].month).deadline.hour
    expiry = _expiry(until, on, hour, at) if allow else None
    return [_decide(row, by, expiry, answer, at) for row in rows]


def _decide(row: Reopening, by, expiry: datetime | None, answer: str, at: datetime) -> Reopening:
    """Write the answer to one request. `expiry`: until when it is allowed (None: refused)."""
    revision = next_revision(at=at)
    row.expires_at = expiry
    row.state = ReopeningState.REFUSED if expiry is None else ReopeningState.ALLOWED
    row.decided_by, row.decided_at, row.answer = by, at, answer
    row.decided_revision = revision
    row.full_clean(
        exclude=[
            "indicator",
            "requested_by",
            "decided_by",
        ]
    )
    save_only(row, *DECIDED)
    after = {"状態": row.get_state_display()}
    if expiry is not None:
        end = timezone.localtime(expiry)
        after["期限"] = f"{date_with_weekday(end.date())}{hour_words(end.time())}"
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
