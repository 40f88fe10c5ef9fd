"""The list of names to take along: what each means, and what it would be for the newest month."""

from foundation.sheets.columns import DAY, NUMBER, OF_THE_ROW, TEXT, day, number, text
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import DataList
from headquarters.reports.model import MonthlyReport
from headquarters.reports.town_form.items import Item, items_of
from headquarters.reports.workbook.report_columns import is_sample, whose

TITLE = "様式に使える名前"


def _of_kind(kind: str):
    """The getter of the value of items of one kind, nothing for the others."""
    return lambda item: item.value if item.kind == kind else None


def name_list(report: MonthlyReport) -> DataList:
    """Every name with its meaning, unit and value of this report."""
    columns = [
        *whose(report, report.version),
        text("まとまり", "group", lambda item: item.group, 28),
        text("名前", "name", lambda item: item.name, 26, "様式のセルに付ける名前"),
        text("意味", "meaning", lambda item: item.meaning, 40),
        text("種類", "kind", lambda item: item.kind, 8, "文字列・数値・日付"),
        text("単位", "unit", lambda item: item.unit, 8),
        text("例（文字列）", "text_value", _of_kind(TEXT), 30, "この報告での値"),
        number("例（数値）", "number_value", _of_kind(NUMBER), OF_THE_ROW, "この報告での値"),
        day("例（日付）", "day_value", _of_kind(DAY), "この報告での値"),
        is_sample(report),
    ]
    mark = sample_mark(report.sample)
    name = f"{TITLE}_{report.month:%Y-%m}_{report.version}{mark}"
    rows: list[Item] = items_of(report)
    return DataList(TITLE, name, columns, rows, report.made_at, report.municipality)
