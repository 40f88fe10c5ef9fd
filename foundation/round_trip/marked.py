"""The workbook as it came, with marks: red cells, a note at each, a word in the column 印."""

import io
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from foundation.round_trip.choices import REFUSED, Outcome
from foundation.round_trip.preview import BasePreview
from foundation.round_trip.shown import ShownCell
from foundation.sheets.colours import BAD_WASH, WARN_WASH, argb

WRONG = PatternFill("solid", start_color=argb(BAD_WASH))
ASKED = PatternFill("solid", start_color=argb(WARN_WASH))
AUTHOR = "ポータル"
MARKED = REFUSED | {Outcome.CONFLICT, Outcome.LOCKED}
IN_CONFLICT = "いまの値は {} です（{}）。取込の画面で、どちらにするかを選びます。"


def marked(preview: BasePreview[Any]) -> bytes:
    """The stored file with what stands against each cell. It was checked when it was read."""
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


def _mark(cell: Cell, each: ShownCell) -> None:
    """Colour and note of a cell."""
    cell.fill = WRONG if each.is_refused else ASKED
    said = f"{each.cell.outcome.label}：{why_of(each)}"
    cell.comment = Comment(said, AUTHOR, width=280, height=110)


def why_of(each: ShownCell) -> str:
    """What is said of a cell that is marked."""
    if not each.is_conflict:
        return each.cell.said
    now, who = each.now, each.who
    return IN_CONFLICT.format(
        now,
        who,
    )


def _mark_row(paper, line: int, place: int | None, each: ShownCell) -> None:
    """The word in the column 印; what was marked first is the gravest."""
    if place is None:
        return
    column = get_column_letter(place + 1)
    mark = paper[f"{column}{line}"]
    if mark.value or not isinstance(
        mark,
        Cell,
    ):
        return
    outcome = each.cell.outcome
    mark.value = str(outcome.label)
