"""Which meetings, which decisions."""

from django.db import models

from headquarters.meetings.choices import MeetingState


class MeetingQuerySet(models.QuerySet):
    """Questions asked of meetings."""

    def standing(self):
        """Those that were not called off."""
        return self.exclude(state=MeetingState.CALLED_OFF)

    def before(self, meeting):
        """The earlier ones, the newest first; of two on a day the one that was made first."""
        earlier = models.Q(held_on__lt=meeting.held_on)
        same_day = models.Q(held_on=meeting.held_on, pk__lt=meeting.pk)

        return self.standing().filter(earlier | same_day).order_by("-held_on", "-pk")

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

    def about(self, measure):
        """Those on one measure."""
        return self.filter(measure=measure)

    def full(self):
        """With what they made and how they were taken back."""
        revised = self.model._meta.get_field("revised").related_model.objects
        return self.select_related(
            "measure", "baseline__withdrawal", "withdrawal__withdrawn_by"
        ).prefetch_related(models.Prefetch("revised", revised.select_related("target__indicator")))
