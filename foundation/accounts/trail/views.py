"""Who came in, who was kept out, who took which file: for the secretariat."""

from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render

from foundation.accounts.permissions import Permission, requires
from foundation.accounts.trail.files import BOOK_LIMIT, as_file
from foundation.accounts.trail.forms import TrailFilter
from foundation.accounts.trail.models import AccessRecord
from foundation.sheets.lists import asked_kind

PER_PAGE = 50


@requires(Permission.MANAGE_PEOPLE, hide=True)
def sign_ins(request):
    """ログインと取り出しの記録; filters in the address. What is shown downloads as a file."""
    form = TrailFilter(request.GET or None)
    rows = AccessRecord.objects.search(**(form.cleaned_data if form.is_valid() else {}))
    if asked_kind(request) and not form.errors:
        return as_file(request, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "book_limit": BOOK_LIMIT,
        "kept_days": settings.RECORD_DAYS,
    }
    return render(
        request,
        "accounts/sign_ins.html",
        context,
    )
