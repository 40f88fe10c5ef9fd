"""What `/history/` shows as a file, a row for each thing that an entry changed: all of it as CSV,
row by row; the newest entries as .xlsx.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from foundation.records.actions import sample_loaded
from foundation.records.facts import FactLine
from foundation.records.models import HistoryEntry
from foundation.sheets.book import Column
from foundation.sheets.columns import month, number, text, yes_no
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import BOOK, DataList, asked_kind, list_file
from headquarters.desk.forms import AREAS
from kpi.models import Indicator
from kpi.rules.codes import machine_code

CHUNK = 500  # entries held in memory at a time
BOOK_LIMIT = 10_000  # a workbook is built in memory
NAMES = dict(AREAS)
CODES = ("番号", "新しい番号")  # facts that say an indicator's number
RATIO = re.compile(r"(－|-?[\d,.]+)／(-?[\d,.]+)")  # as `kpi.words.value` says one
MOMENT = "yyyy-mm-dd hh:mm"


class HistoryRow(NamedTuple):
    """One thing that an entry changed (None: the entry names none)."""

    entry: HistoryEntry
    line: FactLine | None

    def side(self, value: str | int | None) -> str | None:
        """A side of the change as text; nothing for nothing."""
        said = "" if value is None else str(value)
        about_code = self.line is not None and self.line.label in CODES and "-" in said
        return (machine_code(said) if about_code else said) or None


def _before(row: HistoryRow) -> str | None:
    return row.side(row.line.before) if row.line else None


def _after(row: HistoryRow) -> str | None:
    return row.side(row.line.after) if row.line else None


WHO = [
    number("履歴番号", "revision", lambda row: row.entry.revision, "番号", width=10),
    Column("日時", "at", lambda row: _local(row.entry.at), number_format=MOMENT, width=18),
    text("だれが", "actor", lambda row: row.entry.actor_name, 16),
    text("代理入力の相手", "on_behalf_of", lambda row: row.entry.on_behalf_of, 16),
    text("課", "department", lambda row: row.entry.department),
    text("区分", "area", lambda row: NAMES.get(row.entry.action.split(".")[0]), 12),
    text("操作コード", "action", lambda row: row.entry.action, 20),
    text("対象", "subject", lambda row: row.entry.subject_label, 40),
]
WHAT = [
    month("年月", "month", lambda row: row.entry.month),
    text("項目", "item", lambda row: row.line and row.line.label, 20),
    text("前", "before", _before, 30),
    text("後", "after", _after, 30),
    yes_no("消去", "is_gone", lambda row: row.line and row.line.after is None),
    text("理由", "reason", lambda row: row.entry.reason, 40),
]


def _columns() -> list[Column]:
    """All columns; entries about an indicator carry its number of today."""
    codes = Indicator.objects.codes_by_id()
    kind = ContentType.objects.get_for_model(Indicator).pk

    def indicator(row: HistoryRow) -> str:
        about = row.entry.subject_type_id == kind
        return machine_code(codes.get(row.entry.subject_id, "")) if about else ""

    return [
        *WHO,
        text("指標番号", "indicator_code", indicator, 10),
        *WHAT,
    ]


def _local(at: datetime) -> datetime:
    return timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0)


def _parts(value: str | int | None) -> tuple:
    """(numerator, denominator) of 「34／46」; another value stands for both."""
    found = RATIO.fullmatch(str(value))
    return found.groups() if found else (value, value)


def _data_of(line: FactLine) -> list[FactLine]:
    """A line as data, one datum each: of a ratio its two parts."""
    if not any(RATIO.fullmatch(str(value)) for value in (line.before, line.after)):
        return [line]
    before, after = _parts(line.before), _parts(line.after)
    return [
        FactLine(f"{line.label}の{part}", before[place], after[place])
        for place, part in enumerate(("分子", "分母"))
    ]


@dataclass(frozen=True)
class HistoryRows:
    """The rows of entries, read in chunks, as often as they are asked for."""

    entries: QuerySet[HistoryEntry]

    def __iter__(self) -> Iterator[HistoryRow]:
        for entry in self.entries.iterator(chunk_size=CHUNK):
            lines: list = [data for line in entry.lines for data in _data_of(line)]
            for line in lines or [None]:
                yield HistoryRow(entry, line)


def as_file(request: HttpRequest, entries: QuerySet[HistoryEntry]) -> HttpResponseBase:
    """The entries as a download: .xlsx of the newest `BOOK_LIMIT`, CSV of all of them."""
    newest = entries.first()
    at = newest.at if newest else timezone.now()
    mark = sample_mark(sample_loaded())
    name = f"変更履歴_{timezone.localdate(at):%Y-%m-%d}{mark}"
    listed = DataList("変更履歴", name, _columns(), HistoryRows(entries), at, streamed=True)
    if asked_kind(request) == BOOK:
        listed = replace(listed, rows=HistoryRows(entries[:BOOK_LIMIT]))
    return list_file(request, listed)
