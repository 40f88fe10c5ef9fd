"""Which closed months say something else by now: for lists of months and the work list.

To compare an edition with today fact by fact costs ten queries. For many months at once the history
is asked first, in two queries, which of them something can have reached at all; only these are
compared.
"""

from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, F, Max, OuterRef, Subquery, When

from foundation.records.models import HistoryEntry
from headquarters.reports.changes import causes
from headquarters.reports.editions import changes_since_closing
from headquarters.reports.models import Edition
from headquarters.reports.monthly import shown_changes
from headquarters.reviews.models import Review, ReviewCycle

YEAR = 12
REACHES_NOTHING = (  # dated by their own day, which comes after the closing; or shown in no report
    "kpi.month",
    "kpi.submission",
    "kpi.reopening",
    "reports.edition",
    "sample.load",
    "roadmap.milestone",
    "roadmap.baseline",
    "plan.handover",
    "plan.lead",
    "accounts.department",
)


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month with the number of its newest edition.

    `changes`: how many facts it would say otherwise today.
    """

    month: date
    number: int
    changes: int = 0

    @property
    def label(self) -> str:
        """「第3版」."""
        return f"第{self.number}版"


def closed_months(
    *, on: date, first: date, last: date, most: int = YEAR
) -> dict[date, ClosedMonth]:
    """{month: ClosedMonth} of the closed months from `first` to `last`.

    Two queries while nothing has reached them. `most`: so many of those reached are compared, the
    newest first; the others count as unchanged.
    """
    newest = _newest_editions(first, last)
    found = {month: ClosedMonth(month, row.number) for month, row in newest.items()}
    for month in sorted(_reached(newest), reverse=True)[:most]:
        count = len(causes(changes_since_closing(month, on=on)))
        found[month] = ClosedMonth(month, newest[month].number, count)
    return found


def _newest_editions(first: date, last: date) -> dict[date, Edition]:
    """The newest edition of each month, with the revision in which it was made."""
    own = HistoryEntry.objects.filter(
        subject_type=ContentType.objects.get_for_model(Edition), subject_id=OuterRef("pk")
    )
    rows = Edition.objects.listed().filter(month__range=(first, last)).order_by("number")
    return {row.month: row for row in rows.annotate(made=Subquery(own.values("revision")[:1]))}


def _reached(newest: dict[date, Edition]) -> list[date]:
    """The months that a later change can have reached: a value reaches its month and those after
    it, a PDCA sheet those from its cycle's, what has no month every one.
    """
    if not newest:
        return []
    sheet = Review.objects.filter(pk=OuterRef("subject_id")).values("cycle__as_of")[:1]
    cycle = ReviewCycle.objects.filter(pk=OuterRef("subject_id")).values("as_of")[:1]
    begins = Case(
        When(action="reviews.review", then=Subquery(sheet)),
        When(action="reviews.cycle", then=Subquery(cycle)),
        default=F("month"),
    )
    later = (
        shown_changes()
        .filter(revision__gt=min(row.made or 0 for row in newest.values()))
        .exclude(action__in=REACHES_NOTHING)
        .annotate(begins=begins)
        .order_by()
        .values_list("begins")
        .annotate(last=Max("revision"))
    )
    touched = list(later)
    return [
        month
        for month, row in newest.items()
        if any(
            (begins is None or begins <= month) and last > (row.made or 0)
            for begins, last in touched
        )
    ]
