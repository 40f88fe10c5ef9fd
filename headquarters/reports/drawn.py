"""The workbook that is kept with an edition, drawn while nobody waits for it.

Drawing takes seconds, and a closing holds the lock before which every writer waits. So a closing is
rehearsed first, up to its report, and taken back; the workbook is drawn of that report without the
lock. When the closing then comes to the very same report, the workbook is there; when something has
moved in between, it is drawn anew.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from openpyxl.utils.exceptions import IllegalCharacterError

from foundation.sheets.reopening import UnreadableBook, reopen
from headquarters.reports.choices import EditionKind
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump
from headquarters.reports.unfit import BookNotReopened, unfit_texts
from headquarters.reports.workbook import assembly

log = logging.getLogger(__name__)
Draw = Callable[[EditionKind, MonthlyReport], bytes]
DRAWN = {
    EditionKind.MONTH: lambda report: assembly.workbook(report),
    EditionKind.ANNUAL: lambda report: assembly.annual_workbook(report),
}


class _Rehearsed(Exception):
    """The rehearsal has come to its workbook."""

    def __init__(self, kind: EditionKind, report: MonthlyReport):
        super().__init__()
        self.kind, self.report = kind, report


def drawn_ahead(act: Callable[..., Edition], **asked: Any) -> Edition:
    """Do the act, which asks its argument `draw` for the workbook.

    Within a transaction of somebody else it is not rehearsed: that one holds the lock all the same.
    Raises what the act raises, and BookNotReopened.
    """
    if connection.in_atomic_block:
        return act(draw=draw, **asked)
    try:
        with transaction.atomic():
            act(draw=_rehearse, **asked)
    except _Rehearsed as found:
        content, text = draw(found.kind, found.report), dump(found.report)
    else:
        raise RuntimeError("the act has not asked for its workbook")

    def ready(kind: EditionKind, report: MonthlyReport) -> bytes:
        return content if dump(report) == text else draw(kind, report)

    return act(draw=ready, **asked)


def _rehearse(kind: EditionKind, report: MonthlyReport) -> bytes:
    raise _Rehearsed(kind, report)


def draw(kind: EditionKind, report: MonthlyReport) -> bytes:
    """The report's workbook, opened again: an edition stays as it is for ever."""
    try:
        content = DRAWN[kind](report)
        reopen(content)
    except (UnreadableBook, IllegalCharacterError, UnicodeError) as error:
        log.exception("the workbook of %s cannot be opened again", report.month)
        raise BookNotReopened(unfit_texts(report)) from error
    return content
