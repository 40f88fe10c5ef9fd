"""The doors of the posts: added, corrected, given up. Each is one transaction with its record."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.ranges import membership_days
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.facts import Facts, fields_in_words
from foundation.records.seen import Seen, take, values_by
from headquarters.organisation.roster.choices import Duty, Part
from headquarters.organisation.roster.models import Holding, Post

FIELDS = ("duty", "title", "department", "part", "order")
OF_A_POST = values_by(*FIELDS)


def facts_of(post: Post) -> Facts:
    """What the history says of a post."""
    return fields_in_words(post, FIELDS)


def tell(
    by: User, post: Post, before: Facts, after: Facts, *, reason: str = "", at: datetime
) -> None:
    """The history entry of a change of the roster."""
    record_change(
        by=by,
        action="organisation.roster",
        subject=post,
        label=f"名簿　{post}",
        before=before,
        after=after,
        reason=reason,
        department=post.department.name if post.department else "",
        revision=post.version,
        at=at,
    )


def check_alone(post: Post) -> None:
    """ValidationError when another post of that duty and title stands already."""
    same = Post.objects.called(post.duty, post.title).apart_from(post)
    if same.filter(ends_on__isnull=True).exists():
        sentence = f"「{post}」はすでに名簿にあります。その行の氏名を登録するか、直してください。"
        raise ValidationError({"title": sentence})


@transaction.atomic
def add_post(
    *,
    by: User,
    duty: str,
    title: str,
    department: Department | None = None,
    part: str = Part.ATTENDS,
    order: int | None = None,
    name: str = "",
    starts_on: date | None = None,
    at: datetime | None = None,
) -> Post:
    """A post of the headquarters, with its holder where one is named."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    post = Post(duty=duty, title=title, department=department, part=part, version=revision)
    post.order = Post.objects.next_order(duty) if order is None else order
    check_alone(post)
    post.full_clean(exclude=["department"])
    first = starts_on or local_day(at)
    if department:
        department.check_exists(first, "department")
    post.save()
    after = facts_of(post)
    if name:
        holding = _first_holder(post, name, starts_on, at)
        after |= fields_in_words(holding, ["name", "valid_from"])
    tell(by, post, {}, after, at=at)
    return post


def _first_holder(post: Post, name: str, starts_on: date | None, at: datetime) -> Holding:
    if starts_on is None:
        raise ValidationError({"starts_on": "氏名を登録するときは、いつからかを入力してください。"})
    membership_days(local_day(at)).check(starts_on, "starts_on")
    row = Holding(
        post=post,
        name=name,
        valid_from=starts_on,
        version=post.version,
    )
    row.full_clean(exclude=["post"])
    row.save()
    return row


@transaction.atomic
def add_posts_of(
    *, by: User, departments: Iterable[Department], at: datetime | None = None
) -> list[Post]:
    """委員 of several departments at once: 「総務課長」 for 総務課; those that stand stay."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    next_revision(at=at)
    there = set(Post.objects.standing(local_day(at)).values_list("title", flat=True))
    new = [row for row in departments if title_of(row) not in there]
    if not new:
        raise ValidationError({"departments": "選んだ課の長は、すでに名簿にあります。"})
    return [
        add_post(
            by=by,
            duty=Duty.MEMBER,
            title=title_of(row),
            department=row,
            order=row.sort_order,
            at=at,
        )
        for row in new
    ]


def title_of(department: Department) -> str:
    """「総務課長」 of 総務課."""
    return f"{department.name}長"


@transaction.atomic
def correct_post(
    *,
    by: User,
    post: Post,
    duty: str,
    title: str,
    department: Department | None,
    part: str,
    order: int | None,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Post:
    """Other words for a post, another department, part or place in the list. Raises Conflict."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(Post, post.pk, seen, OF_A_POST)
    before = facts_of(row)
    if department and department != row.department:
        department.check_exists(
            local_day(at),
            "department",
        )
    row.duty, row.title, row.department = duty, title, department
    row.part, row.order = part, order or 0
    check_alone(row)
    row.full_clean(exclude=["department"])
    if facts_of(row) == before:
        transaction.set_rollback(True)
        return row
    row.version = revision
    row.save(update_fields=[*FIELDS, "version"])
    tell(by, row, before, facts_of(row), at=at)
    return row


@transaction.atomic
def end_post(
    *,
    by: User,
    post: Post,
    ends_on: date,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Post:
    """A post is given up: its last day, which is also that of whoever holds it. Raises Conflict."""
    at = moment(at)
    require(by, Permission.ORGANISE)
    revision = next_revision(at=at)
    row = take(
        Post,
        post.pk,
        seen,
        values_by("ends_on"),
    )
    if row.ends_on:
        raise ValidationError("この役職は、すでに名簿から外しています。")
    membership_days(local_day(at)).check(ends_on, "ends_on")
    later = row.holdings.filter(valid_from__gt=ends_on).first()
    if later:
        raise ValidationError({"ends_on": f"{later.in_words}の在任より前の日です。"})
    last = row.holdings.filter(valid_until__isnull=True).first()
    if last:
        last.valid_until, last.version = ends_on, revision
        last.save(update_fields=["valid_until", "version"])
    row.ends_on, row.version = ends_on, revision
    row.save(update_fields=["ends_on", "version"])
    after: Facts = {"最後の日": ends_on} | ({"氏名": last.name} if last else {})
    tell(
        by,
        row,
        {"最後の日": None},
        after,
        reason=reason,
        at=at,
    )
    return row


def day_before(day: date) -> date:
    """The last day of whoever is succeeded on that day."""
    return day - timedelta(days=1)
