"""Numbers and names by month: what an indicator was called before it was renumbered or renamed."""

from django.db import models
from django.db.models import Q

from foundation.japanese.calendar import wareki_month
from kpi.models.indicator import Indicator


class FormerLabel(models.Model):
    """番号・指標名 that an indicator had until a month (inclusive); the newest ones are its own."""

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="former_labels"
    )
    until_month = models.DateField("この月まで")
    code = models.CharField("番号", max_length=10)
    name = models.CharField("指標名", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "指標の前の番号・名称"
        ordering = ["indicator", "until_month"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "until_month"], name="kpi_label_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(until_month__day=1),
                name="kpi_label_first_of_month",
                violation_error_message="この月まで（月）は1日の日付で保存します。",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}（{wareki_month(self.until_month)}まで）"
