"""The entry sheets that go out: the page that offers them, one department's (as a workbook or a
CSV), all in a zip.
"""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.round_trip.doors import others
from foundation.sheets.download import XLSX, ZIP, file_response
from foundation.sheets.lists import OLD_TEXT, TEXT, asked_kind, list_file
from kpi.intake.covering import ALL, archive
from kpi.intake.csv_columns import csv_list
from kpi.intake.identity import DOCUMENT
from kpi.intake.rows import sheets_of
from kpi.intake.sheet import entry_workbook, file_name
from measures.models import Plan
from measures.months import asked_month, check_month

enter = requires(Permission.ENTER_VALUES)
NO_SHEET = "この月に、この課の入力様式はありません。月と課を確かめてください。"


def _sheets(request, month):
    """The entry sheets of the departments whose values this person may enter."""
    user = request.user
    return [
        sheet
        for sheet in sheets_of(
            month, issued_at=timezone.now(), stand=(user.data_revision, user.sample_loaded)
        )
        if has_permission(request.user, Permission.ENTER_VALUES, department=sheet.key or None)
    ]


@enter
def start(request):
    """Which sheets there are for a month (?month=), to take along."""
    plan = Plan.objects.current()
    month = asked_month(request, plan)
    today, found = timezone.localdate(), _sheets(request, month)
    page = {
        "month": month,
        "months": plan.months.begun(today)[::-1] or [month],
        "sheets": found,
        "countdown": found[0].state.countdown(today) if found else None,
        "every": has_permission(request.user, Permission.CONFIRM)
        and any(sheet.open for sheet in found),
        "others": others(DOCUMENT, request.user),
    }
    return render(
        request,
        "intake/start.html",
        page,
    )


@enter
def sheet(request, month, department):
    """The entry sheet of a department, by its id (0: 所管課未定); a CSV with ?format=."""
    check_month(Plan.objects.current(), month, on=timezone.localdate())
    found = next((row for row in _sheets(request, month) if row.key == department), None)
    if found is None:
        raise Http404(NO_SHEET)
    if asked_kind(request) in (TEXT, OLD_TEXT):
        return list_file(request, csv_list(found))
    return file_response(entry_workbook(found), f"{file_name(found)}.xlsx", XLSX)


@requires(Permission.CONFIRM)
def sheets(request, month):
    """The entry sheets of all departments with their list, for the secretariat to send out."""
    check_month(
        Plan.objects.current(),
        month,
        on=timezone.localdate(),
    )
    found = _sheets(request, month)
    if not found:
        raise Http404(NO_SHEET)
    return file_response(archive(found), f"{file_name(found[0], ALL)}.zip", ZIP)
