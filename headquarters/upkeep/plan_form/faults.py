"""What is wrong in a form that was filled in: where, what, and how to mend it; many at once."""

import re
from dataclasses import dataclass, field

from headquarters.upkeep.plan_form.sheets import SHEETS

ORDER = [sheet.title for sheet in SHEETS]
LINE = re.compile(r"\d+")
MOST = 100  # shown at once


@dataclass(frozen=True)
class Fault:
    """One: 「施策!C7」 and a sentence."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}：{self.sentence}"

    @property
    def at(self) -> tuple[int, int]:
        """Where it stands in the book: the sheet, the line."""
        sheet, _, cell = self.place.partition("!")
        line = LINE.search(cell)
        return ORDER.index(sheet) if sheet in ORDER else -1, int(line[0]) if line else 0


@dataclass
class Faults:
    """All that were found."""

    found: list[Fault] = field(default_factory=list)

    def add(self, place: str, sentence: str) -> None:
        """One more."""
        fault = Fault(
            place,
            sentence,
        )
        if fault not in self.found:
            self.found.append(fault)

    @property
    def words(self) -> str:
        """All of them in the order of the book, a line each."""
        ordered = sorted(self.found, key=lambda fault: fault.at)
        lines = [str(fault) for fault in ordered[:MOST]]
        more = len(self.found) - MOST
        if more > 0:
            lines.append(
                f"ほかに{more:,}か所あります。上を直してから、もう一度読み込んでください。"
            )
        return "\n".join(
            [
                f"直すところが{len(self.found):,}か所あります。何も読み込んでいません。",
                *lines,
            ]
        )


class Faulty(Exception):
    """The form cannot be loaded; nothing was."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults.words)
        self.faults = faults.found
