"""What the page of the trail shows as a file: all of it as CSV, the newest lines as .xlsx."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from foundation.accounts.trail.models import AccessRecord
from foundation.records.actions import sample_loaded
from foundation.sheets.book import Column
from foundation.sheets.columns import number, text
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import BOOK, DataList, asked_kind, list_file

CHUNK = 500  # lines held in memory at a time
BOOK_LIMIT = 10_000  # a workbook is built in memory
MOMENT = "yyyy-mm-dd hh:mm:ss"


def _local(at: datetime) -> datetime:
    return timezone.localtime(at).replace(tzinfo=None, microsecond=0)


COLUMNS = [
    number("記録番号", "number", lambda row: row.pk, "番号", width=10),
    Column("日時", "at", lambda row: _local(row.at), number_format=MOMENT, width=20),
    text("種類", "event", lambda row: row.get_event_display(), 18),
    text("利用者名", "username", lambda row: row.name, 24),
    text("氏名", "name", lambda row: row.who, 18),
    text("アドレス", "address", lambda row: row.address, 18),
    text("内容", "detail", lambda row: row.detail, 50),
    text("画面", "place", lambda row: row.place, 50),
]


@dataclass(frozen=True)
class TrailRows:
    """The lines, read in chunks, as often as they are asked for."""

    rows: QuerySet[AccessRecord]

    def __iter__(self) -> Iterator[AccessRecord]:
        yield from self.rows.iterator(chunk_size=CHUNK)


def as_file(request: HttpRequest, rows: QuerySet[AccessRecord]) -> HttpResponseBase:
    """The lines as a download: .xlsx of the newest `BOOK_LIMIT`, CSV of all of them."""
    newest = rows.first()
    at = newest.at if newest else timezone.now()
    name = f"ログインと取り出しの記録_{timezone.localdate(at):%Y-%m-%d}"
    marked = f"{name}{sample_mark(sample_loaded())}"
    title = "ログインと取り出しの記録"
    listed = DataList(title, marked, COLUMNS, TrailRows(rows), at, streamed=True)
    if asked_kind(request) == BOOK:
        listed = replace(listed, rows=TrailRows(rows[:BOOK_LIMIT]))
    return list_file(request, listed)
