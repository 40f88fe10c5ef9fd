"""The doors through which people and departments change. A password never enters the history."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.hashers import OneTimeHasher
from foundation.accounts.importing import ImportedUser
from foundation.accounts.keepers import somebody_manages
from foundation.accounts.models import Department, Membership, User
from foundation.accounts.names import TAKEN, checked_name
from foundation.accounts.permissions import Permission, require
from foundation.accounts.sessions import forget_sessions
from foundation.japanese.ranges import DateRange, department_days, membership_days
from foundation.records.actions import local_day, moment, record_change
from foundation.records.facts import fields_in_words
from foundation.records.once import refuse_twin
from foundation.records.seen import Seen, save_only, take, values_by, wait_in_line

Own = TypeVar("Own", Department, Membership)  # a row of this room
ONCE = OneTimeHasher.algorithm
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Sixteen characters in four groups, without those that look alike."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


USER_FIELDS = ("username", "full_name", "email", "is_active")
DEPARTMENT_FIELDS = ("code", "name", "sort_order", "valid_from", "valid_until")
FIXED = ("user",)  # whose membership it is never changes
MEMBERSHIP_FIELDS = ("user", "department", "role", "post", "section", "valid_from", "valid_until")


@transaction.atomic
def create_user(
    *,
    by: User | None,
    username: str,
    full_name: str,
    password: str | None = None,
    must_change: bool = True,
    at: datetime | None = None,
) -> tuple[User, str]:
    """A new user with a one-time password (returned, stored only as a hash).

    ValidationError when the name is taken (in any width or case) or cannot be one.
    """
    if by is not None:
        require(by, Permission.MANAGE_PEOPLE)
    wait_in_line()
    made = password or one_time_password()
    user = User(
        username=checked_name(username), full_name=full_name, must_change_password=must_change
    )
    user.password = make_password(made, hasher="default" if password else ONCE)
    if User.objects.filter(username__iexact=user.username).exists():
        raise ValidationError({"username": TAKEN})
    user.full_clean(exclude=["password"])
    user.save()
    record_change(
        by=by,
        action="accounts.user",
        subject=user,
        before={},
        after=fields_in_words(user, USER_FIELDS),
        at=at,
    )
    return user, made


@transaction.atomic
def edit_user(
    *,
    by: User,
    user: User,
    full_name: str,
    is_active: bool,
    email: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> User:
    """Rename, set the mail address, deactivate or reactivate.

    Refused for oneself and the last secretariat. Raises Conflict when the user does not stand as
    `seen`.
    """
    at = moment(at)
    require(by, Permission.MANAGE_PEOPLE)
    user = take(User, user.pk, seen, values_by("full_name", "email", "is_active"))
    before = fields_in_words(user, USER_FIELDS)
    if user.is_active and not is_active and user == by:
        alone = "自分自身は利用停止にできません。ほかの事務局の人に依頼してください。"
        raise ValidationError({"is_active": alone})
    with somebody_manages("is_active", local_day(at)):
        user.full_name, user.email, user.is_active = full_name, email, is_active
        user.save(update_fields=["full_name", "email", "is_active"])
    if not is_active:
        forget_sessions(user)
    if before != fields_in_words(user, USER_FIELDS):
        record_change(
            by=by,
            action="accounts.user",
            subject=user,
            before=before,
            after=fields_in_words(user, USER_FIELDS),
            at=at,
        )
    return user


@transaction.atomic
def reset_password(*, by: User, user: User, at: datetime | None = None) -> str:
    """A new one-time password for somebody else; it must be changed at the next sign-in."""
    require(by, Permission.MANAGE_PEOPLE)
    password = one_time_password()
    user = take(User, user.pk)
    user.password = make_password(password, hasher=ONCE)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record_change(
        by=by,
        action="accounts.password",
        subject=user,
        before={},
        after={"操作": "パスワードの再発行"},
        at=at,
    )
    return password


@transaction.atomic
def change_own_password(*, by: User, password: str, at: datetime | None = None) -> None:
    """The user's own new password (already validated)."""
    row = take(User, by.pk)
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    by.password, by.must_change_password = row.password, False  # the session goes on with them
    record_change(
        by=by,
        action="accounts.password",
        subject=by,
        before={},
        after={"操作": "パスワードの変更"},
        at=at,
    )


def _save(
    *,
    by: User | None,
    row: Own,
    action: str,
    fields: tuple[str, ...],
    within: DateRange,
    seen: Seen | None,
    at: datetime | None,
) -> Own:
    """Validate, save and record one row of this room; of a row that is there just its `fields`.

    `by`: None for a management command.
    """
    if by is not None:
        require(by, Permission.MANAGE_PEOPLE)
    if row.pk is None:
        _check_days(row, None, within)
        if isinstance(row, Membership):
            same = {name: getattr(row, name) for name in MEMBERSHIP_FIELDS}
            refuse_twin(Membership.objects.filter(**same), "所属", "department")
        row.full_clean()
        save_only(row)
        before, stored = {}, row
    else:
        own = [name for name in fields if name not in FIXED]
        stored = take(type(row), row.pk, seen, values_by(*own))
        _check_days(row, stored, within)
        before = fields_in_words(stored, fields)
        for name in own:
            setattr(stored, name, getattr(row, name))
        stored.full_clean()
        stored.save(update_fields=own)
    after = fields_in_words(stored, fields)
    if before != after:
        record_change(by=by, action=action, subject=stored, before=before, after=after, at=at)
    return stored


def _check_days(row: Own, stored: Own | None, within: DateRange) -> None:
    """ValidationError on a first or last day that is new and lies outside; old rows stay."""
    for name in ("valid_from", "valid_until"):
        day = getattr(row, name)
        if stored is None or day != getattr(stored, name):
            within.check(day, name)


@transaction.atomic
def save_department(
    *, by: User | None, department: Department, seen: Seen | None = None, at: datetime | None = None
) -> Department:
    """Create a department (an unsaved row) or change one; a new name holds from that day on.

    Raises Conflict (`seen`).
    """
    at = moment(at)
    wait_in_line()
    today = local_day(at)
    former = Department.objects.filter(pk=department.pk).values_list("name", flat=True).first()
    saved = _save(
        by=by,
        row=department,
        action="accounts.department",
        fields=DEPARTMENT_FIELDS,
        within=department_days(today),
        seen=seen,
        at=at,
    )
    if former is not None and former != saved.name:
        until = today - timedelta(days=1)
        saved.former_names.get_or_create(until_on=until, defaults={"name": former})
    return saved


@transaction.atomic
def save_membership(
    *, by: User | None, membership: Membership, seen: Seen | None = None, at: datetime | None = None
) -> Membership:
    """Create a membership (an unsaved row) or change one; ending it is setting its last day.

    Raises Conflict (`seen`); ValidationError also when nobody of the secretariat would be left.
    """
    at = moment(at)
    wait_in_line()
    with somebody_manages("valid_until", local_day(at)):
        return _store_membership(by, membership, seen, at)


def _store_membership(
    by: User | None, membership: Membership, seen: Seen | None, at: datetime
) -> Membership:
    """Save a membership; a new one only in a department that exists on its first day."""
    if membership.pk is None and membership.department is not None:
        membership.department.check_exists(membership.valid_from, "department")
    return _save(
        by=by,
        row=membership,
        action="accounts.membership",
        fields=MEMBERSHIP_FIELDS,
        within=membership_days(local_day(at)),
        seen=seen,
        at=at,
    )


@transaction.atomic
def move_user(
    *,
    by: User,
    user: User,
    department: Department | None,
    role: str,
    post: str,
    starts_on: date,
    at: datetime | None = None,
) -> Membership:
    """人事異動: from a day on the user belongs to another place only; the memberships of today end
    the day before.

    What was done before stays with the old department; what is open there stays with its post.
    """
    at = moment(at)
    require(by, Permission.MANAGE_PEOPLE)
    wait_in_line()
    membership_days(local_day(at)).check(starts_on, "starts_on")
    day_before = starts_on - timedelta(days=1)
    current = list(user.memberships.on(starts_on))
    with somebody_manages("user", local_day(at)):
        for row in current:
            if row.valid_from > day_before:
                raise ValidationError(
                    {
                        "starts_on": f"{row}の所属が同じ日に始まっています。"
                        "異動日を後にするか、所属を直してください。"
                    }
                )
            row.valid_until = day_before
            _store_membership(by, row, None, at)
        moved = Membership(
            user=user, department=department, role=role, post=post, valid_from=starts_on
        )
        return _store_membership(by, moved, None, at)


@transaction.atomic
def import_users(
    *, by: User, rows: Iterable[ImportedUser], at: datetime | None = None
) -> list[tuple[User, str]]:
    """Create all users of `rows` (accounts.importing.ImportedUser) with their memberships, or none.

    Returns (user, password).
    """
    at = moment(at)
    wait_in_line()
    made = []
    for row in rows:
        user, password = create_user(by=by, username=row.username, full_name=row.full_name, at=at)
        save_membership(
            by=by,
            membership=Membership(
                user=user,
                department=row.department,
                role=row.role,
                post=row.post,
                valid_from=row.valid_from,
            ),
            at=at,
        )
        made.append((user, password))
    return made
