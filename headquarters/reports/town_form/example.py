"""A form to begin with: empty cells, each with its name, to be filled as it is or rebuilt."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.workbook.defined_name import DefinedName

from foundation.sheets.book import new_book, print_setup, put, save
from foundation.sheets.styles import number_format
from headquarters.reports.model import MonthlyReport
from headquarters.reports.town_form.items import prefix_of

KPI_SHEET, MEASURE_SHEET = "指標", "施策"
TITLE = "様式の見本"
DATE = '[$-411]ggge"年"m"月"d"日"'
HEAD_ROW = 4
TWO_LINES = 28  # points; nobody knows yet how long the texts will be


@dataclass(frozen=True)
class Drawn:
    """A column of the example: its head, the end of the name, width, style, number format."""

    head: str
    end: str
    width: float
    style: str = "dx-body"
    form: str | None = None


KPI_COLUMNS = (
    Drawn("番号", "番号", 6, "dx-center"),
    Drawn("指標", "指標名", 34),
    Drawn("所管課", "所管課", 14),
    Drawn("目標", "目標", 11, "dx-number"),
    Drawn("実績", "実績", 11, "dx-number"),
    Drawn("単位", "単位", 7, "dx-center"),
    Drawn("達成率（％）", "達成率", 11, "dx-number", number_format(1)),
    Drawn("判定", "判定", 6, "dx-center"),
    Drawn("評価の文", "判定の文", 46),
)
MEASURE_COLUMNS = (
    Drawn("施策", "名称", 34),
    Drawn("所管課", "所管課", 14),
    Drawn("自動判定", "自動判定", 9, "dx-center"),
    Drawn("理由", "自動判定の理由", 46),
    Drawn("本部評価", "本部評価", 9, "dx-center"),
    Drawn("今後の方向性", "今後の方向性", 20),
)


def file_name(report: MonthlyReport) -> str:
    """「大崎町DX推進計画_様式の見本.xlsx」."""
    return f"{report.plan}_{TITLE}.xlsx"


def example_form(report: MonthlyReport) -> bytes:
    """The example, with the indicators and measures of the report; it holds none of its values."""
    book = new_book()
    rows = [(prefix_of(row.code), number_format(row.decimals)) for row in report.indicators]
    sheet = _sheet(book, KPI_SHEET, "指標の状況", KPI_COLUMNS, rows)
    _totals(book, sheet, report)
    measures = [(f"施策{row.number}", None) for row in report.measures]
    _sheet(book, MEASURE_SHEET, "施策の状況", MEASURE_COLUMNS, measures)
    return save(book, when=report.made_at, title=TITLE, author=report.municipality)


def _sheet(book, title: str, words: str, columns: Sequence[Drawn], rows):
    """A table with one named cell for each value; `rows`: (beginning of the names, number form)."""
    sheet = book.create_sheet(title)
    put(sheet.cell(1, 1), words, "dx-title")
    _head(book, sheet, len(columns))
    for number, column in enumerate(columns, 1):
        cell = put(sheet.cell(HEAD_ROW, number), column.head, "dx-head")
        sheet.column_dimensions[cell.column_letter].width = column.width
    for line, (prefix, form) in enumerate(rows, HEAD_ROW + 1):
        sheet.row_dimensions[line].height = TWO_LINES
        for number, column in enumerate(columns, 1):
            own = form if column.style == "dx-number" and column.form is None else column.form
            cell = put(sheet.cell(line, number), None, column.style, own)
            _name(book, cell, f"{prefix}_{column.end}")
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 1)
    print_setup(sheet, landscape=True, repeat_rows=f"1:{HEAD_ROW}")
    return sheet


def _head(book, sheet, last: int) -> None:
    """Month and version over the first table; names of a sheet of its own over the second."""
    named = ((1, "報告_年月"), (3, "報告_版"), (last, "報告_作成日"))
    for column, name in named:
        form = DATE if name.endswith("日") else None
        cell = put(sheet.cell(2, column), None, "dx-subtitle", form)
        _name(
            book,
            cell,
            name,
        )


def _totals(book, sheet, report: MonthlyReport) -> None:
    """How many indicators have each grade, and a sum that the form itself works out."""
    first = sheet.max_row + 2
    letters = [band.letter for band in report.bands]
    for line, letter in enumerate(letters, first):
        put(sheet.cell(line, 2), f"判定{letter}の指標", "dx-body")
        cell = put(sheet.cell(line, 4), None, "dx-number", number_format())
        _name(book, cell, f"集計_判定{letter}")
    total = sheet.cell(first + len(letters), 4)
    put(sheet.cell(total.row, 2), "判定のある指標（様式の計算式）", "dx-body")
    put(total, None, "dx-number", number_format())
    total.value = f"=SUM(D{first}:D{total.row - 1})"


def _name(book, cell, name: str) -> None:
    """Give the cell a name: of the workbook, for a second one of that sheet."""
    reference = f"'{cell.parent.title}'!${cell.column_letter}${cell.row}"
    names = cell.parent.defined_names if name in book.defined_names else book.defined_names
    names[name] = DefinedName(name, attr_text=reference)
