"""CSV out: CRLF, quoted where needed, no cell that a spreadsheet would take for a formula."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal

from foundation.sheets.book import FORMULA_STARTS
from foundation.sheets.texts import leaving

GETA = "〓"


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        text = leaving(value)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return value


class _Line:
    """A file for `csv.writer` that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: list[str], rows: Iterable[Iterable]) -> Iterator[bytes]:
    """A CSV in UTF-8 with BOM line by line, for lists that are too long to be held at once."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield codecs.BOM_UTF8
    for row in itertools.chain([header], rows):
        yield writer.writerow([_cell(value) for value in row]).encode()


def csv_bytes(header: list[str], rows, *, encoding: str = "utf-8-sig") -> tuple[bytes, list[str]]:
    """(content, characters that did not fit).

    `encoding`: utf-8-sig (with BOM) or cp932, where they become 〓.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    text = buffer.getvalue()
    lost = []
    if encoding == "cp932":
        lost = sorted({char for char in text if not _fits(char)})
        text = "".join(GETA if char in lost else char for char in text)
    return text.encode(encoding), lost


def _fits(char: str) -> bool:
    try:
        char.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
