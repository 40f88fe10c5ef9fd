"""What the list of indicators shows.

Plain rows out of `IndicatorMonth`s, and the filters in the address.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from foundation.sheets.book import Column, data_sheet, new_book, save
from foundation.sheets.csvfile import csv_bytes
from foundation.sheets.download import CSV, XLSX
from kpi import words
from kpi.choices import NotJudged
from kpi.rules.progress import show


@dataclass(frozen=True)
class ListRow:
    """One indicator as judged in its month, as plain values for table and download.

    `rate`: percent or None; `target`, `actual`: in words, with unit.
    """

    order: int
    code: str
    name: str
    measure: str
    measure_number: int
    department: str
    department_id: int | None
    target: str
    actual: str
    rate: Decimal | None
    grade: str | None
    grade_name: str
    not_judged: str
    state: str
    state_code: str
    sentence: str


def list_row(facts) -> ListRow:
    """The row of one `IndicatorMonth`."""
    judged, definition = facts.progress_at(facts.month), facts.definition
    state = facts.judged_state_in(facts.month)
    names = {band.letter: band.name for band in facts.bands}

    return ListRow(
        order=facts.indicator.order,
        code=facts.indicator.code,
        name=facts.indicator.name,
        measure=str(facts.indicator.measure),
        measure_number=facts.indicator.measure.number,
        department=definition.responsible_name,
        department_id=definition.responsible_id,
        target=show(judged.target, facts.rule),
        actual=words.actual(judged, definition),
        rate=judged.rate,
        grade=judged.grade,
        grade_name=names.get(judged.grade, ""),
        not_judged=NotJudged(judged.not_judged).label if judged.not_judged else "",
        state=state.label,
        state_code=state.value,
        sentence=judged.sentence,
    )


@dataclass(frozen=True)
class IndicatorFilters:
    """The filters of the list, kept in the address; empty ones do not restrict."""

    measure: str = ""
    department: str = ""
    grade: str = ""
    state: str = ""

    @classmethod
    def of(cls, query) -> "IndicatorFilters":
        """From the query string."""
        return cls(*(query.get(name, "") for name in cls.__dataclass_fields__))

    def wants(self, row: ListRow) -> bool:
        """Does the row pass?"""
        grade = row.grade or "-"
        return all(
            (
                not self.measure or str(row.measure_number) == self.measure,
                not self.department or str(row.department_id) == self.department,
                not self.grade or grade == self.grade,
                not self.state or row.state_code == self.state,
            )
        )


COLUMNS = [
    Column("番号", "code", lambda row: row.code, width=8),
    Column("指標", "name", lambda row: row.name, width=34),
    Column("施策", "measure", lambda row: row.measure, width=26),
    Column("担当課", "department", lambda row: row.department, width=14),
    Column("年度目標", "target", lambda row: row.target, width=12),
    Column("実績", "actual", lambda row: row.actual, width=12),
    Column("達成率（％）", "achievement_rate", lambda row: row.rate, width=12),
    Column("評価", "grade", lambda row: row.grade, width=8),
    Column("評価対象外の理由", "not_evaluated", lambda row: row.not_judged or None, width=16),
    Column("当月の入力", "cell_state", lambda row: row.state, width=16),
    Column("理由", "sentence", lambda row: row.sentence, width=44),
]


def download(rows: list[ListRow], month: date, kind: str, *, when: datetime, sample: bool):
    """What the list shows as a file.

    (content, name, content type). `kind`: xlsx, csv (UTF-8 with BOM) or cp932.
    """
    name = f"KPI一覧_{month:%Y-%m}{'_見本データ' if sample else ''}"
    if kind == "xlsx":
        book = new_book()
        data_sheet(book, "KPI一覧", COLUMNS, rows)
        return save(book, when=when, title=name, author=""), f"{name}.xlsx", XLSX
    encoding = "cp932" if kind == "cp932" else "utf-8-sig"
    content, _ = csv_bytes(
        [column.header for column in COLUMNS],
        [[column.getter(row) for column in COLUMNS] for row in rows],
        encoding=encoding,
    )
    return content, f"{name}.csv", CSV if encoding == "utf-8-sig" else "text/csv; charset=Shift_JIS"
