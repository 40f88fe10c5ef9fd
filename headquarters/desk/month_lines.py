"""The months in hand, a line each: the last closed one, those that are open, the one that runs."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from foundation.japanese.calendar import (
    add_months,
    date_with_weekday,
    first_of_month,
    last_of_month,
    month_name,
    wareki_short,
)
from foundation.records.actions import local_day
from kpi.choices import WITH_DEPARTMENT
from kpi.entry.grid import Grid
from kpi.models import ReportingMonth
from kpi.month.open_months import OpenMonth, open_months
from kpi.months import MonthState


@dataclass(frozen=True)
class MonthLine:
    """A month: its sign and state, where it stands in words, and the button (empty: none)."""

    month: date
    kind: str
    label: str
    words: str
    url: str = ""
    act: str = ""
    leads: bool = False


def month_lines(
    user, grid: Grid, states: list[MonthState], settled: list[ReportingMonth], *, on: date
) -> tuple[MonthLine, ...]:
    """Of the secretariat's home, oldest first. No queries."""
    closed = [row for row in settled if row.locked_at]
    facts = [row.facts for row in grid.rows]
    lines = [_closed(closed[-1])] if closed else []
    lines += [_open(month, on) for month in open_months(states, facts, user)]
    running = first_of_month(on)
    known = {*(state.month for state in states), *(row.month for row in settled)}
    if running not in known and grid.plan_months.first <= running <= grid.plan_months.last:
        lines.append(_running(running))
    return tuple(lines)


def _closed(row: ReportingMonth) -> MonthLine:
    assert row.locked_at is not None
    words = f"{wareki_short(local_day(row.locked_at))}に締めました"
    url = reverse("reports:close", args=[row.month])
    return MonthLine(row.month, "done", "締め済み", words, url, "変わったもの")


def _open(month: OpenMonth, on: date) -> MonthLine:
    url = reverse("kpi:entry", args=[month.month])
    if on <= last_of_month(month.month):
        return _running(month.month)
    rows, state = month.standings, month.state
    handed = sum(row.state not in WITH_DEPARTMENT for row in rows)
    done, due = sum(row.done for row in rows), sum(row.due for row in rows)
    left = state.countdown(on).left
    words = f"提出 {handed}／{len(rows)}課、値 {done}／{due}、期限 {left}"
    name = f"{month_name(month.month)}分を開く"
    return MonthLine(month.month, "doing", "受付中", words, url, name, leads=True)


def _running(month: date) -> MonthLine:
    begins = date_with_weekday(add_months(month, 1))
    return MonthLine(
        month,
        "todo",
        "受付前",
        f"月が終わる{begins}から提出できます",
    )
