"""Which version of a year's target holds in a month (docs/rules.md §3). Pure.

Versions are never overwritten. Each holds from its month on; of several the one with the latest
month does, of those the newest. A withdrawal names a version: from the withdrawal's own month on
the one before holds again.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from foundation.japanese.calendar import fiscal_year_start


class Version(Protocol):
    """What is asked of a version of a target."""

    fiscal_year: int
    version: int
    from_month: date
    withdraws: int | None


Row = TypeVar("Row", bound=Version)


def holds_from(row: Version, plan_start: date) -> date:
    """From which month a version holds.

    A year's first one, set for its April or earlier, holds from the plan's first month, so that it
    is known before its year begins.
    """
    is_first = row.version == 1 and row.from_month <= fiscal_year_start(row.fiscal_year)
    return min(plan_start, row.from_month) if is_first else row.from_month


def in_force(rows: Iterable[Row], month: date, plan_start: date) -> Row | None:
    """The version of one year's target that holds in `month`, or None (目標未設定)."""
    begun = [row for row in rows if holds_from(row, plan_start) <= month]
    withdrawn = {row.withdraws for row in begun}
    standing = [row for row in begun if not row.withdraws and row.version not in withdrawn]
    return max(standing, key=lambda row: (holds_from(row, plan_start), row.version), default=None)


def in_force_by_year(rows: Iterable[Row], month: date, plan_start: date) -> dict[int, Row]:
    """{fiscal year: the version that holds in `month`}."""
    by_year: dict[int, list[Row]] = {}
    for row in rows:
        by_year.setdefault(row.fiscal_year, []).append(row)
    found = {year: in_force(of_year, month, plan_start) for year, of_year in by_year.items()}
    return {year: row for year, row in sorted(found.items()) if row is not None}


def month_by_month(rows: Sequence[Row], plan_start: date) -> Callable[[date], dict[int, Row]]:
    """`in_force_by_year` of these rows for any month. Between two beginnings nothing changes: what
    holds there is looked for once.
    """
    begins = sorted(holds_from(row, plan_start) for row in rows)
    known: dict[int, dict[int, Row]] = {}

    def in_month(month: date) -> dict[int, Row]:
        begun = bisect_right(begins, month)
        if begun not in known:
            known[begun] = in_force_by_year(rows, month, plan_start)
        return known[begun]

    return in_month
