"""Which editions and which of their indicators leave the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from headquarters.reports.model import MonthlyReport
from headquarters.reports.rows import IndicatorRow

CLOSED_ALONE = "公表できるのは締めた月の版だけです。"


@dataclass(frozen=True)
class PublicEdition:
    """An edition with the indicators of it that leave. `newest`: the month's newest edition."""

    report: MonthlyReport
    indicators: tuple[IndicatorRow, ...]
    newest: int

    @property
    def folder(self) -> str:
        """Its place in the folder: 「2026-10_1」."""
        return folder_of(self.report, self.number)

    @property
    def number(self) -> int:
        """Of the edition."""
        return self.report.edition or 0

    @property
    def overtaken(self) -> bool:
        """Was the month closed again after it?"""
        return self.number < self.newest

    @property
    def newest_folder(self) -> str:
        """Where the month's newest edition is."""
        return folder_of(self.report, self.newest)

    @property
    def closed_on(self) -> date:
        """The day on which it was made."""
        return timezone.localtime(self.report.made_at).date()


def folder_of(report: MonthlyReport, number: int) -> str:
    """Where an edition of the report's month is."""
    return f"{report.month:%Y-%m}_{number}"


def published(report: MonthlyReport) -> list[IndicatorRow]:
    """The indicators that were marked 公表 when the month was closed."""
    return [row for row in report.indicators if row.published]


def public_editions(reports: Sequence[MonthlyReport]) -> list[PublicEdition]:
    """Those that have something to show, newest month and newest edition first.

    An earlier edition of a month shows no indicator that its newest one does not show any more:
    what was marked by mistake is taken back by closing the month again. ValueError for a report
    that is no edition.
    """
    newest: dict[date, MonthlyReport] = {}
    for report in reports:
        if report.edition is None:
            raise ValueError(CLOSED_ALONE)
        known = newest.get(report.month)
        if known is None or (known.edition or 0) < report.edition:
            newest[report.month] = report
    found = [_shown(report, newest[report.month]) for report in reports]
    shown = [each for each in found if each.indicators]
    return sorted(
        shown,
        key=lambda each: (each.report.month, each.number),
        reverse=True,
    )


def _shown(report: MonthlyReport, newest: MonthlyReport) -> PublicEdition:
    still = {row.code for row in published(newest)}
    rows = tuple(row for row in published(report) if row.code in still)
    return PublicEdition(report, rows, newest.edition or 0)
