"""The file as it came, with marks: a workbook as every sheet has them (`foundation.round_trip`), a
CSV with the words and what is said of each cell in two columns.
"""

from foundation.round_trip import marked as marked_book
from foundation.round_trip.marked import MARKED, why_of
from kpi.intake.back.choices import Origin
from kpi.intake.back.marked_csv import Mark, marked_csv
from kpi.intake.back.preview import Preview


def marked(preview: Preview) -> bytes:
    """The stored file with what stands against each cell. It was checked when it was read."""
    if preview.returned.origin == Origin.CSV:
        return marked_csv(bytes(preview.file.content), _said(preview))
    return marked_book.marked(preview)


def _said(preview: Preview) -> list[Mark]:
    """What is said of the cells, those that are to be looked at first before the others."""
    return [
        Mark(each.cell.cell.address, str(each.cell.outcome.label), each.what, why_of(each))
        for each in preview.cells
        if each.cell.outcome in MARKED
    ]
