"""A month as it stands now, gathered once for all who look at it while nothing changes (ADR 59).

Kept in the memory of the process under the data revision that the request began with: no figure is
older than its page, and every change asks anew. Never within a transaction, whose revision may be
taken back.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock
from typing import Any

from django.db import connection

from headquarters.reports.model import MonthlyReport
from headquarters.reports.monthly import gather, gather_one, indicators_of
from kpi.reading import IndicatorMonth

MOST = 4  # reports that are kept
Stands = tuple[MonthlyReport | None, Sequence[IndicatorMonth]]

_kept: OrderedDict[tuple, MonthlyReport] = OrderedDict()
_lock = Lock()


def month_as_it_stands(
    month: date, *, plan: Any, today: date, revision: int | None, code: str | None = None
) -> Stands:
    """(the report, what it was judged from), without the latter where the report was known.

    `plan`: as `plan_now` has it; `revision`: of the data, read before anything else of this
    request, or None where it is not known. The report is None while there is no indicator. `code`:
    of a page of one indicator, for which that one is gathered alone, and not kept, unless the whole
    is known; without such an indicator the whole is gathered.
    """
    if revision is None or connection.in_atomic_block:
        return _one(month, code, plan, today) or _gathered(month, plan, today)
    key = (revision, month, today, plan.changed_at, plan.sample, plan.waiting_points)
    with _lock:
        known = _kept.get(key)
    if known is not None:
        return known, ()
    alone = _one(month, code, plan, today)
    if alone is not None:
        return alone
    report, rows = _gathered(month, plan, today)
    if report is not None:
        with _lock:
            _kept[key] = report
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return report, rows


def forget() -> None:
    """Keep nothing any more: for tests, whose databases begin again with the same numbers."""
    with _lock:
        _kept.clear()


def _one(month: date, code: str | None, plan: Any, today: date) -> Stands | None:
    return None if code is None else gather_one(month, code, on=today, plan=plan)


def _gathered(month: date, plan: Any, today: date) -> Stands:
    rows = indicators_of(month, on=today)
    return gather(month, on=today, plan=plan, rows=rows), rows
