"""Sheets of the portal as people send them back: cells typed, rows sorted, columns moved."""

import io
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from foundation.records.actions import current_revision
from foundation.records.models import HistoryEntry
from foundation.records.seen import Seen
from foundation.round_trip.actions import take_over_sheet
from foundation.round_trip.columns import CODE
from foundation.round_trip.confirming import TakeOverForm
from foundation.round_trip.drawing import SHEET
from foundation.round_trip.forms import SheetFileForm
from foundation.round_trip.models import SheetFile
from foundation.round_trip.previewing import preview_of
from kpi.setup.sheets.rows import target_sheet_of
from kpi.setup.sheets.workbook import target_workbook
from roadmap.milestone_planning import create_milestone
from roadmap.sheets.rows import sheets_of
from roadmap.sheets.workbook import milestone_workbook
from tests.pages import page_text


def notes_in(content):
    """{number: the comments of its line}."""
    _, paper = opened(content)
    line, heads = places(paper)
    return {
        str(row[heads[CODE] - 1].value): "\n".join(
            cell.comment.text for cell in row if cell.comment
        )
        for row in paper.iter_rows(min_row=line + 1)
    }


def content_of(book):
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content):
    """(workbook, its sheet 入力)."""
    book = load_workbook(io.BytesIO(content))
    return book, book[SHEET]


def places(paper):
    """(line of the heads, {head: column})."""
    for row in paper.iter_rows():
        heads = {cell.value: cell.column for cell in row if cell.value}
        if CODE in heads:
            return row[0].row, heads
    raise AssertionError("no heads")


def filled(content, kind, cells):
    """The same with {number: {field: value}} typed into it; a pair is (value, number format)."""
    book, paper = opened(content)
    line, heads = places(paper)
    names = {column.name: column.header for column in kind.columns}
    for row in paper.iter_rows(min_row=line + 1):
        number = str(row[heads[CODE] - 1].value)
        for name, value in cells.get(number, {}).items():
            cell = row[heads[names[name]] - 1]
            if isinstance(value, tuple):
                value, cell.number_format = value
            cell.value = value
    return content_of(book)


def milestone_sheet_of(step):
    """The workbook of a step's department as it is downloaded now, with a milestone at least."""
    if not step.milestones.exists():
        create_milestone(by=None, step=step, name="様式の節目", planned_on=date(2026, 12, 1))
    sheets = sheets_of(timezone.now())
    wanted = step.department_on(timezone.localdate())
    return milestone_workbook(next(row for row in sheets if row.department == wanted))


def target_sheet_now():
    """The target sheet as it is downloaded now."""
    return target_workbook(target_sheet_of(timezone.now()))


def received(kind, content, name="様式.xlsx"):
    """A file that was understood."""
    form = SheetFileForm({"once": "x" * 20}, {"file": SimpleUploadedFile(name, content)}, kind=kind)
    assert form.is_valid(), form.errors
    return form.cleaned_data["file"]


def confirmed(by, kind, on):
    """The newest file, taken over as its preview shows it."""
    file = SheetFile.objects.latest("pk")
    form = TakeOverForm(preview=preview_of(file, by, kind, at=timezone.now()))
    seen = Seen.read(form.drawn(), form.fields)
    return take_over_sheet(by=by, file=file, kind=kind, seen=seen, picks={}, on=on)


def sent(client, address, content, name="様式.xlsx"):
    """The address of the preview of a file."""
    answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, page_text(answer)
    return answer["Location"]


def refusal(client, address, content, name="様式.xlsx"):
    """What is said of a file that is not taken."""
    answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    return page_text(answer)


def written():
    """What moves with every write."""
    return HistoryEntry.objects.count(), current_revision()


def outcomes(preview):
    """[(what, outcome, what is said)] of the cells that say something."""
    return [(each.what, each.cell.outcome.label, each.cell.said) for each in preview.to_see]
