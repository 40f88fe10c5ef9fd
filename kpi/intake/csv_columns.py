"""The entry sheet as a CSV: its columns, and behind them those of 照合, so that it finds its way
back as the workbook does. One list for writer and reader.
"""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from foundation.japanese.calendar import parse_month
from foundation.sheets.book import Column
from foundation.sheets.columns import MONTH as A_MONTH
from foundation.sheets.columns import text
from foundation.sheets.lists import DataList
from kpi.identity import KnownValue
from kpi.intake.columns import CODE, ENTRY_COLUMNS, MARK, NUMERATOR
from kpi.intake.identity import COLUMNS, Identity, Line
from kpi.intake.rows import EntrySheet, SheetRow
from kpi.intake.sheet import file_name, identity_in, shown_in
from kpi.rules.codes import machine_code

MONTH, WHY_MARKED = "年月", "印の内容"
INDICATOR, UNIT, STATUS = "指標", "単位", "状態"
CONTEXT = (MONTH, INDICATOR, UNIT, STATUS, MARK, WHY_MARKED)  # read, if at all, for the month
BEHIND = "照合："  # before the heads of 照合, some of which are those of the entry columns too


class CsvRow(NamedTuple):
    """A row of the CSV: what stands in it, and what 照合 says of it."""

    row: SheetRow
    sheet: EntrySheet
    known: Line


def spelled(month: date) -> str:
    """「2026年10月分」: a spreadsheet that opens the CSV does not make a day of it."""
    return f"{month.year}年{month.month}月分"


def _entry(name: str, header: str) -> Column:
    """A column that is filled in, with what is stored."""

    def shown(line: CsvRow) -> Any:
        if name == NUMERATOR and line.row.definition.numerator_words:
            return line.row.definition.numerator_words
        return shown_in(line.row, name)

    return Column(header, name, shown)


def _behind(column: Column) -> Column:
    """A column of 照合."""

    def said(line: CsvRow) -> Any:
        value = column.getter(line.known)
        if column.kind == A_MONTH:
            return spelled(parse_month(value))
        return value

    return replace(column, header=f"{BEHIND}{column.header}", getter=said)


def csv_columns() -> list[Column]:
    """All columns, in their order."""
    return [
        text(CODE, "code", lambda r: machine_code(r.row.indicator.code)),
        text(MONTH, "entry_month", lambda r: spelled(r.sheet.month)),
        text(INDICATOR, "indicator", lambda r: r.row.indicator.name),
        text(UNIT, "unit", lambda r: r.row.definition.unit),
        *(_entry(each.name, each.header) for each in ENTRY_COLUMNS),
        text(STATUS, "status", lambda r: r.row.status),
        *(_behind(column) for column in COLUMNS),
    ]


def csv_list(sheet: EntrySheet) -> DataList:
    """The entry sheet of a department as rows for a CSV."""
    identity: Identity = identity_in(sheet)
    pairs: list[tuple[SheetRow, KnownValue]] = list(
        zip(
            sheet.rows,
            identity.rows,
            strict=True,
        )
    )
    return DataList(
        title=f"入力様式（{sheet.name}）",
        name=file_name(sheet),
        columns=csv_columns(),
        rows=[CsvRow(row, sheet, Line(identity, known)) for row, known in pairs],
        at=sheet.issued_at,
    )
