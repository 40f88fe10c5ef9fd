"""The entry sheets of all departments in one archive, with the list of what is in it (一覧)."""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from foundation.japanese.calendar import wareki_month
from foundation.sheets.book import FIXED, Column, data_sheet, new_book, save
from foundation.sheets.columns import day, number, text
from foundation.sheets.download import safe_name
from kpi.intake.rows import EntrySheet
from kpi.intake.sheet import entry_workbook, file_name

LIST, ALL = "一覧", "全課"
NOTHING = "この月に入力できる指標がありません"


class Line(NamedTuple):
    """A department in the list; `file`: nothing where it gets none."""

    sheet: EntrySheet
    file: str


def lines_of(sheets: Sequence[EntrySheet]) -> list[Line]:
    """All departments; those that can enter something with the name of their file."""
    named: Counter[str] = Counter()
    lines = []
    for sheet in sheets:
        name = safe_name(file_name(sheet)) if sheet.open else ""
        named[name] += 1
        again = f"（{named[name]}）" if name and named[name] > 1 else ""
        lines.append(Line(sheet, f"{name}{again}.xlsx" if name else ""))
    return lines


COLUMNS: list[Column] = [
    text("課", "department", lambda r: r.sheet.name, 20),
    text("ファイル名", "file_name", lambda r: r.file, 52),
    number("入力できる指標（件）", "open", lambda r: len(r.sheet.open), "件"),
    number("未入力（件）", "missing", lambda r: r.sheet.missing, "件"),
    day("提出期限", "due_on", lambda r: r.sheet.state.due_on),
    text("提出の状況", "submission", lambda r: str(r.sheet.submission.label), 12),
    text("備考", "note", lambda r: "" if r.file else r.sheet.why_shut or NOTHING, 40),
]


def archive(sheets: Sequence[EntrySheet]) -> bytes:
    """The list and the entry sheets as a zip; the same sheets give the same bytes."""
    lines = lines_of(sheets)
    out = io.BytesIO()
    with zipfile.ZipFile(
        out,
        "w",
        zipfile.ZIP_DEFLATED,
    ) as target:
        _add(target, f"{safe_name(file_name(sheets[0], LIST))}.xlsx", _list(lines))
        for line in lines:
            if line.file:
                _add(target, line.file, entry_workbook(line.sheet))
    return out.getvalue()


def _add(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)


def _list(lines: list[Line]) -> bytes:
    first = lines[0].sheet
    book = new_book()
    data_sheet(
        book,
        LIST,
        COLUMNS,
        lines,
    )
    title = f"入力様式の一覧　{wareki_month(first.month)}分"
    return save(book, when=first.issued_at, title=title, author="")
