"""The secretariat lets somebody in again whom errors have locked out."""

from datetime import datetime

from django.db import transaction

from foundation.accounts.attempts import forget_errors_of, locked_addresses
from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import moment, record_change
from foundation.records.seen import wait_in_line

NO_ADDRESS = "アドレス不明"


def locked_at(user: User, at: datetime) -> list[str]:
    """The addresses at which this person's sign-in is stopped at that moment."""
    return [address or NO_ADDRESS for address in locked_addresses(user.username, at)]


@transaction.atomic
def lift_lockout(*, by: User, user: User, at: datetime | None = None) -> list[str]:
    """Forget the errors under a person's name, at every address. Returns where it was stopped.

    Nothing is recorded where nothing was counted.
    """
    at = moment(at)
    require(by, Permission.MANAGE_PEOPLE)
    wait_in_line()
    addresses = locked_at(user, at)
    if forget_errors_of(user.username):
        record_change(
            by=by,
            action="accounts.lockout",
            subject=user,
            before={"止めていたアドレス": "、".join(addresses) or "なし"},
            after={"操作": "ログインの停止の解除"},
            at=at,
        )
    return addresses
