"""Which closed months say something else by now: for lists of months and the work list.

To compare an edition with today fact by fact costs ten queries. For many months at once the history
is asked first, in the query for the months themselves, which of them something can have reached at
all; only these are compared, and once for each change that reached them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from foundation.records.actions import local_day
from headquarters.reports.changes import causes
from headquarters.reports.editions import changes_since_closing
from headquarters.reports.models import Edition
from headquarters.reports.monthly import shown_changes
from headquarters.reviews.models import Review, ReviewCycle
from kpi.models import Reopening, ReportingMonth

YEAR = 12
REACHES_NOTHING = (  # dated by their own day, which comes after the closing; or shown in no report
    "kpi.month",
    "kpi.submission",
    "kpi.reopening",
    "reports.edition",
    "reports.form",
    "sample.load",
    "roadmap.milestone",
    "roadmap.baseline",
    "plan.handover",
    "plan.lead",
    "accounts.department",
)


REMEMBERED = 200
_counts: dict[tuple, int] = {}  # what was compared, in this process; its keys name the change


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
    closed, or None; and `excepted`: does an exception wait for its answer, or hold?
    """
    asked = list(months)
    rows = ReportingMonth.objects.filter(month__in=asked)
    exceptions = Reopening.objects.current(now)
    here = exceptions.filter(month=OuterRef("month"))
    newest = _reaching().values("revision")[:1]
    marked = rows.annotate(
        reached=Subquery(newest),
        excepted=Exists(here),
    )
    return list(marked.order_by("month"))


def _reaching():
    """The changes that can have reached a month, the newest first: a value reaches its month and
    those after it, a PDCA sheet those from its cycle's, what has no month every one.
    """
    sheet = Review.objects.filter(pk=OuterRef("subject_id")).values("cycle__as_of")[:1]
    cycle = ReviewCycle.objects.filter(pk=OuterRef("subject_id")).values("as_of")[:1]
    begins = Case(
        When(action="reviews.review", then=Subquery(sheet)),
        When(action="reviews.cycle", then=Subquery(cycle)),
        default=F("month"),
    )
    later = shown_changes().filter(revision__gt=OuterRef("locked_revision"))
    return (
        later.exclude(action__in=REACHES_NOTHING)
        .annotate(begins=begins)
        .filter(Q(begins=None) | Q(begins__lte=OuterRef("month")))
        .order_by("-revision")
    )


def changed_months(settled: Iterable[Any], *, on: date, most: int = YEAR) -> dict[date, int]:
    """{month: how many facts its edition would say otherwise}, the months without any left out.

    `settled`: of `settled_months`. `most`: so many of those reached are compared, newest first.
    """
    reached = [row for row in settled if row.locked_at and row.reached]
    newest = sorted(reached, key=lambda row: row.month, reverse=True)[:most]
    counts = {row.month: _count(row, on) for row in newest}
    return {month: count for month, count in sorted(counts.items()) if count}


def _count(row: Any, on: date) -> int:
    """How many changes the month's own page lists, remembered until another one reaches it."""
    key = (row.pk, row.locked_revision, row.locked_at, row.reached)
    if key in _counts:
        return _counts[key]
    if len(_counts) >= REMEMBERED:
        forget()
    changes = changes_since_closing(row.month, on=on)
    found = len(causes(changes))
    _counts[key] = found
    return found


def forget() -> None:
    """Forget what was compared: for tests, whose databases begin again with the same numbers."""
    _counts.clear()


def closed_months(months: Iterable[date], *, now: datetime) -> dict[date, ClosedMonth]:
    """{month: ClosedMonth} of those of `months` that are closed and have an edition.

    Two queries while nothing new has reached them.
    """
    asked = list(months)
    editions = Edition.objects.listed().filter(month__in=asked)
    numbers = {
        row.month: row.number
        for row in editions.order_by("number")  # the newest comes last
    }
    today = local_day(now)
    settled = [row for row in settled_months(asked, now=now) if row.month in numbers]
    changes = changed_months(settled, on=today)

    return {
        row.month: ClosedMonth(row.month, numbers[row.month], changes.get(row.month, 0))
        for row in settled
        if row.locked_at
    }
