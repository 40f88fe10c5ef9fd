"""年度末見込: what a department expects for the end of the year (docs/rules.md §4)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kpi.models.indicator import FIRST_OF_MONTH, Indicator
from kpi.querysets import YearEndForecastQuerySet

ONE_WAY = "見込は、値、または分子と分母の両方で入力してください。"


class YearEndForecast(models.Model):
    """What is expected of one indicator at the year's end, as said in one month.

    A value, or numerator and denominator, and why. Never a grade. `version` is the data revision of
    its last save: a save that saw another one is a conflict.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="forecasts"
    )
    month = models.DateField("月")
    value = models.DecimalField("見込", max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField(
        "分子の見込", max_digits=18, decimal_places=4, null=True, blank=True
    )
    denominator = models.DecimalField(
        "分母の見込", max_digits=18, decimal_places=4, null=True, blank=True
    )
    reason = models.CharField("見込の理由", max_length=300)
    version = models.PositiveBigIntegerField("版番号")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="入力者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField("入力日時")

    objects = YearEndForecastQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度末見込"
        ordering = ["indicator", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "month"],
                name="kpi_forecast_once_a_month",
                violation_error_message="この指標の年度末見込は、この月にすでにあります。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_forecast_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, numerator__isnull=True, denominator__isnull=True)
                | Q(value__isnull=True, numerator__isnull=False, denominator__gt=0),
                name="kpi_forecast_one_way",
                violation_error_message=ONE_WAY,
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="kpi_forecast_reason",
                violation_error_message="見込の理由を入力してください。",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.month:%Y-%m}の年度末見込"
