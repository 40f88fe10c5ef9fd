"""Texts into files: what was typed comes back, what no file can hold does not leave."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from foundation.sheets.book import Column, data_sheet, new_book, put, save
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.reopening import UnreadableBook, reopen
from foundation.sheets.texts import kept, leaving, unfit

pytestmark = pytest.mark.pure
WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

DROPPED = [
    "\x00",
    "\x01",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1f",
    "\x7f",
    "\x80",
    "\x9f",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\U0001fffe",
    "\U0010ffff",
    "\u200e",
    "\u200f",
    "\u061c",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
]
KEPT = [
    "\t",
    "\n",
    "あ",
    "𠮷",
    "葛\U000e0100",
    "👩‍💻",
    "\ufffd",
    "\ue000",
    "〓",
    "é",
    "\u200d",
    "～",
]
LITERALS = [
    "_x000D_",
    "行_x000D_行",
    "_x000d_",
    "_xFFFE_",
    "_x0041_",
    "__x000A__",
    "_x000D_x000A_",
    "_x000D__x000A_",
    "_x005F_",
    "_x005F_x000D_",
    "_x005f_",
    "ax005F_b",
    "_x005F",
    "_x00D_",
    "_X000D_",
    "_x000G_",
    "a_x000D_<b>&",
    "=_x000D_",
]


def book_of(*texts):
    book = new_book()
    sheet = book.create_sheet("語")
    for row, text in enumerate(texts, 1):
        put(sheet.cell(row, 1), text, "dx-body")
    return save(book, when=WHEN, title=texts[0], author=texts[0])


def read_back(content):
    sheet = load_workbook(io.BytesIO(content), read_only=True)["語"]
    return [row[0] for row in sheet.iter_rows(values_only=True)]


def excel_reads(content):
    """The texts as Excel has them: strings of the table or of the cell, `_xHHHH_` decoded."""

    def decoded(node):
        pieces = [part.text or "" for part in node.iter(f"{MAIN}t")]
        return "".join(
            re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), piece)
            for piece in pieces
        )

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        table = "xl/sharedStrings.xml"
        shared = (
            [decoded(node) for node in fromstring(archive.read(table))] if table in names else []
        )
        sheet = fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        shared[int(cell.find(f"{MAIN}v").text)] if cell.get("t") == "s" else decoded(cell)
        for cell in sheet.iter(f"{MAIN}c")
    ]


@pytest.mark.parametrize("sign", DROPPED, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_no_file_can_hold_does_not_leave(sign):
    text = f"前{sign}後"
    assert leaving(text) == kept(text) == "前後"
    assert unfit(text * 2) == {f"U+{ord(sign):04X}": 2}
    content = book_of(text)
    reopen(content)
    assert read_back(content) == ["前後"]
    assert csv_bytes([text], [(text,)])[0].decode("utf-8-sig") == "前後\r\n前後\r\n"


@pytest.mark.parametrize("sign", KEPT)
def test_everything_else_leaves_as_it_was_typed(sign):
    text = f"前{sign}後"
    assert leaving(text) == kept(text) == text
    assert not unfit(text)
    assert read_back(book_of(text)) == [text]


@pytest.mark.parametrize("text", LITERALS)
def test_a_literal_of_excel_comes_back_as_it_was_typed(text):
    content = book_of(text, "ほか", text)
    reopen(content)
    assert read_back(content) == [text, "ほか", text]
    assert excel_reads(content) == [text, "ほか", text]


def test_the_literal_is_escaped_in_the_table_of_strings():
    with zipfile.ZipFile(io.BytesIO(book_of("_x000D_"))) as archive:
        assert b"<t>_x005F_x000D_</t>" in archive.read("xl/sharedStrings.xml")
        assert b"sharedStrings" in archive.read("[Content_Types].xml")
        assert b"sharedStrings" in archive.read("xl/_rels/workbook.xml.rels")


@pytest.mark.parametrize(
    ("text", "out"),
    [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\x85b", "a\nb"), ("a\n\nb", "a\n\nb")],
)
def test_lines_end_alike(text, out):
    assert leaving(text) == out
    assert read_back(book_of(text)) == [out]


@pytest.mark.parametrize("text", ["\u202e=1+1", "\x00=1", "\ufffe@SUM(A1)", "\u200e+1"])
def test_a_mark_before_a_formula_does_not_hide_it(text):
    content = book_of(text)
    cell = load_workbook(io.BytesIO(content))["語"]["A1"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert csv_bytes(["語"], [(text,)])[0].decode("utf-8-sig").split("\r\n")[1].startswith("'")


def test_a_long_text_is_cut_where_excel_would_not_open_it():
    long = "𠮷" * 40_000
    assert read_back(book_of(long)) == ["𠮷" * 16_000]
    assert read_back(book_of("長" * 40_000)) == ["長" * 32_000]


def test_a_day_that_excel_does_not_know_is_written_as_text():
    content = save_dates(date(1027, 1, 15), date(9999, 12, 31), date(2026, 10, 1))
    reopen(content)
    assert read_back(content) == [
        "1027-01-15",
        datetime(9999, 12, 31),
        datetime(2026, 10, 1),
    ]


def save_dates(*days):
    book = new_book()
    data_sheet(book, "語", [Column("日", "day", lambda day: day, number_format="yyyy-mm-dd")], days)
    book["語"].delete_rows(1)
    return save(book, when=WHEN, title="日", author="")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=40), min_size=1, max_size=5))
def test_any_text_gives_a_workbook_that_reopens_and_equals(texts):
    content = book_of(*texts)
    reopen(content)
    wanted = [leaving(text) for text in texts]
    back = read_back(content)
    back += [None] * (len(wanted) - len(back))
    assert [text or "" for text in back] == wanted
    assert [text or "" for text in excel_reads(content)] == wanted


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.from_regex("[a-c_x0-9DF\n]{0,3}(_x[0-9A-Fa-f]{4}_?){1,3}", fullmatch=True), min_size=1
    )
)
def test_any_literal_comes_back(texts):
    content = book_of(*texts)
    wanted = [leaving(text) for text in texts]
    assert read_back(content) == wanted
    assert excel_reads(content) == wanted


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_gives_a_csv_and_a_json_that_can_be_read(text):
    content, _ = csv_bytes(["語"], [(text,)])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    wanted = leaving(text)
    assert (rows[1][0] if rows[1] else "").removeprefix("'") == wanted.removeprefix("'")
    assert json.loads(json.dumps(wanted, ensure_ascii=False).encode()) == wanted
    assert kept(kept(text)) == kept(text)
    assert not unfit(wanted)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"PK\x03\x04",
        lambda parts: parts.pop("xl/workbook.xml"),
        lambda parts: parts.update({"xl/worksheets/sheet1.xml": "<worksheet>"}),
        lambda parts: parts.update({"xl/styles.xml": "<styleSheet>\ufffe</styleSheet>"}),
        lambda parts: parts.update({"docProps/core.xml": "<a>&#x1;</a>"}),
        lambda parts: parts.update({"docProps/core.xml": "<!DOCTYPE a><a/>"}),
        lambda parts: parts.update({"docProps/core.xml": "<x:a/>"}),
    ],
)
def test_a_book_that_does_not_open_is_noticed(broken):
    content = broken
    if callable(broken):
        with zipfile.ZipFile(io.BytesIO(book_of("語"))) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        broken(parts)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name, part in parts.items():
                target.writestr(name, part)
        content = out.getvalue()
    with pytest.raises(UnreadableBook):
        reopen(content)
