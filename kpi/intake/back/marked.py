"""The file as it came, with marks: in a workbook red cells, a note at each and a word in the column
印; in a CSV the words and what is said of each cell, in two columns.
"""

import io

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from foundation.sheets.colours import BAD_WASH, WARN_WASH, argb
from kpi.intake.back.choices import REFUSED, Origin, Outcome
from kpi.intake.back.marked_csv import Mark, marked_csv
from kpi.intake.back.preview import Preview
from kpi.intake.back.shown import Shown

WRONG = PatternFill("solid", start_color=argb(BAD_WASH))
ASKED = PatternFill("solid", start_color=argb(WARN_WASH))
AUTHOR = "ポータル"
MARKED = REFUSED | {Outcome.CONFLICT, Outcome.LOCKED}
IN_CONFLICT = "いまの値は {} です（{}）。取込の画面で、どちらにするかを選びます。"


def marked(preview: Preview) -> bytes:
    """The stored file with what stands against each cell. It was checked when it was read."""
    if preview.returned.origin == Origin.CSV:
        return marked_csv(bytes(preview.file.content), _said(preview))
    return _marked_book(preview)


def _said(preview: Preview) -> list[Mark]:
    """What is said of the cells, those that are to be looked at first before the others."""
    return [
        Mark(each.cell.cell.address, str(each.cell.outcome.label), each.what, _why(each))
        for each in preview.cells
        if each.cell.outcome in MARKED
    ]


def _marked_book(preview: Preview) -> bytes:
    content = io.BytesIO(bytes(preview.file.content))
    book = load_workbook(content, keep_links=False)
    paper = book[preview.returned.sheet]
    for each in preview.cells:
        difference = each.cell
        if difference.outcome not in MARKED:
            continue
        cell = paper[difference.cell.address]
        if isinstance(cell, Cell):
            _mark(cell, each)
            _mark_row(
                paper,
                cell.row,
                preview.returned.mark,
                each,
            )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _mark(cell: Cell, each: Shown) -> None:
    """Colour and note of a cell."""
    cell.fill = WRONG if each.is_refused else ASKED
    said = f"{each.cell.outcome.label}：{_why(each)}"
    cell.comment = Comment(said, AUTHOR, width=280, height=110)


def _why(each: Shown) -> str:
    if not each.is_conflict:
        return each.cell.said
    now, who = each.now, each.who
    return IN_CONFLICT.format(now, who)


def _mark_row(paper, line: int, place: int | None, each: Shown) -> None:
    """The word in the column 印; what was marked first is the gravest."""
    if place is None:
        return
    column = get_column_letter(place + 1)
    mark = paper[f"{column}{line}"]
    if mark.value or not isinstance(mark, Cell):
        return
    outcome = each.cell.outcome
    mark.value = str(outcome.label)
