"""Draws 計画の様式: a sheet for each part of the plan, with notes, drop-downs and room to write on.

The same rows and the same moment give the same bytes. No cell is merged, no cell has a formula.
"""

from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from foundation.sheets.book import ACROSS, new_book, print_setup, put, save
from foundation.sheets.fitting import beginning, height, room
from foundation.sheets.styles import ENTRY_STYLES
from headquarters.upkeep.plan_form.columns import FormColumn, FormSheet
from headquarters.upkeep.plan_form.gathering import Rows, Values
from headquarters.upkeep.plan_form.reading import CONTENT, ITEM
from headquarters.upkeep.plan_form.sheets import PLAN, SHEETS
from headquarters.upkeep.plan_form.values import Choice, Code, Number, Year, Yes

TITLE = "計画の様式"
GUIDE = "はじめに"
HELP = "書き方"
REQUIRED = "（必須）"
SPARE = {"本文": 20, "まちの現状": 30, "補記": 20, "基本方針": 6, "工程表": 40, "要確認": 40}
USUAL_SPARE = 30  # blank rows below what stands there
LAST_LINE = 2000  # as far as the drop-downs go
HEAD_ROW = 4
LEAST, HIGHEST = 22.0, 409.0  # points; Excel cuts what is higher
TEXT_FORMAT = "@"  # else 1-1 becomes a day as soon as it is typed
LINES = (
    "1．この様式は、計画をポータルに読み込むためのものです。シート名と見出しは変えないでください。"
    "行は増やしても減らしても、空けておいてもかまいません。",
    "2．太枠の白い欄に入力します。見出しにカーソルを置くと、書き方が出ます。"
    "「（必須）」の付いた見出しの欄は、使う行では空欄にできません。",
    "3．計画書で決まっていないことは、推測で埋めずに空欄にします。読み込んだ後に、画面で決められます。",
    "4．年度は R12、月は R12.4、日は R12.4.1 のように書きます"
    "（2030、2030-04、2030-04-01 でも読めます）。",
    "5．数式・セルの結合・マクロは使えません。ほかの表から写すときは「値」だけを貼り付けます。",
    "6．所管課・利用者・マイルストーン・実績は、この様式にはありません。"
    "読み込んだ後に、画面の「導入の手順」で登録します。",
    "7．読み込みは、空のデータベースに1回だけできます。直すところがあるときは、"
    "シートとセルをすべて示して、何も読み込みません。",
    "　　読み込む：manage.py load_plan ファイル名　　初めて起動する：run.py --plan ファイル名",
)


def plan_workbook(rows: Rows, *, name: str, at: datetime) -> bytes:
    """The form as .xlsx bytes; `name`: of the plan, "" for an empty form."""
    book = new_book()
    for style in ENTRY_STYLES.values():
        book.add_named_style(style)
    _guide(book, name)
    for sheet in SHEETS:
        paper = book.create_sheet(sheet.title)
        drawing = _Lines if sheet is PLAN else _Table
        drawing(paper, sheet, rows.get(sheet.title, [])).draw()
    return save(book, when=at, title=f"{TITLE}　{name}".strip(), author="")


def _guide(book: Workbook, name: str) -> None:
    """What the book is for, in a few lines, and what is on which sheet."""
    paper = book.create_sheet(GUIDE)
    widths = (16, 96)
    for number, width in enumerate(widths, 1):
        paper.column_dimensions[get_column_letter(number)].width = width
    put(paper.cell(1, 1), TITLE, "dx-title")
    put(paper.cell(2, 1), name or "空の様式", "dx-subtitle")
    line = 4
    for text in LINES:
        put(paper.cell(line, 2), text, "dx-line")
        paper.row_dimensions[line].height = height(text, room(widths[1])) + 2
        line += 1
    line += 1
    for number, head in enumerate(("シート", "入れるもの"), 1):
        put(paper.cell(line, number), head, "dx-head")
    for sheet in SHEETS:
        line += 1
        put(paper.cell(line, 1), sheet.title, "dx-body").hyperlink = f"#'{sheet.title}'!A1"
        put(paper.cell(line, 2), sheet.about, "dx-body")
        paper.row_dimensions[line].height = max(LEAST, height(sheet.about, room(widths[1])))
    paper.sheet_view.showGridLines = False
    print_setup(paper, landscape=True, one_page=True, title=TITLE)


class _Paper:
    """What the two kinds of sheets have in common."""

    def __init__(self, paper: Any, sheet: FormSheet, rows: list[Values]) -> None:
        self.paper, self.sheet, self.rows = paper, sheet, rows

    def top(self) -> None:
        """The name of the sheet, and what goes into it."""
        put(self.paper.cell(1, 1), self.sheet.title, "dx-title")
        put(self.paper.cell(2, 1), self.sheet.about, "dx-subtitle")
        self.paper.row_dimensions[1].height = 26
        self.paper.row_dimensions[2].height = 20

    def widths(self, widths: list[float]) -> None:
        """The widths of the columns."""
        for number, width in enumerate(widths, 1):
            self.paper.column_dimensions[get_column_letter(number)].width = width

    def entry(self, cell: Any, column: FormColumn, value: Any) -> str:
        """One open cell; the text that needs room in it."""
        shown = None if value is None else column.value.show(value)
        kind = column.value
        number = isinstance(kind, Number)
        style = "dx-entry-number" if number else "dx-entry"
        if isinstance(kind, Code | Year | Yes) or (isinstance(kind, Number) and kind.whole):
            style = "dx-entry-center"
        put(cell, shown, style, "General" if number else TEXT_FORMAT)
        return shown if isinstance(shown, str) else ""

    def check(self, column: FormColumn, area: str) -> None:
        """The drop-down of a closed list."""
        if not isinstance(column.value, Choice | Yes):
            return
        check = DataValidation(
            type="list",
            formula1=f'"{",".join(column.value.labels)}"',
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="一覧から選んでください",
            error="一覧から選ぶか、空欄にしてください。",
        )
        check.add(area)
        self.paper.add_data_validation(check)


class _Table(_Paper):
    """A row for each thing, and blank ones to go on."""

    def draw(self) -> None:
        """Everything, from the top."""
        columns = self.sheet.columns
        self.top()
        self.widths([column.width for column in columns])
        self._heads()
        spare = SPARE.get(self.sheet.title, USUAL_SPARE)
        for line, row in enumerate([*self.rows, *[{}] * spare], HEAD_ROW + 1):
            self._row(line, row)
        for number, column in enumerate(columns, 1):
            letter = get_column_letter(number)
            self.check(column, f"{letter}{HEAD_ROW + 1}:{letter}{LAST_LINE}")
        self.paper.freeze_panes = self.paper.cell(HEAD_ROW + 1, self.sheet.frozen + 1)
        across = sum(column.width for column in columns)
        paper = "A4" if across <= ACROSS["A4"] else "A3"
        heads = f"{HEAD_ROW}:{HEAD_ROW}"
        print_setup(self.paper, paper=paper, landscape=True, repeat_rows=heads)
        self.paper.page_setup.fitToWidth = max(1, -(-int(across) // ACROSS[paper]))
        if self.paper.page_setup.fitToWidth > 1:
            self.paper.print_title_cols = f"A:{get_column_letter(self.sheet.frozen)}"
        last = get_column_letter(len(columns))
        self.paper.print_area = f"A1:{last}{HEAD_ROW + max(len(self.rows), 1)}"

    def _heads(self) -> None:
        most = 0.0
        for number, column in enumerate(self.sheet.columns, 1):
            cell = put(self.paper.cell(HEAD_ROW, number), column.header, "dx-head")
            cell.comment = _note(column)
            most = max(most, height(column.header, room(column.width)))
        self.paper.row_dimensions[HEAD_ROW].height = max(LEAST, most)

    def _row(self, line: int, row: Values) -> None:
        most = LEAST
        for number, column in enumerate(self.sheet.columns, 1):
            text = self.entry(self.paper.cell(line, number), column, row.get(column.name))
            most = max(most, height(text, room(column.width), 9))
        self.paper.row_dimensions[line].height = min(most, HIGHEST)


class _Lines(_Paper):
    """The sheet 計画: a line for each thing."""

    def draw(self) -> None:
        """Everything, from the top."""
        widths = [28, 72, 62]
        row = self.rows[0] if self.rows else {}
        self.top()
        self.widths([float(width) for width in widths])
        for number, head in enumerate((ITEM, CONTENT, HELP), 1):
            put(self.paper.cell(HEAD_ROW, number), head, "dx-head")
        for line, column in enumerate(self.sheet.columns, HEAD_ROW + 1):
            cell = self.paper.cell(line, 2)
            text = self.entry(cell, column, row.get(column.name))
            cell.style = "dx-entry"  # numbers too: one column, one edge
            cell.number_format = TEXT_FORMAT
            said = f"{REQUIRED if column.required else ''}{column.help}"
            put(self.paper.cell(line, 1), column.header, "dx-group")
            put(self.paper.cell(line, 3), said, "dx-small")
            needs = [height(text, room(widths[1]), 9), height(said, room(widths[2]), 9)]
            self.paper.row_dimensions[line].height = max(LEAST, *needs)
            self.check(column, cell.coordinate)
        self.paper.freeze_panes = self.paper.cell(HEAD_ROW + 1, 2)
        print_setup(self.paper, landscape=True, one_page=True)


def _note(column: FormColumn) -> Comment | None:
    """What is said of a column while the cursor is on its head."""
    said = [REQUIRED.strip("（）") if column.required else "", column.help]
    if isinstance(column.value, Choice):
        said.append("／".join(column.value.labels))
    text = "\n".join(filter(None, said))
    if not text:
        return None
    note = Comment(beginning(text, room(60), 12, end="…"), "事務局")
    note.width, note.height = 300, 130
    return note
