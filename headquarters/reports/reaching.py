"""Which changes can have reached what a closed month says: asked of the history, so that only these
months are compared with today fact by fact.
"""

from typing import Any

from django.db.models import Case, F, OuterRef, Q, Subquery, When

from headquarters.reports.monthly import shown_changes
from headquarters.reviews.models import Review, ReviewCycle

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
)


def reaching(month: Any, *, since: Any) -> Any:
    """The changes after the revision `since` that can have reached `month` (values or expressions),
    the newest first: a value reaches its month and those after it, a PDCA sheet those from its
    cycle's, what has no month every one.
    """
    sheet = Review.objects.filter(pk=OuterRef("subject_id")).values("cycle__as_of")[:1]
    cycle = ReviewCycle.objects.filter(pk=OuterRef("subject_id")).values("as_of")[:1]
    begins = Case(
        When(action="reviews.review", then=Subquery(sheet)),
        When(action="reviews.cycle", then=Subquery(cycle)),
        default=F("month"),
    )
    later = shown_changes().filter(revision__gt=since).exclude(action__in=REACHES_NOTHING)
    here = later.annotate(begins=begins).filter(Q(begins=None) | Q(begins__lte=month))
    return here.order_by("-revision")
