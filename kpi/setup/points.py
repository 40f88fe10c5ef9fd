"""What the plan left open about an indicator is settled where its definition is set.

Whoever changes a field, or says that its provisional value holds, has answered the point that asks
for it; the point then keeps the answer and leaves 要確認.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from foundation.japanese.numbers import format_plain
from foundation.records.actions import moment
from foundation.records.seen import wait_in_line
from kpi.choices import Frequency
from kpi.models import Definition, Indicator
from kpi.setup.definitions import asked_version, set_definition, shown_of
from kpi.setup.targets import standing_targets
from measures.actions import settle
from measures.models import OpenPoint

POINT_OF = {  # field of a definition → what its open point is called
    "unit": "unit",
    "decimals": "unit",
    "accumulation": "accumulation",
    "frequency": "frequency",
    "due_month": "frequency",
    "formula_text": "formula_text",
    "baseline_value": "baseline_value",
    "baseline_fiscal_year": "baseline_value",
    "baseline_span": "baseline_value",
    "numerator_label": "numerator",
    "numerator_source": "numerator",
    "denominator_label": "denominator",
    "published": "published",
}


def _frequency(row: Definition) -> str:
    month = f" {row.due_month}月" if row.frequency == Frequency.YEARLY else ""
    return f"{row.get_frequency_display()}{month}"


def _baseline(row: Definition) -> str:
    value = row.baseline_value
    return "基準値なし" if value is None else f"{format_plain(value)}{row.unit}"


ANSWER: dict[str, Callable[[Definition], str]] = {  # what is written down as found out
    "unit": lambda row: row.unit,
    "accumulation": lambda row: row.get_accumulation_display(),
    "frequency": _frequency,
    "formula_text": lambda row: row.formula_text,
    "baseline_value": _baseline,
    "numerator": lambda row: row.numerator_label,
    "denominator": lambda row: row.denominator_label,
    "published": lambda row: "公表する" if row.indicator.published else "公表しない",
}


def settle_points(*, by, row: Definition, names: Iterable[str], at: datetime) -> int:
    """Settle the open points of an indicator that ask for `names`; how many there were."""
    asked = set(names)
    points = OpenPoint.objects.unsettled().about(row.indicator)
    answers = {point: ANSWER[point.field](row) for point in points if point.field in asked}
    said = {point: answer for point, answer in answers.items() if answer}
    for point, answer in said.items():
        settle(by=by, point=point, answer=answer, at=at)
    return len(said)


def settle_targets(*, by, indicator: Indicator, at: datetime) -> None:
    """Settle the open point about the yearly targets once every year has one."""
    years = set(indicator.measure.policy.plan.fiscal_years)
    points = OpenPoint.objects.unsettled().about(indicator).filter(field="targets")
    if years <= set(standing_targets(indicator)):
        for point in points:
            settle(by=by, point=point, answer=f"{len(years)}か年の目標を設定", at=at)


@transaction.atomic
def define(
    *,
    by,
    indicator: Indicator,
    confirmed: Iterable[str] = (),
    at: datetime | None = None,
    **change: Any,
) -> Definition:
    """`set_definition` with what it answers: the points about the fields it changes.

    `confirmed`: names of the points whose provisional values are to hold as they stand; `change`:
    as `set_definition` takes it.
    Raises PermissionDenied, ValidationError, Conflict.
    """
    at = moment(at)
    wait_in_line()
    before = shown_of(asked_version(indicator, change.get("version")))
    row = set_definition(by=by, indicator=indicator, at=at, **change)
    row = Definition.objects.select_related("indicator").get(pk=row.pk)
    after = shown_of(row)
    moved = {POINT_OF[name] for name in POINT_OF if before[name] != after[name]}
    settle_points(by=by, row=row, names=moved | set(confirmed), at=at)
    return row
