"""What was reported for one indicator in one month (docs/rules.md §2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kpi.choices import Maturity, MissingReason
from kpi.models.indicator import FIRST_OF_MONTH, Indicator
from kpi.querysets import KpiValueQuerySet


class KpiValue(models.Model):
    """実績値: what was reported for one indicator in one month.

    A value, or numerator and denominator, or a reason why there is none. Where the numerator is
    another indicator's value, the denominator alone (`kpi.rules.linked`). `version` is the data
    revision of its last save: a save that saw another one is a conflict.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="values"
    )
    month = models.DateField("月")
    value = models.DecimalField("実績値", max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField("分子", max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(
        "分母", max_digits=18, decimal_places=4, null=True, blank=True
    )
    missing_reason = models.CharField(
        "値なしの理由", max_length=20, choices=MissingReason, blank=True
    )
    maturity = models.CharField(
        "暫定・確定", max_length=12, choices=Maturity, default=Maturity.FINAL
    )
    as_of = models.DateField("測定時点", null=True, blank=True)
    note = models.TextField("内部メモ", max_length=1000, blank=True)
    public_note = models.TextField("公表用の文", max_length=1000, blank=True)
    follow_up = models.BooleanField("後で確認", default=False)
    version = models.PositiveBigIntegerField("版番号")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="入力者",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    updated_at = models.DateTimeField("入力日時")

    objects = KpiValueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "実績値"
        ordering = ["indicator", "month"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "month"], name="kpi_value_once_a_month"),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="kpi_value_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(
                    value__isnull=False,
                    numerator__isnull=True,
                    denominator__isnull=True,
                    missing_reason="",
                )
                | Q(value__isnull=True, denominator__isnull=False, missing_reason="")
                | (
                    Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True)
                    & ~Q(missing_reason="")
                ),
                name="kpi_value_one_way",
                violation_error_message="値、分子と分母、値なしの理由のうち、どれか1つだけを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gte=0),
                name="kpi_value_denominator",
                violation_error_message="分母は0以上の数にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["month", "indicator"], name="kpi_value_month")]

    def __str__(self):
        return f"{self.indicator} {self.month:%Y-%m}"
