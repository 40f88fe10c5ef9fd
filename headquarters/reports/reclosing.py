"""Which closed months say something else by now: for lists of months and the work list.

To compare an edition with today fact by fact costs ten queries. For many months at once the history
is asked first, in the query for the months themselves, which of them something can have reached at
all; only these are compared, and once for each change that reached them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Subquery

from foundation.records.actions import local_day
from foundation.records.compiled import NOW, SINCE, Compiled
from headquarters.reports.changes import causes
from headquarters.reports.editions import changes_after, with_reached
from headquarters.reports.models import Edition
from headquarters.reports.reaching import reaching
from kpi.models import Reopening, ReportingMonth

YEAR = 12
TOLD_FOR = timedelta(days=14)  # so long the home page says what was answered
REMEMBERED = 200
_counts: dict[tuple, int] = {}  # what was counted, in this process; its keys name the change


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month with the number of its newest edition.

    `changes`: how many facts it would say otherwise today.
    """

    month: date
    number: int
    changes: int

    @property
    def label(self) -> str:
        """「第3版」."""
        return f"第{self.number}版"


def settled_months(months: Iterable[date], *, now: datetime) -> list[Any]:
    """What is settled about these months, oldest first. One query.

    Each has `reached`, the revision of the newest change that can have reached it since it was
    closed, or None; `excepted`: does an exception wait for its answer, or hold; `answered`: was
    one answered lately?
    """
    return _settled(tuple(months))(now=now, since=now - TOLD_FOR)


@lru_cache(maxsize=64)
def _settled(months: tuple[date, ...]) -> Compiled[ReportingMonth]:
    """The question for them, put together once for these months."""
    rows = ReportingMonth.objects.filter(month__in=months)
    here = Reopening.objects.current(NOW).filter(month=OuterRef("month"))
    lately = Reopening.objects.answered_since(SINCE).filter(month=OuterRef("month"))
    newest = reaching(OuterRef("month"), since=OuterRef("locked_revision")).values("revision")[:1]
    marked = rows.annotate(
        reached=Subquery(newest),
        excepted=Exists(here),
        answered=Exists(lately),
    )
    return Compiled(
        marked.order_by("month"),
        now=NOW,
        since=SINCE,
    )


def changed_months(settled: Iterable[Any], *, on: date, most: int = YEAR) -> dict[date, int]:
    """{month: how many facts its edition would say otherwise}, the months without any left out.

    `settled`: of `settled_months`. `most`: so many of those reached are compared, newest first.
    """
    reached = [row for row in settled if row.locked_at and row.reached]
    asked = {_key(row): row.month for row in sorted(reached, key=lambda row: row.month)[-most:]}
    new = {month: key for key, month in asked.items() if key not in _counts}
    for edition in _newest_editions(new) if new else ():
        _remember(new[edition.month], _count(edition, on))
    return {month: _counts[key] for key, month in asked.items() if _counts.get(key)}


def _key(row: Any) -> tuple:
    """Names the closing and the newest change that can have reached it."""
    return (row.pk, row.locked_revision, row.locked_at, row.reached)


def _remember(key: tuple, count: int) -> None:
    if len(_counts) >= REMEMBERED:
        forget()
    _counts[key] = count


def forget() -> None:
    """Forget what was counted: for tests, whose databases begin again with the same numbers."""
    _counts.clear()


def _newest_editions(months: Iterable[date]) -> list[Any]:
    """The newest edition of each of these months that is closed, `with_reached`. One query."""
    kind = ContentType.objects.get_for_model(Edition).pk
    return list({row.month: row for row in _editions(tuple(months), kind)()}.values())


@lru_cache(maxsize=64)
def _editions(months: tuple[date, ...], kind: int) -> Compiled[Edition]:
    """The question for them, put together once for these months; `kind`: number of the content
    type by which the history knows editions.
    """
    closed = ReportingMonth.objects.filter(month=OuterRef("month"), locked_at__isnull=False)
    editions = Edition.objects.listed().filter(Exists(closed), month__in=months)
    return Compiled(with_reached(editions).order_by("number"))


def _count(edition: Edition, on: date) -> int:
    """How many changes the month's own page lists."""
    return len(causes(changes_after(edition, on=on)))


def closed_months(months: Iterable[date], *, now: datetime) -> dict[date, ClosedMonth]:
    """{month: ClosedMonth} of those of `months` that are closed and have an edition.

    One query while nothing new has reached them.
    """
    today = local_day(now)
    return {
        edition.month: ClosedMonth(edition.month, edition.number, _count(edition, today))
        for edition in _newest_editions(months)
    }
