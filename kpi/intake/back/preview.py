"""What taking a returned entry sheet over would do: `foundation.round_trip.preview`, with the words
of indicators.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from foundation.accounts.models import User
from foundation.records.models import HistoryEntry
from foundation.round_trip.preview import BasePreview, Picks, picks_of
from foundation.round_trip.row import Texts
from foundation.round_trip.shown import Choice, shortened
from kpi import words
from kpi.intake.back.any_file import understand
from kpi.intake.back.as_entered import as_entered
from kpi.intake.back.choices import MADE, Origin
from kpi.intake.back.difference import compare
from kpi.intake.back.fields import EMPTY, LABELS, entry_of, part_of, shown
from kpi.intake.back.now import month_now
from kpi.intake.back.row import RowDifference, RowNow
from kpi.intake.back.shown import Shown
from kpi.intake.columns import MATURITY, NOTE
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator

__all__ = ["Picks", "Preview", "picks_of", "preview_of"]


@dataclass
class Preview(BasePreview[RowDifference]):
    """A returned file against the month as it stands, for one person."""

    cleared: dict[int, HistoryEntry] = field(default_factory=dict)

    def show(self, row: RowDifference, *said: Any, **more: Any) -> Shown:
        """A cell as the page shows it."""
        return Shown(row, *said, **more)

    def part_of(self, field: str) -> str:
        """The part to which a field belongs."""
        return part_of(field)

    def who(self, row: RowDifference) -> str:
        """「前田 陽子 11月6日 14時02分」, of the row that stands there, or of its clearing."""
        if row.now is None:
            return ""
        stored = row.now.stored
        if stored is not None:
            by, at = stored.updated_by, stored.updated_at
            name = by.display_name if by else ""
            return words.saved_by(name, at)
        entry = self.cleared.get(row.now.key)
        if entry is None:
            return ""
        return words.saved_by(
            entry.actor_name,
            entry.at,
        )

    def warnings(self, row: RowDifference) -> tuple[str, ...]:
        """What asks for a comment, should the row be taken over as the file has it."""
        if row.now is None or not row.changes(row.with_the_file):
            return ()
        entry = row.entry(row.with_the_file)
        if entry.note or entry.has_no_number:
            return ()
        facts = row.now.facts
        return tuple(facts.warnings_about(facts.with_numerator(entry)))

    @property
    def made(self) -> str:
        """What is said before the moment as of which the file stands."""
        return MADE[self.returned.origin]

    @property
    def is_csv(self) -> bool:
        """Is it a CSV, which comes back as one?"""
        return self.returned.origin == Origin.CSV

    def choice(self, row: RowDifference, part: str) -> Choice:
        """A part in words, as it stands and as the file has it."""
        assert row.now is not None
        name, stands = row.now.name, row.now.texts
        coming = {**stands, **row.file[part]}
        if part == NOTE:
            label = f"{name}　{LABELS[NOTE]}"
            both = [shortened(shown(NOTE, texts[NOTE])) for texts in (stands, coming)]
            return Choice(row.now.key, part, label, *both)
        both = [_answer(row.now, texts) for texts in (stands, coming)]
        if both[0] == both[1]:
            both = [shown(MATURITY, texts[MATURITY]) for texts in (stands, coming)]
        return Choice(row.now.key, part, name, *both)

    @property
    def departments(self) -> str:
        """Whose values would change: 「総務課・税務課」."""
        moving = [row for row in self.rows if row.is_taken or row.conflicts]
        names = [row.now.definition.responsible_name for row in moving if row.now]
        return "・".join(dict.fromkeys(names))


def _answer(now: RowNow, texts: Texts) -> str:
    """「22.5」「118／598」「対象外」「空欄」."""
    entry = entry_of(
        texts,
        None,
    )
    whole = now.facts.with_numerator(entry)
    said = words.value(whole)
    return said or EMPTY


def preview_of(file: ReturnedFile, user: User, *, at: datetime) -> Preview:
    """The preview of a stored file for a person.

    What was once read of this `file` is not read again: the second time others wait meanwhile.
    """
    if file.returned is None:
        file.returned = understand(bytes(file.content))
    returned, month = file.returned, month_now(file.month, user, at=at)
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
