"""What the hidden sheet 照合 of an entry sheet says: which sheet it is, and what stood in it.

Layout: one table from A1, one head row, a row for every row of the sheet people fill in; the first
eight columns are the same in every row. The columns of values are those of the monthly report
(`kpi.identity`), of which the entry sheet is told by its column 様式. `identity_of` reads what
`write_identity` writes; what the entry cells show is what stands here, so that an untouched cell
is known by comparing the two.

| head | | example |
|---|---|---|
| 照合の形式 | `kpi.identity.ROUND_TRIP` | 1 |
| 様式 | `DOCUMENT` | kpi_entry |
| 形式 | `FORMAT` of the entry sheet | 1 |
| 報告の年月 | month | 2026-10 |
| 改訂番号 | data revision at the download | 1234 |
| 課コード, 課名 | whose sheet; both blank for 所管課未定 | soumu, 総務課 |
| 取得日時 | issue time, ISO 8601 with its zone | 2026-11-02T09:00:00+09:00 |
| 指標ID … 備考 | `kpi.identity.value_columns` | 5, KPI1-1, 2026-10, 0, … |
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from openpyxl import Workbook

from foundation.accounts.permissions import Permission
from foundation.japanese.calendar import parse_month
from foundation.round_trip.doors import open_door
from foundation.sheets.book import write_table
from foundation.sheets.columns import month, number, text
from kpi.choices import Maturity, MissingReason
from kpi.identity import HIDDEN, ROUND_TRIP, TITLE, KnownValue, value_columns
from kpi.rules.codes import plain_code

DOCUMENT = "kpi_entry"
FORMAT = 1  # of the entry sheet; an older or newer one is refused by name
BROKEN = "照合のシートが読めません。"
open_door(DOCUMENT, "入力様式", "intake:receive", Permission.ENTER_VALUES)


class UnknownSheet(ValueError):
    """The hidden sheet cannot be read; the message is a sentence."""


@dataclass(frozen=True)
class Identity:
    """Which entry sheet it is, and what it said at the download.

    `department`: its code ("" for 所管課未定); `revision`: of the data; `rows`: in the order of the
    sheet; `issued_at`: None of a file that does not say it.
    """

    month: date
    department: str
    department_name: str
    issued_at: datetime | None
    revision: int
    rows: tuple[KnownValue, ...]
    format: int = FORMAT

    def row(self, code: str) -> KnownValue | None:
        """What is known of the indicator with this number (「1-1」「KPI1-1」)."""
        plain = plain_code(code)
        return next((row for row in self.rows if row.code == plain), None)


def _issued_at(sheet: Identity) -> str:
    return sheet.issued_at.isoformat() if sheet.issued_at else ""


class Line(NamedTuple):
    """A row of the hidden sheet."""

    sheet: Identity
    known: KnownValue


COLUMNS = [
    *(
        column.of(lambda line: line.sheet)
        for column in (
            number("照合の形式", "round_trip", lambda _: ROUND_TRIP, "番号"),
            text("様式", "document", lambda _: DOCUMENT),
            number("形式", "format", lambda s: s.format, "番号"),
            month("報告の年月", "report_month", lambda s: s.month),
            number("改訂番号", "revision", lambda s: s.revision, "番号"),
            text("課コード", "department_code", lambda s: s.department),
            text("課名", "department", lambda s: s.department_name),
            text("取得日時", "issued_at", _issued_at),
        )
    ),
    *(column.of(lambda line: line.known) for column in value_columns()),
]
HEADS = {column.header: column.name for column in COLUMNS}


def write_identity(book: Workbook, identity: Identity) -> None:
    """The sheet 照合, hidden from people and protected. Texts keep their line breaks."""
    sheet = book.create_sheet(TITLE)
    columns = [replace(column, style="dx-data") for column in COLUMNS]
    lines = [Line(identity, known) for known in identity.rows]
    write_table(
        sheet,
        columns,
        lines,
        head="dx-data-head",
    )
    sheet.sheet_state = HIDDEN
    sheet.protection.sheet = True


def identity_of(rows: Iterable[Sequence[Any]]) -> Identity:
    """The identity from the values of the sheet's rows, the head row first.

    Rows without an indicator are passed over. UnknownSheet in words for what cannot be read, and
    for a sheet of another kind; which format may be taken is for the reader to say.
    """
    lines = iter(rows)
    heads = [str(head or "").strip() for head in next(lines, ())]
    found = [
        facts_of(
            heads,
            line,
        )
        for line in lines
    ]
    said = [row for row in found if row.get("indicator_id") is not None]
    if not said or said[0].get("document") != DOCUMENT:
        raise UnknownSheet(BROKEN)
    try:
        return _identity(said)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise UnknownSheet(BROKEN) from error


def facts_of(heads: list[str], line: Sequence[Any]) -> dict[str, Any]:
    """{physical name: value} of a row; heads that are not ours are left out."""
    pairs = zip(heads, line, strict=False)
    return {HEADS[head]: value for head, value in pairs if head in HEADS}


def _identity(said: list[dict[str, Any]]) -> Identity:
    first = said[0]
    issued_at = datetime.fromisoformat(str(first["issued_at"]))
    if issued_at.tzinfo is None:
        raise UnknownSheet(BROKEN)
    return Identity(
        month=parse_month(str(first["report_month"])),
        department=_text(first.get("department_code")),
        department_name=_text(first.get("department")),
        issued_at=issued_at,
        revision=int(first["revision"]),
        rows=tuple(known_of(row) for row in said),
        format=int(first["format"]),
    )


def known_of(row: dict[str, Any]) -> KnownValue:
    """The value that a row of the hidden sheet tells, by its physical names. Errors as they come:
    KeyError, TypeError, ValueError, InvalidOperation.
    """
    reason, maturity = _text(row["missing_reason_code"]), _text(row["maturity_code"])
    return KnownValue(
        indicator_id=int(row["indicator_id"]),
        code=plain_code(_text(row["indicator_code"])),
        month=parse_month(str(row["month"])),
        version=int(row["value_version"]),
        value=_decimal(row["value"]),
        numerator=_decimal(row["numerator"]),
        denominator=_decimal(row["denominator"]),
        missing_reason=MissingReason(reason).value if reason else "",
        maturity=Maturity(maturity).value if maturity else "",
        note=_text(row["note"]),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _decimal(value: Any) -> Decimal | None:
    """A number of a cell with the digits it shows: 0.1, not 0.1000000000000000055."""
    return None if value is None else Decimal(str(value))
