"""A workbook as Excel writes one, in raw XML, with what a library would lose."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
KIND = "application/vnd.openxmlformats-officedocument"
SHEET = f"""{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"
 xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
 xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
 xr:uid="{{00000000-0001-0000-0000-000000000000}}"><sheetPr><tabColor rgb="FFFF0000"/></sheetPr>\
<dimension ref="A1:D9"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>\
<sheetFormatPr defaultRowHeight="13.5" x14ac:dyDescent="0.15"/>\
<cols><col min="5" max="6" width="12" style="3" customWidth="1"/></cols><sheetData>\
<row r="1" spans="1:4" x14ac:dyDescent="0.15"><c r="A1" s="1" t="s"><v>0</v></c>\
<c r="B1" s="2"/><c r='D1' s="4"><v>5</v></c></row>\
<row r="3" spans="1:4" s="3" customFormat="1" ht="30" customHeight="1"/>\
<row r="4" spans="1:4"><c r="B4" s="2" t="s" vm="1"><v>0</v></c><c r="C4" s="2"><f>B4*2</f>\
<v>0</v></c><c r="D4"><f t="array" ref="D4:D6">B4:B6</f><v>0</v></c></row>\
<row r="9"><c r="A9" s="1"><v>1</v></c></row></sheetData>\
<sheetProtection sheet="1" objects="1" scenarios="1"/>\
<mergeCells count="2"><mergeCell ref="B6:C7"/><mergeCell ref="A8:D8"/></mergeCells>\
<conditionalFormatting sqref="B4"><cfRule type="cellIs" dxfId="0" priority="1" operator="lessThan">\
<formula>50</formula></cfRule></conditionalFormatting>\
<dataValidations count="1"><dataValidation type="list" allowBlank="1" sqref="B1">\
<formula1>"A,B,C,D"</formula1></dataValidation></dataValidations>\
<drawing r:id="rId1"/><legacyDrawing r:id="rId2"/>\
<tableParts count="1"><tablePart r:id="rId4"/></tableParts>\
<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"
 xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">\
<x14:conditionalFormattings/></ext></extLst></worksheet>"""
PREFIXED = f"""{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData/></x:worksheet>"""
NAMES = {
    "月": "様式!$B$1",
    "実績": "様式!$B$4",
    "無い行": "様式!$C$2",
    "空の行": "様式!$B$3",
    "列の書式": "様式!$E$12",
    "結合": "様式!$B$6:$C$7",
    "別のシート": "'集計''A 2'!$C$5",
    "町の名前": "様式!$A$1",
}
BOOK = """{head}<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr date1904="{epoch}"/>\
<sheets><sheet name="様式" sheetId="1" r:id="rId1"/>\
<sheet name="集計'A 2" sheetId="7" r:id="rId2"/>\
</sheets><definedNames>{names}</definedNames><calcPr calcId="191029" calcMode="manual"/>\
<extLst><ext uri="{{140A7094-0E35-4892-8432-C4D2E57EDEB5}}"/></extLst></workbook>"""
CONTENT = f"""{HEAD}<Types xmlns="{PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Default Extension="vml" ContentType="{KIND}.vmlDrawing"/>\
<Override PartName="/xl/workbook.xml" ContentType="{KIND}.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.spreadsheetml.worksheet+xml"/>\
<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{KIND}.spreadsheetml.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{KIND}.spreadsheetml.styles+xml"/>\
<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.spreadsheetml.sharedStrings+xml"/>\
<Override PartName="/xl/drawings/drawing1.xml" ContentType="{KIND}.drawing+xml"/>\
<Override PartName="/xl/charts/chart1.xml" ContentType="{KIND}.drawingml.chart+xml"/>\
<Override PartName="/xl/comments1.xml" ContentType="{KIND}.spreadsheetml.comments+xml"/>\
<Override PartName="/xl/tables/table1.xml" ContentType="{KIND}.spreadsheetml.table+xml"/>\
<Override PartName="/xl/calcChain.xml" ContentType="{KIND}.spreadsheetml.calcChain+xml"/></Types>"""


def _relations(*rows):
    inside = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in rows
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1">\
<numFmt numFmtId="176" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;"/></numFmts>\
<fonts count="1"><font><sz val="11"/><name val="ＭＳ 明朝"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0"/></cellStyleXfs><cellXfs count="5">\
<xf numFmtId="0" fontId="0" xfId="0"/><xf numFmtId="49" fontId="0" xfId="0"/>\
<xf numFmtId="2" fontId="0" xfId="0"/><xf numFmtId="176" fontId="0" xfId="0"/>\
<xf numFmtId="9" fontId="0" xfId="0"/></cellXfs><cellStyles count="1">\
<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
<dxfs count="1"><dxf/></dxfs></styleSheet>"""
DRAWN = f"""{HEAD}<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main">\
<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row>\
<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="300000"/>\
<xdr:sp macro="" textlink="">\
<xdr:nvSpPr><xdr:cNvPr id="2" name="印"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>\
<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom></xdr:spPr></xdr:sp><xdr:clientData/>\
</xdr:oneCellAnchor></xdr:wsDr>"""
CHART = f"""{HEAD}<c:chartSpace xmlns:c="{DRAWING}/chart"><c:chart><c:plotArea><c:layout/>\
</c:plotArea></c:chart></c:chartSpace>"""
TABLE = f"""{HEAD}<table xmlns="{MAIN}" id="1" name="表1" displayName="表1" ref="F20:G22">\
<tableColumns count="2"><tableColumn id="1" name="項目"/><tableColumn id="2" name="数"/>\
</tableColumns></table>"""
COMMENTS = f"""{HEAD}<comments xmlns="{MAIN}"><authors><author>総務課</author></authors>\
<commentList><comment ref="B4" authorId="0"><text><t>実績を書く</t></text></comment></commentList>\
</comments>"""
PARTS = {
    "[Content_Types].xml": CONTENT,
    "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": "",
    "xl/_rels/workbook.xml.rels": _relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
        ("rId3", "styles", "styles.xml"),
        ("rId4", "sharedStrings", "sharedStrings.xml"),
        ("rId5", "calcChain", "calcChain.xml"),
    ),
    "xl/worksheets/sheet1.xml": SHEET,
    "xl/worksheets/_rels/sheet1.xml.rels": _relations(
        ("rId1", "drawing", "../drawings/drawing1.xml"),
        ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId3", "comments", "../comments1.xml"),
        ("rId4", "table", "../tables/table1.xml"),
    ),
    "xl/worksheets/sheet2.xml": PREFIXED,
    "xl/styles.xml": STYLES,
    "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}"><si><t>様式第３号</t></si></sst>',
    "xl/drawings/drawing1.xml": DRAWN,
    "xl/drawings/_rels/drawing1.xml.rels": _relations(("rId1", "chart", "../charts/chart1.xml")),
    "xl/drawings/vmlDrawing1.vml": '<xml xmlns:v="urn:schemas-microsoft-com:vml"/>',
    "xl/charts/chart1.xml": CHART,
    "xl/comments1.xml": COMMENTS,
    "xl/tables/table1.xml": TABLE,
    "xl/calcChain.xml": f'{HEAD}<calcChain xmlns="{MAIN}"><c r="C4" i="1"/></calcChain>',
    "xl/printerSettings/printerSettings1.bin": "\x00\x01",
}


def book_part(names, *, epoch="0", more=""):
    """xl/workbook.xml with these names: {name: reference}."""
    rows = "".join(f'<definedName name="{name}">{ref}</definedName>' for name, ref in names.items())
    return BOOK.format(head=HEAD, main=MAIN, office=OFFICE, epoch=epoch, names=rows + more)


def raw_form(names=NAMES, *, epoch="0", more="", **changed):
    """The workbook. `changed`: the text of a part by its name («sheet1»)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        book = book_part(names, epoch=epoch, more=more)
        for place, text in (PARTS | {"xl/workbook.xml": book}).items():
            stem = place.rsplit("/", 1)[-1].removesuffix(".xml")
            entry = zipfile.ZipInfo(place, (2026, 4, 1, 9, 30, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, changed.get(stem, text))
    return out.getvalue()


def parts_of(content):
    """{place: bytes} of a workbook, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}
