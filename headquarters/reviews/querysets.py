"""Which sheets; fetching is checking.

A draft is there for its department and the secretariat only.
"""

from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.accounts.permissions import Permission, is_secretariat, own_departments
from headquarters.reviews.choices import CycleState, Occasion, ReviewState
from measures.labels import former_labels, label_on
from measures.models import Measure
from measures.querysets import lead_on


def standing_return():
    """The reason of the return by which a sheet came into its state; NULL when it came otherwise.

    A sheet that was handed in anew and then withdrawn stands where a return puts it, and is none:
    its numbers were kept in this round.
    """
    came_back = Q(from_state=ReviewState.SUBMITTED, review__state=ReviewState.DRAFT) | Q(
        from_state=ReviewState.CHECKED, review__state=ReviewState.SUBMITTED
    )
    handed_in = apps.get_model("reviews", "KeptFacts").objects.filter(
        review=OuterRef("review"), round=OuterRef("round"), occasion=Occasion.SUBMITTED
    )
    newest = apps.get_model("reviews", "ReviewReturn").objects.filter(
        came_back, ~Exists(handed_in), review=OuterRef("pk"), round=F("review__round")
    )
    return Subquery(newest.values("reason")[:1])


def drafts_of(user) -> tuple[int, ...] | None:
    """The departments whose drafts somebody may read; None: of all."""
    if is_secretariat(user):
        return None
    return tuple(row.pk for row in own_departments(user, Permission.DRAFT_REVIEWS))


class ReviewQuerySet(models.QuerySet):
    """Questions asked of sheets.

    All carry cycle, measure, policy, the measure's lead (`lead_id`, `lead_name`) and why the sheet
    was sent back (`returned_because`; None when it was not).
    """

    def full(self):
        """With everything a page shows beside a sheet; one query."""
        rows = self.annotate(
            **lead_on(date.max, "measure"),
            returned_because=standing_return(),
            labels_told=former_labels("measure"),
        )
        return rows.select_related(
            "cycle__plan",
            "measure__policy",
            "updated_by",
        )

    def visible_to(self, user):
        """Sheets that this person may read: others' drafts are as if they were not there."""
        return self.beside_drafts_of(drafts_of(user))

    def beside_drafts_of(self, departments: tuple[int, ...] | None):
        """The same for these departments' drafts, or (None) for all drafts."""
        return self.full()._without_drafts_of_others(departments)

    def readable_by(self, user):
        """The sheets of `visible_to` as a condition, without what a page shows beside them."""
        departments = drafts_of(user)
        if departments is None:
            return self.all()
        lead = lead_on(date.max, "measure")["lead_id"]
        return self.annotate(lead_id=lead)._without_drafts_of_others(departments)

    def _without_drafts_of_others(self, departments: tuple[int, ...] | None):
        if departments is None:
            return self
        return self.filter(~Q(state=ReviewState.DRAFT) | Q(lead_id__in=departments))

    def of_cycle(self, cycle):
        """The sheets of a cycle in the order that the plan had on its day."""
        rows = self.filter(cycle=cycle).annotate(**label_on(cycle.day, "measure"))
        return rows.order_by(Coalesce("number_then", "measure__number"))

    def called(self, cycle, number):
        """The sheet of the measure that had this number on the cycle's day, or if nobody had it,
        of one that has or had it another day; as 0 or 1 row.
        """
        then = Measure.objects.called(number, cycle.day).values("pk")
        ever = Measure.objects.ever_called(number).values("pk")
        asked = Q(measure__in=then) | (~Exists(then) & Q(measure__in=ever))
        return self.of_cycle(cycle).filter(asked)[:1]

    def ever_called(self, code, number):
        """The sheets of the cycle with that code of measures that have or ever had that number."""
        ever = Measure.objects.ever_called(number).values("pk")
        return self.filter(cycle__code=code, measure__in=ever)

    def asked(self):
        """Sheets of cycles that are asked for now and not yet graded."""
        return self.in_open_cycles().exclude(state=ReviewState.GRADED)

    def in_open_cycles(self):
        """Sheets of cycles that are asked for now, graded ones too."""
        rows = self.filter(cycle__state=CycleState.OPEN)
        return rows.order_by("cycle__due_on", "measure__number")

    def of_open_cycles(self):
        """The same with what was kept of them."""
        return self.in_open_cycles().prefetch_related("kept_facts")

    def handed_in(self, fiscal_year, until):
        """No drafts: sheets of a fiscal year's cycles as of `until` (first of month) or earlier,
        by measure, oldest first.
        """
        rows = self.filter(cycle__fiscal_year=fiscal_year, cycle__as_of__lte=until).exclude(
            state=ReviewState.DRAFT
        )
        return rows.select_related("cycle", "measure").order_by("measure__number", "cycle__as_of")

    def of_measure(self, measure):
        """The sheets of a measure, newest first."""
        return self.filter(measure=measure).order_by("-cycle__as_of")

    def has(self, pk) -> bool:
        """Is that sheet among these?"""
        return self.filter(pk=pk).exists()

    def before(self, measure, as_of):
        """The sheets of a measure from before a month (values or expressions) that headquarters or
        the secretariat has seen, the newest first.
        """
        rows = self.filter(measure=measure, cycle__as_of__lt=as_of)
        seen = rows.exclude(state=ReviewState.DRAFT)
        return seen.select_related("cycle").order_by("-cycle__as_of")
