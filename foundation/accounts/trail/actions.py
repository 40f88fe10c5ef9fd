"""The one door through which the trail is written, and the one through which it ends.

Nothing of the plan changes, so the data revision stays.
"""

from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.http import HttpRequest

from foundation.accounts.models import User
from foundation.accounts.names import plain_name
from foundation.accounts.permissions import Person
from foundation.accounts.trail.choices import Event
from foundation.accounts.trail.models import LONGEST_TEXT, AccessRecord
from foundation.japanese.calendar import wareki_date
from foundation.records.actions import moment, record_change
from foundation.records.expiry import let_go
from foundation.records.labels import shortened
from foundation.records.seen import wait_in_line


def person_named(typed: str) -> User | None:
    """The user of that name, as at the sign-in."""
    try:
        found: User = User.objects.get_by_natural_key(typed)
    except User.DoesNotExist:
        return None
    return found


def masked(typed: str) -> str:
    """What is kept of a name that nobody has: a password may have been typed there."""
    return f"登録のない名前（{len(plain_name(typed))}字）"


def _readable(text: str) -> str:
    """A text of a request as people read it, without signs that no database or page can hold."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in unquote(text))
    return shortened(plain, LONGEST_TEXT)


def record_access(
    *,
    event: Event,
    person: Any,
    name: str = "",
    request: HttpRequest | None = None,
    address: str = "",
    detail: str = "",
    at: datetime | None = None,
) -> AccessRecord:
    """Write one line. `person`: a User, or None where nobody has the `name` that was typed.

    `request`: whose address and place are kept; without one `address`.
    """
    asked = request.META.get("REMOTE_ADDR", "") if request is not None else address
    place = request.get_full_path() if request is not None else ""
    return AccessRecord.objects.create(
        at=moment(at),
        event=event,
        person=person,
        name=person.username if person else masked(name),
        address=asked or None,
        detail=_readable(detail),
        place=_readable(place),
    )


@transaction.atomic
def remember_sign_in(
    *,
    user: User,
    request: HttpRequest | None = None,
    how: str = "",
    at: datetime | None = None,
) -> None:
    """Keep the time of the sign-in before this one and log this one. Call before `login()`.

    `how`: where it is not by a password.
    """
    wait_in_line()
    User.objects.filter(pk=user.pk).update(previous_login=user.last_login)
    record_access(event=Event.SIGNED_IN, person=user, request=request, detail=how, at=at)


def remember_sign_out(
    *, user: Person, request: HttpRequest, how: str = "", at: datetime | None = None
) -> None:
    """Log a sign-out, of somebody who was signed in. Call before `logout()`."""
    if isinstance(user, User):
        record_access(
            event=Event.SIGNED_OUT,
            person=user,
            request=request,
            detail=how,
            at=at,
        )


def remember_failure(*, name: str, request: HttpRequest, locked: bool, at: datetime) -> None:
    """Log a try that was refused. `locked`: whatever the password was."""
    event = Event.LOCKED if locked else Event.REFUSED
    record_access(event=event, person=person_named(name), name=name, request=request, at=at)


@transaction.atomic
def end_records(*, before: date, at: datetime | None = None) -> int:
    """Remove the lines older than a day, for good; the history says so. Returns how many.

    Only the trail: the history itself is never shortened.
    """
    wait_in_line()
    ended = let_go(AccessRecord.objects.before(before))
    if ended:
        record_change(
            by=None,
            action="accounts.records_ended",
            subject=None,
            label="ログインと取り出しの記録",
            before={"件数": ended, "いつより前": wareki_date(before)},
            after={},
            reason="保存期間が過ぎたため",
            at=at,
        )
    return ended
