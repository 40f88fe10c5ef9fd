"""Lists for people: 要対応一覧, 評価一覧. They print without touching the page set-up."""

from foundation.japanese.calendar import fiscal_year_name, wareki_short
from headquarters.reports.model import MonthlyReport
from headquarters.reports.workbook.parts import DASH, MORE
from headquarters.reports.workbook.table import Printed, table_sheet


def _short(header: str, getter, width: float, most: int = 4) -> Printed:
    """A text by its beginning: the whole of it stands on the measure's sheet."""
    return Printed(
        header,
        getter,
        width=width,
        most=most,
        end=MORE,
    )


ATTENTION = [
    Printed("状態", lambda row: row.label, "dx-center", 13),
    Printed("施策", lambda row: row.measure, "dx-center", 6),
    _short("対象", lambda row: row.subject, 34),
    _short("事実", lambda row: row.fact, 42),
    _short("所管課の対応", lambda row: row.response or "記入なし", 40),
    Printed("所管課", lambda row: row.department, width=16),
    Printed("期日", lambda row: wareki_short(row.due_on) if row.due_on else DASH, "dx-center", 12),
]


def attention_sheet(book, report: MonthlyReport) -> None:
    """要対応一覧: C, D, late, slipping, stale, 未入力."""
    table_sheet(
        book,
        report,
        "要対応一覧",
        f"要対応一覧（{len(report.attention)}件）",
        ATTENTION,
        report.attention,
        frozen=0,
        empty="要対応のものはありません。",
    )


REVIEWS = [
    Printed("施策", lambda row: row.measure, "dx-center", 5),
    Printed("評価サイクル", lambda row: row.cycle, width=13),
    Printed("状態", lambda row: row.state, "dx-center", 9),
    Printed("自己\n評価", lambda row: row.self_grade or DASH, "dx-center", 6),
    Printed("本部\n評価", lambda row: row.headquarters_grade or DASH, "dx-center", 6),
    Printed("方向性", lambda row: row.next_direction or DASH, "dx-center", 8),
    _short("取組実績", lambda row: row.done_text, 36, 10),
    _short("要因分析", lambda row: row.analysis, 36, 10),
    _short("今後の対応", lambda row: row.next_action, 36, 10),
    _short("本部のコメント", lambda row: row.headquarters_comment or DASH, 24, 10),
]


def review_sheet(book, report: MonthlyReport) -> None:
    """評価一覧 (annual): every sheet of the fiscal year, its texts by their beginning."""
    table_sheet(
        book,
        report,
        "評価一覧",
        f"評価一覧（{fiscal_year_name(report.fiscal_year)}）",
        REVIEWS,
        report.reviews,
        frozen=2,
        empty="この年度に提出されたPDCAシートはありません。",
    )
