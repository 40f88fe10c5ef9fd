"""What the desk keeps of its own.

Which reminder has gone to whom, so that nobody gets one twice.
"""

from django.conf import settings
from django.db import models


class ReminderQuerySet(models.QuerySet):
    """Reminders, by what has become of them."""

    def gone(self):
        """Those that went, and are not made again."""
        return self.filter(claimed_at=None)

    def claims_of(self, key):
        """The claim on one digest, if a run has it or has left it behind."""
        what, user, month, days = key
        return self.filter(what=what, user=user, month=month, days=days, claimed_at__isnull=False)


class Reminder(models.Model):
    """督促: one digest to one person.

    `days` after the due day (negative: before). `what`: the KPI month or the review cycle.
    `claimed_at`: a run is mailing it since then and has not noted yet that it went.
    """

    what = models.CharField("対象", max_length=30, default="kpi")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="宛先", on_delete=models.PROTECT, related_name="+"
    )
    month = models.DateField("月")
    days = models.SmallIntegerField("期限からの日数")
    sent_at = models.DateTimeField("作成日時")
    mailed = models.BooleanField("メール", default=False)
    claimed_at = models.DateTimeField("送り始めた日時", null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督促"
        constraints = [
            models.UniqueConstraint(
                fields=["what", "user", "month", "days"], name="desk_reminder_once"
            )
        ]

    def __str__(self):
        return f"{self.user} {self.month:%Y-%m} {self.days:+d}"
