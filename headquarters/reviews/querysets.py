"""Which sheets; fetching is checking.

A draft is there for its department and the secretariat only.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from foundation.accounts.permissions import Permission, is_secretariat, own_departments
from measures.querysets import lead_on


class ReviewQuerySet(models.QuerySet):
    """Questions asked of sheets.

    All carry cycle, measure, policy and the measure's lead (`lead_id`, `lead_name`).
    """

    def full(self):
        """With everything a page shows beside a sheet; one query."""
        return self.annotate(**lead_on(date.max, "measure")).select_related(
            "cycle__plan", "measure__policy", "updated_by"
        )

    def visible_to(self, user):
        """Sheets that this person may read: others' drafts are as if they were not there."""
        rows = self.full()
        if is_secretariat(user):
            return rows
        own = [row.pk for row in own_departments(user, Permission.DRAFT_REVIEWS)]
        return rows.filter(~Q(state="draft") | Q(lead_id__in=own))

    def of_cycle(self, cycle):
        """The sheets of a cycle in the plan's order."""
        return self.filter(cycle=cycle).order_by("measure__number")

    def asked(self):
        """Sheets of cycles that are asked for now and not yet graded."""
        return (
            self.filter(cycle__state="open")
            .exclude(state="graded")
            .order_by("cycle__due_on", "measure__number")
        )

    def handed_in(self, fiscal_year, until):
        """No drafts: sheets of a fiscal year's cycles as of `until` (first of month) or earlier,
        by measure, oldest first.
        """
        rows = self.filter(cycle__fiscal_year=fiscal_year, cycle__as_of__lte=until).exclude(
            state="draft"
        )
        return rows.select_related("cycle", "measure").order_by("measure__number", "cycle__as_of")

    def of_measure(self, measure):
        """The sheets of a measure, newest first."""
        return self.filter(measure=measure).order_by("-cycle__as_of")

    def has(self, pk) -> bool:
        """Is that sheet among these?"""
        return self.filter(pk=pk).exists()

    def before(self, review):
        """The newest earlier sheet of the same measure that headquarters or the secretariat has
        seen, as 0 or 1 row.
        """
        earlier = self.filter(measure=review.measure, cycle__as_of__lt=review.cycle.as_of).exclude(
            state="draft"
        )
        return earlier.select_related("cycle").order_by("-cycle__as_of")[:1]
