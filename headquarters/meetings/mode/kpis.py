"""The indicators of one measure on a meeting's screen: judged ones as rows, the rest in a line.

Pure over rows of reports.
"""

from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import fiscal_year_start
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow
from kpi.rules.grades import severity

ROWS = 4  # so many indicators have a row of their own, the weakest first
SAME = "変化なし"


@dataclass(frozen=True)
class KpiLine:
    """A judged indicator. `moved`: how its grade differs from the last meeting's."""

    row: IndicatorRow
    name: str
    moved: str

    @property
    def has_moved(self) -> bool:
        """Is it another grade than at the last meeting?"""
        return self.moved not in (SAME, "")


@dataclass(frozen=True)
class Kpis:
    """The indicators of a measure: with a row, without a grade, and those there is no room for."""

    lines: list[KpiLine]
    off: list[IndicatorRow]
    more: list[IndicatorRow]

    @property
    def said(self) -> int:
        """How many lines they take on the screen."""
        return len(self.lines) + bool(self.off or self.more)


def graded_as(before: str | None, now: str | None) -> str:
    """「B から悪化」; nothing where it was not judged before and is not now."""
    if before == now:
        return SAME if now else ""
    if before is None:
        return "新たに評価"
    if now is None:
        return f"{before} から評価対象外"
    return f"{before} から{'悪化' if now > before else '改善'}"


def kpis_of(report: MonthlyReport, earlier: MonthlyReport | None, number: int) -> Kpis:
    """The indicators of a measure; `earlier`: the report of the last meeting."""
    names = {band.letter: band.name for band in report.bands}
    before = {row.code: row.grade for row in earlier.indicators} if earlier else {}
    rows = report.indicators_of(number)
    judged = [row for row in rows if row.grade]
    weakest = sorted(judged, key=lambda row: severity(row.grade))[:ROWS]
    lines = [
        KpiLine(
            row,
            names.get(row.grade or "", ""),
            graded_as(before.get(row.code), row.grade) if earlier else "",
        )
        for row in judged
        if row in weakest
    ]
    off = [row for row in rows if not row.grade]
    return Kpis(lines, off, [row for row in judged if row not in weakest])


def most_telling(report: MonthlyReport, number: int) -> IndicatorRow | None:
    """The indicator whose line is drawn: the weakest of those with figures of the fiscal year."""
    since = fiscal_year_start(report.fiscal_year)
    rows = [row for row in report.indicators_of(number) if _has_figures(row, since)]
    return min(rows, key=lambda row: severity(row.grade), default=None)


def _has_figures(row: IndicatorRow, since: date) -> bool:
    return any(cell.actual is not None and cell.month >= since for cell in row.months)
