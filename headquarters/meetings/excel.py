"""次第 and 会議録 as workbooks that print as well as the A4 pages: wrapped, no empty page.

Text stands in one wide column. A row of a sheet cannot be higher than 409.5 points: long text flows
over as many rows as it needs.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from foundation.japanese.calendar import date_with_weekday, wareki_date, wareki_short
from foundation.records.actions import moment
from foundation.sheets.book import fit_rows, new_book, print_setup, put, save
from headquarters.meetings.models import Decision, Meeting
from headquarters.meetings.numbers import held_numbers, words_of

WIDTHS = {"A": 14, "B": 62, "C": 18, "D": 12}
TEXT_ROOM = WIDTHS["B"]
FLOW = 480  # half-width characters that one row takes at most: about eight lines
PARAGRAPH = 800  # the same across the sheet: about eight lines
SENTENCE = re.compile(r"(?<=[。．！？!?])|(?<=\n)")
ABSENT = "－"
EVEN = Font(name="BIZ UDゴシック", size=10)  # every character as wide as it is counted


class Paper:
    """A sheet that is filled from the top: a head, then labelled lines."""

    def __init__(self, book: Workbook, name: str, meeting: Meeting):
        self.sheet = book.create_sheet(name)
        self.line = 0
        for letter, width in WIDTHS.items():
            self.sheet.column_dimensions[letter].width = width
        self._head(name, meeting)

    def _head(self, name: str, meeting: Meeting) -> None:
        self.line += 1
        put(self.sheet.cell(1, 1), f"{meeting.title}　{name}", "dx-title")
        self.sheet.row_dimensions[1].height = 28
        self.add("日時", wareki_date(meeting.held_on))
        self.add("場所", meeting.place or ABSENT)
        numbers = held_numbers(meeting)
        if numbers:
            self.add("数値", words_of(numbers))

    def section(self, title: str, *heads: str) -> None:
        """A heading over the lines that follow; `heads`: of the two narrow columns."""
        self.line += 2
        for number, text in enumerate((title, "", *(heads or ("", ""))), 1):
            put(self.sheet.cell(self.line, number), text or None, "dx-group")
        self.sheet.row_dimensions[self.line].height = 20

    def add(self, label: str, text: str, *beside: str) -> None:
        """A labelled text with up to two short ones beside it, over as many rows as it takes."""
        for number, part in enumerate(flowing(text)):
            self.line += 1
            cells = (label if number == 0 else "", part, *(beside if number == 0 else ()))
            rooms = zip(cells, WIDTHS.values(), strict=False)
            for column, cell in enumerate(cells, 1):
                put(self.sheet.cell(self.line, column), cell or None, "dx-text").font = EVEN
            fit_rows(self.sheet, self.line, [(cell, room) for cell, room in rooms if cell])

    def text(self, text: str) -> None:
        """Text across the first two columns: whole paragraphs."""
        for part in flowing(text, PARAGRAPH):
            self.line += 1
            self.sheet.merge_cells(
                start_row=self.line, end_row=self.line, start_column=1, end_column=4
            )
            cell = put(
                self.sheet.cell(self.line, 1),
                part,
                "dx-text",
            )
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = EVEN
            fit_rows(self.sheet, self.line, [(part, sum(WIDTHS.values()))])


def flowing(text: str, room: int = FLOW) -> Iterator[str]:
    """A text in pieces that each fit into one row, cut at the ends of sentences where it can be."""
    piece = ""
    for sentence in _short(SENTENCE.split(text), room // 2):
        if len(piece) + len(sentence) > room // 2 or piece.count("\n") >= 6:
            yield piece.strip("\n")
            piece = ""
        piece += sentence
    yield piece.strip("\n")


def _short(sentences: list[str], most: int) -> Iterator[str]:
    """The same, those that are too long cut wherever it is."""
    for sentence in sentences:
        for start in range(
            0,
            len(sentence),
            most,
        ):
            yield sentence[start : start + most]


def _book(name: str, meeting: Meeting, fill, at: datetime | None) -> bytes:
    book = new_book(EVEN)
    paper = Paper(book, name, meeting)
    fill(paper, meeting)
    print_setup(paper.sheet, landscape=False, title=f"{meeting.title}　{name}")
    title = f"{meeting.title}（{date_with_weekday(meeting.held_on)}）{name}"
    return save(book, when=moment(at), title=title, author="")


def agenda(meeting: Meeting, *, at: datetime | None = None) -> bytes:
    """The agenda as .xlsx."""
    return _book(
        "次第",
        meeting,
        _agenda,
        at,
    )


def minutes(meeting: Meeting, *, at: datetime | None = None) -> bytes:
    """Attendance, minutes, decisions and action items as .xlsx."""
    return _book(
        "会議録",
        meeting,
        _minutes,
        at,
    )


def _agenda(paper: Paper, meeting: Meeting) -> None:
    paper.section("議題")
    for item in meeting.agenda.all():
        paper.add(f"{item.order}", "\n".join(filter(None, (item.title, item.note))))


def _minutes(paper: Paper, meeting: Meeting) -> None:
    _attendance(paper, meeting)
    paper.section("議題")
    for item in meeting.agenda.all():
        paper.add(f"{item.order}", item.title)
    paper.section("会議録")
    for paragraph in filter(str.strip, (meeting.minutes or ABSENT).splitlines()):
        paper.text(paragraph)
    paper.section("決定事項")
    for number, row in enumerate(meeting.decisions.standing().full(), 1):
        paper.add(f"{number}", "\n".join((_about(row, row.text), *_made(row))))
    paper.section("指示事項", "所管課", "期限")
    items = meeting.action_items.standing().full()
    for number, item in enumerate(items, 1):
        due = wareki_short(item.due_on)
        paper.add(f"{number}", _about(item, item.text), item.department.name, due)


def _attendance(paper: Paper, meeting: Meeting) -> None:
    attendees = list(meeting.attendees.all())
    paper.section("出席者", *(("出欠", "備考") if attendees else ()))
    for row in attendees:
        paper.add("", f"{row}", row.get_presence_display(), row.note)
    for line in filter(str.strip, meeting.attendance.splitlines()):
        paper.add("", line)


def _about(row, text: str) -> str:
    return f"{row.measure}　{text}" if row.measure else text


def _made(row: Decision) -> Iterator[str]:
    """What a decision has changed of the plan."""
    for entry in row.moved:
        yield f"・{entry.name}　{entry.moved_words}"
    for revised in row.revised.all():
        yield f"・{revised.said}"
    if row.baseline:
        yield f"・計画改定「{row.baseline}」"
