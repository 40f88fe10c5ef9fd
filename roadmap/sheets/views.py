"""The milestone sheet goes out and comes back: what all sheets do alike is in
`foundation.round_trip.pages`.
"""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.round_trip import pages
from foundation.sheets.download import XLSX, file_response
from roadmap.sheets.kind import MILESTONES
from roadmap.sheets.rows import sheets_of
from roadmap.sheets.workbook import file_name, milestone_workbook

update = requires(Permission.UPDATE_MILESTONES)
NO_SHEET = "この課のマイルストーン様式はありません。課を確かめてください。"
INTRO = "課のマイルストーンの状態・見込日・完了日を、Excelでまとめて更新します"


def _back():
    return pages.Back("マイルストーンの更新", reverse("roadmap:milestones"))


def _sheets(request):
    """The sheets of the departments whose milestones this person may update."""
    return [
        sheet
        for sheet in sheets_of(timezone.now())
        if has_permission(request.user, Permission.UPDATE_MILESTONES, department=sheet.key or None)
    ]


@update
def milestone_sheets(request):
    """Which sheets there are to take along. POST: a filled-in one comes back."""
    offers = [
        pages.Offer(
            sheet.name,
            sheet.facts,
            reverse("roadmap:milestone_sheet", args=[sheet.key]),
        )
        for sheet in _sheets(request)
    ]
    return pages.sheets(request, MILESTONES, offers, _back(), INTRO)


@update
def milestone_sheet(request, department):
    """The sheet of a department, by its id (0: 所管課未定)."""
    found = next((row for row in _sheets(request) if row.key == department), None)
    if found is None:
        raise Http404(NO_SHEET)
    return file_response(
        milestone_workbook(found),
        f"{file_name(found)}.xlsx",
        XLSX,
    )


@update
def milestone_returned(request, pk):
    """What a file would change. POST: exactly that is taken over, as one batch."""
    return pages.returned(request, pk, MILESTONES, _back())


@update
@require_POST
def milestone_take_back(request, pk):
    """Take a batch back."""
    return pages.take_back_page(request, pk, MILESTONES)


@update
def milestone_returned_file(request, pk):
    """The file as it came."""
    return pages.returned_file(request, pk, MILESTONES)


@update
def milestone_marked_file(request, pk):
    """The file with what stands against each of its cells."""
    return pages.marked_file(request, pk, MILESTONES)
