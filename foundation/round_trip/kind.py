"""What a room says of a kind of sheet that goes out and comes back.

Everything else is the same for all kinds: how a file is read and compared (`returned`,
`difference`), shown (`preview`), confirmed and taken back (`actions`, `pages`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Generic

from django.urls import reverse

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission
from foundation.round_trip.columns import EntryColumn
from foundation.round_trip.read_row import Typed
from foundation.round_trip.row import Now, RowDifference, Texts
from foundation.round_trip.shown import ShownCell
from foundation.sheets.cell import Cell

Kept = dict[str, Any]  # what a batch keeps of one thing that it changed, as JSON


class SheetKind(ABC, Generic[Now]):
    """A kind of sheet.

    `document`: its name in the hidden sheet; `format`: others are refused by name; `title`: what it
    is called; `rows_head`: the head of the rows on the page. `parts`: the fields that move as a
    whole; `riders`: fields that are said of a change and go with it (a reason). `prefix`: of the
    names of its addresses; `permission`: what one needs there, `everybody`: what one needs to see
    the files of others. `action`: of its history entries.
    """

    document: ClassVar[str]
    format: ClassVar[int] = 1
    title: ClassVar[str]
    rows_head: ClassVar[str]
    columns: ClassVar[tuple[EntryColumn, ...]]
    parts: ClassVar[Mapping[str, tuple[str, ...]]]
    riders: ClassVar[frozenset[str]] = frozenset()
    shown: ClassVar[type[ShownCell]]
    prefix: ClassVar[str]
    permission: ClassVar[Permission]
    everybody: ClassVar[Permission] = Permission.CONFIRM
    action: ClassVar[str]

    unknown: ClassVar[str]  # a row that is about nothing of ours; {}: its number
    twice: ClassVar[str]  # stands twice and not alike; {}: its number
    idle: ClassVar[str]  # a rider without a change
    clearing: ClassVar[str] = "消すときはセルに「クリア」と書きます。"
    confirmed: ClassVar[str]  # what confirming does
    undoing: ClassVar[str]  # what taking back does, and what it cannot

    @property
    def heads(self) -> dict[str, str]:
        """{head of a column that is filled in: its field}."""
        return {column.header: column.name for column in self.columns}

    @property
    def fields(self) -> list[str]:
        """The fields that are stored, in the order of the hidden sheet."""
        return [column.name for column in self.columns if column.name not in self.riders]

    def part_of(self, field: str) -> str:
        """The part to which a field belongs; "" for a rider."""
        return next((part for part, names in self.parts.items() if field in names), "")

    def address(self, page: str, *args: Any) -> str:
        """「returned」 → the address of a page of this kind."""
        return reverse(f"{self.prefix}{page}", args=args)

    @abstractmethod
    def number_of(self, cell: Cell) -> str:
        """The number of a row as it stands in the hidden sheet."""

    @abstractmethod
    def standing(self, user: User, *, at: datetime) -> dict[int, Now]:
        """{id: its row as it stands now}, each with what locks it for this person."""

    @abstractmethod
    def read(self, cell: Cell, now: Now, field: str) -> Typed | None:
        """What a cell says; None where it says nothing. Misread with a sentence."""

    def stays(self, now: Now, field: str) -> str:
        """Why a single cell of an open row stays; "" where it may change."""
        return ""

    def settled(self, now: Now, seen: Texts, changes: Texts) -> Texts:
        """The fields once the changes are made."""
        return {**seen, **changes}

    def is_said(self, now: Now, field: str, text: str) -> bool:
        """Does a rider say what was said last?"""
        return False

    @abstractmethod
    def problems(self, row: RowDifference[Now], *, at: datetime) -> dict[str, str]:
        """{field: sentence} of what is impossible once the file's values are taken."""

    @abstractmethod
    def in_words(self, now: Now, part: str, texts: Texts) -> str:
        """A part as a person reads it, to be chosen of."""

    @abstractmethod
    def who(self, rows: Iterable[Now]) -> dict[int, str]:
        """{id: who saved what stands there, and when} of rows in conflict."""

    @abstractmethod
    def save(
        self, row: RowDifference[Now], texts: Texts, *, by: User, note: str, on: date, at: datetime
    ) -> list[Kept]:
        """Save a row through its one action; what the batch keeps of it. `texts`: its fields then;
        `note`: the batch in words. Raises ValidationError, Conflict.
        """

    @abstractmethod
    def put_back(self, kept: Kept, *, by: User, note: str, on: date, at: datetime) -> str:
        """Put one thing back through its action; the sentence why it stays, or ""."""
