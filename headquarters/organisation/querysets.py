"""Which action items."""

from django.db import models
from django.db.models import Q

from foundation.accounts.permissions import Permission, is_secretariat, own_departments
from headquarters.organisation.choices import ActionState


class ActionItemQuerySet(models.QuerySet):
    """Questions asked of action items."""

    def full(self):
        """With meeting, measure, department and who answered."""
        return self.select_related("meeting", "measure", "department", "answered_by")

    def answers_visible_to(self, user):
        """Items whose answer this person may read: before it is given, its department alone."""
        if is_secretariat(user):
            return self.all()

        own = own_departments(user, Permission.DRAFT_ANSWERS)
        return self.filter(~Q(state=ActionState.OPEN) | Q(department__in=own))

    def carried(self):
        """Not closed yet, by due day: what every later meeting looks at."""
        return self.full().exclude(state=ActionState.CLOSED).order_by("due_on", "pk")

    def on_measure(self, measure, *, since):
        """Those on a measure that a meeting has given since that day, or that are not closed yet:
        in the order in which they were given.
        """
        asked = Q(meeting__held_on__gte=since) | ~Q(state=ActionState.CLOSED)
        return self.full().filter(asked, measure=measure).order_by("meeting__held_on", "pk")

    def waiting_for(self, departments):
        """Unanswered ones of these departments."""
        return (
            self.full()
            .filter(state=ActionState.OPEN, department__in=departments)
            .order_by("due_on", "pk")
        )
