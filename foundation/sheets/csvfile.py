"""CSV out: CRLF, quoted where needed, no cell that a spreadsheet would take for a formula."""

import csv
import io
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
