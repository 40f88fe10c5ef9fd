"""The decisions of the town about its own rules: one append-only row for each (docs/rules.md §10).

A setting is changed by a newer row; what holds in a month is read by `measures.settings_of`.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Cast

from foundation.records.guards import append_only
from foundation.records.within import rows_within
from measures.settings_of import SettingKind, SettingVersions


@append_only
class PlanSetting(models.Model):
    """One version of one setting: what holds from a month on, who decided it when and where.

    Without a day of decision it is what the portal began with, not yet decided by the town.
    """

    plan = models.ForeignKey(
        "measures.Plan", verbose_name="計画", on_delete=models.PROTECT, related_name="settings"
    )
    kind = models.CharField("きまり", max_length=20, choices=SettingKind)
    value = models.JSONField("値")
    from_month = models.DateField("いつから")
    decided_on = models.DateField("決定日", null=True, blank=True)
    decided_where = models.CharField("決めた会議等", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="記録した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("記録日時")

    class Meta:
        verbose_name = verbose_name_plural = "計画のきまり"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_month__day=1),
                name="measures_setting_first_of_month",
                violation_error_message="「いつから」の月は1日の日付で保存します。",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.from_month:%Y-%m}"


def stored_versions(plan: str = "pk") -> Any:
    """Annotation with every version of every setting of the plan in field `plan`, for
    `SettingVersions.read`; so whoever reads rows of the plan anyway needs no query more.
    """
    rows = apps.get_model("measures", "PlanSetting").objects.filter(plan=OuterRef(plan))
    text = Cast("value", models.TextField())  # databases differ in what JSON inside of JSON is
    return rows_within(
        rows,
        by="plan",
        id="id",
        kind="kind",
        from_month="from_month",
        value=text,
    )


def versions_now() -> SettingVersions:
    """The settings of the plan that the portal runs. One query."""
    plans = apps.get_model("measures", "Plan").objects
    plan = plans.annotate(decided=stored_versions()).only("pk").current()
    return SettingVersions.read(plan.decided if plan else None)
