"""A cell of a returned sheet as the page shows it, and what a person has to choose there."""

from dataclasses import dataclass

from kpi import words
from kpi.intake.back.choices import REFUSED, Outcome
from kpi.intake.back.fields import LABELS, shown
from kpi.intake.back.row import CellDifference, RowDifference
from kpi.intake.columns import NOTE, NUMBERS
from kpi.models import Indicator

CLEARED, ZERO = "消去します", "0件として保存"
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Choice:
    """What is to be chosen of: a part of a row that two have changed. `now`, `file`: in words."""

    indicator: Indicator
    part: str
    now: str
    file: str

    @property
    def name(self) -> str:
        """Of the field of the form."""
        return f"pick-{self.indicator.pk}-{self.part}"

    @property
    def label(self) -> str:
        """「5-3 業務削減時間」, of the comment 「… コメント（内部）」."""
        name = str(self.indicator)
        if self.part != NOTE:
            return name
        return f"{name}　{LABELS[NOTE]}"


@dataclass(frozen=True)
class Shown:
    """A cell of the file on the page. `choice`: what is to be chosen here; `who`: who changed it
    since the download, and when; `warnings`: what a comment is asked for.
    """

    row: RowDifference
    cell: CellDifference
    choice: Choice | None = None
    who: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """「5-3 業務削減時間　実績値」."""
        now, field = self.row.now, self.cell.label or LABELS.get(self.cell.field, "")
        name = str(now.indicator) if now else self.row.line.number
        return f"{name}　{field}".strip()

    def _in_words(self, text: str) -> str:
        return shortened(shown(self.cell.field, text))

    @property
    def before(self) -> str:
        """At the download, in words."""
        if self.cell.before is None:
            return words.DASH
        return self._in_words(self.cell.before)

    @property
    def now(self) -> str:
        """Now, in words."""
        if self.row.now is None:
            return words.DASH
        return self._in_words(self.cell.now)

    @property
    def typed(self) -> str:
        """As it stands in the file; a number as the portal shows numbers."""
        typed = self.cell.typed
        if self.cell.field in LABELS and self.cell.after == typed:
            return self._in_words(typed)
        return shortened(f"「{typed}」" if self.cell.said else typed)

    @property
    def after(self) -> str:
        """What would be stored, in words."""
        return self._in_words(self.cell.after)

    @property
    def remark(self) -> str:
        """What stands beside it: what was read into it, that 0 is a value, that one goes."""
        if not self.cell.after:
            return CLEARED
        if self.cell.said:
            return self.cell.said
        if self.cell.field not in NUMBERS:
            return ""
        if self.cell.after == "0":
            return ZERO
        return ""

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
        if self.cell.field in ("", NOTE):
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
