"""The screens of the meeting mode: 一覧, 変化, then each measure in the plan's order."""

from collections.abc import Collection
from dataclasses import dataclass

from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import MeasureRow
from kpi.rules.grades import needs_attention
from measures.short_names import short_names

BEFORE = ("overview", "changes")  # the screens before those of the measures
NAMES = {"overview": "一覧", "changes": "変化"}


@dataclass(frozen=True)
class Tab:
    """One screen: its place, its short name and what is marked on it.

    `row`: of the screen of a measure; `letter`: C or D by its verdict; `late`: is a milestone late
    on the meeting's day?
    """

    place: int
    kind: str
    short: str
    row: MeasureRow | None = None
    letter: str = ""
    grade_name: str = ""
    late: bool = False

    @property
    def number(self) -> int | None:
        """The measure's number."""
        return self.row.number if self.row else None

    @property
    def label(self) -> str:
        """「2 窓口」."""
        return f"{self.row.number} {self.short}" if self.row else self.short

    @property
    def title(self) -> str:
        """The full name."""
        return f"{self.row.number} {self.row.name}" if self.row else self.short

    @property
    def is_exception(self) -> bool:
        """Should the headquarters look at it?"""
        return bool(self.letter) or self.late


def tabs(report: MonthlyReport, late: Collection[int] = ()) -> list[Tab]:
    """Every screen. `late`: the numbers of the measures with a late milestone."""
    shorts = short_names(row.name for row in report.measures)
    names = {band.letter: band.name for band in report.bands}
    found = [
        Tab(
            place,
            kind,
            NAMES[kind],
        )
        for place, kind in enumerate(BEFORE)
    ]
    for place, row in enumerate(report.measures, len(BEFORE)):
        letter = (row.verdict or "") if needs_attention(row.verdict) else ""
        found.append(
            Tab(
                place,
                "measure",
                shorts[row.name],
                row,
                letter,
                names.get(letter, ""),
                row.number in late,
            )
        )
    return found


def next_exception(every: list[Tab], place: int) -> Tab | None:
    """The next measure to look at after a screen; past the last one the first again."""
    ahead = [tab for tab in every if tab.is_exception and tab.place != place]
    return next((tab for tab in ahead if tab.place > place), ahead[0] if ahead else None)
