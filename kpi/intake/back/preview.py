"""What taking a returned sheet over would do, as the page shows it and the confirmation applies it.

It is computed anew each time from the stored file and the month as it stands; its `digest` is what
a person has seen, and nothing is taken over under another one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from foundation.accounts.models import User
from foundation.records.models import HistoryEntry
from kpi import words
from kpi.intake.back.any_file import understand
from kpi.intake.back.as_entered import as_entered
from kpi.intake.back.choices import MADE, REFUSED, TAKEN, Origin, Outcome, Pick
from kpi.intake.back.difference import compare
from kpi.intake.back.fields import EMPTY, Texts, entry_of, part_of, shown
from kpi.intake.back.now import month_now
from kpi.intake.back.returned import Returned
from kpi.intake.back.row import RowDifference, RowNow
from kpi.intake.back.shown import Choice, Shown, shortened
from kpi.intake.columns import MATURITY, NOTE
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator

Picks = Mapping[int, Mapping[str, str]]  # {indicator id: {part: `Pick`}}
ORDER = [  # as they are listed
    Outcome.CONFLICT,
    Outcome.ERROR,
    Outcome.HELD,
    Outcome.NEW,
    Outcome.CHANGE,
    Outcome.LOCKED,
    Outcome.UNCHANGED,
]


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
        return sorted(found, key=lambda each: ORDER.index(each.cell.outcome))

    def _shown(self, row: RowDifference) -> Iterator[Shown]:
        """The cells of a row; what is to be chosen and explained stands at the first that moves."""
        choices = {part: _choice(row, part) for part in row.conflicts}
        warnings, who = _warnings(row), self._who(row)
        for cell in row.cells:
            if cell.outcome == Outcome.CONFLICT:
                choice = choices.pop(part_of(cell.field), None)
                yield Shown(row, cell, choice, who, warnings)
                warnings = ()
            elif cell.is_taken:
                yield Shown(
                    row,
                    cell,
                    warnings=warnings,
                )
                warnings = ()
            else:
                yield Shown(row, cell)

    @cached_property
    def choices(self) -> list[Choice]:
        """What a person has to choose, in the order of the page."""
        found = []
        for each in self.cells:
            if each.choice:
                found.append(each.choice)
        return found

    def _who(self, row: RowDifference) -> str:
        """「前田 陽子 11月6日 14時02分」, of the row that stands there, or of its clearing."""
        if row.now is None:
            return ""
        stored = row.now.stored
        if stored is not None:
            by, at = stored.updated_by, stored.updated_at
            name = by.display_name if by else ""
            return words.saved_by(name, at)
        entry = self.cleared.get(row.now.indicator.pk)
        if entry is None:
            return ""
        return words.saved_by(entry.actor_name, entry.at)

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
        found = []
        for each in self.cells:
            outcome = each.cell.outcome
            if outcome != Outcome.UNCHANGED:
                found.append(each)
        return found

    @property
    def made(self) -> str:
        """What is said before the moment as of which the file stands."""
        return MADE[self.returned.origin]

    @property
    def is_csv(self) -> bool:
        """Is it a CSV, which comes back as one?"""
        return self.returned.origin == Origin.CSV

    @property
    def is_open(self) -> bool:
        """Is there anything to take over?"""
        return bool(self.taken or self.conflicts)

    @property
    def departments(self) -> str:
        """Whose values would change: 「総務課・税務課」."""
        moving = [row for row in self.rows if row.is_taken or row.conflicts]
        names = [row.now.definition.responsible_name for row in moving if row.now]
        return "・".join(dict.fromkeys(names))

    @property
    def digest(self) -> str:
        """Of everything that the page shows, with the versions of the rows."""
        everything = [self.file.sha256, *map(_seen_of, self.rows)]
        text = repr(everything)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_save(self, picks: Picks) -> list[RowDifference]:
        """The rows that change once the choices are made."""
        return [row for row in self.rows if row.changes(picks_of(row, picks))]


def _seen_of(row: RowDifference) -> tuple[Any, ...]:
    """What a person sees of a row, with its version and lock."""
    now = row.now
    stands = (now.version, now.lock) if now else ()
    cells = [(each.cell.place, each.now, str(each.outcome), each.after) for each in row.cells]
    return row.line.number, stands, cells


def picks_of(row: RowDifference, picks: Picks) -> Mapping[str, str]:
    """The choices made of a row."""
    if row.now is None:
        return {}
    indicator = row.now.indicator
    return picks.get(indicator.pk, {})


def _warnings(row: RowDifference) -> tuple[str, ...]:
    """What asks for a comment, should the row be taken over as the file has it."""
    everything = dict.fromkeys(row.conflicts, Pick.FILE)
    if row.now is None or not row.changes(everything):
        return ()
    entry = row.entry(everything)
    if entry.note or entry.has_no_number:
        return ()
    facts = row.now.facts
    return tuple(facts.warnings_about(facts.with_numerator(entry)))


def _choice(row: RowDifference, part: str) -> Choice:
    """A part in words, as it stands and as the file has it."""
    assert row.now is not None
    stands = row.now.texts
    coming = {**stands, **row.file[part]}
    if part == NOTE:
        both = [shortened(shown(NOTE, texts[NOTE])) for texts in (stands, coming)]
    else:
        both = [_answer(row.now, texts) for texts in (stands, coming)]
        if both[0] == both[1]:
            both = [shown(MATURITY, texts[MATURITY]) for texts in (stands, coming)]
    return Choice(row.now.indicator, part, *both)


def _answer(now: RowNow, texts: Texts) -> str:
    """「22.5」「118／598」「対象外」「空欄」."""
    entry = entry_of(texts, None)
    whole = now.facts.with_numerator(entry)
    said = words.value(whole)
    return said or EMPTY


def preview_of(file: ReturnedFile, user: User, *, at: datetime) -> Preview:
    """The preview of a stored file for a person."""
    returned, month = understand(bytes(file.content)), month_now(file.month, user, at=at)
    if returned.origin != Origin.ENTRY:
        returned = as_entered(returned, month)
    rows = compare(returned, month)
    return Preview(file, returned, rows, _cleared(rows, file.month))


def _cleared(rows: list[RowDifference], month: date) -> dict[int, HistoryEntry]:
    """{indicator id: the entry that tells its clearing} of conflicts where nothing stands."""
    in_conflict = [row.now for row in rows if row.now and row.conflicts]
    keys = [(now.indicator.pk, month) for now in in_conflict if now.stored is None]
    if not keys:
        return {}
    entries = HistoryEntry.objects.newest_of(Indicator, "kpi.value", keys)
    return {pk: entry for (pk, _), entry in entries.items()}
