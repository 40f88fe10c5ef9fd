"""Which submissions, requests and months. Each question is one query, whatever the data."""

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Q

from foundation.records.people import who
from foundation.records.within import rows_within
from kpi.choices import ReopeningState

# Not `=`: SQLite would look with every call whether its index of waiting requests serves here, and
# put the whole statement together again.
WAITING = Q(state__in=[ReopeningState.REQUESTED])
REASON = {  # what is told of a return, for `kpi.models.returned`
    "id": "id",
    "reason": "reason",
    "indicator": "indicator_id",
    "code": "indicator__code",
    "name": "indicator__name",
}
REPLY = {"id": "id", "reply": "reply", "at": "replied_at", **who("replied_by")}


class SubmissionQuerySet(models.QuerySet):
    """Questions asked of submissions."""

    def of(self, department, month):
        """The submission row of one department (None = 所管課未定) and month, as a queryset of 0
        or 1.
        """
        place = Q(department__isnull=True) if department is None else Q(department=department)
        return self.filter(place, month=month)

    def with_returned(self):
        """With what was said in the newest round of returning, for `kpi.models.returned`. No query
        more.
        """
        mine = {"submission": OuterRef("pk"), "round": OuterRef("round")}
        reasons = apps.get_model("kpi", "ReturnReason").objects.filter(**mine)
        replies = apps.get_model("kpi", "ReturnReply").objects.filter(**mine)
        return self.annotate(
            told_of_return=rows_within(reasons, by="submission", **REASON),
            replied_to_return=rows_within(replies, by="submission", **REPLY),
        )


class ReopeningQuerySet(models.QuerySet):
    """Questions asked of requests to correct a closed month."""

    def asked_with(self, row):
        """The requests that were made in one act with this one, in the plan's order."""
        one = Q(pk=row.pk)
        if row.asked_revision:
            one |= Q(month=row.month, asked_revision=row.asked_revision)

        return self.filter(one).select_related("indicator").order_by("indicator__order")

    def answered_since(self, at):
        """Requests that were answered after a moment, the newest answer first."""
        rows = self.exclude(state=ReopeningState.REQUESTED).filter(decided_at__gt=at)
        return rows.select_related("indicator", "decided_by").order_by("-decided_at", "pk")

    def months(self) -> list:
        """Closed months in which a correction was allowed, oldest first."""
        return sorted(
            set(self.filter(state=ReopeningState.ALLOWED).values_list("month", flat=True))
        )

    def current(self, at):
        """Requests that wait for an answer, and those allowed that have not expired by `at`,
        oldest first.
        """
        allowed = Q(state=ReopeningState.ALLOWED, expires_at__gt=at)
        return (
            self.filter(WAITING | allowed)
            .select_related("indicator", "requested_by")
            .order_by("requested_at")
        )

    def waiting(self):
        """Requests that the secretariat has not answered, oldest first."""
        return (
            self.filter(WAITING)
            .select_related("indicator", "requested_by", "decided_by")
            .order_by("requested_at", "indicator__order")
        )


class ReportingMonthQuerySet(models.QuerySet):
    """Questions asked of months."""

    def closed(self, month):
        """Is this month closed?"""
        return self.all_closed().filter(month=month).exists()

    def all_closed(self):
        """Every closed month."""
        return self.filter(locked_at__isnull=False)

    def last_closed(self):
        """The newest closed month, or None.

        Nothing that holds in it or before may be set any more.
        """
        return self.all_closed().order_by("-month").values_list("month", flat=True).first()
