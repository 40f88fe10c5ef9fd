"""Which steps and milestones, and what they looked like on a day."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.accounts.former_names import name_on
from foundation.accounts.models import in_force
from measures.labels import label_on
from measures.querysets import lead_on
from measures.setting import stored_versions


class StepQuerySet(models.QuerySet):
    """Questions asked of steps."""

    def on(self, day):
        """Steps that stand in the roadmap on that day, in the plan's order, with measure, policy,
        own department, the measure's lead on that day (`lead_id`, `lead_name`), the span of the
        first baseline (`original_first`, `original_last`, or None) and the plan's settings
        (`decided`). One query.
        """
        entries = (
            self.model._meta.get_field("baseline_entries")
            .related_model.objects.filter(step=OuterRef("pk"), baseline__approved_on__lte=day)
            .order_by("baseline__number")
        )
        return (
            self.filter(in_force(day))
            .annotate(
                **lead_on(day, "measure"),
                **label_on(day, "measure"),
                department_name_then=name_on(day, "department"),
                original_first=Subquery(entries.values("first_month")[:1]),
                original_last=Subquery(entries.values("last_month")[:1]),
                decided=stored_versions("measure__policy__plan"),
            )
            .select_related("measure__policy", "department")
            .order_by("measure__number", "order")
        )


class MilestoneQuerySet(models.QuerySet):
    """Questions asked of milestones."""

    def _rows(self, relation, **condition):
        """Rows of a reverse relation that belong to the outer milestone, for subqueries."""
        related = self.model._meta.get_field(relation).related_model
        return related.objects.filter(milestone=OuterRef("pk"), **condition)

    def as_of(self, day, *, known_by=None):
        """Milestones with their four dates and state as they stood at the end of `day`: those that
        were there by then, or (`known_by`) by a later day.

        Adds `original_on` (first baseline or None), `approved_on` (newest baseline approved by
        then, else the plan date), `state_then` (None = no update yet), `forecast_then`,
        `completed_then`, `reason_then`, `comment_then`, `last_update_on`, `postponements`, and of
        the newest postponement that said why `postponed_reason` and `postponed_to`. The update
        that was made last counts, also when the clock stood wrong. One query whatever the number
        of updates.
        """
        entries = self._rows("baseline_entries", baseline__approved_on__lte=day)
        updates = self._rows("updates", effective_on__lte=day).order_by("-id")
        postponed = (
            updates.order_by().filter(postponed=True).values("milestone").annotate(n=Count("pk"))
        )

        explained = updates.filter(postponed=True).exclude(reason="")

        def newest(field, rows=updates):
            return Subquery(rows.values(field)[:1])

        there = Q(added_on__isnull=True) | Q(added_on__lte=known_by or day)
        return self.filter(there).annotate(
            original_on=Subquery(entries.order_by("baseline__number").values("due_on")[:1]),
            approved_on=Coalesce(
                Subquery(entries.order_by("-baseline__number").values("due_on")[:1]), "planned_on"
            ),
            state_then=newest("state_after"),
            forecast_then=newest("forecast_after"),
            completed_then=newest("completed_after"),
            reason_then=newest("reason"),
            comment_then=newest("comment"),
            postponed_reason=newest("reason", explained),
            postponed_to=newest("forecast_after", explained),
            last_update_on=newest("effective_on"),
            postponements=Coalesce(Subquery(postponed.values("n")), 0),
        )
