"""The milestone sheet マイルストーン様式 as a workbook: what goes out to a department.

The same rows and the same moment give the same bytes (docs/excel.md §2).
"""

from functools import partial
from typing import Any

from foundation.japanese.calendar import time_of_day, wareki_date, wareki_month_in_names
from foundation.records.actions import local_day
from foundation.round_trip.checks import day_within, one_of, text_up_to
from foundation.round_trip.columns import CODE, MARK, EntryColumn, GivenColumn
from foundation.round_trip.drawing import SHEET, Drawing, EntryCell, Layout
from foundation.round_trip.identity import Identity, KnownRow, write_identity
from foundation.sheets.book import new_book, save
from foundation.sheets.download import sample_mark
from foundation.sheets.styles import ENTRY_STYLES, ERA_DATE
from roadmap.answers import REASON_LIMIT
from roadmap.choices import MilestoneState
from roadmap.sheets.columns import COMPLETED, ENTRY_COLUMNS, FORECAST, LABELS, REASON, STATE
from roadmap.sheets.kind import MILESTONES
from roadmap.sheets.rows import MilestoneSheet, SheetRow, texts_of

PLANNED = "期日（計画）"
LINES = (
    "1．変わったところだけ、太枠の白い欄を直します。そのままの欄と空欄にした欄は、変わりません。"
    "見込日を消すときは「クリア」と書きます。",
    "2．終わったものは状態を「完了」にして完了日を、期日が変わるものは見込日と今回の理由を入力します。"
    "日付は R8.10.1 のように書きます。",
    "3．保存したファイルを、ポータルの「マイルストーン様式（Excel）」から取り込みます。"
    "内容を確かめて確定するまで、ポータルの内容は変わりません。",
)
GIVEN_COLUMNS = (
    GivenColumn(MARK, lambda _: None, 5, "dx-given-center"),
    GivenColumn(CODE, lambda row: row.row.pk, 6, "dx-given-center"),
    GivenColumn("マイルストーン", lambda row: row.row.name, 22),
    GivenColumn("施策", lambda row: row.measure, 18),
    GivenColumn("工程", lambda row: row.step.row.name, 18),
    GivenColumn(PLANNED, lambda row: row.item.facts.approved_on, 11, "dx-given-center"),
    GivenColumn("いまの理由", lambda row: row.item.reason, 18),
)
STATUS = GivenColumn("ポータルの判定", lambda row: row.status, 17)
CHOOSE = "一覧から状態を選んでください。"


def milestone_workbook(sheet: MilestoneSheet) -> bytes:
    """The sheet as .xlsx bytes."""
    book = new_book()
    for style in ENTRY_STYLES.values():
        book.add_named_style(style)
    layout = _layout(sheet)
    Drawing(book.create_sheet(SHEET), layout).draw()
    write_identity(book, _identity(sheet), MILESTONES.fields)
    return save(
        book,
        when=sheet.issued_at,
        title=layout.title,
        author="",
    )


def file_name(sheet: MilestoneSheet) -> str:
    """「大崎町DX推進計画_マイルストーン様式_R8-11_総務課」; sample data says so."""
    when = wareki_month_in_names(local_day(sheet.issued_at))
    return f"{sheet.plan}_{MILESTONES.title}_{when}_{sheet.name}{sample_mark(sheet.sample)}"


def _identity(sheet: MilestoneSheet) -> Identity:
    rows = [row.row for row in sheet.rows]
    return Identity(
        document=MILESTONES.document,
        format=MILESTONES.format,
        subject=sheet.name,
        issued_at=sheet.issued_at,
        revision=sheet.revision,
        rows=tuple(
            KnownRow(
                row.pk,
                str(row.pk),
                str(row.version),
                texts_of(row),
            )
            for row in rows
        ),
    )


def _layout(sheet: MilestoneSheet) -> Layout:
    day = local_day(sheet.issued_at)
    title = f"{MILESTONES.title}　{wareki_date(day)}現在　{sheet.name}"
    return Layout(
        title=title,
        foot=title,
        facts=f"{sheet.facts}　　この様式の作成 {time_of_day(sheet.issued_at)}",
        lines=LINES,
        given=GIVEN_COLUMNS,
        entries=ENTRY_COLUMNS,
        status=STATUS,
        rows=sheet.rows,
        entry=partial(_entry, sheet),
        number_format=_date_format,
    )


def _date_format(row: SheetRow, column: GivenColumn) -> str | None:
    return ERA_DATE if column.header == PLANNED else None


def _entry(sheet: MilestoneSheet, row: SheetRow, column: EntryColumn) -> EntryCell:
    """What stands in a cell: where the milestone stands; the reason is for what is new."""
    name, milestone = column.name, row.row
    values: dict[str, Any] = {
        STATE: milestone.get_state_display(),
        FORECAST: milestone.forecast_on,
        COMPLETED: milestone.completed_on,
        REASON: None,
    }
    checks = {
        STATE: partial(_state_check),
        FORECAST: partial(day_within, sheet.months.forecast_days),
        COMPLETED: partial(day_within, sheet.months.plan_days),
        REASON: partial(_reason_check),
    }
    is_day = name in (FORECAST, COMPLETED)
    return EntryCell(
        values[name],
        number_format=ERA_DATE if is_day else None,
        check=checks[name],
    )


def _state_check(cell: str):
    return one_of(
        MilestoneState.labels,
        cell,
        CHOOSE,
    )


def _reason_check(cell: str):
    return text_up_to(
        REASON_LIMIT,
        cell,
        LABELS[REASON],
    )
