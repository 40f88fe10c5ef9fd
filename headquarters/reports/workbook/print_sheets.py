"""Sheets for people.

総括表, 要対応一覧, PDCAシート一覧. They print without touching the page set-up.
"""

from openpyxl.utils import get_column_letter

from foundation.japanese.calendar import (
    fiscal_year_name,
    wareki_short,
)
from foundation.sheets.book import Column, fit_height, print_setup, put, write_table
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.parts import grade_style, heading


def summary_sheet(book, report: MonthlyReport) -> None:
    """総括表: one measure a row, grouped by policy, on one A4 landscape page."""
    sheet = book.create_sheet("総括表")
    letters = [*(band.letter for band in report.bands), "－"]
    heads = [
        "No",
        "個別施策",
        "所管課",
        *letters,
        "節目 完了/予定",
        "工程表",
        "自動判定",
        "自動判定の理由",
        "自己評価",
        "本部評価",
        "前月からの変化",
        "主な課題",
    ]
    widths = [
        4,
        24,
        12,
        *([4.5] * len(letters)),
        9,
        11,
        7,
        32,
        7,
        7,
        13,
        30,
    ]
    row = heading(sheet, report, f"総括表（{fiscal_year_name(report.fiscal_year)}）", len(heads))
    for number, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        put(sheet.cell(row, number), head, "dx-head")
        sheet.column_dimensions[get_column_letter(number)].width = width
    fit_height(sheet, row)
    head_row = row
    for policy in report.policies:
        row += 1
        for number in range(1, len(heads) + 1):
            sheet.cell(row, number).style = "dx-group"
        put(sheet.cell(row, 1), f"基本方針{policy.number}　{policy.name}", "dx-group")
        sheet.row_dimensions[row].height = 20
        for measure in (item for item in report.measures if item.policy == policy.number):
            row += 1
            _summary_row(sheet, row, report, measure, letters)
            fit_height(sheet, row, least=32)
    print_setup(sheet, one_page=True, repeat_rows=f"1:{head_row}")
    sheet.print_area = f"A1:{get_column_letter(len(heads))}{row}"
    sheet.freeze_panes = sheet.cell(head_row + 1, 3)


def _moved(indicators) -> str:
    """前月からの変化: how many grades went up or down against the month before, as now known."""
    up = down = 0
    for row in indicators:
        if len(row.months) > 1 and row.months[-2].grade and row.grade:
            up += row.grade < row.months[-2].grade
            down += row.grade > row.months[-2].grade
    return "・".join(([f"改善{up}"] if up else []) + ([f"悪化{down}"] if down else [])) or "－"


def _summary_row(sheet, row, report, measure, letters):
    indicators = report.indicators_of(measure.number)
    items = [item for step in report.steps_of(measure.number) for item in step.milestones]
    done = sum(item.completed_on is not None for item in items)
    issues = [item for item in report.attention if item.measure == measure.number and item.response]
    review = report.review_of(measure.number)
    values = [
        (measure.number, "dx-center"),
        (measure.name, "dx-body"),
        (measure.department, "dx-body"),
        *(
            (sum((item.grade or "－") == letter for item in indicators), "dx-center")
            for letter in letters
        ),
        (f"{done}/{len(items)}" if items else "未設定", "dx-center"),
        (measure.roadmap_state, "dx-center"),
        (measure.verdict or "－", grade_style(measure.verdict)),
        (measure.why, "dx-body"),
        (review.self_grade or "－" if review else "－", "dx-center"),
        (review.headquarters_grade or "－" if review else "－", "dx-center"),
        (_moved(indicators), "dx-center"),
        ("／".join(item.response for item in issues[:2]) or "－", "dx-body"),
    ]
    for number, (value, style) in enumerate(values, 1):
        put(sheet.cell(row, number), value, style)


ATTENTION = [
    Column("状態", "kind", lambda row: row.label, "dx-center", width=14),
    Column("施策", "measure", lambda row: row.measure, "dx-center", width=6),
    Column("対象", "subject", lambda row: row.subject, width=36),
    Column("事実", "fact", lambda row: row.fact, width=44),
    Column("所管課の対応", "response", lambda row: row.response or "記入なし", width=40),
    Column("所管課", "department", lambda row: row.department, width=16),
    Column(
        "期日",
        "due_on",
        lambda row: wareki_short(row.due_on) if row.due_on else "－",
        "dx-center",
        width=12,
    ),
]


def attention_sheet(book, report: MonthlyReport) -> None:
    """要対応一覧: C, D, late, slipping, stale, 未入力."""
    sheet = book.create_sheet("要対応一覧")
    row = heading(sheet, report, f"要対応一覧（{len(report.attention)}件）", len(ATTENTION))
    last = write_table(sheet, ATTENTION, report.attention, start=row)
    for line in range(row, last + 1):
        fit_height(sheet, line, least=22)
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:G{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)


REVIEWS = [
    Column("施策", "measure", lambda row: row.measure, "dx-center", width=6),
    Column("評価サイクル", "cycle", lambda row: row.cycle, width=20),
    Column("状態", "state", lambda row: row.state, "dx-center", width=11),
    Column("自己評価", "self_grade", lambda row: row.self_grade or "－", "dx-center", width=8),
    Column(
        "本部評価",
        "headquarters_grade",
        lambda row: row.headquarters_grade or "－",
        "dx-center",
        width=8,
    ),
    Column(
        "今後の方向性",
        "next_direction",
        lambda row: row.next_direction or "－",
        "dx-center",
        width=10,
    ),
    Column("取組実績", "done_text", lambda row: row.done_text, width=36),
    Column("要因分析", "analysis", lambda row: row.analysis, width=36),
    Column("今後の対応", "next_action", lambda row: row.next_action, width=36),
    Column(
        "本部のコメント",
        "headquarters_comment",
        lambda row: row.headquarters_comment or "－",
        width=26,
    ),
]


def review_sheet(book, report: MonthlyReport) -> None:
    """評価一覧 (annual): every sheet handed in during the fiscal year."""
    sheet = book.create_sheet("評価一覧")
    row = heading(
        sheet, report, f"評価一覧（{fiscal_year_name(report.fiscal_year)}）", len(REVIEWS)
    )
    last = write_table(
        sheet,
        REVIEWS,
        report.reviews,
        start=row,
    )
    for line in range(row, last + 1):
        fit_height(sheet, line, least=22)
    if not report.reviews:
        put(sheet.cell(last + 1, 1), "この年度に提出されたPDCAシートはありません。", "dx-subtitle")
        last += 1
    print_setup(sheet, repeat_rows=f"1:{row}")
    sheet.print_area = f"A1:{get_column_letter(len(REVIEWS))}{last}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)
