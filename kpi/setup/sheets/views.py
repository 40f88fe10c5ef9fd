"""The target sheet goes out and comes back: what all sheets do alike is in
`foundation.round_trip.pages`.
"""

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.permissions import Permission, requires
from foundation.round_trip import pages
from foundation.sheets.download import XLSX, file_response
from kpi.setup.sheets.kind import target_sheets as kind_of_plan
from kpi.setup.sheets.rows import target_sheet_of
from kpi.setup.sheets.workbook import SUBJECT, file_name, target_workbook

define = requires(Permission.DEFINE)
INTRO = "すべての指標の年度目標を、Excelでまとめて定め、見直します"


def _back():
    return pages.Back("年度目標の一覧", reverse("kpi:target_table"))


@define
def target_sheets(request):
    """The sheet to take along. POST: a filled-in one comes back."""
    sheet = target_sheet_of(timezone.now())
    offers = [
        pages.Offer(
            SUBJECT,
            sheet.facts,
            reverse("kpi:target_sheet"),
        )
    ]
    return pages.sheets(request, kind_of_plan(), offers, _back(), INTRO)


@define
def target_sheet(request):
    """The targets of all indicators as a workbook."""
    sheet = target_sheet_of(timezone.now())
    return file_response(
        target_workbook(sheet),
        f"{file_name(sheet)}.xlsx",
        XLSX,
    )


@define
def target_returned(request, pk):
    """What a file would change. POST: exactly that is taken over, as one batch."""
    return pages.returned(
        request,
        pk,
        kind_of_plan(),
        _back(),
    )


@define
@require_POST
def target_take_back(request, pk):
    """Take a batch back."""
    return pages.take_back_page(request, pk, kind_of_plan())


@define
def target_returned_file(request, pk):
    """The file as it came."""
    return pages.returned_file(request, pk, kind_of_plan())


@define
def target_marked_file(request, pk):
    """The file with what stands against each of its cells."""
    return pages.marked_file(request, pk, kind_of_plan())
