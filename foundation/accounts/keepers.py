"""Somebody can always manage users: the invariant that every door of people keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from foundation.accounts.models import Membership, Role
from foundation.japanese.calendar import wareki_date


def day_without_secretariat(on: date) -> date | None:
    """The first day from `on` on which nobody could manage users; None when there is none."""
    rows = Membership.objects.filter(
        role=Role.SECRETARIAT,
        user__is_active=True,
    )
    spans = [
        (row.valid_from, row.valid_until or date.max)
        for row in rows
        if row.valid_until is None or row.valid_until >= on
    ]
    ends = [last + timedelta(days=1) for _, last in spans if last < date.max]
    return next(
        (
            day
            for day in sorted({on, *ends})
            if not any(first <= day <= last for first, last in spans)
        ),
        None,
    )


@contextmanager
def somebody_manages(field: str, on: date) -> Iterator[None]:
    """Refuse a change after which nobody could manage users from a day on, sooner than before.

    Inside the transaction of the change; the sentence stands at `field`.
    """
    before = day_without_secretariat(on)
    yield
    day = day_without_secretariat(on)
    if day is not None and (before is None or day < before):
        since = "" if day == on else f"{wareki_date(day)}から、"
        raise ValidationError(
            {
                field: f"{since}事務局の利用者が1人もいなくなります。"
                "先に後任を事務局に登録してください。"
            }
        )
