"""What the desk keeps of its own.

Which reminder has gone to whom, so that nobody gets one twice.
"""

from django.conf import settings
from django.db import models


class Reminder(models.Model):
    """督促: one digest to one person.

    `days` after the due day (negative: before). `what`: the KPI month or the review cycle.
    """

    what = models.CharField("対象", max_length=30, default="kpi")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="宛先", on_delete=models.PROTECT, related_name="+"
    )
    month = models.DateField("月")
    days = models.SmallIntegerField("期限からの日数")
    sent_at = models.DateTimeField("作成日時")
    mailed = models.BooleanField("メール", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "督促"
        constraints = [
            models.UniqueConstraint(
                fields=["what", "user", "month", "days"], name="desk_reminder_once"
            )
        ]

    def __str__(self):
        return f"{self.user} {self.month:%Y-%m} {self.days:+d}"
