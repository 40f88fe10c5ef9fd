"""Names of departments by day: what a department was called before it was renamed.

The department itself holds the newest name; each earlier one is a row with the last day on which it
held (docs/rules.md §5).
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Subquery

from foundation.japanese.calendar import wareki_date


class FormerDepartmentName(models.Model):
    """課名 that a department had until a day (inclusive)."""

    department = models.ForeignKey(
        "accounts.Department",
        verbose_name="課",
        on_delete=models.PROTECT,
        related_name="former_names",
    )
    until_on = models.DateField("この日まで")
    name = models.CharField("課名", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "前の課名"
        ordering = ["department", "until_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "until_on"], name="accounts_former_name_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.name}（{wareki_date(self.until_on)}まで）"


def name_on(day: Any, department: str = "pk") -> Subquery:
    """The former name of a department on a day, or None where the newest one holds."""
    rows = apps.get_model("accounts", "FormerDepartmentName").objects
    former = rows.filter(department=OuterRef(department), until_on__gte=day)
    return Subquery(former.order_by("until_on").values("name")[:1])
