"""Which posts, which holdings."""

from django.db import models
from django.db.models import Q

from foundation.accounts.models import in_force


class PostQuerySet(models.QuerySet):
    """Questions asked of posts."""

    def listed(self):
        """With department and everybody who ever held them: two queries."""
        return self.select_related("department").prefetch_related("holdings")

    def standing(self, day):
        """Those that were not given up before that day."""
        return self.filter(Q(ends_on__gte=day) | Q(ends_on__isnull=True))

    def called(self, duty, title):
        """Those of one duty and title."""
        return self.filter(duty=duty, title=title)

    def next_order(self, duty):
        """The place after the last of a duty."""
        last = self.filter(duty=duty).aggregate(last=models.Max("order"))["last"]
        return min((last or 0) + 1, 999)

    def apart_from(self, post):
        """All but one."""
        return self.exclude(pk=post.pk)


class HoldingQuerySet(models.QuerySet):
    """Questions asked of holdings."""

    def on(self, day):
        """Who holds a post on that day, with the post."""
        return self.filter(in_force(day)).select_related("post__department")

    def overlapping(self, post, first, last):
        """Those of a post that share a day with the time from `first` to `last` (None: open)."""
        rows = self.filter(post=post).filter(Q(valid_until__gte=first) | Q(valid_until=None))
        return rows if last is None else rows.filter(valid_from__lte=last)

    def begun_before(self, day):
        """Those that began before that day and still hold on the day before it, or later."""
        return self.filter(valid_from__lt=day).filter(
            Q(valid_until__gte=day) | Q(valid_until__isnull=True)
        )
