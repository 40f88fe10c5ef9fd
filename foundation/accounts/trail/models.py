"""Who came in, who was kept out, who left, who took which file: one row each, never changed.

Not the history: nothing of the town changes here, nobody reads it but the secretariat, and it goes
when its time is over (ADR 52).
"""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.accounts.trail.choices import BAD, Event
from foundation.records.guards import append_only

LONGEST_NAME, LONGEST_TEXT = 150, 300


class AccessRecordQuerySet(models.QuerySet["AccessRecord"]):
    """Questions asked of the trail."""

    def search(
        self,
        *,
        event: str = "",
        person: str = "",
        words: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Self:
        """Rows that match the filters of the page, newest first; empty filters do not restrict."""
        rows = self
        if event:
            rows = rows.filter(event=event)
        if person:
            named = Q(name__icontains=person) | Q(person__full_name__icontains=person)
            rows = rows.filter(named)
        if words:
            rows = rows.filter(Q(detail__icontains=words) | Q(address__startswith=words))
        if since:
            rows = rows.filter(at__date__gte=since)
        if until:
            rows = rows.filter(at__date__lte=until)
        return rows.select_related("person").order_by("-id")

    def at_the_door(self, person: Any, most: int) -> Self:
        """A person's newest sign-ins and failures."""
        events = (Event.SIGNED_IN, *BAD)
        return self.filter(person=person, event__in=events).order_by("-id")[:most]

    def before(self, day: date) -> Self:
        """Rows older than a day, in the town's time."""
        return self.filter(at__date__lt=day)


@append_only
class AccessRecord(models.Model):
    """One sign-in, failure, sign-out or download. Append-only (triggers) until its time is over."""

    at = models.DateTimeField("日時", db_index=True)
    event = models.CharField("種類", max_length=20, choices=Event)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="利用者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField("利用者名", max_length=LONGEST_NAME)  # masked where nobody has it
    address = models.GenericIPAddressField("アドレス", null=True)
    detail = models.CharField("内容", max_length=LONGEST_TEXT, blank=True)  # the file; how
    place = models.CharField("画面", max_length=LONGEST_TEXT, blank=True)  # path with its question

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "ログインと取り出しの記録"
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "-id"], name="accounts_access_person")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.name} {self.get_event_display()}"

    @property
    def who(self) -> str:
        """The person's name; nothing of a name that nobody has."""
        return self.person.display_name if self.person else ""

    @property
    def is_bad(self) -> bool:
        """Was somebody kept out?"""
        return self.event in BAD
