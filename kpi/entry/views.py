"""The entry of a month: grid, one cell, paste. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.forms import add_errors
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    may_somewhere,
    require,
    requires,
)
from foundation.accounts.remembered import ends_by_the_clock, remembered
from foundation.japanese.calendar import add_months, first_of_month, format_month
from foundation.japanese.numbers import whole_number
from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.seen import wait_in_line
from foundation.records.statuses import Status
from kpi import actions
from kpi.addresses import at_its_code, indicator_or_404
from kpi.cells.known import KnownCell
from kpi.entry import paste
from kpi.entry.closed import closed_month
from kpi.entry.forms import EntryForm
from kpi.entry.grid import OWN, load_rows
from kpi.entry.row import saved_row
from kpi.months import entered_month
from measures.models import Plan
from measures.months import OUTSIDE, asked_month

read = requires(Permission.READ)
UNDO = "paste_undo"
CLOSED = "締めた月の値は、例外の許可を受けて、指標ごとに訂正します。"
NOT_YOURS = "値を入力できる課がありません。入力課または事務局に依頼してください。"


@read
def entry_current(request):
    """To the month that is being collected."""
    return redirect(
        "kpi:entry",
        asked_month(request, Plan.objects.current()),
    )


def _grid(request, month, code=None):
    """The grid of a month of the plan (or one row of it), else 404."""
    grid = load_rows(month, request.user, now=timezone.now(), code=code)
    if code and not grid.rows:
        indicator_or_404(code, month)
    problem = grid.plan_months.problem_with(month, timezone.localdate()) if grid.rows else OUTSIDE
    if problem:
        raise Http404(problem)
    if not grid.state.locked:
        grid.mark_uncertain()
    return grid


def _department(request, grid):
    """Whose rows are shown: one opens the month on those of one's own department, whatever is
    asked of them.
    """
    return request.GET.get("department", OWN if grid.has_own else "")


def _shown(request, grid):
    return grid.shown(request.GET.get("show", ""), _department(request, grid))


def _grid_page(request, month, grid, status=Status.SAVED):
    """The page of a month: to type in while it is open, to read when it is closed."""
    today = timezone.localdate()
    closed = grid.state.locked
    months = grid.plan_months
    page = {
        "grid": grid,
        "month": month,
        "failed": status != Status.SAVED,
        "wrong": [row for row in grid.rows if row.was_typed and (row.errors or row.conflict)],
        "previous": add_months(month, -1) if month > months.first else None,
        "next": add_months(month, 1) if month < min(months.last, first_of_month(today)) else None,
    }
    page |= _closed(request, grid, today) if closed else _open(request, grid, today)
    if not closed and status == Status.SAVED:
        grid.focus(page["rows"])
    name = "kpi/closed.html" if closed else "kpi/entry.html"
    return render(request, name, page, status=status)


def _open(request, grid, today):
    """What the grid of a month shows that is still open."""
    undo = request.session.get(UNDO)
    asked = request.GET
    department = _department(request, grid)
    board, rows = grid.standings(request.user), _shown(request, grid)
    return {
        "foot": grid.foot(department, board, today),
        "standings": board,
        "rows": rows,
        "groups": grid.groups(rows, department),
        "uncertain": sum(row.is_uncertain for row in rows),
        "may_define": has_permission(request.user, Permission.DEFINE),
        "may_enter": may_somewhere(request.user, Permission.ENTER_VALUES),
        "show": asked.get("show", ""),
        "department": department,
        "filters": grid.filters(department),
        "query": asked.urlencode(),
        "undo": undo if undo and undo["month"] == f"{grid.month:%Y-%m}" else None,
    }


def _closed(request, grid, today):
    """What the page of a closed month shows."""
    return {
        "settled": grid.state.settled,
        "closed": closed_month(grid, everything=request.GET.get("show") == "all"),
        "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
        "entered": entered_month(grid.plan_months, today, grid.decided, grid.state.closed_months),
        "corrected": grid.state.corrections.total(),
    }


@read
@remembered
def entry(request, month):
    """The entry grid of a month. POST (without scripts): save all rows that were touched."""
    grid = _grid(request, month)
    if request.method != "POST":
        if grid.state.reopened:
            ends_by_the_clock(request)
        return _grid_page(request, month, grid)
    touched = _touched(request, grid)
    with transaction.atomic():
        wait_in_line()
        left = [row for row in touched if not _saved(request, row, month)]
        # what another row makes possible is tried once more
        left = [row for row in left if not _saved(request, _as_typed(request, row), month)]
    refused, saved = len(left), len(touched) - len(left)
    if saved:
        messages.success(request, f"{saved}件を保存しました。")
    if not refused:
        return redirect(f"{reverse('kpi:entry', args=[month])}?{request.GET.urlencode()}")
    return _grid_page(request, month, _with_forms(_grid(request, month), grid), Status.REFUSED)


def _touched(request, grid):
    """The rows in which something was typed, with their forms; the rights of all come first."""
    found = []
    for row in grid.rows:
        form = EntryForm(row.definition, request.POST, stored=row.stored)
        if form.touched:
            row.form = form
            require(request.user, Permission.ENTER_VALUES, department=row.definition.responsible)
            found.append(row)
    return found


def _as_typed(request, row):
    """The row with its form as it was sent."""
    row.form, row.conflict = EntryForm(row.definition, request.POST, stored=row.stored), None
    return row


def _saved(request, row, month) -> bool:
    """Save one row of many; what is wrong with it stays on it."""
    ok = row.form.is_valid() and _save(request, row, row.form, month) == Status.SAVED
    if ok and row.done.agreed:
        messages.info(request, f"{row.indicator}：{row.done.agreed}")
    return ok


def _with_forms(fresh, tried):
    """The grid as it is now, with the rows that could not be saved as they were typed."""
    for row in tried.rows:
        if row.was_typed and (row.errors or row.conflict):
            place = fresh.row(row.indicator.code)
            place.form, place.conflict = row.form, row.conflict
    return fresh


def _answer(request, month, row, status):
    """The row as a fragment for htmx, else the whole page (after success: back to the row)."""
    code = row.indicator.code
    if request.htmx:
        return render(
            request,
            "kpi/entry.html#row",
            {
                "row": row,
                "month": month,
                "query": request.GET.urlencode(),
            },
            status=status,
        )
    if status == Status.SAVED:
        grid = f"{reverse('kpi:entry', args=[month])}?{request.GET.urlencode()}#k{code}"
        return redirect(back_to(request) or grid)
    grid = _grid(request, month)
    place = grid.row(code)
    place.form, place.conflict = row.form, row.conflict
    return _grid_page(request, month, grid, status)


def _save(request, row, form, month, known=None):
    """Run the action; put what went wrong onto the row. Returns the HTTP status."""
    try:
        saved = actions.record_value(
            by=request.user,
            indicator=row.indicator,
            month=month,
            entry=form.entry,
            on=timezone.localdate(),
            seen_version=form.cleaned_data["seen_version"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            known=known,
        )
    except ValidationError as error:
        add_errors(form, error)
        return Status.REFUSED
    except actions.Locked as lock:
        form.add_error(None, str(lock))
        return Status.LOCKED
    except SavedAlready as same:
        row.done = saved_row(row, same.current, same.sentence)
        return Status.SAVED
    except Conflict as conflict:
        row.conflict = conflict
        return Status.CONFLICT
    row.done = saved_row(row, saved.value, moved=saved.moved)
    return Status.SAVED


@read
@at_its_code
def value_edit(request, month, code):
    """One cell: its own page with everything that can be said about it, and where the rows of the
    grid save themselves.
    """
    grid = _grid(request, month, code)
    row = grid.row(code)
    if request.method != "POST":
        row.form = EntryForm(row.definition, stored=row.stored, full=True)
        return render(request, "kpi/value_edit.html", {"row": row, "month": month})
    require(request.user, Permission.ENTER_VALUES, department=row.definition.responsible)
    alone = "alone" in request.POST
    row.form = EntryForm(row.definition, request.POST, stored=row.stored, full=alone)
    known = KnownCell(request.user.data_revision, row.facts, grid.state)
    status = _save(request, row, row.form, month, known) if row.form.is_valid() else Status.REFUSED
    if alone and status != Status.SAVED:
        return render(request, "kpi/value_edit.html", {"row": row, "month": month}, status=status)
    if status == Status.SAVED:
        row = row.done
        if not request.htmx:
            _say(request, row)
    return _answer(request, month, row, status)


def _say(request, row):
    """What the row would have said by itself, where a whole page follows the save."""
    if back_to(request):
        messages.success(request, f"{row.indicator}：{row.stored_words}を保存しました。")
    if row.agreed:
        messages.info(request, f"{row.indicator}：{row.agreed}")
    for ratio in row.moved:
        messages.info(request, f"{ratio}の分子も変わりました。")
    for text in row.warnings:
        messages.warning(request, f"{row.indicator}：{text}")


@read
def paste_block(request, month):
    """Preview of what was copied from Excel, and its saving; the page works without scripts too."""
    grid = _grid(request, month)
    rows = _shown(request, grid)
    if request.method == "POST" and not may_somewhere(request.user, Permission.ENTER_VALUES):
        raise PermissionDenied(NOT_YOURS)
    text, start = request.POST.get("text", ""), request.POST.get("start", "")
    query = request.GET.urlencode()
    page = {"month": month, "rows": rows, "text": text, "start": start, "query": query}
    if grid.state.locked:
        status = Status.LOCKED if request.method == "POST" else Status.SAVED
        return _paste_page(request, page | {"closed": CLOSED, "problem": CLOSED}, status)
    if request.method != "POST":
        return _paste_page(request, page)
    try:
        landings = paste.land(rows, start, paste.parse_block(text))
    except ValidationError as error:
        return _paste_page(request, page | {"problem": error.messages[0]}, Status.REFUSED)
    if "apply" not in request.POST:
        return _paste_page(request, page | {"landings": landings})
    if not any(row.outcome == "set" for row in landings):
        return _paste_page(request, page | {"landings": landings, "saved": 0}, Status.REFUSED)
    undo, refused = _apply(request, month, rows, landings)
    if refused:
        left = {"landings": refused, "saved": len(undo)}
        return _paste_page(request, page | left, Status.CONFLICT)
    messages.success(request, f"{len(undo)}件を貼り付けて保存しました。")
    return redirect(f"{reverse('kpi:entry', args=[month])}?{query}")


def _paste_page(request, page, status=Status.SAVED):
    """The page, or for scripts its preview alone."""
    name = "kpi/paste.html#preview" if request.headers.get("X-Part") else "kpi/paste.html"
    ready = sum(row.outcome == "set" for row in page.get("landings", ()))
    said = {"ready": ready, "failed": status != Status.SAVED}
    return render(request, name, page | said, status=status)


def _apply(request, month, rows, landings):
    """Save what has landed. Returns (what can be taken back, what was refused)."""
    seen = {}
    for row in rows:
        version = whole_number(request.POST.get(f"seen-{row.indicator.code}"))
        if version is not None:
            seen[row.indicator.code] = version
    today = timezone.localdate()
    with transaction.atomic():
        undo, refused = paste.apply(
            landings, seen, by=request.user, month=month, on=today, at=timezone.now()
        )
        if undo:  # what can be taken back is kept with what was saved, or neither
            request.session[UNDO] = {"month": format_month(month), "rows": undo}
            request.session.save()
    return undo, refused


@read
@require_POST
def paste_undo(request, month):
    """Take the last paste back."""
    kept = request.session.pop(UNDO, None)
    if not kept or kept["month"] != f"{month:%Y-%m}":
        messages.error(request, "取り消せる貼り付けはありません。")
    else:
        done, refused = paste.take_back(
            kept["rows"], by=request.user, month=month, on=timezone.localdate(), at=timezone.now()
        )
        messages.success(request, f"貼り付けた{done}件を元に戻しました。")
        for sentence in refused:
            messages.warning(request, sentence)
    return redirect("kpi:entry", month)
