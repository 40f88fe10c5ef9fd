"""What taking a returned sheet over would do, as the page shows it and the confirmation applies it.

It is computed anew each time from the stored file and the month as it stands; its `digest` is what
a person has seen, and nothing is taken over under another one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from foundation.accounts.models import User
from foundation.records.models import HistoryEntry
from kpi import words
from kpi.intake.back.choices import REFUSED, TAKEN, Outcome, Pick
from kpi.intake.back.difference import CellDifference, RowDifference, compare
from kpi.intake.back.fields import LABELS, PARTS, entry_of, shown
from kpi.intake.back.now import month_now
from kpi.intake.back.returned import Returned, understand
from kpi.intake.columns import NOTE, NUMBERS
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator

Picks = Mapping[int, Mapping[str, str]]  # {indicator id: {part: `Pick`}}
ORDER = (  # as they are listed
    (Outcome.CONFLICT,),
    (Outcome.ERROR, Outcome.HELD),
    (Outcome.NEW, Outcome.CHANGE),
    (Outcome.LOCKED,),
    (Outcome.UNCHANGED,),
)
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Choice:
    """What is to be chosen of: a part of a row that two have changed. `now`, `file`: in words."""

    row: RowDifference
    part: str
    now: str
    file: str

    @property
    def name(self) -> str:
        """Of the field of the form."""
        return f"pick-{self.indicator.pk}-{self.part}"

    @property
    def indicator(self) -> Indicator:
        """Whose cell it is."""
        assert self.row.now is not None
        found: Indicator = self.row.now.facts.indicator
        return found

    @property
    def label(self) -> str:
        """「5-3 業務削減時間」, of the comment 「… コメント（内部）」."""
        return f"{self.indicator}{f'　{LABELS[NOTE]}' if self.part == NOTE else ''}"


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
        now = self.row.now
        name = str(now.facts.indicator) if now else self.row.line.number
        return "　".join(filter(None, [name, LABELS.get(self.cell.field, "")]))

    @property
    def before(self) -> str:
        """At the download, in words."""
        text = self.cell.before
        return words.DASH if text is None else shortened(shown(self.cell.field, text))

    @property
    def now(self) -> str:
        """Now, in words."""
        return shortened(shown(self.cell.field, self.cell.now)) if self.row.now else words.DASH

    @property
    def typed(self) -> str:
        """As it stands in the file; a number as the portal shows numbers."""
        if self.cell.field not in LABELS or self.cell.after != self.cell.typed:
            return shortened(f"「{self.cell.typed}」" if self.cell.said else self.cell.typed)
        return shortened(shown(self.cell.field, self.cell.after))

    @property
    def after(self) -> str:
        """What would be stored, in words."""
        return shortened(shown(self.cell.field, self.cell.after))

    @property
    def remark(self) -> str:
        """What stands beside it: what was read into it, that 0 is a value, that one goes."""
        if not self.cell.after:
            return "消去します"
        if self.cell.field in NUMBERS and self.cell.after == "0":
            return "0件として保存" if not self.cell.said else self.cell.said
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
        return "is-text" if self.cell.field in ("", NOTE) else "is-num"

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
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


@dataclass
class Preview:
    """A returned file against the month as it stands, for one person."""

    file: ReturnedFile
    returned: Returned
    rows: list[RowDifference]
    cleared: dict[int, HistoryEntry] = field(default_factory=dict)

    @cached_property
    def cells(self) -> list[Shown]:
        """Every cell that says something, those to be looked at first."""
        found = [cell for row in self.rows for cell in self._shown(row)]
        place = {outcome: at for at, group in enumerate(ORDER) for outcome in group}
        return sorted(found, key=lambda each: place[each.cell.outcome])

    def _shown(self, row: RowDifference) -> Iterator[Shown]:
        choices = {choice.part: choice for choice in self._choices(row)}
        warnings = self._warnings(row)
        for cell in row.cells:
            conflict = cell.outcome == Outcome.CONFLICT
            part = NOTE if cell.field == NOTE else "answer"
            yield Shown(
                row,
                cell,
                choices.pop(part, None) if conflict else None,
                self._who(row) if conflict else "",
                warnings if cell.is_taken or conflict else (),
            )
            warnings = () if cell.is_taken or conflict else warnings

    def _choices(self, row: RowDifference) -> list[Choice]:
        return [Choice(row, part, *_both(row, part)) for part in PARTS if part in row.conflicts]

    @cached_property
    def choices(self) -> list[Choice]:
        """What a person has to choose, in the order of the page."""
        return [each.choice for each in self.cells if each.choice is not None]

    def _warnings(self, row: RowDifference) -> tuple[str, ...]:
        everything = dict.fromkeys(row.conflicts, Pick.FILE)
        if row.now is None or not row.changes(everything):
            return ()
        facts, entry = row.now.facts, row.entry(everything)
        if entry.note or entry.has_no_number:
            return ()
        return tuple(facts.warnings_about(facts.with_numerator(entry)))

    def _who(self, row: RowDifference) -> str:
        """「前田 陽子 11月6日 14時02分」, of the row that stands there, or of its clearing."""
        assert row.now is not None
        facts = row.now.facts
        stored, entry = facts.stored.get(facts.month), self.cleared.get(facts.indicator.pk)
        if stored is not None:
            who = stored.updated_by.display_name if stored.updated_by else ""
            return words.saved_by(who, stored.updated_at)
        return words.saved_by(entry.actor_name, entry.at) if entry else ""

    def count(self, *outcomes: str) -> int:
        """How many cells become that."""
        return sum(each.cell.outcome in outcomes for each in self.cells)

    @property
    def taken(self) -> int:
        """How many cells are taken without being asked."""
        return self.count(*TAKEN)

    @property
    def conflicts(self) -> int:
        """How many cells two have changed."""
        return self.count(Outcome.CONFLICT)

    @property
    def refused(self) -> int:
        """How many cells are wrong, or held by one that is."""
        return self.count(*REFUSED)

    @property
    def locked(self) -> int:
        """How many cells stay, whatever the file says."""
        return self.count(Outcome.LOCKED)

    @property
    def unchanged(self) -> int:
        """How many cells say what stands there."""
        return self.count(Outcome.UNCHANGED)

    @property
    def to_see(self) -> list[Shown]:
        """The cells that say something else than stands there."""
        return [each for each in self.cells if each.cell.outcome != Outcome.UNCHANGED]

    @property
    def is_open(self) -> bool:
        """Is there anything to take over?"""
        return bool(self.taken or self.conflicts)

    @property
    def departments(self) -> str:
        """Whose values would change: 「総務課・税務課」."""
        names = [
            row.now.facts.definition.responsible_name
            for row in self.rows
            if row.now and (row.is_taken or row.conflicts)
        ]
        return "・".join(dict.fromkeys(names))

    @property
    def digest(self) -> str:
        """Of everything that the page shows, with the versions of the rows."""
        shown_there = [
            (
                row.line.number,
                row.now and (row.now.version, row.now.lock),
                [(cell.cell.place, cell.now, cell.outcome.value, cell.after) for cell in row.cells],
            )
            for row in self.rows
        ]
        text = repr((self.file.sha256, shown_there))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_save(self, picks: Picks) -> list[RowDifference]:
        """The rows that change once the choices are made."""
        return [row for row in self.rows if row.now and row.changes(picks_of(row, picks))]


def picks_of(row: RowDifference, picks: Picks) -> Mapping[str, str]:
    """The choices made of a row."""
    return picks.get(row.now.facts.indicator.pk, {}) if row.now else {}


def _both(row: RowDifference, part: str) -> tuple[str, str]:
    """A part in words, as it stands and as the file has it."""
    assert row.now is not None
    facts = row.now.facts
    if part == NOTE:
        both = [row.now.texts[NOTE], row.file[part][NOTE]]
        return shortened(shown(NOTE, both[0])), shortened(shown(NOTE, both[1]))
    said = []
    for texts in (row.now.texts, {**row.now.texts, **row.file[part]}):
        entry = facts.with_numerator(entry_of(texts, None))
        said.append((words.value(entry) or shown(part, ""), shown("maturity", texts["maturity"])))
    if said[0][0] == said[1][0]:
        return said[0][1], said[1][1]
    return said[0][0], said[1][0]


def preview_of(file: ReturnedFile, user: User, *, at: datetime) -> Preview:
    """The preview of a stored file for a person."""
    returned = understand(bytes(file.content))
    rows = compare(returned, month_now(file.month, user, at=at))
    keys = [
        (row.now.facts.indicator.pk, file.month)
        for row in rows
        if row.now and row.conflicts and not row.now.version
    ]
    entries = HistoryEntry.objects.newest_of(Indicator, "kpi.value", keys) if keys else {}
    return Preview(file, returned, rows, {pk: entry for (pk, _), entry in entries.items()})
