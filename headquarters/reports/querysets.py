"""Which editions."""

from django.db import models
from django.db.models import Case, F, Q, Subquery, Value, When


class EditionQuerySet(models.QuerySet):
    """Questions asked of editions."""

    def listed(self):
        """For lists: without the heavy columns, newest first, with who closed."""
        return self.defer("report", "workbook").select_related("closed_by")

    def newest(self, month=None):
        """The newest edition of a month, or None; without a month that of the last closed one.

        Without the workbook.
        """
        rows = self if month is None else self.filter(month=month)
        return rows.defer("workbook").order_by("-month", "-number").first()

    def shown(self, month=None, number=0):
        """All editions for a picker.

        `text` is the report of the one asked for (without a month: the newest of all), and of the
        newest one of an earlier month, with which it is compared. One query.
        """
        newest = self.order_by("-month", "-number")
        month = Value(month) if month else Subquery(newest.values("month")[:1])
        asked = Q(month=month, number=number) if number else Q(pk=Subquery(newest.values("pk")[:1]))
        earlier = Q(pk=Subquery(newest.filter(month__lt=month).values("pk")[:1]))
        return self.listed().annotate(
            text=Case(When(asked | earlier, then=F("report")), default=None)
        )

    def of_month(self, month):
        """The editions of a month without their contents, newest first."""
        return self.listed().filter(month=month).order_by("-number")

    def before(self, month):
        """The newest edition of the last closed month before `month`, or None.

        Without the workbook.
        """
        return self.filter(month__lt=month).defer("workbook").order_by("-month", "-number").first()

    def of(self, month, number):
        """That edition, as a queryset of 0 or 1."""
        return self.filter(month=month, number=number)
