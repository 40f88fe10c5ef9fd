"""Numbers and names by day: what a measure was called before it was renumbered or renamed.

The measure itself holds the newest number and name; each earlier one is a row with the last day on
which it held (docs/rules.md §5).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery

from foundation.japanese.calendar import wareki_date
from foundation.records.within import rows_within


class FormerMeasureLabel(models.Model):
    """番号・名称・概要 that a measure had until a day (inclusive)."""

    measure = models.ForeignKey(
        "measures.Measure",
        verbose_name="個別施策",
        on_delete=models.PROTECT,
        related_name="former_labels",
    )
    until_on = models.DateField("この日まで")
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100)
    summary = models.TextField("概要")

    class Meta:
        verbose_name = verbose_name_plural = "施策の前の番号・名称"
        ordering = ["measure", "until_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "until_on"], name="measures_label_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.number} {self.name}（{wareki_date(self.until_on)}まで）"


def label_on(day: Any, measure: str = "pk") -> dict:
    """Annotations with the former number, name and summary of a measure on a day (None where the
    newest ones hold): `number_then`, `measure_name_then`, `summary_then`.
    """
    rows = apps.get_model("measures", "FormerMeasureLabel").objects
    former = rows.filter(measure=OuterRef(measure), until_on__gte=day).order_by("until_on")

    return {
        "number_then": Subquery(former.values("number")[:1]),
        "measure_name_then": Subquery(former.values("name")[:1]),
        "summary_then": Subquery(former.values("summary")[:1]),
    }


def call_then(measure: Any, annotated: Any) -> Any:
    """Give a measure (of this page only, never saved) the label with which a row was annotated."""
    if annotated.number_then is not None:
        measure.number = annotated.number_then
        measure.name = annotated.measure_name_then
        measure.summary = annotated.summary_then
    return measure


def former_labels(measure: str) -> Any:
    """Annotation: all earlier labels of the measure in that field, for `call_out_of`."""
    rows = apps.get_model("measures", "FormerMeasureLabel").objects
    return rows_within(
        rows.filter(measure=OuterRef(measure)),
        by="measure",
        until_on="until_on",
        number="number",
        name="name",
        summary="summary",
    )


def call_out_of(former: Iterable[dict] | None, measure: Any, day: date) -> Any:
    """The same out of all its earlier labels (`former_labels`): what it was called on a day."""
    later = [row for row in former or () if date.fromisoformat(row["until_on"]) >= day]
    if later:
        then = min(later, key=lambda row: row["until_on"])
        measure.number, measure.name = then["number"], then["name"]
        measure.summary = then["summary"]
    return measure


def call_on(measure: Any, day: date) -> Any:
    """The same of a measure that comes without them: one query."""
    former = measure.former_labels.order_by("until_on").filter(until_on__gte=day)
    for then in former[:1]:
        measure.number, measure.name, measure.summary = then.number, then.name, then.summary
    return measure


def keep_label(former: Any, until: dict[str, date], what: dict[str, Any]) -> None:
    """Keep a label that ends with a day (or month), once. ValidationError when a later one is kept
    already: labels change in their order.

    `former`: the related rows; `until`: {field: its last day}; `what`: the label.
    """
    ((field, last),) = until.items()
    newest = former.order_by(f"-{field}").first()
    if newest is not None and getattr(newest, field) > last:
        day = wareki_date(getattr(newest, field))
        raise ValidationError(f"{day}の後の日にしてください。それまでの番号・名称は記録済みです。")
    if newest is None or getattr(newest, field) < last:
        former.create(**until, **what)
