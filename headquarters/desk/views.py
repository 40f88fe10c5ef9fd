"""The first page and the history: what joins the rooms for one person."""

from datetime import date

from django.contrib.admin.models import LogEntry
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.permissions import (
    Permission,
    has_permission,
    may_somewhere,
    own_departments,
    requires,
)
from foundation.accounts.remembered import ends_by_the_clock, remembered
from foundation.records.models import HistoryEntry
from foundation.sheets.lists import asked_kind
from headquarters.desk.forms import HistoryFilter
from headquarters.desk.history_files import BOOK_LIMIT, as_file
from headquarters.desk.news import news
from headquarters.desk.overview import overview
from headquarters.desk.work import Work, work_list
from headquarters.upkeep.guide import FirstMonth, setup_guide

read = requires(Permission.READ)
PER_PAGE = 50
MASTER = 50


@read
@remembered
def home(request):
    """The home by role: where the plan stands, for the headquarters with what waits for its
    grade; for all others their work, each line of which leads to the very row.
    """
    if may_somewhere(request.user, Permission.ENTER_VALUES):
        return _work(request)
    found = overview(request.user, on=timezone.localdate())
    context = {"home": found, "sample_loaded": found is not None and found.sample}
    grades = may_somewhere(request.user, Permission.GRADE)
    return render(
        request,
        "desk/headquarters.html" if grades else "desk/viewer.html",
        context,
    )


def _work(request):
    """やること: one list by due date."""
    today = timezone.localdate()
    work = work_list(request.user, on=today, now=timezone.now())
    if work.by_the_clock:
        ends_by_the_clock(request)
    guide = _guide(request, work, today)
    return render(
        request,
        "desk/home.html",
        {
            "work": work,
            "guide": guide,
            "guided": guide and (guide.leads or "setup" in request.GET),
            "news": None if work.tasks else news(today),
            "sample_loaded": work.sample,
            "mine": "・".join(row.name for row in own_departments(request.user)),
        },
    )


def _guide(request, work: Work, today: date):
    """はじめの設定, for the secretariat until the first month has been closed."""
    if work.any_closed or work.first_month is None:
        return None
    if not has_permission(request.user, Permission.DEFINE):
        return None
    begun = work.first_month == work.month
    done, due = (work.done, work.due) if begun else (0, 0)
    first = FirstMonth(
        work.first_month,
        done,
        due,
        today,
    )
    return setup_guide(first, request.GET.get("setup", ""))


@read
@remembered
def history(request):
    """Who changed what, when and why; filters in the address. What is shown downloads as a file."""
    form = HistoryFilter(request.GET or None)
    readable = HistoryEntry.objects.visible_to(request.user)
    entries = readable.search(**(form.cleaned_data if form.is_valid() else {}))
    if asked_kind(request) and not form.errors:
        return as_file(request, entries)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    master = _master() if may_somewhere(request.user, Permission.MANAGE_PEOPLE) else []
    return render(
        request,
        "desk/history.html",
        {
            "form": form,
            "page": page,
            "master": master,
            "book_limit": BOOK_LIMIT,
        },
    )


def _master():
    """The newest changes in the master data; about people too, so for the secretariat."""
    return LogEntry.objects.select_related("user", "content_type").order_by("-pk")[:MASTER]
