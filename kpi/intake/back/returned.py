"""What a file that came back says: which sheet it is, and its rows as they were typed.

Here is what all kinds of files have, and the entry sheet; `any_file.py` knows the others. Rows are
found by the number of their indicator, columns by their heads, never by position: they may be
sorted, moved, hidden or stand among others. The number leads to the id that the hidden sheet gives
it, so that a number that has changed since still finds its indicator.
"""

from collections.abc import Collection
from dataclasses import dataclass

from foundation.round_trip.doors import sent_on
from foundation.round_trip.row import Line
from foundation.round_trip.table import at, tables_in
from foundation.sheets.bounds import Unreadable
from foundation.sheets.cell import Cell, Row
from foundation.sheets.reading import Workbook
from kpi.identity import TITLE
from kpi.intake.back.choices import Origin
from kpi.intake.back.typed import number_of
from kpi.intake.columns import CODE, HEADS, MARK
from kpi.intake.identity import DOCUMENT, FORMAT, Identity, UnknownSheet, identity_of

FRESH = "「入力様式」を取り出し直し、そこに入力してください。"
BROKEN = f"様式の情報（シート「{TITLE}」）が読めません。" + FRESH
OTHER_FORMAT = "この様式の形式（{}）は取り込めません。" + FRESH
NO_TABLE = (
    "入力の表が見つかりません。「{}」と「{}」などの見出しの行を消さずに、もう一度選んでください。"
)
TWO_TABLES = "入力の表が2つ以上あります（{}）。取り込むシートだけを残して保存し直してください。"


@dataclass(frozen=True)
class Aside:
    """A cell that is not taken, whatever it says: of another month, in a column of the portal's.

    `number`: of its indicator; `label`: what it is; `said`: why it stays; `before`: what it said at
    the download (None: not known); `is_wrong`: is it to be put right in the file?
    """

    cell: Cell
    number: str
    label: str
    said: str
    before: str | None = None
    is_wrong: bool = False


@dataclass(frozen=True)
class Returned:
    """A file that was understood. `lost`: cells with an entry in a row without a number; `mark`:
    the place of the column 印 (None: it is gone); `notes`: sentences about the file as a whole.
    """

    identity: Identity
    sheet: str
    lines: tuple[Line, ...]
    lost: tuple[Cell, ...]
    mark: int | None = None
    origin: Origin = Origin.ENTRY
    asides: tuple[Aside, ...] = ()
    notes: tuple[str, ...] = ()


def entry_sheet(book: Workbook, known: list[Row]) -> Returned:
    """The entry sheet that came back; `known`: the rows of its sheet 照合. Unreadable with what is
    wrong and what to do.
    """
    identity = _identity(known)
    title, rows, heads = table_of(book, {CODE}, HEADS)
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


def table_of(
    book: Workbook, needed: set[str], entries: Collection[str]
) -> tuple[str, list[Row], dict[str, int]]:
    """(title, rows under the heads, {head: place}) of the one sheet that holds the table: all the
    heads that are `needed`, and some of the `entries`.
    """
    titles = [title for title in book.titles if title != TITLE]
    found = tables_in(book, titles, entries, frozenset(needed))
    if not found:
        raise Unreadable(NO_TABLE.format(*sorted(needed)[:1], next(iter(entries))))
    if len(found) > 1:
        raise Unreadable(TWO_TABLES.format("、".join(title for title, _, _ in found)))
    return found[0]
