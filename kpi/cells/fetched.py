"""Definitions and values of several indicators, each kind in one query; None: of all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from itertools import groupby

from foundation.records.attached import files_within
from foundation.records.compiled import Compiled
from kpi import querysets as label
from kpi.models import Definition, Indicator, KpiValue, Submission
from measures import labels as measure_label

Values = dict[int, dict[date, KpiValue]]  # {indicator id: {month: row}}


def as_called(row: Definition) -> Definition:
    """With the numbers and names of the month it was asked for."""
    label.call_then(row.indicator, row)
    measure_label.call_then(row.indicator.measure, row)
    if row.department is not None and row.department_name_then is not None:
        row.department.name = row.department_name_then
    return row


def versions_of(definitions: Iterable[Definition]) -> list[tuple[Definition, ...]]:
    """The versions of each indicator, as they were called, in the order in which they come."""
    by_indicator = groupby(definitions, key=lambda row: row.indicator_id)
    return [tuple(map(as_called, rows)) for _, rows in by_indicator]


def definitions_to_aim_at(month: date) -> list[Definition]:
    """The definitions of all indicators that stand in `month` or begin later. One query."""
    return [as_called(row) for row in Definition.objects.to_aim_at(month)]


def answered_by(
    departments: Collection[int], versions: list[tuple[Definition, ...]]
) -> list[tuple[Definition, ...]]:
    """The versions of the indicators for which one of these departments answers or has answered."""
    return [rows for rows in versions if any(row.responsible_id in departments for row in rows)]


@lru_cache(maxsize=64)
def definitions_of(
    month: date,
    measure: int | None,
    code: str | None,
    code_in: date | None,
    indicator: int | None,
    submissions: bool,
    aims: bool,
    evidence: bool = False,
) -> Compiled[Definition]:
    """The question for the definitions known by a month (of all, of a measure, of one indicator, of
    the one with a code in that or another month), put together once for these arguments; `aims`:
    with the targets of the indicator (`kpi.models.aimed`); `evidence`: with the files beside it
    (`records.attached`) and all earlier labels of its measure (`measures.labels`).
    """
    rows = Definition.objects.known_by(month)
    if aims:
        rows = rows.annotate(targets_known=label.targets_known_by(month))
    if evidence:
        rows = rows.annotate(
            files_told=files_within(Indicator, "indicator"),
            labels_told=measure_label.former_labels("indicator__measure"),
        )
    if submissions:
        rows = rows.with_submissions(month, Submission.objects)
    if measure is not None:
        rows = rows.filter(indicator__measure=measure)
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    if code is not None and code_in is not None:
        rows = rows.filter(indicator__in=Indicator.objects.called(code, code_in).values("pk"))
    elif code is not None:
        rows = rows.called(code)
    return Compiled(rows)


@lru_cache(maxsize=256)
def _values(first: date, last: date, indicators: tuple[int, ...] | None) -> Compiled[KpiValue]:
    """The question for values, put together once for these arguments."""
    rows = KpiValue.objects.between(first, last).select_related("updated_by")
    return Compiled(rows if indicators is None else rows.filter(indicator__in=indicators))


def values_of(first: date, last: date, indicators: list[int] | None = None) -> Values:
    """{indicator id: {month: row}} of the months from `first` to `last`."""
    some = None if indicators is None else tuple(indicators)
    found: Values = defaultdict(dict)
    for row in _values(first, last, some)():
        found[row.indicator_id][row.month] = row
    return found


def values_within(
    first: date, last: date, indicators: list[int] | None, known: Values | None
) -> Values:
    """The same; `known`: those of all indicators until that month or later, to spare the query."""
    if known is None:
        return values_of(first, last, indicators)
    return {
        pk: {month: row for month, row in rows.items() if first <= month <= last}
        for pk, rows in known.items()
    }
