"""The doors of the feeds' tokens. The text of a token never enters the history."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import local_day, moment, record_change
from foundation.records.facts import fields_in_words
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, take, values_by, wait_in_line
from headquarters.feeds.models import FeedToken, FeedUse
from headquarters.feeds.tokens import TokenText, lasting_days

TOLD = ("department", "purpose", "number", "expires_on")
REVOKED_ALREADY = "この接続キーは、すでに取り消されています。"


@transaction.atomic
def issue_token(
    *,
    by: User,
    department: Department,
    purpose: str,
    expires_on: date | None = None,
    at: datetime | None = None,
) -> tuple[FeedToken, TokenText]:
    """A new token of a department, and its text, which is stored nowhere.

    Raises PermissionDenied, ValidationError by field.
    """
    at = moment(at)
    require(by, Permission.MANAGE_FEEDS)
    wait_in_line()
    today, text = local_day(at), TokenText.new()
    department.check_exists(today, "department")
    lasting_days(today).check(expires_on, "expires_on")
    refuse_twin(FeedToken.objects.like(department, purpose, today), "接続キー", "purpose")
    token = FeedToken(
        department=department,
        purpose=purpose,
        number=text.number,
        digest=text.digest,
        expires_on=expires_on,
        made_by=by,
        made_at=at,
    )
    token.full_clean()
    token.save()
    record_change(
        by=by,
        action="feeds.token",
        subject=token,
        before={},
        after={"操作": "発行", **fields_in_words(token, TOLD)},
        department=department.name,
        at=at,
    )
    return token, text


@transaction.atomic
def revoke_token(
    *,
    by: User,
    token: FeedToken,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> FeedToken:
    """Let a token open nothing any more, for good. Raises PermissionDenied, ValidationError,
    Conflict.
    """
    at = moment(at)
    require(by, Permission.MANAGE_FEEDS)
    stored = take(FeedToken, token.pk, seen, values_by("revoked_at"))
    if stored.revoked_at is not None:
        raise ValidationError(REVOKED_ALREADY)
    stored.revoked_by, stored.revoked_at, stored.revoked_because = by, at, reason
    stored.save(update_fields=["revoked_by", "revoked_at", "revoked_because"])
    record_change(
        by=by,
        action="feeds.token",
        subject=stored,
        before={"状態": "使用中", **fields_in_words(stored, TOLD)},
        after={"状態": "取消済み", **fields_in_words(stored, (*TOLD, "revoked_because"))},
        department=stored.department.name,
        at=at,
    )
    return stored


def note_use(
    *, token: FeedToken, feed: str, allowed: bool, address: str | None, at: datetime
) -> None:
    """Count a use. It changes nothing that a report shows: no history, no data revision."""
    day, told = local_day(at), {"last_at": at, "last_address": address}
    same = FeedUse.objects.filter(
        token=token,
        day=day,
        feed=feed,
        allowed=allowed,
    )
    if same.counted(**told):
        return
    try:
        with transaction.atomic():
            FeedUse.objects.create(token=token, day=day, feed=feed, allowed=allowed, **told)
    except IntegrityError:  # another request of the same moment was the first of the day
        same.counted(**told)
