"""What an indicator aims at, by fiscal year and version (docs/rules.md §3)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation.records.guards import append_only
from kpi.models.indicator import FIRST_OF_MONTH, Indicator

ONE_VALUE = Q(value__isnull=False, lower__isnull=True, upper__isnull=True)
RANGE = Q(value__isnull=True) & (Q(lower__isnull=False) | Q(upper__isnull=False))
NOTHING = Q(value__isnull=True, lower__isnull=True, upper__isnull=True, midyear_value__isnull=True)
NONE_IS_DECIDED = "目標を置かないときは、決定日・決定した会議等・理由を入力してください。"


@append_only
class Target(models.Model):
    """年度目標: one version of one fiscal year's target.

    Never overwritten (append-only); a month is judged by the version in force in it. `none`: it was
    decided to set no target; `withdraws`: the version that this row takes back.
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name="指標", on_delete=models.PROTECT, related_name="targets"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度（西暦）")
    version = models.PositiveSmallIntegerField("版", default=1)
    from_month = models.DateField("適用月", help_text="その月の1日")
    value = models.DecimalField("目標値", max_digits=18, decimal_places=4, null=True, blank=True)
    lower = models.DecimalField("下限", max_digits=18, decimal_places=4, null=True, blank=True)
    upper = models.DecimalField("上限", max_digits=18, decimal_places=4, null=True, blank=True)
    midyear_value = models.DecimalField(
        "中間目標（9月末）", max_digits=18, decimal_places=4, null=True, blank=True
    )
    none = models.BooleanField("目標を置かない", default=False)
    withdraws = models.PositiveSmallIntegerField("取り下げる版", null=True, blank=True)
    rationale = models.CharField("目標の根拠", max_length=300, blank=True)
    reason = models.CharField("見直しの理由", max_length=300, blank=True)
    decided_on = models.DateField("決定日", null=True, blank=True)
    decided_where = models.CharField("決定した会議等", max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="登録者",
    )
    created_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = verbose_name_plural = "年度目標"
        ordering = ["indicator", "fiscal_year", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "fiscal_year", "version"], name="kpi_target_version"
            ),
            models.CheckConstraint(
                condition=Q(from_month__day=1),
                name="kpi_target_first_of_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(none=False, withdraws__isnull=True) & (ONE_VALUE | RANGE)
                | (Q(none=True, withdraws__isnull=True) & NOTHING)
                | (Q(none=False, withdraws__isnull=False) & NOTHING),
                name="kpi_target_value_or_range",
                violation_error_message="目標値、または下限・上限のどちらかを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(lower__isnull=True) | Q(upper__isnull=True) | Q(upper__gte=F("lower")),
                name="kpi_target_range",
                violation_error_message="上限は下限以上にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""),
                name="kpi_target_reason",
                violation_error_message="目標を見直すときは理由を入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(none=False)
                | (Q(decided_on__isnull=False) & ~Q(decided_where="") & ~Q(reason="")),
                name="kpi_target_none_decided",
                violation_error_message=NONE_IS_DECIDED,
            ),
        ]

    @property
    def name(self) -> str:
        """「第2版」."""
        return f"第{self.version}版"

    def __str__(self):
        return f"{self.indicator} {self.fiscal_year}年度 第{self.version}版"
