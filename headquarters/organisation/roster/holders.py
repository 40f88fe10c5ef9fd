"""The doors of the holders: registered, succeeded, corrected, withdrawn."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.ranges import membership_days
from foundation.records.actions import local_day, moment, next_revision
from foundation.records.facts import Facts, fields_in_words
from foundation.records.seen import Seen, take, values_by
from headquarters.organisation.roster.actions import day_before, tell
from headquarters.organisation.roster.models import Holding, Post

FIELDS = ("name", "valid_from", "valid_until")
OF_A_HOLDING = values_by(*FIELDS)


def facts_of(holding: Holding) -> Facts:
    """What the history says of a holding."""
    return fields_in_words(holding, FIELDS)


def holders_seen(post: Post) -> dict[str, str]:
    """What a page shows of a post before somebody else takes it: everybody who held it."""
    return {"holders": "、".join(row.in_words for row in post.holdings.all())}


@transaction.atomic
def record_holder(
    *,
    by: User,
    post: Post,
    name: str,
    starts_on: date,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Holding:
    """氏名を登録・交代を記録: from that day on this person holds the post.

    Whoever held it until then ends the day before. Raises Conflict, ValidationError (overlaps).
    """
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Post, post.pk, seen, holders_seen)
    membership_days(local_day(at)).check(starts_on, "starts_on")
    if not row.stands_on(starts_on):
        raise ValidationError({"starts_on": "名簿から外した役職です。その日には在任できません。"})
    row.version = revision
    old = row.holdings.begun_before(starts_on).first()
    before = {"氏名": old.name if old else None}
    if old:
        old.valid_until, old.version = day_before(starts_on), revision
        old.save(update_fields=["valid_until", "version"])
    new = Holding(post=row, name=name, valid_from=starts_on, version=revision)
    check_free(new, "starts_on")
    new.full_clean(exclude=["post"])
    new.save()
    row.save(update_fields=["version"])
    after = facts_of(new)
    if old:
        after |= {"前任": old.name, "前任の最後の日": old.valid_until}
    tell(by, row, before, after, at=at)
    return new


def check_free(holding: Holding, field: str) -> None:
    """ValidationError when another person holds the post on one of those days."""
    first, last = holding.valid_from, holding.valid_until
    taken = Holding.objects.overlapping(holding.post, first, last).exclude(pk=holding.pk)
    other = taken.first()
    if other:
        raise ValidationError(
            {field: f"{other.in_words}の在任と重なっています。期間を確かめてください。"}
        )


@transaction.atomic
def correct_holding(
    *,
    by: User,
    holding: Holding,
    name: str,
    valid_from: date,
    valid_until: date | None,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Holding:
    """Another name or other days of a holding. Raises Conflict, ValidationError (overlaps)."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Holding, holding.pk, seen, OF_A_HOLDING)
    before = facts_of(row)
    days = membership_days(local_day(at))
    days.check(valid_from, "valid_from")
    days.check(valid_until, "valid_until")
    row.name, row.valid_from, row.valid_until = name, valid_from, valid_until
    if valid_until and valid_until < valid_from:
        sentence = "「いつまで」は「いつから」以後の日にしてください。"
        raise ValidationError({"valid_until": sentence})
    if not row.post.stands_on(valid_until or date.max):
        raise ValidationError(
            {"valid_until": "名簿から外した役職です。最後の日までにしてください。"}
        )
    check_free(row, "valid_from")
    row.full_clean(exclude=["post"])
    if facts_of(row) == before:
        transaction.set_rollback(True)
        return row
    row.version = row.post.version = revision
    row.save(update_fields=[*FIELDS, "version"])
    tell(by, row.post, before, facts_of(row), at=at)
    return row


@transaction.atomic
def withdraw_holding(
    *,
    by: User,
    holding: Holding,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Post:
    """A holding that was recorded by mistake goes; the history keeps it, with the reason."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Holding, holding.pk, seen, OF_A_HOLDING)
    post, before = row.post, facts_of(row)
    row.delete()
    post.version = revision
    post.save(update_fields=["version"])
    tell(by, post, before, {"氏名": "取消"}, reason=reason, at=at)
    return post
