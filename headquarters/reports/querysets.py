"""Which editions. Those of the annual report are asked for by name, all else is of months."""

from django.db import models
from django.db.models import Case, F, Q, Subquery, Value, When

from headquarters.reports.choices import EditionKind
from headquarters.reports.key import march_of


class EditionQuerySet(models.QuerySet):
    """Questions asked of editions."""

    def monthly(self):
        """Those of months."""
        return self.filter(kind=EditionKind.MONTH)

    def annual(self, year=None):
        """Those of the annual report (of a fiscal year), without their contents, newest first."""
        rows = self.filter(kind=EditionKind.ANNUAL)
        rows = rows if year is None else rows.filter(month=march_of(year))
        return rows._light().order_by("-month", "-number")

    def _light(self):
        return self.defer("report", "workbook").select_related("closed_by")

    def of_both_kinds(self):
        """(those of months, those of the annual report) for a list, with their forms: one query."""
        light = self._light().defer("report", "workbook", "filled__content")
        rows = list(light.select_related("filled").order_by("-month", "-number"))
        monthly = [row for row in rows if row.kind == EditionKind.MONTH]
        return monthly, [row for row in rows if row.kind == EditionKind.ANNUAL]

    def listed(self):
        """For lists: those of months without the heavy columns, newest first, with who closed."""
        return self.monthly()._light()

    def newest(self, month=None):
        """The newest edition of a month, or None; without a month that of the last closed one.

        Without the workbook.
        """
        rows = self.monthly()
        rows = rows if month is None else rows.filter(month=month)
        return rows.defer("workbook").order_by("-month", "-number").first()

    def shown(self, month=None, number=0):
        """All editions for a picker.

        `text` is the report of the one asked for (without a month: the newest of all), and of the
        newest one of an earlier month, with which it is compared. One query.
        """
        newest = self.monthly().order_by("-month", "-number")
        month = Value(month) if month else Subquery(newest.values("month")[:1])
        asked = Q(month=month, number=number) if number else Q(pk=Subquery(newest.values("pk")[:1]))
        earlier = Q(pk=Subquery(newest.filter(month__lt=month).values("pk")[:1]))
        return self.listed().annotate(
            text=Case(When(asked | earlier, then=F("report")), default=None)
        )

    def of_month(self, month):
        """The editions of a month without their contents, newest first."""
        return self.listed().filter(month=month).order_by("-number")

    def base_of(self, month):
        """The newest edition of `month` itself, else of the last closed month before it, or None.

        Without the workbook.
        """
        earlier = self.monthly().filter(month__lte=month).defer("workbook")
        return earlier.order_by("-month", "-number").first()

    def made_until(self, edition):
        """Those of months that were made up to an edition, itself the last, without workbooks."""
        return self.monthly().filter(pk__lte=edition.pk).defer("workbook").order_by("pk")

    def of(self, month, number):
        """That edition of a month, as a queryset of 0 or 1."""
        return self.monthly().filter(month=month, number=number)


class TownFormQuerySet(models.QuerySet):
    """Questions asked of the town's forms."""

    def listed(self):
        """All that were handed in, newest first, without their contents."""
        return self.defer("content").select_related("uploaded_by").order_by("-id")


class TownFormUseQuerySet(models.QuerySet):
    """Which form is filled."""

    def listed(self):
        """Every decision, newest first."""
        rows = self.select_related("form", "decided_by").defer("form__content")
        return rows.order_by("-id")

    def newest(self):
        """What was decided last, or None; the form without its content."""
        return self.listed().first()

    def form_in_use(self):
        """The form that is filled, with its content, or None."""
        newest = self.select_related("form").order_by("-id").first()
        return newest.form if newest else None

    def number_in_use(self):
        """The key of that form, or None."""
        return self.order_by("-id").values_list("form", flat=True).first()
