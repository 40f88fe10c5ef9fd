"""Rows about files: a month's workbook beside openpyxl writing the same cells and charts, and what
it takes to refuse hostile files (printed, nothing is promised).
"""

import io
import time
import tracemalloc
from collections.abc import Iterator
from copy import copy

from django.utils import timezone
from openpyxl import Workbook, load_workbook

from bench.table import Row
from bench.timing import by_turns, ratio
from headquarters.reports.choices import EditionKind
from headquarters.reports.drawn import draw
from headquarters.reports.editions import whole_report
from measures.models import Plan

WORKBOOK = 1.5
KEPT = ("font", "fill", "border", "alignment", "number_format", "protection")


def workbook(database: str, rounds: int) -> Iterator[Row]:
    """The workbook of the month being collected, gathered already."""
    today = timezone.localdate()
    report = whole_report(Plan.objects.get().months.collected(today), on=today)
    if report is None:
        return
    read = load_workbook(io.BytesIO(draw(EditionKind.MONTH, report)))
    styles = {cell.coordinate: None for sheet in read for row in sheet.iter_rows() for cell in row}
    cases = {
        "ours": lambda: draw(EditionKind.MONTH, report),
        "bare": lambda: bare_copy(read),
    }
    found = ratio(by_turns(cases, max(2, rounds // 3)), "ours", "bare")
    name = f"workbook of {len(read.sheetnames)} sheets, {len(styles)} places: bare openpyxl"
    yield Row(database, name, found.value, "x", found.low, found.high, WORKBOOK)


def bare_copy(read: Workbook) -> bytes:
    """The same cells with the same looks, and the same charts, written and opened again."""
    book = Workbook()
    book.remove(book.active)
    for sheet in read:
        page = book.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                new = page.cell(
                    cell.row,
                    cell.column,
                    cell.value,
                )
                if cell.has_style:
                    for name in KEPT:
                        setattr(new, name, copy(getattr(cell, name)))
        for chart in sheet._charts:
            page.add_chart(copy(chart))
    out = io.BytesIO()
    book.save(out)
    load_workbook(io.BytesIO(out.getvalue()))
    return out.getvalue()


def hostile(database: str) -> Iterator[Row]:
    """Seconds until each hostile file is refused, and the most memory it took."""
    from foundation.sheets.bounds import Unreadable, check
    from tests.sheets.test_bounds import HOSTILE

    def refused(content: bytes) -> None:
        try:
            check(content)
        except Unreadable:
            return
        raise AssertionError("a hostile file was read")

    for name, (content, _) in HOSTILE.items():
        begun = time.perf_counter()
        refused(content)
        yield Row(database, f"{name}: refused after", time.perf_counter() - begun, "s")
        tracemalloc.start()
        refused(content)
        most = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        yield Row(database, f"{name}: most memory", most, "MB")
