"""A list as a file: what a list page shows, to take along as .xlsx, as CSV or as CSV in Shift_JIS.

The page puts `components/list_files.html` where its files are offered, and its view answers with
`list_file` where `asked_kind` says so; the filters of the address hold for the file too. Columns
are those of `columns.py`: typed, a unit column, blank for nothing. The same data give the same
bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from foundation.sheets.book import Column, data_sheet, new_book, save
from foundation.sheets.csvfile import SHIFT_JIS, UTF8, Signs, csv_bytes, csv_lines, signs_in
from foundation.sheets.download import CSV, CSV_SHIFT_JIS, XLSX, csv_stream, file_response

BOOK, TEXT, OLD_TEXT = "xlsx", "csv", "cp932"
KINDS = (BOOK, TEXT, OLD_TEXT)
BEFORE_ANY = datetime.fromisoformat("2026-04-01T00:00:00+09:00")  # a list of nothing is as old


@dataclass(frozen=True)
class DataList:
    """The rows that a page shows, as data.

    `title`: of the sheet; `name`: of the file without its ending; `at`: when the newest of it came
    to be. `rows` can be read more than once; `streamed`: they are too many to be held.
    """

    title: str
    name: str
    columns: Sequence[Column]
    rows: Iterable
    at: datetime
    author: str = ""
    streamed: bool = False

    @property
    def heads(self) -> list[str]:
        """The heads of the columns."""
        return [column.header for column in self.columns]

    @property
    def cells(self) -> Iterable[list]:
        """The values of each row."""
        return ([column.getter(row) for column in self.columns] for row in self.rows)


def asked_kind(request: HttpRequest) -> str:
    """Which file of its list is asked for, ?format=; nothing where the page is."""
    kind = request.GET.get(
        "format",
        "",
    )
    return kind if kind in KINDS else ""


def list_file(request: HttpRequest, listed: DataList) -> HttpResponseBase:
    """The file that is asked for.

    In Shift_JIS first a page with the characters that it would take badly, if there are any;
    ?anyway=1 is the answer to it.
    """
    kind = asked_kind(request)
    if kind == BOOK:
        return file_response(book_of(listed), f"{listed.name}.xlsx", XLSX)
    if kind == OLD_TEXT and "anyway" not in request.GET:
        signs = signs_in(listed.heads, listed.cells)
        if signs:
            return _told(request, listed, signs)
    return _text_file(listed, SHIFT_JIS if kind == OLD_TEXT else UTF8)


def _told(request: HttpRequest, listed: DataList, signs: Signs) -> HttpResponse:
    """The page with the characters, before the download."""
    page = {
        "title": listed.title,
        "lost": list(signs.lost.items()),
        "windows_only": list(signs.windows_only.items()),
    }
    return render(
        request,
        "components/lost_signs.html",
        page,
    )


def _text_file(listed: DataList, encoding: str) -> HttpResponseBase:
    kind, name = CSV if encoding == UTF8 else CSV_SHIFT_JIS, f"{listed.name}.csv"
    if listed.streamed:
        return csv_stream(csv_lines(listed.heads, listed.cells, encoding=encoding), name, kind)
    content, _ = csv_bytes(listed.heads, listed.cells, encoding=encoding)
    return file_response(content, name, kind)


def book_of(listed: DataList) -> bytes:
    """The list as a workbook of one sheet."""
    book = new_book()
    data_sheet(
        book,
        listed.title,
        list(listed.columns),
        listed.rows,
    )
    return save(book, when=listed.at, title=listed.name, author=listed.author)
