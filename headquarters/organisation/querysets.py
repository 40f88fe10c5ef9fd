"""Which action items."""

from django.db import models


class ActionItemQuerySet(models.QuerySet):
    """Questions asked of action items."""

    def full(self):
        """With meeting, measure, department and who answered."""
        return self.select_related("meeting", "measure", "department", "answered_by")

    def carried(self):
        """Not closed yet, by due day: what every later meeting looks at."""
        return self.full().exclude(state="closed").order_by("due_on", "pk")

    def waiting_for(self, departments):
        """Unanswered ones of these departments."""
        return self.full().filter(state="open", department__in=departments).order_by("due_on", "pk")
