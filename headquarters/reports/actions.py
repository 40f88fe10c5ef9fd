"""Closing a month.

The lock of `kpi`, and the edition: the frozen report and its workbook, in one transaction.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from openpyxl.utils.exceptions import IllegalCharacterError

from foundation.accounts.models import User
from foundation.japanese.calendar import wareki_month
from foundation.records.actions import moment, record_change
from foundation.records.seen import Seen, check_seen, wait_in_line
from foundation.sheets.reopening import UnreadableBook, reopen
from headquarters.reports.editions import whole_report
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump
from headquarters.reports.unfit import BookNotReopened, unfit_texts
from headquarters.reports.workbook import assembly
from kpi.month.closing import lock_month

log = logging.getLogger(__name__)


@transaction.atomic
def close_month(
    *,
    by: User,
    month: date,
    on: date,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Edition:
    """Close a month (again).

    Lock it and keep the next edition. All or none. Raises what `lock_month` raises, Conflict when
    it has been closed since it was `seen`, and BookNotReopened when the workbook that is to be
    kept cannot be opened again.
    """
    at = moment(at)
    wait_in_line()
    before = Edition.objects.of_month(month)
    check_seen(seen, None, {"editions": before.count()}, *before[:1])
    lock_month(by=by, month=month, on=on, reason=reason, at=at)
    number = (Edition.objects.filter(month=month).aggregate(last=Max("number"))["last"] or 0) + 1
    now = whole_report(month, on=on)
    if now is None:
        raise ValidationError("この月には、計画の指標がありません。")
    report = replace(now, edition=number, made_at=at, closed_by=by.display_name)
    text, content = dump(report), _reopened(report)
    row = Edition.objects.create(
        month=month,
        number=number,
        format_version=FORMAT_VERSION,
        report=text,
        report_sha256=hashlib.sha256(text.encode()).hexdigest(),
        workbook=content,
        workbook_name=assembly.file_name(report),
        workbook_sha256=hashlib.sha256(content).hexdigest(),
        reason=reason,
        closed_by=by,
        closed_at=at,
    )
    record_change(
        by=by,
        action="reports.edition",
        subject=row,
        label=f"{wareki_month(month)} 第{number}版",
        month=month,
        before={},
        reason=reason,
        after={"版": number, "照合値": row.report_sha256},
        at=at,
    )
    return row


def _reopened(report: MonthlyReport) -> bytes:
    """The report's workbook, opened again: an edition stays as it is for ever."""
    try:
        content = assembly.workbook(report)
        reopen(content)
    except (UnreadableBook, IllegalCharacterError, UnicodeError) as error:
        log.exception("the workbook of %s cannot be opened again", report.month)
        raise BookNotReopened(unfit_texts(report)) from error
    return content
