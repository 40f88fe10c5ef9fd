"""CSV out: CRLF, quoted where needed, no cell that a spreadsheet would take for a formula.

In UTF-8 with BOM, or in cp932 (what Windows calls Shift_JIS), where `Signs` tells beforehand what
becomes of the characters.
"""

import codecs
import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from foundation.sheets.book import FORMULA_STARTS
from foundation.sheets.texts import leaving

GETA = "〓"
UTF8, SHIFT_JIS = "utf-8-sig", "cp932"
# of ① ㈱ ㎡ (NEC) and 髙 﨑 (NEC's and IBM's choice): in cp932, in no Shift_JIS of the standard
WINDOWS_ONLY = frozenset({0x87, 0xED, 0xEE, 0xFA, 0xFB, 0xFC})


@dataclass
class Signs:
    """The characters of a text that Shift_JIS takes badly, and how often each stands in it.

    `lost`: those that do not fit and become 〓; `windows_only`: those that only Windows can read.
    """

    lost: Counter[str] = field(default_factory=Counter)
    windows_only: Counter[str] = field(default_factory=Counter)

    def read(self, text: str) -> None:
        """Count those of another text."""
        if text.isascii():
            return
        for sign in text:
            if sign.isascii():
                continue
            code = _code_of(sign)
            if not code:
                self.lost[sign] += 1
            elif len(code) == 2 and code[0] in WINDOWS_ONLY:
                self.windows_only[sign] += 1

    def __bool__(self) -> bool:
        return bool(self.lost or self.windows_only)


def _code_of(sign: str) -> bytes:
    """A character in cp932; nothing where it does not fit."""
    return sign.encode(SHIFT_JIS, "ignore")


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        text = leaving(value)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return value


class _Line:
    """A file for `csv.writer` that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def _texts(header: list[str], rows: Iterable[Iterable]) -> Iterator[str]:
    """The file line by line."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    for row in itertools.chain([header], rows):
        yield writer.writerow([_cell(value) for value in row])


def signs_in(header: list[str], rows: Iterable[Iterable]) -> Signs:
    """What Shift_JIS would take badly in these rows."""
    found = Signs()
    for text in _texts(header, rows):
        found.read(text)
    return found


def csv_lines(
    header: list[str], rows: Iterable[Iterable], *, encoding: str = UTF8
) -> Iterator[bytes]:
    """A CSV line by line, for lists that are too long to be held at once.

    `encoding`: utf-8-sig (with BOM), or cp932, where what does not fit becomes 〓.
    """
    if encoding == UTF8:
        yield codecs.BOM_UTF8
    for text in _texts(header, rows):
        yield text.encode() if encoding == UTF8 else _in_shift_jis(text)


def _in_shift_jis(text: str) -> bytes:
    try:
        return text.encode(SHIFT_JIS)
    except UnicodeEncodeError:
        geta = _code_of(GETA)
        return b"".join(_code_of(sign) or geta for sign in text)


def csv_bytes(
    header: list[str], rows: Iterable[Iterable], *, encoding: str = UTF8
) -> tuple[bytes, list[str]]:
    """The same in one piece: (content, characters that did not fit)."""
    known = [list(row) for row in rows]
    lost = signs_in(header, known).lost if encoding == SHIFT_JIS else ()
    return b"".join(csv_lines(header, known, encoding=encoding)), sorted(lost)
