"""計画の様式 as it was filled in: rows of values, and what is wrong with them.

Read by the safe reader (`foundation.sheets.reading`); cells with formulas and merged cells are
refused, because what they show is not what stands in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from foundation.sheets import bounds
from foundation.sheets.cell import BLANK, Cell, Row
from foundation.sheets.reading import Workbook
from headquarters.upkeep.plan_form.columns import FormColumn, FormSheet
from headquarters.upkeep.plan_form.faults import Faults, Faulty
from headquarters.upkeep.plan_form.sheets import PLAN, SHEETS, TARGETS

HEAD_WITHIN = 12  # rows from the top in which the heads stand
ITEM, CONTENT = "項目", "内容"  # the heads of the sheet 計画
MERGED = "結合したセルがあります。ブック全体で結合を解いて、1つのセルに1つの値を入れてください。"
FORMULA = "数式が入っています。結果の値だけを貼り付けてください。"
REQUIRED = "入力してください。空欄にはできません。"
NO_SHEET = (
    "このシートがありません。plan_form で作った様式に入力してください（シート名は変えません）。"
)
NO_COLUMN = "見出し「{}」の列がありません。見出しの行を元に戻してください。"
NO_LINE = "「{}」の行がありません。項目の列を元に戻してください。"
TWICE = "{}行目と同じ{}です。どちらかを直してください。"
NOTHING = "1行も入力されていません。"
WHAT_COUNTS = ("value", "lower", "upper", "midyear_value", "none")  # else a target is not set
FILLED_IN_ADVANCE = {TARGETS.title: WHAT_COUNTS}


@dataclass(frozen=True)
class FormRow:
    """One row: its values by the names of the columns, and where each stands."""

    values: dict[str, Any]
    places: dict[str, str]
    line: str

    def place(self, name: str) -> str:
        """「施策!C7」, of what has no cell the row: 「施策!7行目」."""
        return self.places.get(
            name,
            self.line,
        )


@dataclass
class ReadForm:
    """All rows by sheet, as far as they could be read, and the faults."""

    rows: dict[str, list[FormRow]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def of(self, sheet: FormSheet) -> list[FormRow]:
        """The rows of a sheet."""
        return self.rows.get(sheet.title, [])


def read_form(content: bytes) -> ReadForm:
    """The form. Unreadable where the file is none, Faulty where its sheets or heads are gone."""
    counted = bounds.check(content)
    book, form = Workbook(content), ReadForm()
    if counted.merged:
        form.faults.add("ブック", MERGED)
    for sheet in SHEETS:
        if sheet.title not in book.titles:
            form.faults.add(sheet.title, NO_SHEET)
            continue
        rows = book.rows(sheet.title)
        reader = _Lines(sheet, rows, form) if sheet is PLAN else _Table(sheet, rows, form)
        form.rows[sheet.title] = list(reader.read())
    if form.faults.found and not form.rows.get(PLAN.title):
        raise Faulty(form.faults)
    return form


class _Reader:
    """What the two kinds of sheets have in common."""

    def __init__(self, sheet: FormSheet, rows: list[Row], form: ReadForm) -> None:
        self.sheet, self.rows, self.faults = sheet, rows, form.faults

    def place(self, line: int, column: int) -> str:
        """「施策!C7」."""
        return f"{self.sheet.title}!{get_column_letter(column)}{line}"

    def value(self, column: FormColumn, cell: Cell, place: str) -> Any:
        """What a cell says; a fault where that cannot be taken."""
        if cell.is_formula:
            self.faults.add(place, FORMULA)
        elif cell.text:
            try:
                return column.value.read(cell)
            except ValueError as error:
                self.faults.add(place, f"{column.header}：{error}")
        elif column.required:
            self.faults.add(
                place,
                f"{column.header}を{REQUIRED}",
            )
        return column.blank

    def _head(self, first: str) -> int | None:
        """The line (from 0) of the heads."""
        for line, row in enumerate(self.rows[:HEAD_WITHIN]):
            if any(cell.text == first for cell in row):
                return line
        self.faults.add(self.sheet.title, NO_COLUMN.format(first))
        return None


class _Table(_Reader):
    """A sheet with a row for each thing."""

    def read(self) -> Iterator[FormRow]:
        """Its rows; blank ones are passed over."""
        head = self._head(self.sheet.columns[0].header)
        if head is None:
            return
        at = self._columns(self.rows[head])
        if len(at) < len(self.sheet.columns):
            return
        seen: dict[tuple, int] = {}
        for line, row in enumerate(self.rows[head + 1 :], head + 2):
            cells = {
                name: row[number - 1] if number <= len(row) else BLANK
                for name, number in at.items()
            }
            if not self._counts(cells):
                continue
            found = self._row(line, cells, at)
            self._check_twice(found, line, seen)
            yield found

    def _columns(self, heads: Row) -> dict[str, int]:
        """{name: number of the column}."""
        texts = [cell.text for cell in heads]
        found = {}
        for column in self.sheet.columns:
            if column.header in texts:
                found[column.name] = texts.index(column.header) + 1
            else:
                self.faults.add(self.sheet.title, NO_COLUMN.format(column.header))
        return found

    def _counts(self, cells: dict[str, Cell]) -> bool:
        """Is there something in the row? What is filled in in advance alone is nothing."""
        names = FILLED_IN_ADVANCE.get(self.sheet.title, tuple(cells))
        return any(cells[name].text or cells[name].is_formula for name in names)

    def _row(self, line: int, cells: dict[str, Cell], at: dict[str, int]) -> FormRow:
        places = {name: self.place(line, number) for name, number in at.items()}
        values = {
            column.name: self.value(column, cells[column.name], places[column.name])
            for column in self.sheet.columns
        }
        return FormRow(values, places, f"{self.sheet.title}!{line}行目")

    def _check_twice(self, row: FormRow, line: int, seen: dict[tuple, int]) -> None:
        key = tuple(row.values[name] for name in self.sheet.key)
        if not any(key):
            return
        if key in seen:
            names = "・".join(self.sheet.column(name).header for name in self.sheet.key)
            self.faults.add(row.place(self.sheet.key[0]), TWICE.format(seen[key], names))
        seen.setdefault(key, line)


class _Lines(_Reader):
    """The sheet 計画: a line for each thing, one value."""

    def read(self) -> Iterator[FormRow]:
        """One row out of all lines."""
        head = self._head(ITEM)
        if head is None:
            return
        texts = [cell.text for cell in self.rows[head]]
        if CONTENT not in texts:
            self.faults.add(self.sheet.title, NO_COLUMN.format(CONTENT))
            return
        item, content = texts.index(ITEM), texts.index(CONTENT)
        lines = {
            row[item].text: number
            for number, row in enumerate(self.rows)
            if number > head and item < len(row)
        }
        values, places = {}, {}
        for column in self.sheet.columns:
            number = lines.get(column.header)
            if number is None:
                self.faults.add(self.sheet.title, NO_LINE.format(column.header))
                continue
            row = self.rows[number]
            cell = row[content] if content < len(row) else BLANK
            places[column.name] = self.place(number + 1, content + 1)
            values[column.name] = self.value(column, cell, places[column.name])
        if len(values) == len(self.sheet.columns):
            yield FormRow(values, places, self.sheet.title)
