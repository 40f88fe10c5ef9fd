"""Several people leave, or move to another department, on one day: all of them or none.

What is open stays with the department and post that they leave (docs/rules.md §9).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.actions import edit_user, move_user, save_membership
from foundation.accounts.models import Department, Membership, User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import wareki_date
from foundation.japanese.ranges import membership_days
from foundation.records.actions import local_day, moment
from foundation.records.seen import wait_in_line


@dataclass(frozen=True)
class Transferred:
    """What became of one person: what ended, what began (None for a leaver)."""

    user: User
    ended: tuple[Membership, ...]
    begun: Membership | None

    @property
    def left(self) -> set[int]:
        """The departments that the person is gone from."""
        return {row.department_id for row in self.ended if row.department_id}


@dataclass(frozen=True)
class Transfer:
    """What is to become of people from a day on. `department`: where to; None: they leave.

    `role`: empty where each keeps the one that the person has.
    """

    starts_on: date
    department: Department | None = None
    role: str = ""

    @property
    def last_day(self) -> date:
        """The day on which the memberships of before end."""
        return self.starts_on - timedelta(days=1)


@transaction.atomic
def transfer_people(
    *, by: User, people: Iterable[User], transfer: Transfer, at: datetime | None = None
) -> list[Transferred]:
    """Move or end the memberships of all these people. ValidationError with a sentence for each."""
    at = moment(at)
    require(by, Permission.MANAGE_PEOPLE)
    wait_in_line()
    membership_days(local_day(at)).check(
        transfer.starts_on,
        "starts_on",
    )
    done, problems = [], []
    for user in people:
        try:
            done.append(_transferred(by, user, transfer, at))
        except ValidationError as error:
            problems += [f"{user}さん：{text}" for text in error.messages]
    if problems:
        raise ValidationError(problems)
    return done


def _transferred(by: User, user: User, transfer: Transfer, at: datetime) -> Transferred:
    current = list(user.memberships.on(transfer.starts_on))
    if transfer.department is None:
        return _ended(by, user, current, transfer.starts_on, at)
    begun = move_user(
        by=by,
        user=user,
        department=transfer.department,
        role=transfer.role or _only_role(current),
        post="",
        starts_on=transfer.starts_on,
        at=at,
    )
    return Transferred(user, tuple(current), begun)


def _only_role(current: list[Membership]) -> str:
    roles = {row.role for row in current}
    if len(roles) == 1:
        return roles.pop()
    why = "役割が2つ以上あります。" if roles else "その日の所属がありません。"
    raise ValidationError(f"{why}異動先での役割を選ぶか、この人だけ別に登録してください。")


def _ended(
    by: User, user: User, current: list[Membership], starts_on: date, at: datetime
) -> Transferred:
    """The memberships end the day before; who has left by today can sign in no more."""
    if user == by:
        raise ValidationError(
            "自分自身の所属は終えられません。ほかの事務局の人に依頼してください。"
        )
    coming = user.memberships.from_day(starts_on).first()
    if coming is not None:
        raise ValidationError(
            f"{wareki_date(coming.valid_from)}からの所属（{coming}）があります。"
            "先に利用者の画面で直してください。"
        )
    if not current:
        raise ValidationError("その日に続いている所属がありません。選ばなくてかまいません。")
    for row in current:
        row.valid_until = starts_on - timedelta(days=1)
        save_membership(by=by, membership=row, at=at)
    if starts_on <= local_day(at):
        edit_user(
            by=by, user=user, full_name=user.full_name, email=user.email, is_active=False, at=at
        )
    return Transferred(user, tuple(current), None)
