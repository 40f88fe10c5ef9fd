"""A CSV that came back: that of the entry sheet, or one that another system wrote.

That of the portal has 照合 in its own columns, so that it is compared with what stood there at the
download. Another one says only which month it is of: nobody knows what its writer saw, so whatever
differs from what stands is asked (docs/excel.md §2). Pure.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.japanese.calendar import format_month, read_month, wareki_month
from foundation.round_trip.row import Line
from foundation.round_trip.table import at
from foundation.sheets.bounds import Unreadable
from foundation.sheets.cell import BLANK, Cell, Row
from foundation.sheets.csvreading import read
from kpi.intake.back.choices import Origin
from kpi.intake.back.returned import FRESH, OTHER_FORMAT, Aside, Returned
from kpi.intake.back.typed import number_of
from kpi.intake.columns import CODE, MARK
from kpi.intake.columns import HEADS as ENTRY_HEADS
from kpi.intake.csv_columns import BEHIND, CONTEXT, MONTH
from kpi.intake.identity import FORMAT, Identity, UnknownSheet, identity_of
from kpi.intake.identity import HEADS as KNOWN_HEADS


def plain_head(text: str) -> str:
    """A head in one width, without blanks."""
    return "".join(
        unicodedata.normalize(
            "NFKC",
            text,
        ).split()
    )


HEADS = {plain_head(head): name for head, name in ENTRY_HEADS.items()}
BEHINDS = {plain_head(BEHIND + head): head for head in KNOWN_HEADS}
OF_DATA = "団体名"  # every row of the portal's data (lists, the public edition, feeds) says it
FORMAT_HEAD = "形式"

NO_TABLE = (
    "Excelのファイル（.xlsx）ではありません。CSVとして読みましたが、"
    f"「{CODE}」と「{next(iter(ENTRY_HEADS))}」などの見出しの行が見つかりません（文字コードはUTF-8かShift_JISです）。{FRESH}"
)
DATA = "ポータルのデータ（一覧・公表版など）のCSVです。取り込めません。" + FRESH
TWICE = "見出し「{}」の列が2つあります。1つにしてください。"
NO_MONTH = (
    f"何月分か分かりません。「{MONTH}」の列を加え、各行に「2026年10月」のように書いてください。"
)
BAD_MONTH = "{}：年月「{}」を読めません。「2026年10月」のように直してください。"
TWO_MONTHS = "{}分と{}分の行があります。1つの月の行だけにしてください。"
BROKEN = f"「{BEHIND}」で始まる列が欠けているか、変わっています。" + FRESH
TOO_WIDE = '見出しより右に値があります。コンマのある値（1,234など）は「"」で囲んでください。'
NOBODY_KNOWS = (
    "このCSVには「照合」の列がなく、作成したときの値が分かりません。いまの値と違うところは、"
    "すべて「競合」として、だれがいつ入力した値かを見て選びます。"
)
NOT_TAKEN = "取り込まない列：{}"
MOST_NAMED = 10


@dataclass(frozen=True)
class _Table:
    """The rows under the heads. `heads`: {head in one width: place}; `width`: of the heads."""

    rows: list[Row]
    heads: Mapping[str, int]
    width: int
    unused: tuple[str, ...]


def csv_file(content: bytes) -> Returned:
    """What a CSV says. Unreadable with what is wrong, and what to do."""
    rows = read(content, [CODE, *HEADS]).rows
    table = _table(rows)
    identity, notes = _identity(table)
    lines, lost, asides = [], [], []
    for row in table.rows:
        cells = {name: _at(row, table, head) for head, name in HEADS.items()}
        code = _at(row, table, CODE)
        number = number_of(code)
        if any(cell.text for cell in row[table.width :]):
            place = code if code.text else next(cell for cell in row if cell.text)
            asides.append(Aside(place, number, "行", TOO_WIDE, is_wrong=True))
        elif code.text:
            lines.append(Line(code, number, cells, identity.row(number)))
        else:
            lost += [cell for cell in cells.values() if cell.text]
    if table.unused:
        notes += (NOT_TAKEN.format("・".join(table.unused[:MOST_NAMED])),)
    return Returned(
        identity=identity,
        sheet="",
        lines=tuple(lines),
        lost=tuple(lost),
        mark=table.heads.get(MARK),
        origin=Origin.CSV,
        asides=tuple(asides),
        notes=notes,
    )


def table_line(rows: list[Row]) -> int:
    """The line of the heads, from 1. Unreadable where there is none."""
    for line, row in enumerate(rows, 1):
        heads = {plain_head(cell.text) for cell in row}
        if CODE in heads and heads & HEADS.keys():
            return line
        if OF_DATA in heads and CODE not in heads:
            raise Unreadable(DATA)
    raise Unreadable(NO_TABLE)


def _table(rows: list[Row]) -> _Table:
    """The rows under the heads, of which none of ours may stand twice."""
    line = table_line(rows)
    row = rows[line - 1]
    heads = [plain_head(cell.text) for cell in row]
    ours = {CODE, MONTH, *HEADS, *BEHINDS}
    often = Counter(heads)
    twice = next((head for head in heads if head in ours and often[head] > 1), None)
    if twice:
        raise Unreadable(TWICE.format(twice))
    named = [(head, cell) for head, cell in zip(heads, row, strict=True) if head]
    known = ours | set(CONTEXT)
    return _Table(
        rows[line:],
        {head: heads.index(head) for head, _ in named},
        max(place for place, head in enumerate(heads) if head) + 1,
        tuple(cell.text for head, cell in named if head not in known),
    )


def _at(row: Row, table: _Table, head: str) -> Cell:
    """The cell of a row under a head; blank where there is no such head."""
    place = table.heads.get(head)
    if place is None:
        return BLANK
    return at(row, place)


def _identity(table: _Table) -> tuple[Identity, tuple[str, ...]]:
    """Which sheet it is, and what is to be said of that."""
    behind = table.heads.keys() & BEHINDS.keys()
    if not behind:
        month = _month(table, MONTH)
        return Identity(
            month,
            "",
            "",
            None,
            0,
            (),
        ), (NOBODY_KNOWS,)
    if behind != BEHINDS.keys():
        raise Unreadable(BROKEN)
    known = _known(table)
    if MONTH in table.heads:
        _check_month(known.month, _month(table, MONTH))
    return known, ()


def _check_month(known: date, typed: date) -> None:
    """Unreadable where the column 年月 says another month than 照合."""
    if known == typed:
        return
    months = [wareki_month(month) for month in (known, typed)]
    raise Unreadable(TWO_MONTHS.format(*months))


def _known(table: _Table) -> Identity:
    """What the columns of 照合 say, as the hidden sheet would."""
    heads = list(BEHINDS.values())
    month = _month(table, plain_head(f"{BEHIND}報告の年月"))
    values = []
    for row in table.rows:
        said = {head: _at(row, table, behind).value for behind, head in BEHINDS.items()}
        if said["指標ID"] is not None:
            values.append(_as_hidden(said, month))
    other = next((row for row in values if row[FORMAT_HEAD] != str(FORMAT)), None)
    if other:
        raise Unreadable(OTHER_FORMAT.format(str(other[FORMAT_HEAD])[:10]))
    try:
        return identity_of([heads, *([row[head] for head in heads] for row in values)])
    except UnknownSheet as error:
        raise Unreadable(BROKEN) from error


def _as_hidden(said: dict[str, Any], month: date) -> dict[str, Any]:
    """A row with its months as the hidden sheet writes them."""
    written = format_month(month)
    months = dict.fromkeys(("報告の年月", "年月"), written)
    return said | months


def _month(table: _Table, head: str) -> date:
    """The one month of all rows; blank ones are of it too."""
    found: dict[date, None] = {}
    for row in table.rows:
        cell = _at(
            row,
            table,
            head,
        )
        if not cell.text:
            continue
        try:
            found[read_month(cell.text.rstrip().removesuffix("分"))] = None
        except ValueError as error:
            raise Unreadable(BAD_MONTH.format(cell.place, cell.text[:20])) from error
    months = [wareki_month(month) for month in found]
    if not months:
        raise Unreadable(NO_MONTH)
    if len(months) > 1:
        raise Unreadable(TWO_MONTHS.format(*sorted(months)[:2]))
    return next(iter(found))
