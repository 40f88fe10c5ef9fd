"""The files that are kept with an edition, made while nobody waits for them.

Drawing takes seconds, and a closing holds the lock before which every writer waits. So a closing is
rehearsed first, up to its report, and taken back; the workbook is drawn of that report, and the
town's form filled, without the lock. When the closing then comes to the very same report, they are
there; when something has moved in between, they are made anew.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from openpyxl.utils.exceptions import IllegalCharacterError

from foundation.sheets.reopening import UnreadableBook, reopen
from headquarters.reports.choices import EditionKind
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition, TownFormUse
from headquarters.reports.stored import dump
from headquarters.reports.town_form.filling import Filling, filling_of
from headquarters.reports.unfit import BookNotReopened, unfit_texts
from headquarters.reports.workbook import assembly

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Files:
    """What is kept with an edition: its workbook, and the town's form while one is in use."""

    workbook: bytes
    form: Filling | None


Make = Callable[[EditionKind, MonthlyReport], Files]
DRAWN = {
    EditionKind.MONTH: lambda report: assembly.workbook(report),
    EditionKind.ANNUAL: lambda report: assembly.annual_workbook(report),
}


class _Rehearsed(Exception):
    """The rehearsal has come to its files."""

    def __init__(self, kind: EditionKind, report: MonthlyReport):
        super().__init__()
        self.kind, self.report = kind, report


def drawn_ahead(act: Callable[..., Edition], **asked: Any) -> Edition:
    """Do the act, which asks its argument `make` for the files.

    Within a transaction of somebody else it is not rehearsed: that one holds the lock all the same.
    Raises what the act raises, and BookNotReopened.
    """
    if connection.in_atomic_block:
        return act(make=_files, **asked)
    try:
        with transaction.atomic():
            act(make=_rehearse, **asked)
    except _Rehearsed as found:
        files, text = _files(found.kind, found.report), dump(found.report)
    else:
        raise RuntimeError("the act has not asked for its files")

    def ready(kind: EditionKind, report: MonthlyReport) -> Files:
        filled = files.form and files.form.form.pk
        same = dump(report) == text and filled == TownFormUse.objects.number_in_use()
        return files if same else _files(kind, report)

    return act(make=ready, **asked)


def _rehearse(kind: EditionKind, report: MonthlyReport) -> Files:
    raise _Rehearsed(kind, report)


def _files(kind: EditionKind, report: MonthlyReport) -> Files:
    return Files(draw(kind, report), filling_of(report, annual=kind == EditionKind.ANNUAL))


def draw(kind: EditionKind, report: MonthlyReport) -> bytes:
    """The report's workbook, opened again: an edition stays as it is for ever."""
    try:
        content = DRAWN[kind](report)
        reopen(content)
    except (UnreadableBook, IllegalCharacterError, UnicodeError) as error:
        log.exception("the workbook of %s cannot be opened again", report.month)
        raise BookNotReopened(unfit_texts(report)) from error
    return content
