"""施策別シート: one measure on one or two A4 pages, on more where its texts are long.

The plan's words, KPIs and charts, what needs attention, roadmap, PDCA. Everything stands here in
full that other sheets show by its beginning.
"""

from openpyxl.utils import get_column_letter

from foundation.sheets.book import print_setup
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import MeasureRow, ReviewRow
from headquarters.reports.workbook.blocks import Blocks
from headquarters.reports.workbook.measure_kpis import Kpis, widths_for
from headquarters.reports.workbook.paper import A4
from headquarters.reports.workbook.parts import (
    DASH,
    NO_ROADMAP,
    grade_style,
    heading,
    height_of,
    milestone_words,
    span_words,
)
from headquarters.reports.workbook.pen import Part, Pen, draw, laid_out

CONFIRM = ("所管課長", "事務局", "推進本部")
LAST = 15
ROADMAP = (
    (1, 3, "工程"),
    (4, 6, "期間"),
    (7, 8, "状態"),
    (9, LAST, "マイルストーン（計画日・見込・実績）"),
)
ATTENTION = ((1, 1, "状態"), (2, 3, "対象"), (4, 9, "事実"), (10, LAST, "所管課の対応"))


def measure_sheets(book, report: MonthlyReport) -> None:
    """One sheet per measure of the month, in the plan's order."""
    blocks = Blocks()
    for measure in report.measures:
        _sheet(book, report, measure, blocks)


def _sheet(book, report: MonthlyReport, measure: MeasureRow, blocks: Blocks) -> None:
    sheet = book.create_sheet(f"施策{measure.number}")
    indicators = report.indicators_of(measure.number)
    widths = widths_for(report, indicators)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    first = heading(sheet, report, f"施策{measure.number}　{measure.name}", widths)
    pen = Pen(widths)
    _words(pen, report, measure)
    Kpis(pen, sheet, report, indicators).write()
    _attention(pen, report, measure)
    _roadmap(pen, report, measure)
    _pdca(pen, report, measure)
    _confirmation(pen)
    widest = A4.scale_by_width(sum(widths))
    scale, pages = laid_out(pen.lines, widest, height_of(sheet, first - 1))
    last = draw(sheet, pages, first, blocks)
    print_setup(sheet, landscape=False, scale=int(scale * 100), repeat_rows=f"1:{first - 1}")
    sheet.print_area = f"A1:{get_column_letter(LAST)}{last}"


def _words(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    policy = next(row for row in report.policies if row.number == measure.policy)
    pen.pair("基本方針", f"{policy.number} {policy.name}")
    pen.pair("所管課", measure.department)
    pen.row(
        Part(
            1,
            2,
            "自動判定",
            "dx-head",
        ),
        Part(3, 3, measure.verdict or DASH, grade_style(measure.verdict)),
        Part(4, LAST, measure.why, "dx-body"),
        least=20,
    )
    pen.section("計画の記載（原文）")
    for label, text in (
        ("概要", measure.summary),
        ("現状・課題", measure.current_issues),
        ("取組", measure.initiatives),
    ):
        pen.pair(label, text)


def _heads(pen: Pen, blocks) -> None:
    pen.table_heads(*(Part(first, last, head, "dx-head") for first, last, head in blocks))


def _attention(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    rows = [row for row in report.attention if row.measure == measure.number]
    if not rows:
        return
    pen.section(f"要対応（{len(rows)}件）")
    _heads(pen, ATTENTION)
    for row in rows:
        said = (row.label, row.subject, row.fact, row.response or "記入なし")
        _texts(
            pen,
            ATTENTION,
            said,
        )


def _texts(pen: Pen, blocks, texts) -> None:
    pen.row(
        *(
            Part(first, last, text, "dx-small")
            for (first, last, _), text in zip(blocks, texts, strict=True)
        ),
        least=20,
    )


def _roadmap(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    pen.section("工程表")
    steps = report.steps_of(measure.number)
    if not steps:
        pen.pair("工程", NO_ROADMAP)
        return
    _heads(pen, ROADMAP)
    for step in steps:
        words = "\n".join(milestone_words(item) for item in step.milestones) or "未設定"
        _texts(
            pen,
            ROADMAP,
            (step.name, span_words(step), step.state, words),
        )


def _pdca(pen: Pen, report: MonthlyReport, measure: MeasureRow) -> None:
    rows = [row for row in report.reviews if row.measure == measure.number]
    if not rows:
        pen.section("PDCA")
        pen.pair("PDCAシート", "この年度に提出されたシートはありません")
    for row in sorted(rows, key=lambda row: row.as_of, reverse=True):
        _review(pen, row)


def _review(pen: Pen, row: ReviewRow) -> None:
    pen.section(f"PDCA（{row.cycle}、{row.state}）")
    pen.pair("P 年度計画", row.plan_text)
    pen.pair("D 取組実績", row.done_text)
    pen.pair("C 要因分析", row.analysis)
    pen.pair("A 今後の対応", row.next_action)
    pen.pair("今後の方向性", row.next_direction)
    reason = f"　自動判定と違う理由：{row.self_grade_reason}" if row.self_grade_reason else ""
    pen.pair("自己評価", f"{row.self_grade or DASH}{reason}")
    comment = f"　{row.headquarters_comment}" if row.headquarters_comment else ""
    pen.pair("本部評価", f"{row.headquarters_grade or DASH}{comment}")


def _confirmation(pen: Pen) -> None:
    """The boxes for stamps, never parted from their heads."""
    pen.section("確認欄")
    boxes = [(1 + 5 * number, 5 + 5 * number) for number in range(len(CONFIRM))]
    heads = zip(boxes, CONFIRM, strict=True)
    pen.row(*(Part(*box, label, "dx-head") for box, label in heads), glued=True)
    pen.row(*(Part(*box, "", "dx-body") for box in boxes), least=40)
