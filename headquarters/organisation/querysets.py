"""Which action items."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear

from foundation.accounts.permissions import Permission, is_secretariat, own_departments
from foundation.japanese.calendar import fiscal_year_start
from headquarters.organisation.choices import ActionState

APRIL = fiscal_year_start(2026).month


class ActionItemQuerySet(models.QuerySet):
    """Questions asked of action items."""

    def full(self):
        """With what gave it, measure, department and who answered."""
        return self.select_related(
            "meeting", "sitting__team", "measure", "department", "answered_by"
        )

    def answers_visible_to(self, user):
        """Items whose answer this person may read: before it is given, its department alone."""
        if is_secretariat(user):
            return self.all()

        own = own_departments(user, Permission.DRAFT_ANSWERS)
        given = Q(state__in=[ActionState.ANSWERED, ActionState.CLOSED])
        return self.filter(given | Q(department__in=own))

    def standing(self):
        """Those that were not withdrawn."""
        return self.exclude(state=ActionState.WITHDRAWN)

    def carried(self):
        """Not closed yet, by due day: what every later meeting looks at."""
        return self.full().standing().exclude(state=ActionState.CLOSED).order_by("due_on", "pk")

    def given_before(self, meeting):
        """Those of earlier meetings; of two on a day the one that was made first is earlier.

        What project teams ask for is theirs.
        """
        earlier = Q(meeting__held_on__lt=meeting.held_on)
        same_day = Q(meeting__held_on=meeting.held_on, meeting__lt=meeting.pk)

        return self.filter(earlier | same_day)

    def on_the_page_of(self, meeting):
        """What a meeting asks for and what is open from earlier ones, by due day."""
        given = self.full().filter(meeting=meeting)
        return (given | self.carried().given_before(meeting)).order_by("due_on", "pk")

    def waiting_for(self, departments, *, looks_at_answers=False):
        """Unanswered ones of these departments; with `looks_at_answers` also every answered one,
        which the secretariat closes or sends back.
        """
        waits = Q(state=ActionState.OPEN, department__in=departments)
        if looks_at_answers:
            waits |= Q(state=ActionState.ANSWERED)

        return self.full().filter(waits).order_by("due_on", "pk")

    def on_measure(self, measure, *, since):
        """Those on a measure that were given since that day, or that are not closed yet: in the
        order in which they were given.
        """
        return self._given()._asked_of(measure, Q(given__gte=since))

    def on_measure_in(self, measure, year):
        """The same since the beginning of a fiscal year, which may be an expression."""
        month = ExtractYear("given") * 12 + ExtractMonth("given")
        rows = self._given().alias(given_in=month)
        return rows._asked_of(measure, Q(given_in__gte=year * 12 + APRIL))

    def _asked_of(self, measure, lately):
        rows = self.full().standing().filter(measure=measure)
        return rows.filter(lately | ~Q(state=ActionState.CLOSED)).order_by("given", "pk")

    def _given(self):
        return self.annotate(given=Coalesce("meeting__held_on", "sitting__held_on"))

    def of_team(self, team):
        """Everything that the sittings of a team asked for, in the order of their days."""
        return self.full().filter(sitting__team=team).order_by("due_on", "pk")
