"""Workbooks and CSV: typed, safe, the same bytes for the same data."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from openpyxl import load_workbook

from foundation.sheets.book import Column, data_sheet, new_book, print_setup, put, save, write_table
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.download import XLSX, file_response

pytestmark = pytest.mark.pure
WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']


def made(rows=((1, "a"),)):
    book = new_book()
    columns = [
        Column("数", "number", lambda row: row[0], width=8),
        Column("語", "word", lambda row: row[1]),
    ]
    data_sheet(book, "データ", columns, rows)
    return save(book, when=WHEN, title="題", author="大崎町", identifier="x")


def reopened(content):
    return load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_a_formula(text):
    cell = reopened(made(((1, text),)))["データ"]["B2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.strip() == text.strip()


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (0, 0),
        (Decimal("0"), 0),
        (Decimal("-12.5"), -12.5),
        (Decimal("150.0"), 150),
        (None, None),
        (date(2026, 10, 1), datetime(2026, 10, 1)),
        ("", None),
        ("長" * 1000, "長" * 1000),
        ("a\x00b\x0bc", "abc"),
    ],
)
def test_values_keep_their_type(value, back):
    assert reopened(made(((value, "x"),)))["データ"]["A2"].value == back


def test_the_same_data_gives_the_same_bytes():
    with time_machine.travel("2027-01-01", tick=False):
        first = made()
    with time_machine.travel("2029-05-05", tick=False):
        assert made() == first
    assert made(((2, "a"),)) != first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-11-02T03:04:05Z") == 2
    assert "大崎町" in core


def test_a_data_sheet_is_one_table_from_a1():
    sheet = reopened(made(((1, "a"), (2, "b"))))["データ"]
    assert sheet.dimensions == "A1:B3"
    assert not sheet.merged_cells.ranges
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"


def test_print_set_up():
    book = new_book()
    sheet = book.create_sheet("x")
    put(sheet["A1"], "a", "dx-head")
    write_table(sheet, [Column("h", "h", lambda row: row)], [1], start=3)
    print_setup(sheet, paper="A3", one_page=True, repeat_rows="1:3")
    back = reopened(save(book, when=WHEN, title="t", author="a"))["x"]
    assert (back.page_setup.paperSize, back.page_setup.orientation) in {
        (8, "landscape"),
        ("8", "landscape"),
    }
    assert back.sheet_properties.pageSetUpPr.fitToPage
    assert (back.page_setup.fitToHeight, back.print_title_rows) == (1, "$1:$3")


def test_csv():
    content, lost = csv_bytes(
        ["数", "語"], [(Decimal("-5.50"), "=1+1"), (0, "髙,1"), (None, 'a"b')]
    )
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == '数,語\r\n-5.5,\'=1+1\r\n0,"髙,1"\r\n,"a""b"\r\n'
    assert lost == []
    content, lost = csv_bytes(["語"], [("𠮷野",)], encoding="cp932")
    assert (content.decode("cp932"), lost) == ("語\r\n〓野\r\n", ["𠮷"])


def test_file_names_cannot_inject_headers():
    answer = file_response(b"x", '報告\r\nX-Evil: 1".xlsx', XLSX)
    assert "\n" not in answer["Content-Disposition"]
    assert "X-Evil" not in answer.headers
    assert answer["X-Content-Type-Options"] == "nosniff"
