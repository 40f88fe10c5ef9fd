"""What `/history/` shows as a file: all of it as CSV, row by row; the newest as .xlsx."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone

from foundation.japanese.calendar import wareki_month
from foundation.records.actions import sample_loaded
from foundation.records.models import HistoryEntry
from foundation.sheets.book import Column, data_sheet, new_book, save
from foundation.sheets.csvfile import csv_lines
from foundation.sheets.download import XLSX, csv_stream, file_response
from headquarters.desk.forms import AREAS

CHUNK = 500  # rows held in memory at a time
BOOK_LIMIT = 10_000  # a workbook is built in memory
NAMES = dict(AREAS)
COLUMNS = [
    Column("日時", "at", lambda row: timezone.localtime(row.at).replace(tzinfo=None), width=18),
    Column("だれが", "actor", lambda row: row.actor_name, width=16),
    Column("代理入力の相手", "on_behalf_of", lambda row: row.on_behalf_of or None, width=16),
    Column("課", "department", lambda row: row.department or None, width=14),
    Column("区分", "area", lambda row: NAMES.get(row.action.split(".")[0]), width=12),
    Column("対象", "subject", lambda row: row.subject_label, width=40),
    Column("月", "month", lambda row: row.month and wareki_month(row.month), width=14),
    Column("前と後", "change", lambda row: "\n".join(map(str, row.lines)) or None, width=60),
    Column("理由", "reason", lambda row: row.reason or None, width=40),
]
MOMENT = "yyyy-mm-dd hh:mm"


def as_file(entries: QuerySet[HistoryEntry], kind: str, *, at: datetime) -> HttpResponseBase:
    """The entries as a download. `kind`: xlsx (the newest `BOOK_LIMIT`) or csv (all of them)."""
    name = f"変更履歴_{timezone.localdate(at):%Y-%m-%d}{'_見本データ' if sample_loaded() else ''}"
    if kind == "xlsx":
        return file_response(_book(entries[:BOOK_LIMIT], name, at), f"{name}.xlsx", XLSX)
    heads = [column.header for column in COLUMNS]
    return csv_stream(csv_lines(heads, _rows(entries)), f"{name}.csv")


def _rows(entries: QuerySet[HistoryEntry]) -> Iterator[list]:
    """The cells of each entry, read in chunks."""
    for entry in entries.iterator(chunk_size=CHUNK):
        first, *others = [column.getter(entry) for column in COLUMNS]
        yield [f"{first:%Y-%m-%d %H:%M}", *others]


def _book(entries: QuerySet[HistoryEntry], name: str, at: datetime) -> bytes:
    book = new_book()
    sheet = data_sheet(book, "変更履歴", COLUMNS, entries)
    for (cell,) in sheet.iter_rows(min_row=2, max_col=1):
        cell.number_format = MOMENT
    return save(book, when=at, title=name, author="")
