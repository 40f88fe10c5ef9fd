"""Writing workbooks.

One safe way to put a value, one way to write a table, print set-up, the same bytes for the same
data.
"""

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from foundation.sheets.cells import text_of_cell, with_table
from foundation.sheets.fitting import figure_units
from foundation.sheets.styles import FONT, GROUND, STYLES
from foundation.sheets.texts import leaving

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
MODIFIED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*")
PAPER = {"A4": 9, "A3": 8}
ACROSS = {"A4": 190, "A3": 280}  # half-width characters on a page, printed at seven tenths (7 pt)
FILTER_SIGN = 3  # the room that the button of a filter takes from a head
FIXED = (2026, 4, 1, 0, 0, 0)
NUMBERS = (int, float, Decimal)
DATA_SIZE = 10
FIRST_DAY = date(1900, 3, 1)  # Excel counts 29 February 1900, and nothing before 1900
WORN: WeakKeyDictionary = WeakKeyDictionary()  # book: {name of a style: what its cells wear}
BREAKS = re.compile(r"(?<=\S)[\r\n\x85\u2028\u2029]+")  # inside a text; forms strip the ends


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Japanese head, ASCII physical name, how to get the value from a row, how to show it. For sheets
    and lists for machines also: `kind` of its values, `unit` of its numbers, what it means, and
    under which item a code table has its values (`columns.py`).
    """

    header: str
    name: str
    getter: Callable
    style: str = "dx-body"
    number_format: str | None = None
    width: float = 12
    kind: str = ""
    unit: str = ""
    meaning: str = ""
    codes: str = ""

    def of(self, part: Callable) -> "Column":
        """The same column for rows of which `part` is what it is read from."""
        return replace(self, getter=lambda row: self.getter(part(row)))

    def taken_from(self, item: str) -> "Column":
        """The same column, its values explained in the code table under `item`."""
        return replace(self, codes=item)


def new_book(ground: Font = GROUND) -> Workbook:
    """An empty workbook with our styles registered.

    `ground`: the font by which the widths of columns are counted, where text has to fit exactly.
    """
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = ground
    book._fonts[0] = ground
    for style in STYLES.values():
        book.add_named_style(style)
    return book


def put(cell, value, style: str | None = None, number_format: str | None = None):
    """Write one value.

    Text never becomes a formula; numbers and dates keep their type; None stays blank.
    """
    if style:
        _dress(cell, style)
    if isinstance(value, str):
        text = leaving(value)
        cell.value = text_of_cell(text)
        cell.data_type = "s"
        if text.startswith(FORMULA_STARTS):
            cell.quotePrefix = True
    elif isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else value
    elif isinstance(value, date) and not isinstance(value, datetime) and value < FIRST_DAY:
        cell.value = value.isoformat()
    elif value is not None:
        cell.value = value
    if number_format:
        cell.number_format = number_format
    return cell


def _dress(cell, style: str) -> None:
    """`cell.style = style`, for which openpyxl goes through all names of the book three times."""
    book = cell.parent.parent
    worn = WORN.setdefault(book, {})
    if style not in worn:
        cell.style = style
        worn[style] = copy(cell._style)
    cell._style = copy(worn[style])


def write_table(
    sheet, columns: list[Column], rows: Iterable, *, start: int = 1, head: str = "dx-head"
) -> int:
    """One head row and one row per item from row `start`; returns the last row written."""
    for number, column in enumerate(columns, 1):
        put(sheet.cell(start, number), column.header, head)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    line = start
    for line, row in enumerate(rows, start + 1):
        for number, column in enumerate(columns, 1):
            put(sheet.cell(line, number), column.getter(row), column.style, column.number_format)
    return line


def fit_rows(sheet, row: int, texts, *, least: float = 18, line: float = 13) -> None:
    """Set the height of a row so that its wrapped texts show: (text, width in half-width
    characters) pairs.

    Programs do not do it for files they did not write.
    """
    most = max(
        (
            sum(math.ceil(_width(part) / max(1.0, room - 1)) or 1 for part in text.split("\n"))
            for text, room in texts
        ),
        default=1,
    )
    sheet.row_dimensions[row].height = max(least, most * line + 4)


def _width(text: str) -> int:
    """Width in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def in_one_line(column: Column, row: Any) -> Any:
    """The value of a column, a text without line breaks: one datum is one line for a machine."""
    value = column.getter(row)
    return BREAKS.sub(" ", value) if isinstance(value, str) else value


def data_sheet(book: Workbook, title: str, columns: list[Column], rows: Iterable):
    """A sheet for machines.

    One table from A1, heads in one row and not cut, no merges, no decoration, typed values. Wide
    ones are printed over several pages, so that the type stays readable.
    """
    sheet = book.create_sheet(title)
    plain = [
        replace(
            each,
            getter=partial(in_one_line, each),
            style="dx-data",
            width=max(each.width, _width(each.header) + FILTER_SIGN),
        )
        for each in columns
    ]
    last = write_table(sheet, plain, rows, head="dx-data-head")
    across = _widen(sheet, plain, last)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last, 1)}"
    paper = "A4" if across <= ACROSS["A4"] else "A3"
    print_setup(sheet, paper=paper, landscape=True, repeat_rows="1:1")
    sheet.page_setup.fitToWidth = math.ceil(across / ACROSS[paper])

    return sheet


def _widen(sheet, columns: list[Column], last: int) -> float:
    """Columns as wide as their numbers: what finds no room is shown as ###. Returns all widths."""
    across = 0.0
    for number, column in enumerate(columns, 1):
        cells = (sheet.cell(line, number).value for line in range(2, last + 1))
        longest = max((len(str(each)) for each in cells if isinstance(each, NUMBERS)), default=0)
        width = max(column.width, figure_units("0" * longest, DATA_SIZE))
        sheet.column_dimensions[get_column_letter(number)].width = width
        across += width

    return across


def print_setup(
    sheet,
    *,
    paper: str = "A4",
    landscape: bool = True,
    one_page: bool = False,
    pages: int = 0,
    scale: int = 0,
    repeat_rows: str | None = None,
    title: str = "",
) -> None:
    """Paper, direction, fit to width (and to one page, or to `pages`), repeated heads, page
    numbers.

    `scale`: in percent, instead of fitting; only then Excel minds the page breaks of a sheet.
    """
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = PAPER[paper], "landscape" if landscape else "portrait"
    if scale:
        setup.scale = scale
    else:
        setup.fitToWidth, setup.fitToHeight = 1, 1 if one_page else pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = not scale
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    if repeat_rows:
        sheet.print_title_rows = repeat_rows
    sheet.print_options.horizontalCentered = True
    _foot(sheet, title or sheet.title)


def _foot(sheet, title: str) -> None:
    """Title and page number, as large and as far from the edge whatever the scale."""
    foot = sheet.oddFooter
    foot.left.text, foot.center.text = leaving(title).replace("&", "&&"), "&P / &N"
    for part in (foot.left, foot.center):
        part.font, part.size = f"{FONT},標準", 9
    sheet.HeaderFooter.scaleWithDoc, sheet.HeaderFooter.alignWithMargins = False, True


def save(book: Workbook, *, when: datetime, title: str, author: str, identifier: str = "") -> bytes:
    """The workbook as bytes; the same content gives the same bytes, whenever it is made."""
    moment = when.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.title = leaving(title)
    properties.creator = properties.lastModifiedBy = leaving(author)
    properties.identifier, properties.created, properties.modified = identifier, moment, moment
    buffer = io.BytesIO()
    writer = ExcelWriter(book, zipfile.ZipFile(buffer, "w"))
    writer.save()  # `_fixed` is who packs it
    return _fixed(buffer.getvalue(), moment)


def _fixed(content: bytes, moment: datetime) -> bytes:
    """The same archive with fixed entry dates and the moment in docProps/core.xml."""
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = with_table({name: source.read(name).decode() for name in source.namelist()})
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = MODIFIED.sub(rf"\g<1>{stamp}", core)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(zipfile.ZipInfo(name, FIXED), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
