"""The columns with which every row for machines begins: whose data, of which report, as of when."""

from foundation.sheets.book import Column
from foundation.sheets.columns import YES, day, month, text, yes_no
from headquarters.reports.model import MonthlyReport
from measures.columns import town_columns


def whose(report: MonthlyReport, version: str = "") -> list[Column]:
    """Municipality, month, edition and day of a report. `version`: where a page names it so."""
    return [
        *town_columns(report.municipality_code, report.municipality),
        month("報告の年月", "report_month", lambda _: report.month, "どの月の報告か（西暦）"),
        text(
            "時点",
            "report_version",
            lambda _: version or report.version,
            8,
            "締めた月は版（第1版、第2版…）、締める前は速報、締めた後のいまの内容は現在",
        ),
        day("基準日", "report_as_of", lambda _: report.as_of, "いつの時点の状態か（西暦）"),
    ]


def is_sample(report: MonthlyReport) -> Column:
    """見本データ: are the figures invented?"""
    meaning = f"「{YES}」の数値・課名・氏名・日付は架空"
    return yes_no(
        "見本データ",
        "is_sample",
        lambda _: report.sample,
        meaning,
    )
