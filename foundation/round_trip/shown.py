"""A cell of a returned sheet as the page shows it, and what a person has to choose there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone

from foundation.japanese.calendar import time_of_day
from foundation.records.conflict import SYSTEM
from foundation.round_trip.choices import REFUSED, Outcome
from foundation.round_trip.row import CellDifference

CLEARED = "消去します"
DASH = "－"
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Choice:
    """What is to be chosen of: a part of a row that two have changed. `key`: of what the row is
    about; `label`: what is chosen, in words; `now`, `file`: both sides, in words.
    """

    key: int
    part: str
    label: str
    now: str
    file: str

    @property
    def name(self) -> str:
        """Of the field of the form."""
        return f"pick-{self.key}-{self.part}"


@dataclass(frozen=True)
class ShownCell:
    """A cell of the file on the page. `choice`: what is to be chosen here; `who`: who changed it
    since the download, and when; `warnings`: what a comment is asked for.

    A room says what its fields are called (`labels`), which are texts, and `in_words`.
    """

    row: Any
    cell: CellDifference
    choice: Choice | None = None
    who: str = ""
    warnings: tuple[str, ...] = ()

    labels: ClassVar[dict[str, str]] = {}
    texts: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def label_of(cls, field: str) -> str:
        """What a field is called; "" for none."""
        return cls.labels.get(field, "")

    @staticmethod
    def in_words(field: str, text: str) -> str:
        """What is stored, as a person reads it."""
        raise NotImplementedError

    @property
    def what(self) -> str:
        """「5-3 業務削減時間　実績値」."""
        now, field = self.row.now, self.cell.label or self.label_of(self.cell.field)
        name = now.name if now else self.row.line.number
        return f"{name}　{field}".strip()

    def _in_words(self, text: str) -> str:
        return shortened(self.in_words(self.cell.field, text))

    @property
    def before(self) -> str:
        """At the download, in words."""
        if self.cell.before is None:
            return DASH
        return self._in_words(self.cell.before)

    @property
    def now(self) -> str:
        """Now, in words."""
        if self.row.now is None:
            return DASH
        return self._in_words(self.cell.now)

    @property
    def typed(self) -> str:
        """As it stands in the file; a number as the portal shows numbers."""
        typed = self.cell.typed
        if self.label_of(self.cell.field) and self.cell.after == typed:
            return self._in_words(typed)
        return shortened(f"「{typed}」" if self.cell.said else typed)

    @property
    def after(self) -> str:
        """What would be stored, in words."""
        return self._in_words(self.cell.after)

    @property
    def remark(self) -> str:
        """What stands beside it: what was read into it, that one goes."""
        if not self.cell.after:
            return CLEARED
        return self.cell.said

    @property
    def is_taken(self) -> bool:
        """Is it taken without being asked?"""
        return self.cell.is_taken

    @property
    def is_conflict(self) -> bool:
        """Is a person asked?"""
        return self.cell.outcome == Outcome.CONFLICT

    @property
    def is_locked(self) -> bool:
        """Does it stay, whatever the file says?"""
        return self.cell.outcome == Outcome.LOCKED

    @property
    def is_refused(self) -> bool:
        """Is it not taken because something is wrong?"""
        return self.cell.outcome in REFUSED

    @property
    def kind(self) -> str:
        """The style of its cells on the page: numbers to the right, texts to the left."""
        if not self.cell.field or self.cell.field in self.texts:
            return "is-text"
        return "is-num"

    @property
    def style(self) -> str:
        """Of its row on the page."""
        if self.is_conflict:
            return "is-conf"
        if self.is_refused:
            return "is-err"
        return "" if self.is_taken else "is-quiet"

    @property
    def tag(self) -> str:
        """The style of the word for what becomes of it."""
        if self.is_conflict or self.is_refused:
            return "dx-tag-bad"
        return "dx-tag-key" if self.is_taken else ""


def shortened(text: str) -> str:
    """A text that fits into a cell of the page."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return f"{text[: LONGEST_SHOWN - 1]}…"


def saved_by(name: str, at: datetime) -> str:
    """「前田 陽子 11月6日 14時02分」; without a name it was the system."""
    return f"{name or SYSTEM} {time_of_day(timezone.localtime(at))}"
