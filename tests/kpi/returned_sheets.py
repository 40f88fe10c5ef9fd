"""Entry sheets as people send them back, made without the writer of the portal; rows as they stand
now, made without a database.
"""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone
from openpyxl import load_workbook

from foundation.sheets.book import new_book
from kpi.choices import Direction, Kind, Maturity
from kpi.identity import KnownValue
from kpi.intake.back.row import RowNow
from kpi.intake.columns import CODE, ENTRY_COLUMNS, SHEET
from kpi.intake.identity import FORMAT, Identity, write_identity
from kpi.intake.rows import sheets_of
from kpi.intake.sheet import entry_workbook
from kpi.models import Definition, Indicator, KpiValue
from measures.models import Measure

OCTOBER = date(2026, 10, 1)
ISSUED = datetime(2026, 11, 2, tzinfo=UTC)
HEADS = [CODE, "指標名", *(column.header for column in ENTRY_COLUMNS)]
FIELDS = [column.name for column in ENTRY_COLUMNS]
START = 5  # the row of the heads


def definition(code="5-3", pk=53, unit="件", **more):
    """An indicator of numbers, not stored."""
    indicator = Indicator(pk=pk, code=code, name="業務削減時間", measure=Measure())
    return Definition(indicator=indicator, unit=unit, direction=Direction.INCREASE, **more)


def ratio(code="5-2", pk=52, unit="％", **more):
    """A share of persons, not stored."""
    parts = {
        "numerator_label": "使う職員",
        "numerator_unit": "人",
        "denominator_label": "全職員",
        "denominator_unit": "人",
    }
    return definition(code, pk, unit, kind=Kind.RATIO, **(parts | more))


def stored(**fields):
    """A value as it stands now."""
    texts = {name: Decimal(each) for name, each in fields.items() if name in FIELDS[:3]}
    return KpiValue(month=OCTOBER, version=7, **(fields | texts))


def now(asked, value=None, lock="", numerator=None):
    """The row of an indicator as it stands now (None: nothing is stored)."""
    facts = SimpleNamespace(
        definition=asked,
        indicator=asked.indicator,
        month=OCTOBER,
        stored={OCTOBER: value} if value else {},
        numerator=numerator,
    )
    return RowNow(facts, lock)


def known(asked, **fields):
    """The row as it stood at the download."""
    numbers = {name: Decimal(each) for name, each in fields.items() if name in FIELDS[:3]}
    maturity = fields.pop("maturity", Maturity.FINAL.value if numbers else "")
    indicator = asked.indicator
    return KnownValue(
        indicator.pk, indicator.code, OCTOBER, maturity=maturity, **(fields | numbers)
    )


def identity(rows, **more):
    """What the hidden sheet says."""
    facts = {"month": OCTOBER, "department": "soumu", "department_name": "総務課"}
    facts |= {"issued_at": ISSUED, "revision": 40, "format": FORMAT}
    return Identity(rows=tuple(rows), **(facts | more))


def a_book(rows, typed, **more):
    """A workbook with the rows that are known, and what is typed: {number: {field: value}}."""
    book = new_book()
    sheet = book.create_sheet(SHEET)
    sheet["A1"] = "KPI入力様式"
    for place, head in enumerate(HEADS, 1):
        sheet.cell(START, place, head)
    for line, (code, fields) in enumerate(typed.items(), START + 1):
        sheet.cell(line, 1, code)
        for name, value in fields.items():
            sheet.cell(line, FIELDS.index(name) + 3, value)
    write_identity(book, identity(rows, **more))
    return book


def content(book):
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(department, month=OCTOBER):
    """The workbook of a department as it is downloaded now."""
    sheets = sheets_of(month, issued_at=timezone.now())
    return entry_workbook(next(row for row in sheets if row.name == department))


def filled(sheet, cells):
    """The same with {number: {field: value}} typed into it."""
    book = load_workbook(io.BytesIO(sheet))
    paper, heads = book[SHEET], {}
    for row in paper.iter_rows():
        texts = {cell.value: cell.column for cell in row}
        if CODE in texts:
            heads = texts
        code = row[heads[CODE] - 1].value if heads else None
        for name, value in cells.get(code, {}).items():
            head = ENTRY_COLUMNS[FIELDS.index(name)].header
            row[heads[head] - 1].value = value
    return content(book)
