"""A CSV that comes back, read within limits that are counted. Knows no domain.

UTF-8 with or without BOM, or cp932 (what Windows calls Shift_JIS); commas; quoted line breaks.
Cells stand where a spreadsheet that opens the file would show them.
"""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from foundation.sheets.book import FORMULA_STARTS
from foundation.sheets.bounds import MEGABYTE, SHEET, TOO_LARGE, Counted, Limits, Unreadable
from foundation.sheets.cell import BLANK, Cell, Row
from foundation.sheets.csvfile import SHIFT_JIS, UTF8
from foundation.sheets.reading import COLUMNS

WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
JIS = b"\x1b$"  # ISO-2022-JP begins its letters so
SAVE_AS = "Excelの「CSV UTF-8（コンマ区切り）」で保存し直してください。"
UTF16 = "文字コードがUTF-16（Unicodeテキスト）のファイルです。" + SAVE_AS
OLD_JIS = "文字コードがJIS（ISO-2022-JP）のファイルです。" + SAVE_AS
NO_ENCODING = "文字コードを読めません（UTF-8かShift_JISで保存します）。" + SAVE_AS
NUL = "文字でないデータ（NUL）が入っています。" + SAVE_AS
SEPARATOR = "列が{}で区切られています。コンマで区切ります。" + SAVE_AS
QUOTES = '{}行目の引用符（"）が閉じていないか、セルが長すぎます。' + SAVE_AS
MANY_ROWS = "行が多すぎます（{:,}行まで）。不要な行を消して保存し直してください。"
MANY_CELLS = "セルが多すぎます（{:,}まで）。不要な列を消して保存し直してください。"
SEPARATORS = {",": "コンマ", ";": "「;」（セミコロン）", "\t": "タブ"}
HEAD_AMONG = 50  # lines in which the heads are looked for
_WORD = re.compile('="([^"]*)"')  # how some programs keep a spreadsheet from reading 1-1


@dataclass(frozen=True)
class Text:
    """The rows of a CSV, and in which encoding it came."""

    rows: list[Row]
    encoding: str


def read(
    content: bytes,
    heads: Collection[str],
    limits: Limits = SHEET,
    counted: Counted | None = None,
) -> Text:
    """The cells of a CSV. `heads`: some of its heads, by which another separator is told from
    commas; `counted`: is counted on. Unreadable with a sentence.
    """
    counted = counted or Counted()
    if len(content) > limits.size:
        raise Unreadable(TOO_LARGE.format(limits.size // MEGABYTE))
    counted.size = len(content)
    text, encoding = _decoded(content)
    _check_separator(text, set(heads))
    return Text(list(_rows(text, limits, counted)), encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    """(text, encoding)."""
    if content.startswith(WIDE):
        raise Unreadable(UTF16)
    if b"\0" in content:
        raise Unreadable(NUL)
    if JIS in content:
        raise Unreadable(OLD_JIS)
    encodings = (UTF8,) if content.startswith(codecs.BOM_UTF8) else (UTF8, SHIFT_JIS)
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Unreadable(NO_ENCODING)


def _check_separator(text: str, heads: set[str]) -> None:
    """Unreadable where the line of the heads is parted by something else than commas."""
    for line in itertools.islice(io.StringIO(text), HEAD_AMONG):
        for sign, name in SEPARATORS.items():
            parts = {part.strip(' "\u3000\r\n') for part in line.split(sign)}
            if len(parts & heads) < 2:
                continue
            if sign != ",":
                raise Unreadable(SEPARATOR.format(name))
            return


def _rows(text: str, limits: Limits, counted: Counted) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            counted.rows += 1
            counted.cells += len(cells)
            if counted.rows > limits.last_row:
                raise Unreadable(MANY_ROWS.format(limits.last_row))
            if counted.cells > limits.cells:
                raise Unreadable(MANY_CELLS.format(limits.cells))
            yield [_cell(each, place, counted.rows) for place, each in enumerate(cells[:COLUMNS])]
    except csv.Error as error:
        raise Unreadable(QUOTES.format(counted.rows + 1)) from error


def _cell(text: str, place: int, line: int) -> Cell:
    """A cell as it was typed: without what keeps a spreadsheet from taking it for a formula."""
    stripped = text.strip()
    if not stripped:
        return BLANK
    word = _WORD.fullmatch(stripped)
    if word:
        stripped = word[1]
    elif stripped[0] == "'" and stripped[1:].startswith(FORMULA_STARTS):
        stripped = stripped[1:]
    return Cell(stripped, address=f"{get_column_letter(place + 1)}{line}")
