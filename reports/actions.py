"""Closing a month. The edition (the frozen report and its workbook) is made here too, once editions exist (issue 6)."""

from datetime import date

from django.db import transaction

from kpi.closing import lock_month
from kpi.models import ReportingMonth


@transaction.atomic
def close_month(*, by, month: date, on: date, reason: str = "") -> ReportingMonth:
    """Close a month: lock its values, submissions, targets and definitions. Raises what `lock_month` raises."""
    return lock_month(by=by, month=month, on=on, reason=reason)
