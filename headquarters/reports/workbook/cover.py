"""表紙 of a workbook."""

from django.utils import timezone

from foundation.japanese.calendar import (
    wareki_date,
    wareki_month,
)
from foundation.records.labels import shortened
from foundation.sheets.book import print_setup, put
from foundation.sheets.fitting import beginning, height, pieces, room
from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import Change
from headquarters.reports.stored import digest
from headquarters.reports.workbook.paper import A4, SMALLEST
from headquarters.reports.workbook.parts import SHORT, grade_style, heading, height_of

MONTHLY, ANNUAL = "月次進捗報告書", "年次進捗報告書"
RATE = "達成率（年度の途中は期待値、年度末は年度目標に対する率。小数第1位に四捨五入）"
SIGNS = (
    ("－", "該当なし"),
    ("0", "零（実績が0）"),
    ("未入力", "測定時期が来たのに値がない"),
    ("測定時期前", "まだ測定する時期ではない"),
    ("▲", "負の数"),
    ("暫", "暫定値（後で確定する）"),
    ("60～80", "幅のある目標（下限～上限）"),
)
WIDTHS = (24, 66)
LONGEST = 60
LEAST_HEIGHT = 20.0
TALLEST = 12  # lines of a row; what is longer goes on in the next
IN_LIST = "…（全文は画面の版の一覧にあります）"
ALL = "（画面の「版を比べる」で全件を見られます）"


def _lines(sheet, row: int, pairs, style: str = "dx-head") -> int:
    """Labels and their texts; returns the next free row."""
    for label, text in pairs:
        for number, piece in enumerate(pieces(text, room(WIDTHS[1]), TALLEST)):
            put(sheet.cell(row, 1), "（続き）" if number else label, style)
            put(sheet.cell(row, 2), piece, "dx-body")
            sheet.row_dimensions[row].height = _height(label, piece)
            row += 1
    return row


def _height(label: str, text: str) -> float:
    return max(LEAST_HEIGHT, height(label, room(WIDTHS[0])), height(text, room(WIDTHS[1])))


def _closing(report: MonthlyReport) -> list[tuple[str, str]]:
    if report.edition is None:
        return []
    return [("締めた人", report.closed_by), ("照合値", digest(report)[:12])]


def _facts(report: MonthlyReport) -> list[tuple[str, str]]:
    """What stands on the cover: (label, text)."""
    made = timezone.localtime(report.made_at)
    counts = "・".join(f"{letter} {count}" for letter, count in report.counts.items())
    judged = f"{len(report.indicators)}指標中 {report.judged} 評価済み"
    late = sum(row.late for row in report.milestones)
    missing = sum(item.kind == "missing" for item in report.attention)
    return [
        ("計画", report.plan),
        ("団体", f"{report.municipality}（{report.municipality_code}）"),
        ("対象月", f"{wareki_month(report.month)}（{report.as_of_words}）"),
        ("版", report.version_words),
        *([("もとにした版", report.based_on)] if report.based_on else []),
        ("作成日時", f"{wareki_date(made.date())} {made:%H:%M}"),
        *_closing(report),
        ("KPIの評価", f"{judged}（{counts}）"),
        ("評価対象外の理由", report.not_judged_words or "なし"),
        ("マイルストーン", f"全{len(report.milestones)}件、遅延{late}件"),
        ("注記", f"要確認 {report.open_points}件、未入力 {missing}件"),
    ]


def cover_sheet(book, report: MonthlyReport, *, title: str = MONTHLY) -> None:
    """表紙: what, when, which edition, the legend and what to mind, on one page."""
    sheet = book.create_sheet("表紙")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WIDTHS
    row = heading(sheet, report, title, WIDTHS)
    row = _gap(sheet, _lines(sheet, row, _facts(report)))
    row = _lines(sheet, row, [("評価区分", RATE)])
    for band in report.bands:
        limit = "それ未満" if band.threshold is None else f"{band.threshold}％以上"
        label = f"{band.letter} {band.name}"
        row = _lines(sheet, row, [(label, limit)], grade_style(band.letter))
    row = _gap(sheet, _lines(sheet, _gap(sheet, row), SIGNS))
    _since(sheet, row, report)
    print_setup(sheet, landscape=False, one_page=True)


def _gap(sheet, row: int) -> int:
    sheet.row_dimensions[row].height = 8

    return row + 1


def _change(row: Change) -> tuple[str, str]:
    """「値」, 「1-2 …：120 → 200」; long texts by their beginning."""
    before, after = (shortened(text, LONGEST) for text in (row.before, row.after))
    text = f"{row.subject}：{before} → {after}"
    return row.kind, beginning(text, room(WIDTHS[1]), 3, end=SHORT)


def _since(sheet, row: int, report: MonthlyReport) -> None:
    """What changed since the edition before, as much of it as the page takes.

    Corrections, targets, grades, milestones, judgements.
    """
    if report.since is None:
        return
    changes = report.since.changes
    lines = [("前の版から", f"{report.since.label}から変わったところ {len(changes)}件")]
    if report.since.reason:
        reason = beginning(report.since.reason, room(WIDTHS[1]), TALLEST, end=IN_LIST)
        lines.append(("締め直した理由", reason))
    row = _lines(sheet, row, lines)
    left = A4.room(SMALLEST) - height_of(sheet, row - 1) - LEAST_HEIGHT
    shown = []
    for kind, text in map(_change, changes):
        left -= _height(kind, text)
        if left < 0:
            break
        shown.append((kind, text))
    if len(shown) < len(changes):
        shown.append(("ほか", f"{len(changes) - len(shown)}件{ALL}"))
    _lines(sheet, row, shown)
