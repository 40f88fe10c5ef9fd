"""What a file that came back says: which sheet it is, and its rows as they were typed.

Rows are found by the number of their indicator, columns by their heads, never by position: they may
be sorted, moved, hidden or stand among others. The number leads to the id that the hidden sheet
gives it, so that a number that has changed since still finds its indicator.
"""

from dataclasses import dataclass

from foundation.round_trip.doors import sent_on
from foundation.round_trip.row import Line
from foundation.round_trip.table import at, tables_in
from foundation.sheets.bounds import Unreadable
from foundation.sheets.reading import Cell, Row, Workbook
from kpi.identity import TITLE
from kpi.intake.back.typed import number_of
from kpi.intake.columns import CODE, HEADS, MARK
from kpi.intake.identity import DOCUMENT, FORMAT, Identity, UnknownSheet, identity_of

FRESH = "「入力様式」を取り出し直し、そこに入力してください。"
NOT_OURS = "ポータルの入力様式ではありません（シート：{}）。" + FRESH
BROKEN = f"様式の情報（シート「{TITLE}」）が読めません。" + FRESH
REPORT = "月次報告のExcelです。値は" + FRESH
OTHER_FORMAT = "この様式の形式（{}）は取り込めません。" + FRESH
NO_TABLE = (
    f"入力の表が見つかりません。「{CODE}」と「{next(iter(HEADS))}」などの見出しの行を"
    "消さずに、もう一度選んでください。"
)
TWO_TABLES = "入力の表が2つ以上あります（{}）。取り込むシートだけを残して保存し直してください。"


@dataclass(frozen=True)
class Returned:
    """A file that was understood. `lost`: cells with an entry in a row without a number; `mark`:
    the place of the column 印 (None: it is gone).
    """

    identity: Identity
    sheet: str
    lines: tuple[Line, ...]
    lost: tuple[Cell, ...]
    mark: int | None = None


def understand(content: bytes) -> Returned:
    """The entry sheet that came back. Unreadable with what is wrong and what to do."""
    book = Workbook(content)
    if TITLE not in book.titles:
        raise Unreadable(NOT_OURS.format("、".join(book.titles[:5])))
    identity = _identity(book.rows(TITLE))
    title, rows, heads = _table(book)
    lines, lost = [], []
    for row in rows:
        cells = {HEADS[head]: at(row, place) for head, place in heads.items() if head in HEADS}
        code = at(row, heads[CODE])
        if code.text:
            number = number_of(code)
            lines.append(Line(code, number, cells, identity.row(number)))
        else:
            lost += [cell for cell in cells.values() if cell.text]
    return Returned(identity, title, tuple(lines), tuple(lost), heads.get(MARK))


def _identity(rows: list[Row]) -> Identity:
    values = [[cell.value for cell in row] for row in rows]
    heads = [str(value or "") for value in values[0]] if values else []
    if "様式" not in heads and "照合の形式" in heads:
        raise Unreadable(REPORT)
    facts = dict(zip(heads, values[1], strict=False)) if len(values) > 1 else {}
    elsewhere = sent_on(facts.get("様式"), DOCUMENT)
    if elsewhere:
        raise Unreadable(elsewhere)
    told = facts.get("形式")
    if facts.get("様式") == DOCUMENT and told != FORMAT:
        raise Unreadable(OTHER_FORMAT.format("不明" if told is None else str(told)[:10]))
    try:
        return identity_of(values)
    except UnknownSheet as error:
        raise Unreadable(BROKEN) from error


def _table(book: Workbook) -> tuple[str, list[Row], dict[str, int]]:
    """(title, rows under the heads, {head: place}) of the one sheet that holds the table."""
    titles = [title for title in book.titles if title != TITLE]
    found = tables_in(book, titles, HEADS)
    if not found:
        raise Unreadable(NO_TABLE)
    if len(found) > 1:
        raise Unreadable(TWO_TABLES.format("、".join(title for title, _, _ in found)))
    return found[0]
