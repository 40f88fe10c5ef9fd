"""Which meetings, which decisions."""

from django.db import models

from headquarters.meetings.choices import MeetingState
from roadmap.moves_told import moves_within


class MeetingQuerySet(models.QuerySet):
    """Questions asked of meetings."""

    def standing(self):
        """Those that were not called off."""
        return self.exclude(state=MeetingState.CALLED_OFF)

    def before(self, held_on, pk):
        """Those before the meeting of that day with that number (values or expressions), the newest
        first; of two on a day the one that was made first is earlier.
        """
        earlier = models.Q(held_on__lt=held_on)
        same_day = models.Q(held_on=held_on, pk__lt=pk)

        return self.standing().filter(earlier | same_day).order_by("-held_on", "-pk")

    def with_numbers(self):
        """With its plan, its cycle, and of one that is held the numbers that were kept."""
        rows = self.select_related("plan", "cycle", "held_numbers__edition")
        return rows.defer("held_numbers__edition__workbook")

    def with_the_last(self, pk):
        """That meeting, and the one before it."""
        here = models.OuterRef("held_on"), models.OuterRef("pk")
        last = self.before(*here).values("pk")[:1]
        lasts = self.filter(pk=pk).annotate(last=models.Subquery(last)).values("last")
        return self.filter(models.Q(pk=pk) | models.Q(pk__in=lasts))

    def coming(self, day):
        """Those that are prepared for that day or a later one, the next first."""
        prepared = self.filter(state=MeetingState.PREPARING, held_on__gte=day)

        return prepared.order_by("held_on", "pk")


class DecisionQuerySet(models.QuerySet):
    """Questions asked of decisions."""

    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)

    def changing_the_plan(self):
        """Those that made a baseline or a target version."""
        made = models.Q(baseline__isnull=False) | models.Q(revised__isnull=False)

        return self.filter(made).distinct()

    def full(self):
        """With what they made (`moved`, `revised`) and how they were taken back. Two queries."""
        revised = self.model._meta.get_field("revised").related_model.objects
        rows = self.annotate(moved_told=moves_within("baseline")).select_related(
            "measure", "baseline__withdrawal", "withdrawal__withdrawn_by"
        )
        return rows.prefetch_related(
            models.Prefetch("revised", revised.select_related("target__indicator"))
        )
