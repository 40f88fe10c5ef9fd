"""Which editions."""

from django.db import models


class EditionQuerySet(models.QuerySet):
    """Questions asked of editions."""

    def listed(self):
        """For lists: without the heavy columns, newest first, with who closed."""
        return self.defer("report", "workbook").select_related("closed_by")

    def newest(self, month=None):
        """The newest edition of a month (None: of the last closed month), or None. Without the workbook."""
        rows = self if month is None else self.filter(month=month)
        return rows.defer("workbook").order_by("-month", "-number").first()

    def of(self, month, number):
        """That edition, as a queryset of 0 or 1."""
        return self.filter(month=month, number=number)
