"""一覧: every measure in a row, the first screen of a meeting. Pure over what it looks at."""

from dataclasses import dataclass

from headquarters.meetings.mode.kpis import SAME, graded_as
from headquarters.meetings.mode.road import Road
from headquarters.meetings.mode.tabs import Tab
from headquarters.reports.from_roadmap import roadmap_state
from headquarters.reports.model import MonthlyReport
from headquarters.reports.pages.matrix import MatrixRow, matrix
from headquarters.reports.rows import MeasureRow
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review


@dataclass(frozen=True)
class OverviewRow:
    """A measure: how many indicators have which grade, its roadmap, what moved, its two grades."""

    tab: Tab
    counts: list[tuple[str, int]]
    road_kind: str
    road_words: str
    moved: str
    self_grade: str
    headquarters_grade: str

    @property
    def has_moved(self) -> bool:
        """Is it otherwise than at the last meeting?"""
        return self.moved not in (SAME, "")


def overview(
    every: list[Tab],
    report: MonthlyReport,
    earlier: MonthlyReport | None,
    road: Road,
    sheets: dict[int, Review],
) -> list[OverviewRow]:
    """A row for each measure. `sheets`: by the measure's id."""
    cells = {row.measure.number: row for row in matrix(report)}
    return [
        _row(tab, cells[tab.row.number], tab.row, earlier, road, sheets)
        for tab in every
        if tab.row is not None
    ]


def _row(
    tab: Tab,
    cells: MatrixRow,
    row: MeasureRow,
    earlier: MonthlyReport | None,
    road: Road,
    sheets: dict[int, Review],
) -> OverviewRow:
    sheet = sheets.get(row.id or 0)
    graded = sheet is not None and sheet.state == ReviewState.GRADED
    kind, words = _roadmap(row, road)
    return OverviewRow(
        tab,
        [(letter, len(found)) for letter, found in cells.cells],
        kind,
        words,
        _moved(row, earlier, road),
        sheet.self_grade if sheet else "",
        sheet.headquarters_grade if sheet and graded else "",
    )


def _roadmap(row: MeasureRow, road: Road) -> tuple[str, str]:
    """(sign, words) of the meeting's day: of what is late by how many days."""
    late = road.late_of(row.number)
    slips = [item.slip or item.days_late for item in late]
    if slips:
        return "late", f"遅延 ＋{max(slips)}日"
    return roadmap_state(road.steps_of(row.number))


def _moved(row: MeasureRow, earlier: MonthlyReport | None, road: Road) -> str:
    if earlier is None:
        return ""
    old = earlier.row_of(row.id or 0, row.number)
    fallen = road.fallen_of(row.number)
    graded = graded_as(old.verdict if old else None, row.verdict)
    if fallen and graded == SAME:
        return "新たに遅延"
    return graded or SAME
