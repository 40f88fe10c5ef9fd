"""What a name in a workbook means: one cell, or for which reason none that can be filled."""

import re
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string

from foundation.sheets.cell_writing import Area, Layout, Place, area_of, holds

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_TITLE = r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!\[\]:,()\s]+))!"
_CELL = re.compile(_TITLE + r"\$(?P<column>[A-Za-z]{1,3})\$(?P<row>[0-9]{1,7})")
_AREA = re.compile(_CELL.pattern + r":\$(?P<right>[A-Za-z]{1,3})\$(?P<bottom>[0-9]{1,7})")
_LOOSE = re.compile(_TITLE + r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?")
_WHOLE = re.compile(_TITLE + r"(?:\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[0-9]{1,7}:\$?[0-9]{1,7})")

GONE = "指していたセルが削除されています（#REF!）。名前を付け直してください。"
ELSEWHERE = "ほかのブックを指しています。このブックのセルに付け直してください。"
WHOLE = "列や行の全体を指しています。セル1つに付け直してください。"
SEVERAL = "離れた複数のセルを指しています。セル1つに付け直してください。"
LOOSE = "番地が「$」の付かない形（相対参照）です。「$B$3」の形に付け直してください。"
NO_CELL = "セルではなく、値や計算式に付いた名前です。セル1つに付け直してください。"
NO_SHEET = "指しているシートがないか、セルのないシート（グラフなど）です。"
MANY = "複数のセルを指しています。セル1つ（または結合したセル1つ）に付け直してください。"
INSIDE = "結合したセルの左上ではありません。左上のセルに付け直してください。"
FORMULA = "計算式のあるセルです。式を消すか、空いたセルに付け直してください。"
ARRAY = "ほかのセルの計算式（配列）が値を出すセルです。空いたセルに付け直してください。"
TABLE = "表（テーブル）の見出しか集計の行です。ほかのセルに付け直してください。"


@dataclass(frozen=True)
class Target:
    """The cell that words mean: sheet, address, row and column; `why` it is none."""

    sheet: str = ""
    address: str = ""
    row: int = 0
    column: int = 0
    why: str = ""


def read(words: str) -> Target:
    """What the words of a name mean: 「'様式 1'!$B$3」."""
    found = _AREA.fullmatch(words) or _CELL.fullmatch(words)
    if found is None:
        return Target(why=_why_none(words))
    parts = found.groupdict()
    title = (parts["quoted"] or "").replace("''", "'") or parts["plain"]
    row, column = int(parts["row"]), column_index_from_string(parts["column"].upper())
    if "[" in title:
        return Target(why=ELSEWHERE)
    address = parts["column"].upper() + parts["row"]
    if "right" in parts:
        address = f"{address}:{parts['right'].upper()}{parts['bottom']}"
        first, _, last = address.partition(":")
        address = first if first == last else address
    if not (0 < row <= LAST_ROW and column <= LAST_COLUMN):
        return Target(why=GONE)
    return Target(title, address, row, column)


def _why_none(words: str) -> str:
    if "#REF!" in words:
        return GONE
    if "[" in words:
        return ELSEWHERE
    if _WHOLE.fullmatch(words):
        return WHOLE
    if _LOOSE.fullmatch(words):
        return LOOSE
    pieces = words.split(",")
    return SEVERAL if len(pieces) > 1 and all(map(_LOOSE.fullmatch, pieces)) else NO_CELL


def why_not(address: str, place: Place, layout: Layout, heads: list[Area]) -> str:
    """Why nothing can be written there, by what stands in the sheet; else nothing.

    `heads`: heads and sums of tables.
    """
    merged = next((area for area in layout.merged if holds(area, place)), None)
    if ":" in address and area_of(address) != merged:
        return MANY
    if merged is not None and place != (merged[1], merged[0]):
        return INSIDE
    if place in layout.formulas:
        return FORMULA
    if any(holds(area, place) for area in layout.arrays):
        return ARRAY
    return TABLE if any(holds(area, place) for area in heads) else ""
