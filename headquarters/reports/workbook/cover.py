"""表紙 of a workbook."""

from django.utils import timezone

from foundation.japanese.calendar import (
    wareki_date,
    wareki_month,
)
from foundation.records.labels import shortened
from foundation.sheets.book import fit_height, print_setup, put
from headquarters.reports.model import MonthlyReport
from headquarters.reports.stored import digest
from headquarters.reports.workbook.parts import grade_style, heading

MONTHLY, ANNUAL = "月次進捗報告書", "年次進捗報告書"
RATE = "達成率（年度の途中は期待値、年度末は年度目標に対する率。小数第1位に四捨五入）"
SIGNS = (
    ("－", "該当なし"),
    ("0", "零（実績が0）"),
    ("未入力", "測定時期が来たのに値がない"),
    ("測定時期前", "まだ測定する時期ではない"),
    ("▲", "負の数"),
)
SHOWN, LONGEST = 15, 60


def _lines(sheet, row, pairs):
    for label, text in pairs:
        put(
            sheet.cell(row, 1),
            label,
            "dx-head",
        )
        put(sheet.cell(row, 2), text, "dx-body")
        fit_height(sheet, row, least=22)
        row += 1
    return row


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
    """表紙: what, when, which edition, the legend and what to mind."""
    sheet = book.create_sheet("表紙")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 66
    row = heading(sheet, report, title, 2)
    row = _lines(sheet, row, _facts(report)) + 1
    put(sheet.cell(row, 1), "評価区分", "dx-head")
    put(sheet.cell(row, 2), RATE, "dx-body")
    for band in report.bands:
        row += 1
        limit = "それ未満" if band.threshold is None else f"{band.threshold}％以上"
        put(sheet.cell(row, 1), f"{band.letter} {band.name}", grade_style(band.letter))
        put(sheet.cell(row, 2), limit, "dx-body")
    row = _lines(sheet, row + 2, SIGNS)
    _since(sheet, row + 1, report)
    print_setup(sheet, landscape=False, one_page=True)


def _change(row) -> str:
    """「1-2 …：120 → 200」; long texts by their beginning."""
    before, after = (shortened(text, LONGEST) for text in (row.before, row.after))
    return f"{row.subject}：{before} → {after}"


def _since(sheet, row, report):
    """What changed since the edition before.

    Corrections, targets, grades, milestones, judgements.
    """
    if report.since is None:
        return
    changes = report.since.changes
    put(
        sheet.cell(row, 1),
        "前の版から",
        "dx-head",
    )
    put(sheet.cell(row, 2), f"{report.since.label}から変わったところ {len(changes)}件", "dx-body")
    lines = [("締め直した理由", report.since.reason)] if report.since.reason else []
    lines += [(row.kind, _change(row)) for row in changes[:SHOWN]]
    if len(changes) > SHOWN:
        lines.append(
            ("ほか", f"{len(changes) - SHOWN}件（画面の「版を比べる」で全件を見られます）")
        )
    _lines(sheet, row + 1, lines)
