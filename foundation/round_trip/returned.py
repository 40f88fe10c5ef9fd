"""What a file that came back says: which sheet it is, and its rows as they were typed.

Rows are found by their number, columns by their heads, never by position: they may be sorted,
moved, hidden or stand among others. The number leads to the id that the hidden sheet gives it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from foundation.round_trip import doors
from foundation.round_trip.columns import CODE, MARK
from foundation.round_trip.identity import TITLE, Identity, UnknownSheet, identity_of
from foundation.round_trip.kind import SheetKind
from foundation.round_trip.row import Line
from foundation.round_trip.table import at, tables_in
from foundation.sheets.bounds import Unreadable
from foundation.sheets.cell import Cell, Row
from foundation.sheets.reading import Workbook

FRESH = "{}を取り出し直し、そこに入力してください。"
NOT_OURS = "ポータルの{}ではありません（シート：{}）。"
BROKEN = f"様式の情報（シート「{TITLE}」）が読めません。"
REPORT = "月次報告のExcelです。"
OTHER_FORMAT = "この様式の形式（{}）は取り込めません。"
NO_TABLE = (
    "入力の表が見つかりません。「{}」と「{}」などの見出しの行を消さずに、もう一度選んでください。"
)
TWO_TABLES = "入力の表が2つ以上あります（{}）。取り込むシートだけを残して保存し直してください。"


@dataclass(frozen=True)
class ReturnedSheet:
    """A file that was understood. `lost`: cells with an entry in a row without a number; `mark`:
    the place of the column 印 (None: it is gone).
    """

    identity: Identity
    sheet: str
    lines: tuple[Line, ...]
    lost: tuple[Cell, ...]
    mark: int | None = None


@lru_cache(maxsize=8)
def understand(content: bytes, kind: SheetKind[Any]) -> ReturnedSheet:
    """The sheet that came back. Unreadable with what is wrong and what to do.

    The last ones are remembered: a file is read once for its preview and for what is made of it.
    """
    book = Workbook(content)
    fresh = FRESH.format(kind.title)
    if TITLE not in book.titles:
        sheets = "、".join(book.titles[:5])
        raise Unreadable(NOT_OURS.format(kind.title, sheets) + fresh)
    identity = _identity(book.rows(TITLE), kind, fresh)
    title, rows, heads = _table(book, kind)
    fields = {name: heads[head] for head, name in kind.heads.items() if head in heads}
    lines, lost = [], []
    for row in rows:
        cells = {name: at(row, place) for name, place in fields.items()}
        code = at(row, heads[CODE])
        if code.text:
            number = kind.number_of(code)
            lines.append(Line(code, number, cells, identity.row(number)))
        else:
            lost += [cell for cell in cells.values() if cell.text]
    return ReturnedSheet(identity, title, tuple(lines), tuple(lost), heads.get(MARK))


def _identity(rows: list[Row], kind: SheetKind[Any], fresh: str) -> Identity:
    values = [[cell.value for cell in row] for row in rows]
    heads = [str(value or "") for value in values[0]] if values else []
    if "様式" not in heads and "照合の形式" in heads:
        raise Unreadable(REPORT + fresh)
    facts = dict(zip(heads, values[1], strict=False)) if len(values) > 1 else {}
    document, told = facts.get("様式"), facts.get("形式")
    elsewhere = doors.sent_on(document, kind.document)
    if elsewhere:
        raise Unreadable(elsewhere)
    if document != kind.document:
        raise Unreadable(BROKEN + fresh)
    if told != kind.format:
        said = "不明" if told is None else str(told)[:10]
        raise Unreadable(OTHER_FORMAT.format(said) + fresh)
    try:
        return identity_of(values, kind.fields)
    except UnknownSheet as error:
        raise Unreadable(BROKEN + fresh) from error


def _table(book: Workbook, kind: SheetKind[Any]) -> tuple[str, list[Row], dict[str, int]]:
    """(title, rows under the heads, {head: place}) of the one sheet that holds the table."""
    titles = [title for title in book.titles if title != TITLE]
    found = tables_in(book, titles, kind.heads)
    if not found:
        raise Unreadable(NO_TABLE.format(CODE, kind.columns[0].header))
    if len(found) > 1:
        raise Unreadable(TWO_TABLES.format("、".join(title for title, _, _ in found)))
    return found[0]
