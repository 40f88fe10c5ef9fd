"""Targets and values of several indicators, each kind in one query; None: of all of them."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from foundation.japanese.calendar import fiscal_year
from kpi.models import KpiValue, Target


def targets_of(month: date, indicators: list[int] | None = None) -> dict[int, list[Target]]:
    """{indicator id: target rows} in force by `month`, and those of later fiscal years (shown, not
    used), oldest version first.
    """
    rows = Target.objects.filter(
        Q(from_month__lte=month) | Q(fiscal_year__gt=fiscal_year(month))
    ).order_by("version")
    if indicators is not None:
        rows = rows.filter(indicator__in=indicators)
    found: dict[int, list[Target]] = defaultdict(list)
    for row in rows:
        found[row.indicator_id].append(row)
    return found


def values_of(
    first: date, last: date, indicators: list[int] | None = None
) -> dict[int, dict[date, KpiValue]]:
    """{indicator id: {month: row}} of the months from `first` to `last`."""
    rows = KpiValue.objects.between(first, last).select_related("updated_by")
    if indicators is not None:
        rows = rows.filter(indicator__in=indicators)
    found: dict[int, dict[date, KpiValue]] = defaultdict(dict)
    for row in rows:
        found[row.indicator_id][row.month] = row
    return found
