"""The target sheet 年度目標様式 as a workbook.

The same rows and the same moment give the same bytes (docs/excel.md §2).
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation

from foundation.japanese.calendar import time_of_day, wareki_date, wareki_month_in_names
from foundation.japanese.ranges import decision_days
from foundation.records.actions import local_day
from foundation.round_trip.checks import check, day_within, one_of, text_up_to
from foundation.round_trip.columns import CODE, MARK, EntryColumn, GivenColumn
from foundation.round_trip.drawing import LOCKED, OPEN, SHEET, Drawing, EntryCell, Layout
from foundation.round_trip.identity import Identity, KnownRow, write_identity
from foundation.sheets.book import new_book, save
from foundation.sheets.download import sample_mark
from foundation.sheets.styles import ENTRY_STYLES
from kpi import words
from kpi.rules.checks import is_whole
from kpi.setup.sheets.columns import (
    DECIDED_ON,
    DECIDED_WHERE,
    FALLS,
    FROM_MONTH,
    REASON,
    REASON_LIMIT,
    TERM_LABELS,
    WHERE_LIMIT,
    YES,
    columns_of,
    year_of,
)
from kpi.setup.sheets.kind import DOCUMENT, TITLE, TargetSheets
from kpi.setup.sheets.rows import TargetSheet, TargetsNow

SUBJECT = "全指標"
LINES = (
    "1．変えるところだけ、太枠の白い欄を直します。そのままの欄と空欄にした欄は、変わりません。"
    f"「ゼロ」を目指す指標は 0 を、置かないと決めた年度は「{words.NO_TARGET_WANTED}」を入れます。",
    "2．すでに目標や実績がある年度を変える行には、見直しの理由を書きます。決定日と決定した会議等も、"
    "決まっていれば書きます。その行で変えた目標すべてに使います。",
    "3．保存したファイルを、ポータルの「年度目標様式（Excel）」から取り込みます。"
    "内容を確かめて確定するまで、ポータルの目標は変わりません。",
)
GIVEN_COLUMNS = (
    GivenColumn(MARK, lambda _: None, 5, "dx-given-center"),
    GivenColumn(CODE, lambda now: now.number, 6, "dx-given-center"),
    GivenColumn("指標", lambda now: now.indicator.name, 20),
    GivenColumn("単位・方向性・集計", lambda now: now.row.counting, 16),
    GivenColumn("基準値", lambda now: now.row.definition.baseline_value, 9, "dx-given-number"),
)
STATUS = GivenColumn("状態", lambda now: _status(now), 12)
WHOLE = "#,##0;▲#,##0;0"
SHORTEST_MONTH = 4  # 「R8.4」


def target_workbook(sheet: TargetSheet) -> bytes:
    """The sheet as .xlsx bytes."""
    book, kind = new_book(), TargetSheets(sheet.years)
    for style in ENTRY_STYLES.values():
        book.add_named_style(style)
    layout = _layout(sheet)
    Drawing(book.create_sheet(SHEET), layout).draw()
    write_identity(book, _identity(sheet), kind.fields)
    return save(
        book,
        when=sheet.issued_at,
        title=layout.title,
        author="",
    )


def file_name(sheet: TargetSheet) -> str:
    """「大崎町DX推進計画_年度目標様式_R8-11」; sample data says so."""
    when = wareki_month_in_names(local_day(sheet.issued_at))
    return f"{sheet.plan}_{TITLE}_{when}{sample_mark(sheet.sample)}"


def _identity(sheet: TargetSheet) -> Identity:
    return Identity(
        document=DOCUMENT,
        format=TargetSheets.format,
        subject=SUBJECT,
        issued_at=sheet.issued_at,
        revision=sheet.revision,
        rows=tuple(KnownRow(row.key, row.number, row.version, row.aims) for row in sheet.rows),
    )


def _layout(sheet: TargetSheet) -> Layout:
    title = f"{TITLE}　{wareki_date(local_day(sheet.issued_at))}現在"
    return Layout(
        title=title,
        foot=title,
        facts=f"{sheet.facts}　　この様式の作成 {time_of_day(sheet.issued_at)}",
        lines=LINES,
        given=GIVEN_COLUMNS,
        entries=columns_of(sheet.years),
        status=STATUS,
        rows=sheet.rows,
        entry=partial(_entry, sheet),
        number_format=_baseline_format,
    )


def _status(now: TargetsNow) -> str:
    """「未設定 2」, and why a year is locked."""
    said = [now.row.status.text, *dict.fromkeys(now.shut.values())]
    return "\n".join(said)


def _baseline_format(now: TargetsNow, column: GivenColumn) -> str | None:
    return _format(now) if column.style.endswith("number") else None


def _format(now: TargetsNow) -> str:
    """How a number of the indicator is shown; ％ has no format of its own (ADR 38)."""
    return WHOLE if is_whole(now.row.definition.unit) else "General"


def _entry(sheet: TargetSheet, now: TargetsNow, column: EntryColumn) -> EntryCell:
    """What stands in a cell: the target; what a new version is decided with is blank."""
    name = column.name
    if not year_of(name):
        return EntryCell(check=_checks(sheet)[name])
    state = LOCKED if name in now.shut else OPEN
    return EntryCell(_value(now.aims[name]), state, _format(now), partial(_number_check, now))


def _value(text: str) -> Any:
    """A number as a number; a range and 目標なし in words."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return text or None


def _number_check(now: TargetsNow, cell: str) -> DataValidation:
    """A number, a range where that is asked, or the word for none."""
    none = words.NO_TARGET_WANTED
    other = f'ISNUMBER(SEARCH("～",{cell}))' if now.row.ranged else f'{cell}="{none}"'
    return check(
        cell,
        type="custom",
        formula1=f'OR(ISNUMBER({cell}),{other},{cell}="{none}")',
        errorTitle="目標を入力してください",
        error=f"{'10～20 のような範囲' if now.row.ranged else '数字'}を、単位を付けずに入力します。"
        f"置かないと決めた年度は「{none}」と入力します。",
    )


def _checks(sheet: TargetSheet) -> dict[str, Callable[[str], DataValidation]]:
    """The checks of what a new version is decided with."""
    decided = decision_days(local_day(sheet.issued_at))
    return {
        REASON: lambda cell: text_up_to(REASON_LIMIT, cell, TERM_LABELS[REASON]),
        FROM_MONTH: _month_check,
        DECIDED_ON: lambda cell: day_within(decided, cell),
        DECIDED_WHERE: lambda cell: text_up_to(WHERE_LIMIT, cell, TERM_LABELS[DECIDED_WHERE]),
        FALLS: lambda cell: one_of([YES], cell, f"「{YES}」を選ぶか、空欄にしてください。"),
    }


def _month_check(cell: str) -> DataValidation:
    return check(
        cell,
        type="custom",
        formula1=f"OR(ISNUMBER({cell}),LEN({cell})>={SHORTEST_MONTH})",
        errorTitle="月を入力してください",
        error="使い始める月を、R8.10 のように入力してください。",
        imeMode="off",
    )
