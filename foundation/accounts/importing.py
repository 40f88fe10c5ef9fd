"""Bulk import of users from CSV or from cells pasted out of Excel.

Text in, checked rows or errors by line out.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from foundation.accounts.models import Department, Role, User
from foundation.accounts.names import checked_name, same_name
from foundation.japanese.calendar import parse_date
from foundation.japanese.folding import folded
from foundation.japanese.ranges import membership_days
from foundation.sheets.pasted import copied_cells
from foundation.sheets.texts import leaving

COLUMNS = ("利用者名", "氏名", "課", "役割", "職名", "開始日")
LIMIT = 500
LONGEST_CELL = 300
LONGEST_NAME, LONGEST_POST = 100, 50  # as User.full_name and Membership.post hold


@dataclass(frozen=True)
class ImportedUser:
    """One user to be made, with one membership."""

    line: int
    username: str
    full_name: str
    department: Department | None
    role: Role
    post: str
    valid_from: date


def decode(content: bytes) -> str:
    """Text of an uploaded CSV.

    UTF-8 with or without BOM, else cp932. ValueError when it is neither.
    """
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(
        "文字コードを読み取れません。UTF-8 または Shift_JIS の CSV で保存してください。"
    )


def cells_of(text: str) -> list[list[str]]:
    """The cells of each row: as Excel copies them where there are tabs, else as CSV."""
    plain = leaving(text.removeprefix("\ufeff"))
    first = plain.split("\n", 1)[0]
    if "\t" in first or ("\t" in plain and "," not in first):
        return copied_cells(plain)
    return list(csv.reader(io.StringIO(plain)))


def _role(name: str) -> Role | None:
    """The role with a Japanese name (「課長」), in either width."""
    wanted = folded(name)
    return next((role for role in Role if wanted in (folded(str(role.label)), role.value)), None)


def read(text: str, *, today: date) -> tuple[list[ImportedUser], list[str]]:
    """(rows, errors): errors say line, column, what is wrong and how to mend it.

    An empty start date is today.
    """
    departments = {folded(row.name): row for row in Department.objects.on(today)}
    taken = {same_name(name) for name in User.objects.values_list("username", flat=True)}
    rows: list[ImportedUser] = []
    errors: list[str] = []
    try:
        found = cells_of(text)
    except csv.Error:
        return [], ["CSVとして読み取れません。セルを選んでコピーし、貼り付けてください。"]
    lines = [(number, cells) for number, cells in enumerate(found, 1) if any(map(str.strip, cells))]
    if lines and lines[0][1][0].strip() == COLUMNS[0]:
        lines = lines[1:]
    if len(lines) > LIMIT:
        return [], [f"一度に登録できるのは{LIMIT}人までです。分けて取り込んでください。"]
    for number, cells in lines:
        row, problems = _row(number, [cell.strip() for cell in cells], departments, taken, today)
        errors += [f"{number}行目：{problem}" for problem in problems]
        if row:
            taken.add(same_name(row.username))
            rows.append(row)
    if not lines:
        errors.append("取り込む行がありません。1行に1人ずつ入力してください。")
    return rows, errors


def _too_long(full_name: str, post: str) -> list[str]:
    """What the columns of the table do not hold."""
    places = (("氏名", full_name, LONGEST_NAME), ("職名", post, LONGEST_POST))
    return [
        f"{label}は{longest}字までにしてください（いま{len(text)}字）。"
        for label, text, longest in places
        if len(text) > longest
    ]


def _row(line, cells, departments, taken, today):
    if len(cells) < 4:
        return None, [f"列が足りません（{'・'.join(COLUMNS)} の順に入力してください）。"]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return None, [f"長すぎるセルがあります（{LONGEST_CELL}字まで）。1人を1行にしてください。"]
    if any("\n" in cell for cell in cells):
        return None, ['セルの中に改行があります。「"」の数を確かめ、1人を1行にしてください。']
    username, full_name, place, role_name, post, start = (cells + ["", ""])[:6]
    problems = []
    try:
        username = checked_name(username)
    except ValidationError as error:
        problems += error.messages
    if same_name(username) in taken:
        problems.append(f"利用者名「{username}」はすでに使われています。別の名前にしてください。")
    if not full_name:
        problems.append("氏名がありません。")
    role = _role(role_name)
    if role is None:
        problems.append(
            f"役割「{role_name}」はありません。{'・'.join(Role.labels)} のどれかにしてください。"
        )
    department = departments.get(folded(place))
    if place and department is None:
        problems.append(
            f"課「{place}」は登録されていません。先に課を登録するか、課名を直してください。"
        )
    elif not place and role in (Role.DEPARTMENT_HEAD, Role.STAFF):
        problems.append("課長・担当者には課が必要です。")
    try:
        valid_from = parse_date(start, near=today) if start else today
    except ValueError as error:
        return None, [*problems, str(error)]
    if valid_from not in membership_days(today):
        problems.append(f"開始日は、{membership_days(today).sentence}")
    problems += _too_long(full_name, post)
    if problems or role is None:
        return None, problems
    return ImportedUser(line, username, full_name, department, role, post, valid_from), []


def said_of(rows: Iterable[ImportedUser]) -> list[list[str]]:
    """What the page says of the users that would be made: by it they are confirmed."""
    return [
        [
            row.username,
            row.full_name,
            str(row.department or ""),
            row.role,
            row.post,
            row.valid_from.isoformat(),
        ]
        for row in rows
    ]
