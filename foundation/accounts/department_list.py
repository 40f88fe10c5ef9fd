"""The departments of the town as a list copied from Excel: read, looked at, registered at once.

All or nothing. The code may be missing, then one is proposed; what is registered already stays as
it is.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.actions import save_department
from foundation.accounts.department_codes import LONGEST_CODE, proposed_code
from foundation.accounts.importing import LIMIT, cells_of
from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, require
from foundation.japanese.folding import folded
from foundation.records.actions import local_day, moment
from foundation.records.seen import wait_in_line

NAME_HEADS = ["課名", "課", "課等", "課等名", "課室", "課室名", "所属", "所属名", "部署", "部署名"]
CODE_HEADS = ["課コード", "コード", "課等コード", "所属コード", "部署コード", "code"]
LONGEST_NAME, LAST_PLACE = 50, 999
CODE = re.compile(f"[A-Za-z0-9_-]{{1,{LONGEST_CODE}}}")


def plain(name: str) -> str:
    """A name by which departments and headings are compared: width and blanks do not count."""
    return folded(name).replace(" ", "")


@dataclass
class ListedDepartment:
    """One line. `proposed`: the code is ours; `registered`: it is there already, as it is.

    `why`: what stands against it.
    """

    line: int
    name: str
    code: str
    proposed: bool = False
    registered: bool = False
    why: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Is it to be registered?"""
        return not (self.registered or self.why)


@dataclass
class DepartmentList:
    """All lines of a list. `notes`: columns that are not used; `problem`: nothing can be read."""

    rows: list[ListedDepartment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def new(self) -> list[ListedDepartment]:
        """What would be registered."""
        return [row for row in self.rows if row.is_new]

    @property
    def problems(self) -> list[str]:
        """All that stands against it, with the line; also that nothing in it is new."""
        if self.problem:
            return [self.problem]
        found = [f"{row.line}行目「{row.name}」：{text}" for row in self.rows for text in row.why]
        if not found and not self.new:
            return [f"新しく登録する課がありません（{len(self.rows)}課とも登録済みです）。"]
        return found

    @property
    def said(self) -> list[list[str]]:
        """What is confirmed: the names and codes of the new ones."""
        return [[row.name, row.code] for row in self.new]

    @property
    def text(self) -> str:
        """The new ones, with their codes, as they are read again."""
        return "\n".join(f"{row.name}\t{row.code}" for row in self.new)


def read_departments(text: str, *, today: date) -> DepartmentList:
    """What a copied list says, line by line, against what is registered. One query."""
    try:
        lines = list(_lines(text))
    except csv.Error:
        return DepartmentList(
            problem="表として読み取れません。セルを選んでコピーし、貼り付けてください。"
        )
    name_at, code_at, lines, notes = _columns(lines)
    if not lines:
        return DepartmentList(problem="登録する課がありません。1行に1課ずつ入力してください。")
    if len(lines) > LIMIT:
        return DepartmentList(
            problem=f"一度に登録できるのは{LIMIT}課までです（{len(lines)}行あります）。"
        )
    found = DepartmentList(notes=notes)
    for number, cells in lines:
        name, code = _cell(cells, name_at), _cell(cells, code_at)
        code = unicodedata.normalize("NFKC", code)
        found.rows.append(ListedDepartment(number, name, code))
    _compare(found.rows, today)
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each line that is not blank."""
    for number, line in enumerate(cells_of(text), 1):
        cells = [cell.strip() for cell in line]
        if any(cells):
            yield number, cells


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


Lines = list[tuple[int, list[str]]]


def _columns(lines: Lines) -> tuple[int, int | None, Lines, list[str]]:
    """(column of names, column of codes, lines without headings, what is not used)."""
    first = [plain(cell) for cell in lines[0][1]] if lines else []
    name_at = _place(first, NAME_HEADS)
    if name_at is not None:
        code_at = _place(first, CODE_HEADS)
        used = {name_at, code_at}
        unused = [cell for at, cell in enumerate(lines[0][1]) if at not in used and cell]
        notes = [f"「{cell}」の列は使いません。" for cell in unused]
        heads = lines[0][1]
        return name_at, code_at, [line for line in lines if line[1] != heads], notes
    width = max((len(cells) for _, cells in lines), default=0)
    notes = ["3列目から右は使いません。"] if width > 2 else []
    codes_first = width > 1 and all(_codes_first(cells) for _, cells in lines)
    return (1, 0, lines, notes) if codes_first else (0, 1, lines, notes)


def _place(heads: list[str], names: list[str]) -> int | None:
    known = {plain(name) for name in names}
    return next((at for at, head in enumerate(heads) if head in known), None)


def _codes_first(cells: list[str]) -> bool:
    """Is the first cell a code and the second none?"""
    first = unicodedata.normalize("NFKC", cells[0])
    return bool(CODE.fullmatch(first)) and not CODE.fullmatch(_cell(cells, 1) or "a")


def _compare(rows: list[ListedDepartment], today: date) -> None:
    """Each line against what is registered and against the lines before; missing codes."""
    registered = list(Department.objects.all())
    standing = {
        plain(each.name): each
        for each in registered
        if each.valid_until is None or each.valid_until >= today
    }
    owners = {folded(each.code): f"「{each.name}」" for each in registered}
    names: dict[str, int] = {}
    for row in rows:
        row.why += _wrong_texts(row)
        before = names.setdefault(plain(row.name), row.line)
        if before != row.line and row.name:
            row.why.append(f"{before}行目と同じ課名です。どちらかを消してください。")
            continue
        known = standing.get(plain(row.name))
        if known is not None:
            _meet(row, known)
        elif folded(row.code) in owners:
            whose = owners[folded(row.code)]
            row.why.append(
                f"課コード「{row.code}」は{whose}が使っています。別のコードにしてください。"
            )
        elif row.code:
            owners[folded(row.code)] = f"{row.line}行目の「{row.name}」"
    for row in rows:
        if not row.code and row.is_new:
            row.code = proposed_code(row.name, lambda code: folded(code) in owners)
            row.proposed = True
            owners[folded(row.code)] = f"「{row.name}」"


def _wrong_texts(row: ListedDepartment) -> list[str]:
    """What the columns of the table do not hold."""
    found = []
    if not row.name:
        found.append("課名がありません。")
    if len(row.name) > LONGEST_NAME:
        found.append(f"課名は{LONGEST_NAME}字までにしてください（いま{len(row.name)}字）。")
    if "\n" in row.name or "\n" in row.code:
        found.append("セルの中に改行があります。1課を1行にしてください。")
    elif row.code and not CODE.fullmatch(row.code):
        limit = f"半角英数字と「-」「_」で{LONGEST_CODE}字までにするか、空けてください。"
        found.append(f"課コード「{row.code}」は使えません。{limit}")
    return found


def _meet(row: ListedDepartment, known: Department) -> None:
    """The line names a department that is registered."""
    if row.code and folded(row.code) != folded(known.code):
        at = f"課コード「{known.code}」で登録済みです。"
        row.why.append(f"{at}変えるときは、課の一覧から開いて直してください。")
    else:
        row.code, row.registered = known.code, True


@transaction.atomic
def register_departments(*, by: User, text: str, at: datetime | None = None) -> list[Department]:
    """Register every department of a list that is not yet there, or none.

    Read anew inside the lock. Raises PermissionDenied, ValidationError with a sentence a line.
    """
    at = moment(at)
    require(by, Permission.MANAGE_PEOPLE)
    wait_in_line()
    listed = read_departments(text, today=local_day(at))
    if listed.problems:
        raise ValidationError(listed.problems)
    places = [each.sort_order for each in Department.objects.all()]
    start = max(places, default=0) + 1
    made = []
    for place, row in enumerate(listed.new, start):
        department = Department(
            code=row.code,
            name=row.name,
            sort_order=min(place, LAST_PLACE),
        )
        made.append(save_department(by=by, department=department, at=at))
    return made


def said_of_made(made: list[Department]) -> list[list[str]]:
    """The same of what was registered."""
    return [[row.name, row.code] for row in made]
