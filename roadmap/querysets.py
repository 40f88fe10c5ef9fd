"""Which steps and milestones, and what they looked like on a day."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.accounts.former_names import name_on
from foundation.accounts.models import in_force
from foundation.records.by_day import for_each, standing
from measures.labels import label_on
from measures.querysets import lead_on
from measures.setting import stored_versions


def holds_on(day, prefix=""):
    """The Q of baselines that hold as of a day: approved by then, and not withdrawn by then."""
    withdrawn = Q(**{f"{prefix}withdrawal__effective_on__lte": day})

    return Q(**{f"{prefix}approved_on__lte": day}) & ~withdrawn


class BaselineQuerySet(models.QuerySet):
    """Questions asked of baselines."""

    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)

    def newest(self):
        """The one in force, or None."""
        return self.standing().order_by("-number").first()

    def with_content(self):
        """With who recorded them, what they say, and how they were taken back."""
        entries = self.model._meta.get_field("entries").related_model.objects.full()
        rows = self.select_related("created_by", "withdrawal__withdrawn_by")
        return rows.prefetch_related(Prefetch("entries", entries))


class BaselineEntryQuerySet(models.QuerySet):
    """Questions asked of what baselines say."""

    def standing(self):
        """Of baselines that were not taken back, the newest first."""
        return self.filter(baseline__withdrawal__isnull=True).order_by("-baseline__number")

    def moved(self):
        """What its decision moved, in the plan's order."""
        moved = Q(due_before__isnull=False) | Q(first_before__isnull=False)

        return self.filter(moved).full()

    def full(self):
        """With the milestone, its step and measure, or the step and its measure."""
        return self.select_related("milestone__step__measure", "step__measure")


class StepQuerySet(models.QuerySet):
    """Questions asked of steps."""

    def on(self, day):
        """Steps that stand in the roadmap on that day, in the plan's order, with measure, policy,
        own department, the measure's lead on that day (`lead_id`, `lead_name`), the span of the
        first baseline (`original_first`, `original_last`, or None) and the plan's settings
        (`decided`). One query.
        """
        return self.filter(in_force(day)).annotate(**self._then(day))._whole()

    def on_each(self, days):
        """The same as of several days, for `records.by_day.seen_on`. One query."""
        some = self.filter(reduce(or_, map(in_force, days)))
        return some.annotate(**for_each(days, self._whether_then))._whole()

    def _whole(self):
        """In the plan's order, with what does not depend on a day."""
        rows = self.annotate(decided=stored_versions("measure__policy__plan"))
        in_order = rows.order_by("measure__number", "order")
        return in_order.select_related("measure__policy", "department")

    def _whether_then(self, day):
        return self._then(day) | standing(in_force(day))

    def _then(self, day):
        """What depends on the day."""
        entries = (
            self.model._meta.get_field("baseline_entries")
            .related_model.objects.filter(holds_on(day, "baseline__"), step=OuterRef("pk"))
            .order_by("baseline__number")
        )
        return {
            **lead_on(day, "measure"),
            **label_on(day, "measure"),
            "department_name_then": name_on(day, "department"),
            "original_first": Subquery(entries.values("first_month")[:1]),
            "original_last": Subquery(entries.values("last_month")[:1]),
        }


class MilestoneQuerySet(models.QuerySet):
    """Questions asked of milestones."""

    def _rows(self, relation, *conditions, **condition):
        """Rows of a reverse relation that belong to the outer milestone, for subqueries."""
        related = self.model._meta.get_field(relation).related_model
        return related.objects.filter(*conditions, milestone=OuterRef("pk"), **condition)

    def standing(self, day):
        """Milestones as of a day (`as_of`) of the steps that stand in the roadmap on it."""
        return self.as_of(day).filter(
            in_force(
                day,
                "step__valid_from",
                "step__valid_until",
            )
        )

    def as_of(self, day, *, known_by=None):
        """Milestones with their four dates and state as they stood at the end of `day`: those that
        were there by then, or (`known_by`) by a later day.

        Adds `original_on` (first baseline or None), `approved_on` (newest baseline that
        held then, else the plan date), `state_then` (None = no update yet), `forecast_then`,
        `completed_then`, `reason_then`, `comment_then`, `last_update_on`, `postponements`, and of
        the newest postponement that said why `postponed_reason` and `postponed_to`. The update
        that was made last counts, also when the clock stood wrong. One query whatever the number
        of updates.
        """
        return self.filter(_there(known_by or day)).annotate(**self._then(day))

    def as_of_each(self, days):
        """The same as of several days, for `records.by_day.seen_on`. One query."""
        some = self.filter(_there(max(days)))
        return some.annotate(**for_each(days, self._whether_then))

    def placed(self, day):
        """Those of the steps that stand on a day, as of it, with step, measure and who answers for
        the step (`reading.milestones_on`), in the plan's order. One query.
        """
        rows = self.standing(day).annotate(
            **lead_on(day, "step__measure"),
            **label_on(day, "step__measure"),
            department_name_then=name_on(day, "step__department"),
            decided=stored_versions("step__measure__policy__plan"),
        )
        in_order = rows.order_by("step__measure__number", "step__order", "order", "planned_on")
        return in_order.select_related("step__measure", "step__department")

    def _whether_then(self, day):
        return self._then(day) | standing(_there(day))

    def _then(self, day):
        """What depends on the day."""
        entries = self._rows("baseline_entries", holds_on(day, "baseline__"))
        updates = self._rows("updates", effective_on__lte=day).order_by("-id")
        postponed = (
            updates.order_by().filter(postponed=True).values("milestone").annotate(n=Count("pk"))
        )
        explained = updates.filter(postponed=True).exclude(reason="")

        def newest(field, rows=updates):
            return Subquery(rows.values(field)[:1])

        return {
            "original_on": Subquery(entries.order_by("baseline__number").values("due_on")[:1]),
            "approved_on": Coalesce(
                Subquery(entries.order_by("-baseline__number").values("due_on")[:1]), "planned_on"
            ),
            "state_then": newest("state_after"),
            "forecast_then": newest("forecast_after"),
            "completed_then": newest("completed_after"),
            "reason_then": newest("reason"),
            "comment_then": newest("comment"),
            "postponed_reason": newest("reason", explained),
            "postponed_to": newest("forecast_after", explained),
            "last_update_on": newest("effective_on"),
            "postponements": Coalesce(Subquery(postponed.values("n")), 0),
        }


def _there(day) -> Q:
    """The milestones that were there by a day."""
    return Q(added_on__isnull=True) | Q(added_on__lte=day)
