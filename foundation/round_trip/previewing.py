"""The preview of a stored sheet of some kind, for a person."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foundation.accounts.models import User
from foundation.round_trip.difference import compare
from foundation.round_trip.kind import SheetKind
from foundation.round_trip.models import SheetFile
from foundation.round_trip.preview import BasePreview
from foundation.round_trip.returned import understand
from foundation.round_trip.row import RowDifference
from foundation.round_trip.shown import Choice, ShownCell

Difference = RowDifference[Any]


@dataclass
class SheetPreview(BasePreview[Difference]):
    """A returned sheet against its rows as they stand. `whose`: {id: who saved what stands there,
    and when} of what is in conflict.
    """

    kind: SheetKind[Any]
    whose: dict[int, str] = field(default_factory=dict)

    def show(self, row: Difference, *said: Any, **more: Any) -> ShownCell:
        """A cell as its kind shows it."""
        return self.kind.shown(row, *said, **more)

    def part_of(self, field: str) -> str:
        """The part to which a field belongs."""
        return self.kind.part_of(field)

    def who(self, row: Difference) -> str:
        """「前田 陽子 11月6日 14時02分」."""
        return self.whose.get(row.now.key, "") if row.now else ""

    def choice(self, row: Difference, part: str) -> Choice:
        """A part in words, as it stands and as the file has it."""
        now = row.now
        assert now is not None
        fields = self.kind.parts[part]
        label = (
            f"{now.name}　{self.kind.shown.label_of(fields[0])}" if len(fields) == 1 else now.name
        )
        stands = now.texts
        both = [
            self.kind.in_words(
                now,
                part,
                texts,
            )
            for texts in (stands, {**stands, **row.file[part]})
        ]
        return Choice(now.key, part, label, *both)


def preview_of(file: SheetFile, user: User, kind: SheetKind[Any], *, at: datetime) -> SheetPreview:
    """The preview of a stored file for a person.

    What was once read of this `file` is not read again: the second time others wait meanwhile.
    """
    if file.returned is None:
        file.returned = understand(bytes(file.content), kind)
    returned = file.returned
    rows = compare(returned, kind.standing(user, at=at), kind, at=at)
    in_conflict = [row.now for row in rows if row.now and row.conflicts]
    whose = kind.who(in_conflict) if in_conflict else {}
    return SheetPreview(file, returned, rows, kind, whose)
