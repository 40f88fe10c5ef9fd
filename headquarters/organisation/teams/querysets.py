"""Which teams, members, sittings."""

from django.db import models
from django.db.models import Q

from foundation.accounts.models import in_force


class TeamQuerySet(models.QuerySet):
    """Questions asked of project teams."""

    def listed(self):
        """With measures, members and sittings: four queries; those that go on come first."""
        full = self.prefetch_related("measures", "members__department", "sittings")
        return full.order_by(models.F("ends_on").desc(nulls_first=True), "starts_on", "pk")

    def active(self, day):
        """Those at work on a day."""
        return self.filter(in_force(day, "starts_on", "ends_on"))

    def about(self, measure):
        """Those on a measure."""
        return self.filter(measures=measure)

    def named(self, name):
        """Those of a name that go on."""
        return self.filter(name=name, ends_on__isnull=True)


class TeamMemberQuerySet(models.QuerySet):
    """Questions asked of members of teams."""

    def on(self, day):
        """Who belongs to a team on that day."""
        return self.filter(in_force(day)).select_related("team", "department")

    def leading_with(self, member):
        """Other leaders of the team who share a day with this one."""
        last = member.valid_until
        rows = self.filter(team=member.team, part="leader").exclude(pk=member.pk)
        rows = rows.filter(Q(valid_until__gte=member.valid_from) | Q(valid_until__isnull=True))
        return rows if last is None else rows.filter(valid_from__lte=last)


class SittingQuerySet(models.QuerySet):
    """Questions asked of sittings."""

    def on_day(self, team, day):
        """Those of a team on one day."""
        return self.filter(team=team, held_on=day)
