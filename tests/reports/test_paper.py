"""Print sheets with nothing in them, with usual content and with the worst: on the promised pages,
in type that can be read, nothing cut.
"""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from foundation.sheets.book import new_book
from foundation.sheets.fitting import beginning, figure_units, pieces, wrapped
from headquarters.reports.workbook import assembly
from headquarters.reports.workbook.cover import cover_sheet
from headquarters.reports.workbook.kpi_sheet import kpi_sheet, months_sheet
from headquarters.reports.workbook.measure_sheets import measure_sheets
from headquarters.reports.workbook.outlook_sheet import outlook_sheet
from headquarters.reports.workbook.paper import A3_LANDSCAPE, A4, A4_LANDSCAPE, SLACK, SMALLEST
from headquarters.reports.workbook.parts import MORE, Figure, target
from tests.reports import paper_reports

pytestmark = pytest.mark.pure
PRINTED = ("表紙", "総括表", "KPI実績", "KPI月別", "年度末見込", "工程表", "要対応一覧", "評価一覧")
PAGES = {
    "empty": dict.fromkeys(PRINTED, 1),
    "usual": dict.fromkeys(("表紙", "総括表", "工程表"), 1) | {"施策1": 2},
    "worst": dict.fromkeys(("表紙", "総括表", "工程表"), 1),
}
HIGHEST = 409.5  # points: Excel cuts the rest
soffice = pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftotext"),
    reason="LibreOffice または pdftotext がありません",
)


def _report(kind):
    return getattr(paper_reports, kind)()


def _sheets(kind):
    """The sheets for people, of a report of this kind; of the measures the first."""
    report, book = _report(kind), new_book()
    cover_sheet(book, report)
    first = replace(report, measures=report.measures[:1])
    for draw in (*assembly.FRONT, assembly.review_sheet, assembly.attention_sheet):
        draw(book, report)
    assembly.measure_sheets(book, first)
    return book


@pytest.fixture(scope="module")
def books():
    return {kind: _sheets(kind) for kind in PAGES}


TEXTS = {
    "nothing": "",
    "a word": "終わり",
    "a long sentence": "令和8年度の取組は、おおむね予定どおりに進んでいます。" * 40,
    "short lines": "\n".join(f"行{number}" for number in range(400)),
    "Latin": "Digital transformation of the municipal office " * 20,
    "one endless word": "W" * 1000,
    "closing signs": "（「あ」）、" * 100,
    "empty lines": "\n\n\n終わり\n\n",
    "outside the font": "髙①😀" * 100,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("points", [20, 100, 400])
def test_a_text_is_broken_into_lines_and_pieces_without_losing_a_character(text, points):
    assert "".join(wrapped(text, points)) == text
    parts = pieces(text, points, 12)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)
    assert all(len(wrapped(part, points)) <= 13 for part in parts)
    short = beginning(text, points, 6, end=MORE)
    assert (
        short == text
        or (short.endswith(MORE) and len(wrapped(short, points)) <= 6)
        or (points == 20 and short == MORE)
    )


def _printed_rows(sheet):
    last = int(re.search(r"\d+$", sheet.print_area)[0]) if sheet.print_area else sheet.max_row
    return range(1, last + 1)


@pytest.mark.parametrize("kind", PAGES)
def test_no_row_is_higher_than_excel_shows(books, kind):
    for sheet in books[kind]:
        for row in _printed_rows(sheet):
            assert (sheet.row_dimensions[row].height or 15) <= HIGHEST, (sheet.title, row)


@pytest.mark.parametrize("kind", PAGES)
def test_footers_keep_their_size_and_stay_in_the_margin_and_heads_are_repeated(books, kind):
    for sheet in books[kind]:
        assert sheet.HeaderFooter.scaleWithDoc is False
        margins = sheet.page_margins
        assert margins.footer + sheet.oddFooter.left.size / 72 * 1.5 < margins.bottom
        assert sheet.print_title_rows or sheet.title == "表紙"
        assert (sheet.page_setup.scale or 100) >= 100 * SMALLEST


def test_what_is_cut_is_said_and_stands_in_full_on_the_measures_sheet(books):
    book = books["worst"]
    report = _report("worst")
    full = "".join(
        str(cell.value) for column in book["施策1"].iter_cols() for cell in column if cell.value
    )
    measure, review = report.measures[0], report.review_of(1)
    said = [measure.name, measure.department, measure.why, measure.summary, review.done_text]
    said += [row.fact for row in report.attention if row.measure == 1]
    said += [row.response for row in report.attention if row.measure == 1]
    said += [item.name for step in report.steps_of(1) for item in step.milestones]
    said += [row.forecast.reason for row in report.indicators_of(1)]
    squeezed = re.sub(r"\s|（続き）", "", full)
    for text in said:
        plain = re.sub(r"\s", "", text)
        assert plain[:30] in squeezed, text[:40]
        assert plain[-30:] in squeezed, text[-40:]
    for name in ("総括表", "要対応一覧", "工程表", "評価一覧"):
        texts = [cell.value for line in book[name].iter_rows() for cell in line]
        assert any(isinstance(text, str) and text.endswith(MORE) for text in texts), name


def _cells(sheet):
    return [cell.value for line in sheet.iter_rows() for cell in line if cell.value is not None]


def test_range_targets_provisional_values_and_reasons_are_said(books):
    book = books["worst"]
    for name in ("KPI実績", "年度末見込", "施策1"):
        assert "60.0～80.0" in _cells(book[name]), name
    months = [cell for line in book["KPI月別"].iter_rows() for cell in line]
    assert any(cell.value == -999999999.9 or cell.value == paper_reports.BIG for cell in months)
    assert any(cell.number_format.startswith('"暫"') for cell in months)
    for name in ("KPI月別", "施策1"):
        assert "調査未実施" in _cells(book[name]), name
    assert any("見込1-1の理由" in str(text) for text in _cells(book["施策1"]))
    assert any("計画全体の" in str(text) for text in _cells(book["施策1"]))


RANGES = (
    ((120, None, None, False), "120"),
    ((None, 60, 80, False), "60～80"),
    ((None, 60, None, False), "60～"),
    ((None, None, 80, False), "～80"),
    ((None, None, None, False), "未設定"),
    ((None, None, None, True), "目標なし"),
)


@pytest.mark.parametrize(("fields", "said"), RANGES)
def test_a_target_is_said_as_it_was_decided(fields, said):
    row = _report("worst").indicators[1]
    numbers = [None if each is None else Decimal(each) for each in fields[:3]]
    names = dict(zip(("value", "lower", "upper"), numbers, strict=True))
    decided = replace(row.targets[0], none=fields[3], **names)
    changed = replace(row, decimals=0, targets=(decided,))
    shown = target(changed, 2026)
    assert (shown.shown if isinstance(shown, Figure) else shown) == said
    assert target(changed, 2040) == "未設定"


def _chart_parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        return [ElementTree.fromstring(archive.read(name)) for name in names]


NS = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}


def test_charts_carry_every_point_and_leave_gaps_where_there_is_none(books):
    buffer = io.BytesIO()
    books["worst"].save(buffer)
    drawn = _chart_parts(buffer.getvalue())
    assert len(drawn) == 2
    sheet = load_workbook(io.BytesIO(buffer.getvalue()))["施策1"]
    for chart in drawn:
        assert chart.find("c:roundedCorners", NS).get("val") == "0"
        assert {each.get("val") for each in chart.iter(f"{{{NS['c']}}}overlay")} == {"0"}
        assert chart.find(".//c:catAx/c:tickLblPos", NS).get("val") == "low"
        assert chart.find(".//c:dispBlanksAs", NS).get("val") == "gap"
        assert all(axis.find("c:title", NS) is not None for axis in chart.findall(".//c:catAx", NS))
        assert all(axis.find("c:title", NS) is not None for axis in chart.findall(".//c:valAx", NS))
        for series in chart.iter(f"{{{NS['c']}}}ser"):
            held = series.find("c:val/c:numRef", NS)
            [cells] = sheet[held.find("c:f", NS).text.split("!")[1].replace("$", "")]
            cached = {int(p.get("idx")): float(p[0].text) for p in held.iter(f"{{{NS['c']}}}pt")}
            assert cached == {n: c.value for n, c in enumerate(cells) if c.value is not None}
    bars = drawn[0].find(".//c:barChart/c:ser/c:val/c:numRef/c:numCache", NS)
    assert len(bars.findall("c:pt", NS)) == 10  # two of the twelve months have no figure
    assert len(drawn[0].findall(".//c:lineChart/c:ser", NS)) == 2  # both ends of a range


@dataclass(frozen=True)
class Word:
    """A word of a page of the PDF."""

    text: str
    left: float
    top: float
    right: float


WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)".*?>(.*?)</word>')


def _pages(path):
    """The words of each page, in the order in which they were written."""
    told = subprocess.run(
        ["pdftotext", "-raw", "-bbox", str(path), "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    return [
        [
            Word(text, float(left), float(top), float(right))
            for left, top, right, text in WORD.findall(page)
        ]
        for page in told.split("<page ")[1:]
    ]


@pytest.fixture(scope="module")
def printed(books, tmp_path_factory):
    """{kind: {sheet: its pages}}, printed in one go."""
    folder = tmp_path_factory.mktemp("paper")
    for kind, book in books.items():
        book.save(folder / f"{kind}.xlsx")
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{folder}/lo",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *(str(folder / f"{kind}.xlsx") for kind in books),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {kind: _by_sheet(book, folder / f"{kind}.pdf") for kind, book in books.items()}


def _by_sheet(book, path):
    """{sheet: its pages}: a page begins with its footer, the footer with the sheet's name."""
    found = {sheet.title: [] for sheet in book}
    for page in _pages(path):
        foot = "".join(word.text for word in page[:3])
        [name] = [name for name in found if foot.startswith(name)]
        found[name].append(page)
    return found


def _with_decimals(row, decimals):
    """The row with the longest numbers of so many decimals."""
    value = Decimal(f"-999999999.{'9' * decimals}0")
    months = tuple(
        replace(
            cell,
            figure=value,
            actual=value,
            maturity="暫定",
            missing_reason="",
            actual_maturity="暫定",
        )
        for cell in row.months
    )
    target = replace(row.targets[0], value=value, lower=None, upper=None)
    return replace(
        row,
        decimals=decimals,
        months=months,
        baseline_value=value,
        actual=value,
        expectation=value,
        targets=tuple(replace(target, fiscal_year=year) for year in range(2026, 2030)),
        forecast=replace(row.forecast, figure=value),
        pace=replace(row.pace, figure=value),
        last_year=replace(row.last_year, before=value),
    )


@pytest.mark.parametrize("decimals", range(5))
def test_numbers_of_nine_digits_find_room_in_type_that_can_be_read(decimals):
    report = _report("worst")
    rows = tuple(_with_decimals(row, decimals) for row in report.indicators[:4])
    report = replace(report, indicators=rows, measures=report.measures[:1])
    book = new_book()
    for draw in (kpi_sheet, months_sheet, outlook_sheet, measure_sheets):
        draw(book, report)
    if decimals == 4:
        del book["施策1"]  # such a number is set a little smaller there
    for sheet in book:
        landscape = A3_LANDSCAPE if sheet.page_setup.paperSize == 8 else A4_LANDSCAPE
        paper = landscape if sheet.page_setup.orientation == "landscape" else A4
        widths = {name: each.width for name, each in sheet.column_dimensions.items()}
        assert sum(widths.values()) <= paper.most_units / SLACK, sheet.title
        merged = {(each.min_row, each.min_col): each for each in sheet.merged_cells.ranges}
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if isinstance(cell.value, Decimal | int) and cell.alignment.shrink_to_fit:
                area = merged.get((cell.row, cell.column))
                last = area.max_col if area else cell.column
                room = sum(widths[get_column_letter(n)] for n in range(cell.column, last + 1))
                places = len(cell.number_format.split(";")[0].partition(".")[2])
                shown = Figure(cell.value, places, "暫" in cell.number_format).shown
                assert figure_units(shown, cell.font.size) <= room, (cell.coordinate, shown)


@soffice
@pytest.mark.parametrize("kind", PAGES)
def test_each_sheet_comes_on_the_promised_pages(printed, kind):
    pages = {name: len(found) for name, found in printed[kind].items()}
    assert pages | PAGES[kind] == pages


KANJI = re.compile(r"[一-鿿]{2,}$")


@soffice
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_cut_and_the_smallest_type_has_seven_points(printed, books, kind):
    for name, pages in printed[kind].items():
        words = [word for page in pages for word in page]
        assert not [word for word in words if "###" in word.text], name
        sizes = {
            round((word.right - word.left) / len(word.text), 2)
            for word in words
            if KANJI.match(word.text)
        }
        assert min(sizes) >= 6.95, name
        _nothing_is_cut(books[kind][name], pages)


def _nothing_is_cut(sheet, pages):
    texts = ["".join(word.text for word in page) for page in pages]
    owners = [[word for word in page for _ in word.text] for page in pages]
    together = [re.sub(r"&amp;|&lt;|&gt;|&quot;", "?", text) for text in texts]
    for line in sheet.iter_rows(max_row=max(_printed_rows(sheet)), max_col=_last_column(sheet)):
        for cell in line:
            if isinstance(cell.value, str) and cell.value.strip():
                _stands_whole(sheet, cell, together, owners)


def _last_column(sheet):
    area = re.search(r"\$([A-Z]+)\$\d+$", sheet.print_area or "")
    return sheet[f"{area[1]}1"].column if area else sheet.max_column


def _stands_whole(sheet, cell, texts, owners):
    """Its text is on a page, on no more lines than its row has room for."""
    wanted = re.sub(r"\s", "", cell.value)
    room = sheet.row_dimensions[cell.row].height or 15
    lines = [
        len({word.top for word in words[found.start() : found.end()]})
        for text, words in zip(texts, owners, strict=True)
        for found in re.finditer(re.escape(wanted), text)
    ]
    assert lines, (sheet.title, cell.coordinate, cell.value[:40])
    needed = min(lines) * cell.font.size * 1.2
    assert needed <= room + 1, (sheet.title, cell.coordinate, needed, room)
