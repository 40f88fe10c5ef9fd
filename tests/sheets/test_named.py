"""A workbook of somebody else's is filled: values into named cells, every other byte as it was."""

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from datetime import date, datetime
from decimal import Decimal
from random import Random

import pytest
from openpyxl import load_workbook

from foundation.sheets import targets
from foundation.sheets.cell_writing import MAIN, Layout, plain_number, written
from foundation.sheets.inspection import UnsafeFile, inspect
from foundation.sheets.named import NamedBook, UnfitBook
from tests.sheets.raw_form import (
    BOOK,
    HEAD,
    NAMES,
    OFFICE,
    PARTS,
    SHEET,
    book_part,
    parts_of,
    raw_form,
)

pytestmark = pytest.mark.pure
FIRST = "xl/worksheets/sheet1.xml"
SECOND = "xl/worksheets/sheet2.xml"
VALUES = {
    "月": "令和8年10月",
    "実績": Decimal("12.50"),
    "無い行": 7,
    "空の行": date(2026, 10, 1),
    "列の書式": date(2026, 10, 31),
    "結合": "1行目\n 2行目 ",
    "別のシート": Decimal("-0.3"),
    "様式にない名前": "書かれない",
}


def read(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it does not know
        return load_workbook(io.BytesIO(content))


def filled(values=VALUES, **given):
    return NamedBook(raw_form(**given)).filled(values)


def cell_in(content, address, part=FIRST):
    """The XML of one cell."""
    found = re.search(
        rf'<c r="{address}"[^>]*?(/>|>.*?</c>)', parts_of(content)[part].decode(), re.S
    )
    return found and found[0]


def test_values_stand_in_their_cells_typed_and_in_the_cells_own_style():
    content = filled()
    inspect(content, ".xlsx")
    book = read(content)
    sheet = book["様式"]
    assert sheet["B1"].value == "令和8年10月"
    assert (sheet["B4"].value, sheet["B4"].number_format) == (12.5, "0.00")
    assert (sheet["C2"].value, sheet["C2"].data_type) == (7, "n")
    assert sheet["B6"].value == "1行目\n 2行目 "
    assert [sheet[at].value for at in ("B3", "E12")] == [
        datetime(2026, 10, 1),
        datetime(2026, 10, 31),
    ]
    assert "ggge" in sheet["B3"].number_format  # of its row
    assert "ggge" in sheet["E12"].number_format  # of its column
    assert book["集計'A 2"]["C5"].value == -0.3
    assert sheet["A1"].value == "様式第３号"


def test_every_other_part_is_the_same_to_the_byte_and_in_its_order():
    before, after = parts_of(raw_form()), parts_of(filled())
    changed = {FIRST, SECOND, "xl/workbook.xml", "[Content_Types].xml"}
    changed |= {"xl/_rels/workbook.xml.rels"}
    assert list(after) == [name for name in before if name != "xl/calcChain.xml"]
    same = set(after) - changed
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert {"xl/charts/chart1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} < same
    assert NamedBook(raw_form()).filled(VALUES) == filled()


def test_of_a_sheet_only_the_cells_change():
    after = parts_of(filled())[FIRST].decode()
    head, _, rest = SHEET.partition("<sheetData>")
    tail = rest.partition("</sheetData>")[2]
    assert after.startswith(head.replace('ref="A1:D9"', 'ref="A1:E12"'))
    assert after.endswith(tail)
    for kept in (
        '<c r="A1" s="1" t="s"><v>0</v></c>',
        "<c r='D1' s=\"4\"><v>5</v></c>",
        '<row r="9"><c r="A9" s="1"><v>1</v></c></row>',
        '<row r="3" s="3" customFormat="1" ht="30" customHeight="1">',
    ):
        assert kept in after


def test_all_is_calculated_when_the_book_is_opened_and_no_old_result_is_left():
    parts = parts_of(filled())
    assert (
        b'<calcPr calcId="191029" calcMode="manual" fullCalcOnLoad="1"/>'
        in parts["xl/workbook.xml"]
    )
    assert b"calcChain" not in b"".join(parts.values())
    assert cell_in(filled(), "C4") == '<c r="C4" s="2"><f>B4*2</f></c>'
    without = BOOK.replace('<calcPr calcId="191029" calcMode="manual"/>', "")
    name = "<definedName name='月'>様式!$B$1</definedName>"
    book = without.format(head=HEAD, main=MAIN, office=OFFICE, epoch="0", names=name)
    parts = parts_of(filled(workbook=book))
    assert b'</definedNames><calcPr fullCalcOnLoad="1"/><extLst>' in parts["xl/workbook.xml"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "=1+1"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("<b>&amp;\"'", "<b>&amp;\"'"),
        ("]]>", "]]>"),
        ("_x000D_ と _x005F_", "_x000D_ と _x005F_"),
        ("制\x00御\x0b文\x1f字\ud800\ufffe", "制御文字"),
        ("逆\u202e順", "逆順"),
        ("行\r\n改\x85行", "行\n改\n行"),
        ("  前後  ", "  前後  "),
        ("𠮷😀", "𠮷😀"),
        ("0012", "0012"),
    ],
)
def test_a_text_is_shown_as_it_was_typed_and_is_never_a_formula(text, shown):
    content = filled({"月": text, "別のシート": text})
    inspect(content, ".xlsx")
    book = read(content)
    for cell in (book["様式"]["B1"], book["集計'A 2"]["C5"]):
        assert (str(cell.value), cell.data_type) in ((shown, "s"), (shown, "inlineStr"))
    assert "<f>" not in cell_in(content, "B1")


def test_nothing_empties_the_cell_and_its_style_stays():
    content = filled({"実績": None, "月": ""})
    assert cell_in(content, "B4") == '<c r="B4" s="2"/>'
    assert cell_in(content, "B1") == '<c r="B1" s="2"/>'


@pytest.mark.parametrize(
    ("number", "written_as"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.0"), "0"),
        (Decimal("0.10"), "0.1"),
        (Decimal("100"), "100"),
        (Decimal("123456789.125"), "123456789.125"),
        (0, "0"),
    ],
)
def test_a_number_is_written_plainly(number, written_as):
    assert plain_number(number) == written_as


def test_days_are_counted_as_the_book_counts_them():
    book = read(filled({"空の行": date(2026, 10, 1)}, epoch="1"))
    assert book["様式"]["B3"].value == datetime(2026, 10, 1)
    assert "<v>44834</v>" in cell_in(filled({"空の行": date(2026, 10, 1)}, epoch="1"), "B3")
    assert read(filled({"空の行": date(1900, 1, 1)}))["様式"]["B3"].value == "1900-01-01"


REFUSED = {
    "#REF!": targets.GONE,
    "様式!#REF!": targets.GONE,
    "様式!$XFE$1": targets.GONE,
    "[1]様式!$B$1": targets.ELSEWHERE,
    "'[他.xlsx]様式'!$B$1": targets.ELSEWHERE,
    "様式!$B:$B": targets.WHOLE,
    "様式!$3:$4": targets.WHOLE,
    "様式!$B$1,様式!$B$4": targets.SEVERAL,
    "様式!B1": targets.LOOSE,
    "OFFSET(様式!$B$1,1,0)": targets.NO_CELL,
    "12": targets.NO_CELL,
    '"文字"': targets.NO_CELL,
    "無い!$B$1": targets.NO_SHEET,
    "様式!$B$1:$C$2": targets.MANY,
    "様式!$B$6:$C$6": targets.MANY,
    "様式!$C$7": targets.INSIDE,
    "様式!$C$4": targets.FORMULA,
    "様式!$D$4": targets.FORMULA,
    "様式!$D$6": targets.ARRAY,
    "様式!$G$20": targets.TABLE,
}


@pytest.mark.parametrize("reference", REFUSED)
def test_a_name_that_is_not_one_free_cell_is_refused_and_nothing_is_written_there(reference):
    content = raw_form({"月": "様式!$B$1", "実績": reference.replace("&", "&amp;")})
    book = NamedBook(content)
    cell = book.cells[1]
    assert cell.why == REFUSED[reference]
    assert cell.where
    assert parts_of(book.filled({"実績": 99}))[FIRST] == SHEET.encode()


def test_names_that_excel_keeps_and_hidden_ones_are_left_out_and_two_of_one_cell_are_told():
    more = (
        '<definedName name="_xlnm.Print_Area" localSheetId="0">様式!$A$1:$D$9</definedName>'
        '<definedName name="隠れた" hidden="1">様式!$A$2</definedName>'
        "<definedName name=\"月\" localSheetId=\"1\">'集計''A 2'!$A$1</definedName>"
        '<definedName name="同じ">様式!$B$1</definedName>'
        '<definedName name="ＫＰＩ" comment="x">様式!$B$10:$B$10</definedName>'
    )
    book = NamedBook(raw_form({"月": "様式!$B$1"}, more=more))
    assert [(cell.name, cell.where) for cell in book.cells if not cell.why] == [
        ("月", "様式のB1"),
        ("月", "集計'A 2のA1"),
        ("ＫＰＩ", "様式のB10"),
    ]
    assert [(cell.name, cell.why[:8]) for cell in book.cells if cell.why] == [
        ("同じ", "「月」と同じセル")
    ]
    sheets = read(book.filled({"月": "10月", "kpi": 3}))
    assert [sheets["様式"][at].value for at in ("B1", "B10")] == ["10月", 3]
    assert sheets["集計'A 2"]["A1"].value == "10月"


SHAPES = {
    "rows and cells without addresses": (
        "<sheetData><row><c><v>1</v></c><c s='2'><v>2</v></c></row><row/></sheetData>",
        "<sheetData><row><c><v>1</v></c><c s='2'><v>9</v></c>"
        '<c r="D1"><v>8</v></c></row><row><c r="C2"><v>7</v></c></row></sheetData>',
    ),
    "a row to come before another": (
        '<sheetData><row r="5"><c r="B5"/></row></sheetData>',
        '<sheetData><row r="1"><c r="B1"><v>9</v></c><c r="D1"><v>8</v></c></row>'
        '<row r="2"><c r="C2"><v>7</v></c></row><row r="5"><c r="B5"/></row></sheetData>',
    ),
    "cells to come before and between others": (
        '<sheetData><row r="1" spans="1:3"><c r="A1"/><c r="C1"/><c r="E1"/></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"/><c r="B1"><v>9</v></c><c r="C1"/>'
        '<c r="D1"><v>8</v></c><c r="E1"/></row>'
        '<row r="2"><c r="C2"><v>7</v></c></row></sheetData>',
    ),
    "what follows the cells of a row, signs in values, an extension of a cell": (
        '<sheetData><row r="1" x="a>b"><c r="B1" t="s" q="/>"><v>0</v>'
        "<extLst><ext/></extLst></c><extLst/></row></sheetData>",
        '<sheetData><row r="1" x="a>b"><c r="B1" q="/>"><v>9</v><extLst><ext/></extLst></c>'
        '<c r="D1"><v>8</v></c><extLst/></row><row r="2"><c r="C2"><v>7</v></c></row></sheetData>',
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_are_put_in_at_their_place(shape):
    before, after = (
        f'<worksheet xmlns="{MAIN}">{rows}</worksheet>'.encode() for rows in SHAPES[shape]
    )
    values = {(2, 3): 7, (1, 4): 8, (1, 2): 9}
    assert written(Layout.of(before, frozenset(values)), values) == after


@pytest.mark.parametrize(
    "changed",
    [
        {"sheet1": '<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.partition("?>")[2].strip()},
        {"sheet1": SHEET.replace("UTF-8", "Shift_JIS")},
        {"sheet1": SHEET.encode("utf-16")},
        {"sheet1": SHEET.replace("</sheetData>", "")},
        {"sheet1": f'<worksheet xmlns="{MAIN}"/>'},
        {"workbook": "<workbook"},
        {"workbook.xml.rels": "<x/"},
        {"styles": "<styleSheet"},
        {"sheet1": SHEET.replace('r="B1"', 'r="?"')},
        {"workbook": BOOK.format(head="", main="http://purl.oclc.org/ooxml/spreadsheetml/main",
                                 office="o", epoch="0", names="")},
    ],
)  # fmt: skip
def test_a_book_that_cannot_be_read_is_refused_in_words(changed):
    with pytest.raises(UnfitBook, match="「Excel ブック（.xlsx）」で保存し直してください。"):
        NamedBook(raw_form(**changed)).filled(VALUES)


TOKEN = re.compile(r'"[^"]*"|<[^>]*>')
ODD = ("", "0", "-1", "9" * 11, "A0", "XFE9", "A1:", "$A$1", "A:A", "1.5", "true", "rId9", "あ")


def mutated(text, seed):
    """The text with a tag or a value of an attribute lost, doubled or changed."""
    chance = Random(seed)
    found = chance.choice(list(TOKEN.finditer(text)))
    odd = f'"{chance.choice(ODD)}"' if found[0].startswith('"') else chance.choice(("", "<x/>"))
    new = chance.choice(("", found[0] * 2, odd, odd))
    return text[: found.start()] + new + text[found.end() :]


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles", "workbook.xml.rels", "table1"])
def test_a_book_that_was_tampered_with_is_refused_in_words_or_filled_soundly(part):
    """A harmless archive, whatever is in it: never another error, never a broken book."""
    plain = {place.rsplit("/", 1)[-1].removesuffix(".xml"): text for place, text in PARTS.items()}
    plain["workbook"] = book_part(NAMES)
    outcomes = set()
    for seed in range(120):
        content = raw_form(**{part: mutated(plain[part], seed)})
        try:
            inspect(content, ".xlsx")
            after = NamedBook(content).filled(VALUES)
        except (UnsafeFile, UnfitBook) as error:
            outcomes.add("refused")
            assert str(error).endswith("。")
        else:
            outcomes.add("filled")
            inspect(after, ".xlsx")
    assert outcomes == {"refused", "filled"}


def test_a_mark_of_the_encoding_moves_nothing_and_a_signature_is_refused():
    marked = b"\xef\xbb\xbf" + SHEET.encode()
    plain = parts_of(filled())[FIRST]
    assert parts_of(filled(sheet1=marked))[FIRST] == b"\xef\xbb\xbf" + plain
    signed = io.BytesIO(raw_form())
    with zipfile.ZipFile(signed, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<x/>")
    with pytest.raises(UnfitBook, match="署名を外してください"):
        NamedBook(signed.getvalue())


def test_a_file_that_is_no_archive_is_refused_in_words():
    with pytest.raises(UnfitBook, match="読み取れません"):
        NamedBook(b"PK\x03\x04 no archive")


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_calculates(tmp_path):
    path = tmp_path / "filled.xlsx"
    names = "".join(f"<definedName name='{name}'>{at}</definedName>" for name, at in NAMES.items())
    book = BOOK.format(head=HEAD, main=MAIN, office=OFFICE, epoch="0", names=names)
    path.write_bytes(filled(workbook=book.replace(' calcMode="manual"', "")))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    out = tmp_path / "out"
    subprocess.run([*command, "--outdir", out, path], check=True, capture_output=True, timeout=120)
    sheet = load_workbook(out / "filled.xlsx", data_only=True)["様式"]
    assert (sheet["B4"].value, sheet["C4"].value, sheet["D4"].value) == (12.5, 25, 12.5)
    assert sheet["B1"].value == "令和8年10月"
