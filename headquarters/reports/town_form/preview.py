"""What a form would get: before it is taken, every name with its cell and its value of today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from openpyxl.styles.numbers import is_date_format

from foundation.sheets.columns import DAY, NUMBER
from foundation.sheets.named import NamedBook, NamedCell, key_of
from headquarters.reports.editions import report_of, whole_report
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.town_form.items import Item, items_of, looks_ours
from measures.models import Plan

NO_DAY = "セルの表示形式が日付ではないので、数字で表示されます。"
TIMES = "セルの表示形式がパーセントなので、100倍に見えます（83.3は8330％）。"
DAY_FORM = "セルの表示形式が日付なので、日付に見えます。"


@dataclass(frozen=True)
class FilledCell:
    """A cell that will be filled: with what, and what to mind."""

    cell: NamedCell
    item: Item

    @property
    def hint(self) -> str:
        """What the cell's own number format makes of the value."""
        form = self.cell.form.lower()
        is_day = is_date_format(form)
        if self.item.kind == DAY and not is_day:
            return NO_DAY
        if self.item.kind == NUMBER and is_day:
            return DAY_FORM
        return TIMES if self.item.kind == NUMBER and "%" in form else ""


@dataclass(frozen=True)
class Preview:
    """A form against the names of a report.

    `faulty`: known names whose cell cannot be filled; `alike`: unknown ones that begin like ours;
    `others`: names of the town's own, which stay as they are; `unused`: items by group.
    """

    report: MonthlyReport
    known: list[FilledCell]
    faulty: list[NamedCell]
    alike: list[NamedCell]
    others: list[NamedCell]
    unused: list[tuple[str, list[Item]]]

    @property
    def may_be_used(self) -> bool:
        """Can it be taken as it is?"""
        return bool(self.known) and not self.faulty


def preview_of(book: NamedBook, report: MonthlyReport) -> Preview:
    """The form against everything that the report can say."""
    items = {key_of(item.name): item for item in items_of(report)}
    asked = [cell for cell in book.cells if cell.key in items]
    unknown = [cell for cell in book.cells if cell.key not in items]
    used = {cell.key for cell in asked}
    return Preview(
        report=report,
        known=[FilledCell(cell, items[cell.key]) for cell in asked if not cell.why],
        faulty=[cell for cell in asked if cell.why],
        alike=[cell for cell in unknown if looks_ours(cell)],
        others=[cell for cell in unknown if not looks_ours(cell)],
        unused=by_group(item for key, item in items.items() if key not in used),
    )


def by_group(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """[(heading, items)] in the order of the list."""
    return [(group, list(rows)) for group, rows in groupby(items, key=lambda item: item.group)]


def newest_report(*, on: date) -> MonthlyReport | None:
    """The report with which a form is tried: the newest edition, else the month being collected.

    None while there is no plan.
    """
    edition = Edition.objects.newest()
    if edition is not None:
        return report_of(edition)
    plan = Plan.objects.current()
    return whole_report(plan.months.collected(on), on=on) if plan else None
