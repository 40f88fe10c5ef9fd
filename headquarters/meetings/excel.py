"""次第 and 会議録 as workbooks: one plain table each."""

from dataclasses import dataclass
from datetime import datetime

from foundation.japanese.calendar import date_with_weekday, wareki_short
from foundation.records.actions import moment
from foundation.sheets.book import Column, data_sheet, new_book, save
from headquarters.meetings.numbers import held_numbers, words_of


@dataclass(frozen=True)
class MinutesLine:
    """A line of the minutes' table. `kind`: 会議名, 出席者, 会議録, 数値, 決定事項 or 指示事項."""

    kind: str
    text: str | None
    measure: str | None = None
    department: str | None = None
    due_on: str | None = None


AGENDA = [
    Column("順番", "order", lambda row: row.order, width=8),
    Column("議題", "title", lambda row: row.title, width=50),
    Column("説明", "note", lambda row: row.note or None, width=60),
    Column("施策", "measure", lambda row: row.measure and str(row.measure), width=30),
]
MINUTES = [
    Column("区分", "kind", lambda row: row.kind, width=12),
    Column("施策", "measure", lambda row: row.measure, width=30),
    Column("内容", "text", lambda row: row.text, width=70),
    Column("担当課", "department", lambda row: row.department, width=16),
    Column("期限", "due_on", lambda row: row.due_on, width=12),
]


def _book(name, columns, rows, meeting, at: datetime | None) -> bytes:
    book = new_book()
    data_sheet(book, name, columns, rows)
    return save(
        book,
        when=moment(at),
        title=f"{meeting.title}（{date_with_weekday(meeting.held_on)}）{name}",
        author="",
    )


def agenda(meeting, *, at: datetime | None = None) -> bytes:
    """The agenda as .xlsx."""
    return _book("次第", AGENDA, list(meeting.agenda.select_related("measure")), meeting, at)


def minutes(meeting, *, at: datetime | None = None) -> bytes:
    """Attendance, minutes, decisions and action items as .xlsx."""
    rows = [
        MinutesLine("会議名", f"{meeting.title}（{date_with_weekday(meeting.held_on)}）"),
        MinutesLine("出席者", meeting.attendance or None),
    ]
    rows += [MinutesLine("会議録", line) for line in meeting.minutes.splitlines() if line.strip()]
    numbers = held_numbers(meeting)
    rows += [MinutesLine("数値", words_of(numbers))] if numbers else []
    rows += [
        MinutesLine(
            "決定事項",
            row.text,
            row.measure and str(row.measure),
        )
        for row in meeting.decisions.standing().full()
    ]
    rows += [
        MinutesLine(
            "指示事項",
            row.text,
            row.measure and str(row.measure),
            row.department.name,
            wareki_short(row.due_on),
        )
        for row in meeting.action_items.select_related("measure", "department")
    ]

    return _book("会議録", MINUTES, rows, meeting, at)
