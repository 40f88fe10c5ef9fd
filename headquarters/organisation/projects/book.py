"""DX関連事業 as a workbook: one line for each project, two columns of money for each year."""

from collections.abc import Callable
from datetime import datetime

from foundation.japanese.calendar import fiscal_year_name
from foundation.records.actions import sample_loaded
from foundation.sheets.book import Column, data_sheet, new_book, save
from foundation.sheets.styles import number_format
from headquarters.organisation.projects.reading import ProjectLine, ProjectList

COLUMNS = [
    Column("施策番号", "measure_number", lambda line: line.row.measure.number, width=8),
    Column("施策", "measure", lambda line: line.row.measure.name, width=28),
    Column("事業名", "name", lambda line: line.row.name, width=32),
    Column("課", "department", lambda line: line.row.department.name, width=16),
    Column("開始年度", "first_year", lambda line: line.row.first_year, width=10),
    Column("終了年度", "last_year", lambda line: line.row.last_year, width=10),
    Column("内容", "what", lambda line: line.row.what or None, width=40),
    Column("状態", "state", lambda line: line.row.get_state_display(), width=10),
    Column("支える工程・指標", "serves", lambda line: line.row.serves or None, width=30),
]


def _amount(kind: str, year: int) -> Callable[[ProjectLine], int | None]:
    def read(line: ProjectLine) -> int | None:
        for row in line.row.amounts.all():
            if row.fiscal_year == year:
                amount: int | None = getattr(row, kind)
                return amount
        return None

    return read


def _columns(listed: ProjectList) -> list[Column]:
    """The fixed ones, then the money of every year that a project has any in."""
    years = {row.fiscal_year for line in listed.lines for row in line.row.amounts.all()}
    kinds = (("budget", "予算（千円）"), ("settled", "決算（千円）"))
    return COLUMNS + [
        Column(
            f"{fiscal_year_name(year)}{words}",
            f"{kind}_{year}",
            _amount(kind, year),
            number_format=number_format(),
            width=16,
        )
        for year in sorted(years)
        for kind, words in kinds
    ]


def workbook(listed: ProjectList, *, at: datetime) -> tuple[bytes, str]:
    """The listed projects, and the name of the file."""
    name = f"DX関連事業{'_見本データ' if sample_loaded() else ''}"
    book = new_book()
    data_sheet(book, "DX関連事業", _columns(listed), listed.lines)
    return save(book, when=at, title=name, author=""), f"{name}.xlsx"
