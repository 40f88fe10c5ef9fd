"""A block copied from Excel onto the table of targets: what lands where, what is refused and why.

Writes only through `set_target`. Blank cells change nothing; each other cell stands or falls alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.records.seen import wait_in_line
from foundation.sheets.pasted import block, placed
from kpi import words
from kpi.setup.forms import TargetPasteForm
from kpi.setup.points import settle_targets
from kpi.setup.target_table import Cell, TargetTable, TargetTableRow


@dataclass
class PastedTarget:
    """One copied cell on its year. `why`: what stands against it; `stored_as`: what is stored."""

    row: TargetTableRow
    cell: Cell
    stored_as: str = ""
    why: str = ""

    @property
    def same(self) -> bool:
        """Is it what is stored already?"""
        return self.row.says_the_same(self.cell)

    def save(self, terms: dict, *, by, at: datetime) -> None:
        """Store it as a new version; what is refused is said in `why`."""
        self.cell.error = self.why = ""
        try:
            with transaction.atomic():
                made = self.row.save_cell(self.cell, terms, by, at)
        except ValidationError:
            self.why = self.cell.error
        else:
            self.stored_as = words.target(made)


def land(table: TargetTable, form: TargetPasteForm, data: Any) -> list[PastedTarget]:
    """Where each cell of the block goes; ValidationError when it does not fit.

    `data`: carries the versions that the preview showed.
    """
    rows = {row.indicator.code: row for row in table.rows}
    years = [str(year) for year in table.years]
    given = form.cleaned_data
    found = []
    for code, year, text in placed(
        block(given["text"]), list(rows), years, given["start"], form.year
    ):
        cell = rows[code].cells[years.index(year)]
        cell.see(text, data)
        found.append(PastedTarget(rows[code], cell))
    return found


@transaction.atomic
def save_pasted(landed: list[PastedTarget], terms: dict, *, by, at: datetime, keep: bool) -> None:
    """Store what can be stored, in one transaction; without `keep` only try it."""
    wait_in_line()
    for each in landed:
        if not each.same:
            each.save(terms, by=by, at=at)
    for indicator in {each.row.indicator for each in landed if each.stored_as}:
        settle_targets(
            by=by,
            indicator=indicator,
            at=at,
        )
    if not keep:
        transaction.set_rollback(True)
