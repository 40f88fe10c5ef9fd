"""Reading editions.

The report of a month as frozen or live, and which editions later corrections have overtaken.
"""

import json
from dataclasses import replace
from datetime import date

from foundation.japanese.calendar import fiscal_year
from headquarters.reports.changes import compare
from headquarters.reports.key import ReportKey
from headquarters.reports.model import MonthlyReport, Since
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather, reviews_of
from headquarters.reports.stored import parse


def report_of(edition: Edition) -> MonthlyReport:
    """The frozen report of an edition.

    ValueError when its format is one this code does not know.
    """
    return parse(edition.report)


def report_for(month: date, *, on: date) -> MonthlyReport | None:
    """What a meeting looks at on a day.

    The newest edition of a closed month, else the month as it stands now (速報).
    """
    edition = Edition.objects.newest(month)
    return report_of(edition) if edition else gather(month, on=on)


def annual_report(year: int) -> MonthlyReport | None:
    """年次報告 of a fiscal year.

    Its newest March edition and today's PDCA sheets of that year; None before March is closed.
    """
    march = date(year + 1, 3, 1)
    edition = Edition.objects.newest(march)
    return replace(report_of(edition), reviews=reviews_of(year, march)) if edition else None


def whole_report(month: date, *, on: date) -> MonthlyReport | None:
    """The month as it stands on the day `on`, all of it (workbook, edition), with what changed
    since the edition before.
    """
    report, base = gather(month, on=on, whole_plan=True), Edition.objects.before(month)
    if report is None or base is None:
        return report
    found = compare(report_of(base), report)
    return replace(
        report,
        since=Since(
            str(base), tuple(row for row in found if row.month is None or row.month <= base.month)
        ),
    )


def grades_in(text: str) -> dict:
    """{indicator code: letter or None} of a stored report, without reading the rest.

    Every format has them.
    """
    return {row["code"]: row["grade"] for row in json.loads(text)["indicators"]}


def corrected_before(editions) -> set:
    """Ids of newest editions whose year has an earlier month that was closed again afterwards
    (「前月の訂正あり」).
    """
    newest: dict[date, Edition] = {}
    for row in editions:
        if row.month not in newest or row.number > newest[row.month].number:
            newest[row.month] = row
    return {
        row.pk
        for row in newest.values()
        if any(
            other.month < row.month
            and fiscal_year(other.month) == fiscal_year(row.month)
            and other.number > 1
            and other.pk > row.pk  # made later, whatever the clock said
            for other in newest.values()
        )
    }


def side(text: str, *, on: date) -> tuple[str, MonthlyReport] | None:
    """(name, report) of one side of a comparison, or None when there is no such report.

    A month without an edition's number is shown as it stands on the day `on`.
    """
    try:
        key = ReportKey.parse(text)
    except ValueError:
        return None
    if key.edition is None:
        report = whole_report(key.month, on=on) if key.month <= on else None
        return (key.name, report) if report else None
    edition = Edition.objects.of(key.month, key.edition).first()
    return (str(edition), report_of(edition)) if edition else None
