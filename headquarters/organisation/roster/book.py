"""名簿 as a workbook: one line for each holding, and for each post that nobody holds."""

from datetime import date, datetime

from foundation.records.actions import sample_loaded
from foundation.sheets.book import Column, data_sheet, new_book, save
from headquarters.organisation.roster.reading import RosterLine, roster

DAY = "yyyy-mm-dd"
UNREGISTERED = "未登録"


def _first(line: RosterLine) -> date | None:
    return line.holding.valid_from if line.holding else None


def _last(line: RosterLine) -> date | None:
    return line.holding.valid_until if line.holding else line.post.ends_on


COLUMNS = [
    Column("役", "duty", lambda line: line.post.get_duty_display(), width=12),
    Column("職", "title", lambda line: line.post.title, width=28),
    Column("課", "department", lambda line: line.post.department and line.post.department.name),
    Column("氏名", "name", lambda line: line.holding.name if line.holding else UNREGISTERED),
    Column("いつから", "valid_from", _first, number_format=DAY),
    Column("いつまで", "valid_until", _last, number_format=DAY),
    Column("会議の出欠", "part", lambda line: line.post.get_part_display()),
]


def workbook(day: date, *, at: datetime) -> tuple[bytes, str]:
    """The whole roster with everybody who ever held a post, and the name of its file."""
    name = f"推進本部名簿{'_見本データ' if sample_loaded() else ''}"
    lines = [line for group in roster(day, past=True) for line in group.lines]
    book = new_book()
    data_sheet(book, "名簿", COLUMNS, lines)
    return save(book, when=at, title=name, author=""), f"{name}.xlsx"
