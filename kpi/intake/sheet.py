"""The entry sheet 入力様式 as a workbook: what goes out to a department for a month.

White cells with a thick frame are open, everything else is locked (without a password). The way
back is in the hidden sheet 照合 (`identity.py`); columns are those of `columns.py`. The same rows
and the same moment give the same bytes (docs/excel.md §2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    add_months,
    month_name,
    time_of_day,
    wareki_month,
    wareki_month_in_names,
)
from foundation.records.actions import local_day
from foundation.sheets.book import new_book, print_setup, put, save
from foundation.sheets.download import sample_mark
from foundation.sheets.fitting import height, room
from foundation.sheets.styles import ENTRY_STYLES, number_format
from kpi.choices import Maturity, MissingReason
from kpi.identity import known_value
from kpi.intake.checks import check_of, format_of
from kpi.intake.columns import (
    CLEAR,
    CODE,
    ENTRY_COLUMNS,
    MARK,
    MATURITY,
    MISSING_REASON,
    NUMBERS,
    NUMERATOR,
    SHEET,
    EntryColumn,
)
from kpi.intake.identity import Identity, write_identity
from kpi.intake.rows import PAST, EntrySheet, SheetRow

BAND_ROW, HEAD_ROW = 6, 7
BAND_HEIGHT = 18.0
LEAST, HIGHEST = 24.0, 409.0  # points; Excel cuts what is higher
LINES = (
    "1．太枠の白い欄に入力します。空欄にした欄は、いまの値のままです。"
    f"値を消すときは「{CLEAR}」と書きます。0件は 0 です。",
    "2．割合の指標は、分子と分母に入力します。数字がないときは、数字の欄を空けて"
    "「値なしの理由」を選びます。",
    "3．保存したファイルを、ポータルの「入力様式」から取り込みます。"
    "内容を確かめて確定するまで、ポータルの値は変わりません。提出は、そのあと入力画面で行います。",
)
LABELS_OF: dict[str, dict[str, str]] = {
    MISSING_REASON: dict(MissingReason.choices),
    MATURITY: dict(Maturity.choices),
}
GIVEN, ASKED = "参考（変更できません）", "入力する欄"


@dataclass(frozen=True)
class GivenColumn:
    """A locked column: its head, what it says of a row, its width and style."""

    header: str
    read: Callable[[SheetRow], Any]
    width: float
    style: str = "dx-given"


def _given(sheet: EntrySheet) -> list[GivenColumn]:
    """The columns that stand before those to be filled in."""
    return [
        GivenColumn(MARK, lambda _: None, 4, "dx-given-center"),
        GivenColumn(CODE, lambda row: row.indicator.code, 6, "dx-given-center"),
        GivenColumn("指標", lambda row: row.indicator.name, 18),
        GivenColumn("数え方", lambda row: row.counting, 20),
        GivenColumn("単位", lambda row: row.definition.unit, 6, "dx-given-center"),
        *(_past(sheet.month, ago) for ago in range(PAST, 0, -1)),
        GivenColumn("年度目標", lambda row: row.target, 10, "dx-given-number"),
    ]


def _past(month: date, ago: int) -> GivenColumn:
    """The column of an earlier month: 「9月の値」."""
    head = f"{month_name(add_months(month, -ago))}の値"
    return GivenColumn(head, lambda row: row.past(ago), 10, "dx-given-number")


STATUS = GivenColumn("状態", lambda row: row.status, 18)


def entry_workbook(sheet: EntrySheet) -> bytes:
    """The entry sheet as .xlsx bytes."""
    book = new_book()
    for style in ENTRY_STYLES.values():
        book.add_named_style(style)
    _Drawing(book.create_sheet(SHEET), sheet).draw()
    write_identity(book, identity_in(sheet))
    title = f"KPI入力様式　{sheet.name}　{wareki_month(sheet.month)}分"
    return save(
        book,
        when=sheet.issued_at,
        title=title,
        author="",
    )


def identity_in(sheet: EntrySheet) -> Identity:
    """What the hidden sheet says of a sheet."""
    return Identity(
        month=sheet.month,
        department=sheet.department.code if sheet.department else "",
        department_name=sheet.name,
        issued_at=sheet.issued_at,
        revision=sheet.revision,
        rows=tuple(known_value(row.indicator, sheet.month, row.stored) for row in sheet.rows),
    )


def file_name(sheet: EntrySheet, what: str = "") -> str:
    """「大崎町DX推進計画_入力様式_R8-10_総務課.xlsx」 without its ending; sample data says so."""
    mark = sample_mark(sheet.sample)
    when = wareki_month_in_names(sheet.month)
    return f"{sheet.plan}_入力様式_{when}_{what or sheet.name}{mark}"


class _Drawing:
    """Draws the sheet that people fill in."""

    def __init__(self, paper, sheet: EntrySheet) -> None:
        self.paper, self.sheet = paper, sheet
        self.begin = ""  # where the cursor stands when the file is opened
        self.given = _given(sheet)
        first = len(self.given) + 1
        self.places = {column.name: first + at for at, column in enumerate(ENTRY_COLUMNS)}
        self.last = first + len(ENTRY_COLUMNS)
        self.widths = [
            *(column.width for column in self.given),
            *(column.width for column in ENTRY_COLUMNS),
            STATUS.width,
        ]

    def draw(self) -> None:
        """Everything, from the top."""
        for number, width in enumerate(self.widths, 1):
            self.paper.column_dimensions[get_column_letter(number)].width = width
        self._top()
        self._heads()
        for line, row in enumerate(self.sheet.rows, HEAD_ROW + 1):
            self._row(line, row)
        self._settle()

    def _top(self) -> None:
        """Whose sheet it is, until when, and the three lines."""
        sheet = self.sheet
        title = f"KPI入力様式　{wareki_month(sheet.month)}分　{sheet.name}"
        self._across(1, title, "dx-sheet-title", 16)
        for line, text in enumerate((_facts(sheet), *LINES), 2):
            self._across(line, text, "dx-sheet-subtitle" if line == 2 else "dx-line")

    def _across(self, line: int, text: str, style: str, size: int = 10) -> None:
        """A text over the whole width."""
        self.paper.merge_cells(start_row=line, end_row=line, start_column=1, end_column=self.last)
        put(self.paper.cell(line, 1), text, style)
        points = room(sum(self.widths))
        self.paper.row_dimensions[line].height = height(text, points, size) + 2

    def _heads(self) -> None:
        """Two lines: what may be changed, and the names of the columns with their notes."""
        first = len(self.given) + 1
        self._band(1, first - 1, GIVEN)
        self._band(first, self.last - 1, ASKED)
        put(self.paper.cell(BAND_ROW, self.last), None, "dx-group")
        self.paper.row_dimensions[BAND_ROW].height = BAND_HEIGHT
        heads = [*(each.header for each in self.given), *(each.header for each in ENTRY_COLUMNS)]
        heads.append(STATUS.header)
        for number, head in enumerate(heads, 1):
            put(self.paper.cell(HEAD_ROW, number), head, "dx-head")
        for column in ENTRY_COLUMNS:
            self.paper.cell(HEAD_ROW, self.places[column.name]).comment = _note(column.help)
        self._fit(HEAD_ROW, dict(enumerate(heads, 1)), 10)

    def _band(self, first: int, last: int, text: str) -> None:
        """What the columns below are, over all of them."""
        for number in range(first, last + 1):
            put(
                self.paper.cell(BAND_ROW, number),
                text if number == first else None,
                "dx-group",
            )
        self.paper.merge_cells(
            start_row=BAND_ROW, end_row=BAND_ROW, start_column=first, end_column=last
        )

    def _row(self, line: int, row: SheetRow) -> None:
        texts = {}
        for number, given in enumerate(self.given, 1):
            texts[number] = given.read(row)
            style = _style_of(given, texts[number])
            put(self.paper.cell(line, number), texts[number], style, _shown(row, given))
        for column in ENTRY_COLUMNS:
            texts[self.places[column.name]] = self._entry(line, row, column)
        texts[self.last] = row.status
        put(self.paper.cell(line, self.last), row.status, STATUS.style)
        self._fit(line, texts, 9)

    def _entry(self, line: int, row: SheetRow, column: EntryColumn) -> Any:
        """One cell of those to be filled in: open, locked, or of no use to the indicator."""
        cell, name = self.paper.cell(line, self.places[column.name]), column.name
        value = shown_in(row, name)
        if name in row.open_fields:
            put(cell, value, column.style, _number_format(row, name))
            self.paper.add_data_validation(check_of(row.definition, name, cell.coordinate))
            self.begin = self.begin or cell.coordinate
        elif name in row.fields or value is not None:
            style = column.style.replace("dx-entry", "dx-given")
            put(cell, value, style, _number_format(row, name))
        else:
            put(cell, None, "dx-shut")
        return value

    def _fit(self, line: int, texts: dict[int, Any], size: int) -> None:
        """A row as high as its texts need."""
        needs = [
            height(text, room(self.widths[number - 1]), size)
            for number, text in texts.items()
            if isinstance(text, str)
        ]
        self.paper.row_dimensions[line].height = min(max([LEAST, *needs]), HIGHEST)

    def _settle(self) -> None:
        """Protection, panes, paper."""
        paper = self.paper
        paper.freeze_panes = paper.cell(HEAD_ROW + 1, 4)
        for part in paper.sheet_view.selection:
            if self.begin and part.pane == "bottomRight":
                part.activeCell = part.sqref = self.begin
        paper.protection.sheet = True
        paper.protection.formatColumns = paper.protection.formatRows = False  # may be changed
        title = f"KPI入力様式　{wareki_month(self.sheet.month)}分　{self.sheet.name}"
        print_setup(paper, landscape=True, repeat_rows=f"{BAND_ROW}:{HEAD_ROW}", title=title)


def _facts(sheet: EntrySheet) -> str:
    """Until when, how much, made when: 「締切 11月10日（火）17時15分　　入力できる指標 3件 …」."""
    state = sheet.state
    due = state.countdown(local_day(sheet.issued_at))
    until = due.when if due.asked else due.sentence
    asked = f"入力できる指標 {len(sheet.open)}件（うち未入力 {sheet.missing}件）"
    return "　　".join([until, asked, f"この様式の作成 {time_of_day(sheet.issued_at)}"])


def _note(text: str) -> Comment:
    note = Comment(text, "事務局")
    note.width, note.height = 280, 110
    return note


def _style_of(column: GivenColumn, value: Any) -> str:
    """Of figures in words the lines are broken; a number is rather set smaller."""
    words = isinstance(value, str) and column.style == "dx-given-number"
    return "dx-given-words" if words else column.style


def _shown(row: SheetRow, column: GivenColumn) -> str | None:
    """How a figure of an earlier month is shown."""
    return number_format(row.definition.decimals) if column.style.endswith("number") else None


def _number_format(row: SheetRow, name: str) -> str | None:
    return format_of(row.definition, name) if name in NUMBERS else None


def shown_in(row: SheetRow, name: str) -> Any:
    """What an entry cell shows: what is stored, in words."""
    if name == NUMERATOR and row.definition.numerator_words:
        return row.numerator
    known = known_value(
        row.indicator,
        row.facts.month,
        row.stored,
    )
    value = getattr(known, name)
    if value in (None, ""):
        return None
    return LABELS_OF[name][value] if name in LABELS_OF else value
