"""What comes back is read within limits: bombs and strangers are refused before they cost much."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook as NewBook
from openpyxl.chart import LineChart

from foundation.sheets import bounds, reading
from foundation.sheets.bounds import SHEET, Counted, Unreadable, check
from foundation.sheets.cell import Cell
from foundation.sheets.reading import Workbook
from tests.sheets.test_inspection import (
    BOOK,
    LAUGHS,
    MAIN,
    a_document,
    part,
    relations,
    types,
    with_parts,
)

pytestmark = pytest.mark.pure
SHEET_PART = "xl/worksheets/sheet1.xml"


def worksheet(rows="", after=""):
    return part(
        SHEET_PART, f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def locked(content):
    """The same with the mark of a password on its first part."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def merges(references):
    cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in references)
    return worksheet(after=f"<mergeCells>{cells}</mergeCells>")


ONE = "<c><v>1</v></c>"
HOSTILE = {
    "empty": (b"", bounds.OTHER_KIND),
    "a text": ("指標,値\n1-1,3\n".encode("cp932"), bounds.OTHER_KIND),
    "a pdf called xlsx": (b"%PDF-1.7 ...", bounds.OTHER_KIND),
    "an xls called xlsx": (bounds.OLE + b"\xa1\xb1\x1a\xe1" + b"\0" * 600, bounds.OLD_KIND),
    "a document": (a_document(), bounds.OTHER_KIND),
    "half a file": (BOOK[: len(BOOK) // 2], bounds.BROKEN),
    "a broken part": (BOOK.replace(b"PK\x03\x04", b"PK\x03\x05", 1), bounds.BROKEN),
    "a password": (locked(BOOK), bounds.LOCKED),
    "too many bytes": (b"PK\x03\x04" + b"0" * SHEET.size, bounds.TOO_LARGE.format(5)),
    "zip bomb": (
        with_parts(BOOK, part("xl/media/a.png", b"0" * (SHEET.unpacked + 1))),
        bounds.SWOLLEN,
    ),
    "a dense part": (with_parts(BOOK, part("xl/media/a.png", b"0" * 2**24)), bounds.SWOLLEN),
    "too many parts": (
        with_parts(BOOK, {f"xl/media/{number}.png": b"" for number in range(SHEET.parts)}),
        bounds.SWOLLEN,
    ),
    "a million rows": (
        with_parts(BOOK, worksheet("<row/>" * 1_000_000)),
        bounds.MANY_ROWS.format(20_000),
    ),
    "a million cells": (
        with_parts(BOOK, worksheet(f"<row>{'<c/>' * 1_000_000}</row>")),
        bounds.MANY_CELLS.format(200_000),
    ),
    "a million strings": (
        with_parts(
            BOOK, part("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{"<si/>" * 1_000_000}</sst>')
        ),
        bounds.MANY_CELLS.format(200_000),
    ),
    "a value far down": (
        with_parts(BOOK, worksheet(f'<row r="1048576">{ONE}</row>')),
        bounds.FAR_DOWN.format(5_000),
    ),
    "merge bomb": (with_parts(BOOK, merges(["A1:XFD1048576"])), bounds.MERGED.format(50_000)),
    "many merges": (
        with_parts(BOOK, merges([f"A{line}:Z{line}" for line in range(1, 3_000)])),
        bounds.MERGED.format(50_000),
    ),
    "a merge of nothing": (with_parts(BOOK, merges(["nonsense"])), bounds.BROKEN),
    "entities": (
        with_parts(BOOK, part(SHEET_PART, LAUGHS + "<x>&b;</x>")),
        bounds.SAID[bounds.inspection.ENTITIES],
    ),
    "a document type in utf-16": (
        with_parts(BOOK, part(SHEET_PART, (LAUGHS + "<x/>").encode("utf-16"))),
        bounds.SAID[bounds.inspection.ENTITIES],
    ),
    "macros": (
        with_parts(BOOK, part("xl/vbaProject.bin", b"x")),
        bounds.SAID[bounds.inspection.MACRO],
    ),
    "an xlsm called xlsx": (
        with_parts(
            BOOK,
            part(
                "[Content_Types].xml", types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")
            ),
        ),
        bounds.SAID[bounds.inspection.MACRO],
    ),
    "external links": (
        with_parts(BOOK, part("xl/externalLinks/externalLink1.xml", "<x/>")),
        bounds.SAID[bounds.inspection.OUTSIDE],
    ),
    "a part from elsewhere": (
        with_parts(BOOK, part("xl/_rels/x.rels", relations("image", "http://x.test/a.png"))),
        bounds.SAID[bounds.inspection.OUTSIDE],
    ),
    "NUL": (with_parts(BOOK, part(SHEET_PART, b"<worksheet>\x00</worksheet>")), bounds.BROKEN),
    "no XML": (with_parts(BOOK, part(SHEET_PART, "<worksheet>")), bounds.BROKEN),
}


@pytest.mark.parametrize("content, why", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_before_much_of_it_is_read(content, why):
    counted = Counted()
    with pytest.raises(Unreadable) as refused:
        check(content, counted=counted)
    assert str(refused.value) == why
    assert counted.size <= SHEET.unpacked
    assert counted.elements <= SHEET.elements + 1
    assert counted.rows <= SHEET.rows + 1
    assert counted.cells <= SHEET.cells + 1
    if why.startswith(("行", "結合", "セル")):
        assert counted.size < 12 * 2**20, "given up at the first piece that is too much"


def test_what_is_refused_says_what_to_do():
    for _, why in HOSTILE.values():
        assert why.endswith("ください。"), why
    assert set(bounds.SAID) >= {
        value
        for name, value in vars(bounds.inspection).items()
        if name in ("BROKEN", "LOCKED", "SWOLLEN", "MACRO", "OUTSIDE", "ENTITIES", "EMBEDDED")
    }


def test_an_ordinary_file_is_counted():
    counted = check(BOOK)
    assert (counted.rows, counted.cells, counted.merged) == (10, 26, 0)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_cells_are_read_as_they_were_typed():
    book = NewBook()
    sheet = book.active
    sheet.title = "入力"
    sheet.append(
        [None, "１，２３４件", 0, 0.1 + 0.2, True, datetime(2026, 11, 3), date(2026, 5, 3)]
    )
    sheet["B3"], sheet["B3"].number_format = 0.85, "0.0%"
    sheet["C3"], sheet["C3"].number_format = 85, '0"%"'
    sheet["D3"] = "=B3*2"
    sheet["E3"], sheet["F3"] = " 前\r\n後 ", 1e-7
    rows = Workbook(saved(book)).rows("入力")
    assert [cell.text for cell in rows[0][:7]] == [
        "",
        "１，２３４件",
        "0",
        "0.3",
        "TRUE",
        "2026-11-03",
        "2026-05-03",
    ]
    assert not any(cell.text for cell in rows[1])
    percentage, only_text, formula, note, small = rows[2][1:6]
    assert (percentage.is_percentage, only_text.is_percentage) == (True, False)
    assert (formula.has_no_result, formula.text, formula.place) == (True, "", "入力!D3")
    assert note.text == "前\n後"
    assert Decimal(small.text) == Decimal("0.0000001")


@pytest.mark.parametrize(
    "number_format, expected",
    [
        ("0%", True),
        ("#,##0.00%", True),
        ("0.0_ %", True),
        ("[Red]0%", True),
        ("0", False),
        ("General", False),
        ('0"％"', False),
        ('0.0"%"', False),
        ("0\\%", False),
    ],
)
def test_a_percentage_is_told_by_the_format_and_not_by_a_sign_in_it(number_format, expected):
    assert Cell(0.85, number_format=number_format).is_percentage is expected


def test_a_far_cell_costs_nothing():
    book = NewBook()
    book.active["A1"], book.active["XFD2"], book.active["A4000"] = 1, 2, 3
    rows = Workbook(saved(book)).rows("Sheet")
    assert len(rows) == 4_000 and max(map(len, rows)) <= reading.COLUMNS
    assert [cell.value for cell in (rows[0][0], rows[3_999][0])] == [1, 3]


def test_a_chart_sheet_is_no_sheet_of_cells_and_a_broken_one_is_named():
    book = NewBook()
    book.create_chartsheet("図").add_chart(LineChart())
    assert Workbook(saved(book)).titles == ["Sheet"]
    odd = worksheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')
    with pytest.raises(Unreadable, match="^シート「Sheet」：ファイルが壊れて"):
        Workbook(with_parts(BOOK, odd)).rows("Sheet")


def test_too_many_sheets_are_refused():
    book = NewBook()
    for _ in range(reading.MOST_SHEETS):
        book.create_sheet()
    with pytest.raises(Unreadable, match="シートが多すぎます"):
        Workbook(saved(book))
