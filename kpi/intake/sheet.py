"""The entry sheet 入力様式 as a workbook: what goes out to a department for a month.

White cells with a thick frame are open, everything else is locked (without a password). The way
back is in the hidden sheet 照合 (`identity.py`); columns are those of `columns.py`. The same rows
and the same moment give the same bytes (docs/excel.md §2).
"""

from datetime import date
from functools import partial
from typing import Any

from foundation.japanese.calendar import (
    add_months,
    month_name,
    time_of_day,
    wareki_month,
    wareki_month_in_names,
)
from foundation.records.actions import local_day
from foundation.round_trip.columns import GivenColumn
from foundation.round_trip.drawing import HEAD_ROW, LOCKED, OPEN, SHUT, Drawing, EntryCell, Layout
from foundation.sheets.book import new_book, save
from foundation.sheets.download import sample_mark
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

__all__ = ["HEAD_ROW", "entry_workbook", "file_name"]
LINES = (
    "1．太枠の白い欄に入力します。空欄にした欄は、いまの値のままです。"
    f"値を消すときは「{CLEAR}」と書きます。0件は 0 です。",
    "2．割合の指標は、分子と分母に入力します。数字がないときは、数字の欄を空けて"
    "「値なしの理由」を選びます。",
    "3．保存したファイルを、ポータルの「入力様式」から取り込みます。"
    "内容を確かめて確定するまで、ポータルの値は変わりません。提出は、その後、入力画面で行います。",
)
LABELS_OF: dict[str, dict[str, str]] = {
    MISSING_REASON: dict(MissingReason.choices),
    MATURITY: dict(Maturity.choices),
}


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
    Drawing(book.create_sheet(SHEET), _layout(sheet)).draw()
    write_identity(book, identity_in(sheet))
    title = f"KPI入力様式　{sheet.name}　{wareki_month(sheet.month)}分"
    return save(
        book,
        when=sheet.issued_at,
        title=title,
        author="",
    )


def identity_in(sheet: EntrySheet) -> Identity:
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


def _layout(sheet: EntrySheet) -> Layout:
    """What the sheet that people fill in is made of."""
    title = f"KPI入力様式　{wareki_month(sheet.month)}分　{sheet.name}"
    return Layout(
        title=title,
        foot=title,
        facts=_facts(sheet),
        lines=LINES,
        given=_given(sheet),
        entries=ENTRY_COLUMNS,
        status=STATUS,
        rows=sheet.rows,
        entry=_entry,
        number_format=_shown,
    )


def _entry(row: SheetRow, column: EntryColumn) -> EntryCell:
    """One cell of those to be filled in: open, locked, or of no use to the indicator."""
    name = column.name
    value, shown = shown_in(row, name), _number_format(row, name)
    if name in row.open_fields:
        return EntryCell(value, OPEN, shown, partial(check_of, row.definition, name))
    if name in row.fields or value is not None:
        return EntryCell(value, LOCKED, shown)
    return EntryCell(state=SHUT)


def _facts(sheet: EntrySheet) -> str:
    """When due, how much, when made: 「提出期限 11月10日（火）17時15分　　入力できる指標 3件」."""
    state = sheet.state
    due = state.countdown(local_day(sheet.issued_at))
    until = due.when if due.asked else due.sentence
    asked = f"入力できる指標 {len(sheet.open)}件（うち未入力 {sheet.missing}件）"
    return "　　".join([until, asked, f"この様式の作成 {time_of_day(sheet.issued_at)}"])


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
