"""照合: what a sheet that goes out carries to find its way back (docs/excel.md §2).

A hidden sheet with one table from A1, one head row, a row for every row of the sheet people fill
in; the first columns are the same in every row. `identity_of` reads what `write_identity` writes.

| head | | example |
|---|---|---|
| 照合の形式 | `ROUND_TRIP` | 1 |
| 様式 | which kind of sheet | roadmap_milestones |
| 形式 | the format of that kind | 1 |
| 改訂番号 | data revision at the download | 1234 |
| 対象 | whose sheet | 総務課 |
| 取得日時 | issue time, ISO 8601 with its zone | 2026-11-02T09:00:00+09:00 |
| 行ID, 番号, 版 | of a row: its id, its number, its version | 12, 12, 1180 |
| 値1 … | the fields of the kind, in their order, as stored and compared | in_progress, … |
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from openpyxl import Workbook

from foundation.round_trip.row import Texts
from foundation.sheets.book import Column, write_table
from foundation.sheets.columns import number, text

TITLE, HIDDEN = "照合", "veryHidden"
ROUND_TRIP = 1  # the format of this sheet
BROKEN = "照合のシートが読めません。"
ROW = "行ID"


class UnknownSheet(ValueError):
    """The hidden sheet cannot be read; the message is a sentence."""


@dataclass(frozen=True)
class KnownRow:
    """A row as it was at the download. `texts`: {field: text}."""

    key: int
    number: str
    version: str
    texts: Texts


@dataclass(frozen=True)
class Identity:
    """Which sheet it is, and what it said at the download. `document`, `format`: its kind;
    `subject`: whose it is; `revision`: of the data; `rows`: in the order of the sheet.
    """

    document: str
    format: int
    subject: str
    issued_at: datetime
    revision: int
    rows: tuple[KnownRow, ...]

    def row(self, number: str) -> KnownRow | None:
        """What is known of the row with this number."""
        return next((row for row in self.rows if row.number == number), None)


class Line(NamedTuple):
    """A row of the hidden sheet."""

    sheet: Identity
    known: KnownRow


SHEET_COLUMNS = (
    number("照合の形式", "round_trip", lambda line: ROUND_TRIP, "番号"),
    text("様式", "document", lambda line: line.sheet.document),
    number("形式", "format", lambda line: line.sheet.format, "番号"),
    number("改訂番号", "revision", lambda line: line.sheet.revision, "番号"),
    text("対象", "subject", lambda line: line.sheet.subject),
    text("取得日時", "issued_at", lambda line: line.sheet.issued_at.isoformat()),
    number(ROW, "key", lambda line: line.known.key, "番号"),
    text("番号", "number", lambda line: line.known.number),
    text("版", "version", lambda line: line.known.version),
)


def _columns(fields: Iterable[str]) -> list[Column]:
    values = [text(f"値{place}", name, _field(name)) for place, name in enumerate(fields, 1)]
    return [*SHEET_COLUMNS, *values]


def _field(name: str) -> Callable[[Line], str]:
    return lambda line: line.known.texts[name]


def write_identity(book: Workbook, identity: Identity, fields: Iterable[str]) -> None:
    """The sheet 照合, hidden from people and protected. Texts keep their line breaks."""
    sheet = book.create_sheet(TITLE)
    lines = [Line(identity, known) for known in identity.rows]
    write_table(
        sheet,
        _columns(fields),
        lines,
        head="dx-data-head",
    )
    sheet.sheet_state = HIDDEN
    sheet.protection.sheet = True


def identity_of(rows: Sequence[Sequence[Any]], fields: Sequence[str]) -> Identity:
    """The identity from the values of the sheet's rows, the head row first. UnknownSheet in words
    for what cannot be read.
    """
    names = {column.header: column.name for column in _columns(fields)}
    heads = [names.get(str(head or "").strip(), "") for head in rows[0]] if rows else []
    said = [dict(zip(heads, line, strict=False)) for line in rows[1:]]
    said = [row for row in said if row.get("key") is not None]
    if not said:
        raise UnknownSheet(BROKEN)
    try:
        return _identity(said, fields)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownSheet(BROKEN) from error


def _identity(said: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> Identity:
    first = said[0]
    issued_at = datetime.fromisoformat(str(first["issued_at"]))
    if issued_at.tzinfo is None:
        raise UnknownSheet(BROKEN)
    return Identity(
        document=str(first["document"]),
        format=int(first["format"]),
        subject=_text(first["subject"]),
        issued_at=issued_at,
        revision=int(first["revision"]),
        rows=tuple(_known(row, fields) for row in said),
    )


def _known(row: Mapping[str, Any], fields: Sequence[str]) -> KnownRow:
    texts = {name: _text(row[name]) for name in fields}
    return KnownRow(int(row["key"]), _text(row["number"]), _text(row["version"]), texts)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
