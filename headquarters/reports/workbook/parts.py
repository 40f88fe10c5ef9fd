"""What the sheets for people share: the heading, the words of a milestone, the grade's style."""

from decimal import Decimal

from foundation.japanese.calendar import wareki_short
from foundation.japanese.numbers import format_number, format_signed
from foundation.sheets.book import put
from headquarters.reports.model import MonthlyReport
from kpi.rules.grades import LETTERS

SAMPLE = "見本データ（数値・課名・氏名・日付は架空です）"


def heading(sheet, report: MonthlyReport, title: str, columns: int) -> int:
    """Title, month and the sample mark in rows 1–2; returns the next free row."""
    put(sheet.cell(1, 1), title, "dx-title")
    text = f"{report.plan}　{report.as_of_words}　{report.version_words}"
    put(sheet.cell(2, 1), text + (f"　{SAMPLE}" if report.sample else ""), "dx-subtitle")
    sheet.row_dimensions[1].height = 26
    return 4


def year_value(row):
    """The year's figure as a number; one of an earlier year as text with its month."""
    if row.actual is None:
        return "－"
    return f"{format_number(row.actual, row.decimals)}{row.earlier}" if row.earlier else row.actual


def milestone_words(item) -> str:
    """A milestone in one line: name, plan, forecast or completion, state."""
    text = f"{item.name}（計画 {wareki_short(item.approved_on)}"
    if item.completed_on:
        text += f"、完了 {wareki_short(item.completed_on)}"
    elif item.forecast_on:
        text += f"、見込 {wareki_short(item.forecast_on)}"
        if item.forecast_passed:
            text += "も過ぎています"
    if item.original_slip:
        text += f"、当初計画から{format_signed(Decimal(item.original_slip))}日"
    return f"{'！' if item.late else ''}{text}、{item.state}）"


def grade_style(grade) -> str:
    """The style of a grade's cell."""
    return f"dx-grade-{grade}" if grade in LETTERS else "dx-center"
