"""Closing a month, and issuing the annual report.

The lock of `kpi`, and the edition: the frozen report and its workbook, in one transaction.
"""

import hashlib
from dataclasses import replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import User
from foundation.accounts.permissions import Permission, require
from foundation.records.actions import moment, record_change
from foundation.records.seen import Seen, check_seen, wait_in_line
from headquarters.reports.changes import counted
from headquarters.reports.choices import EditionKind
from headquarters.reports.drawn import Make, drawn_ahead
from headquarters.reports.editions import NO_MARCH, annual_report, changes_after, whole_report
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump
from headquarters.reports.town_form.filling import in_history, keep_filled
from headquarters.reports.workbook import assembly
from kpi.month.closing import lock_month

AGAIN = "締め直す理由を入力してください。この理由は版に残ります。"


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

    Lock it and keep the next edition. All or none. Raises what `lock_month` raises,
    ValidationError when it is closed again without a reason, Conflict when it has been closed
    since it was `seen`, and BookNotReopened when the workbook that is to be kept cannot be opened
    again.
    """
    told = {"by": by, "month": month, "on": on, "reason": reason, "seen": seen}
    return drawn_ahead(_close_month, at=moment(at), **told)


@transaction.atomic
def _close_month(
    *,
    by: User,
    month: date,
    on: date,
    reason: str,
    seen: Seen | None,
    at: datetime,
    make: Make,
) -> Edition:
    wait_in_line()
    before = list(Edition.objects.of_month(month))
    check_seen(seen, None, {"editions": len(before)}, *before[:1])
    changes = changes_after(before[0], on=on) if before else []
    lock_month(
        by=by,
        month=month,
        on=on,
        reason=reason,
        changes=len(changes),
        at=at,
    )
    if before and not reason:
        raise ValidationError({"reason": AGAIN})
    now = whole_report(month, on=on)
    if now is None:
        raise ValidationError("この月には、計画の指標がありません。")
    return _keep(EditionKind.MONTH, now, make, by=by, reason=reason, at=at)


def issue_annual(
    *,
    by: User,
    year: int,
    on: date,
    reason: str = "",
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Edition:
    """Keep the annual report of a fiscal year as its next edition: March as it was closed, and the
    PDCA sheets as they stand.

    Raises PermissionDenied, ValidationError (March is not closed; nothing has changed since the
    edition before, or no reason is given), Conflict, BookNotReopened.
    """
    told = {"by": by, "year": year, "on": on, "reason": reason, "seen": seen}
    return drawn_ahead(_issue_annual, at=moment(at), **told)


@transaction.atomic
def _issue_annual(
    *,
    by: User,
    year: int,
    on: date,
    reason: str,
    seen: Seen | None,
    at: datetime,
    make: Make,
) -> Edition:
    require(by, Permission.CLOSE_MONTH)
    wait_in_line()
    before = list(Edition.objects.annual(year))
    check_seen(seen, None, {"editions": len(before)}, *before[:1])
    now = annual_report(year)
    if now is None:
        raise ValidationError(NO_MARCH)
    if before and not changes_after(before[0], on=on):
        raise ValidationError("年次報告の版を作った後の変更はありません。")
    if before and not reason:
        raise ValidationError({"reason": AGAIN})
    return _keep(EditionKind.ANNUAL, now, make, by=by, reason=reason, at=at)


def _keep(
    kind: EditionKind,
    now: MonthlyReport,
    make: Make,
    *,
    by: User,
    reason: str,
    at: datetime,
) -> Edition:
    """The next edition of a report that has just been gathered, with its files."""
    number, since = (now.closed_as or 0) + 1, now.since
    if since and now.closed_as:
        since = replace(since, reason=reason)
    report = replace(
        now, edition=number, closed_as=None, made_at=at, closed_by=by.display_name, since=since
    )
    text, files = dump(report), make(kind, report)
    row = Edition.objects.create(
        kind=kind,
        month=report.month,
        number=number,
        format_version=FORMAT_VERSION,
        report=text,
        report_sha256=hashlib.sha256(text.encode()).hexdigest(),
        workbook=files.workbook,
        workbook_name=NAMED[kind](report),
        workbook_sha256=hashlib.sha256(files.workbook).hexdigest(),
        reason=reason,
        changed=counted(since.changes) if since and now.closed_as else "",
        closed_by=by,
        closed_at=at,
    )
    form = keep_filled(row, files.form)
    record_change(
        by=by,
        action="reports.edition",
        subject=row,
        label=str(row),
        month=report.month,
        before={},
        reason=reason,
        after={"版": number, "照合値": row.report_sha256} | in_history(form),
        at=at,
    )
    return row


NAMED = {
    EditionKind.MONTH: assembly.file_name,
    EditionKind.ANNUAL: assembly.annual_name,
}
