"""The months: submissions, due days, the closing checklist, requests to correct a closed month."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    own_departments,
    requires,
)
from foundation.accounts.remembered import remembered
from foundation.japanese.calendar import add_months, fiscal_year, wareki_month
from foundation.japanese.numbers import whole_number
from kpi import reading
from kpi.cells.fetched import values_of
from kpi.choices import WITH_DEPARTMENT
from kpi.month import board, reopenings
from kpi.month.beside import plan_with_month, plan_with_months
from kpi.month.closing import checklist, set_due_on
from kpi.month.examined import examined, following
from kpi.month.forms import ConfirmForm, DecideForm, DueForm
from kpi.month.reopenings import asked_together
from kpi.months import MonthState
from kpi.submissions import standings
from measures.models import Plan
from measures.months import asked_month, check_month

read = requires(Permission.READ)


@read
@remembered
def months(request):
    """The months of a fiscal year (?year=2026), with what waits for the secretariat."""
    today = timezone.localdate()
    likely = board.likely_months(today, whole_number(request.GET.get("year")))
    beside = plan_with_months(likely)
    if beside is None:
        raise Http404("計画が読み込まれていません。")

    plan = beside.plan
    year = _year(request, plan.months, today)
    return render(
        request,
        "kpi/months.html",
        {
            "year": board.overview(plan.months, today, year, beside),
            "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
            "waiting": asked_together(beside.waiting),
            "change": board.year_change(today, plan.first_fiscal_year),
        },
    )


def _year(request, plan_months, today):
    """The fiscal year in ?year=, None without one. Http404 when it cannot be shown."""
    if "year" not in request.GET:
        return None
    year = whole_number(request.GET["year"])
    if year not in board.shown_years(plan_months, today):
        raise Http404("計画期間の外の年度か、まだ始まっていない年度です。")
    return year


@read
def month_current(request):
    """To the board of the month that is being collected."""
    return redirect(
        "kpi:month",
        asked_month(request, Plan.objects.current()),
    )


@read
def month(request, month):
    """One month: board, the department in ?department=, checklist, requests, due day (POST)."""
    today, beside = timezone.localdate(), plan_with_month(month)
    check_month(
        beside and beside.plan,
        month,
        on=today,
    )
    assert beside is not None, "without a plan there is no month"
    year, months = fiscal_year(month), beside.plan.months
    last = month if beside.is_closed(month) else board.newest_shown(year, today)
    values = values_of(months.first, last)
    closing = checklist(month, beside.plan, values)
    due = closing.state.settled.due_on if closing.state.settled else None
    form = DueForm(data_of(request), initial={"due_on": due})
    if posted(request, form, Permission.CLOSE_MONTH):
        with errors_on(form):
            set_due_on(
                by=request.user,
                month=month,
                due_on=form.cleaned_data["due_on"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, f"{wareki_month(month)}分の提出期限を保存しました。")
            return redirect("kpi:month", month)
    state = closing.state
    groups = standings(closing.rows, state, request.user, state.returns)
    page = {
        "closing_words": state.deadline.hour_words,
        "month": month,
        "closing": closing,
        "settled": state.settled,
        "may_close": has_permission(request.user, Permission.CLOSE_MONTH),
        "standings": groups,
        "requests": _requests(closing),
        "until": reopenings.usual_expiry(today),
        "corrected": state.corrections.total(),
    }
    if not state.locked:
        page |= _board(request, state, groups)
        page["year"] = board.overview(months, today, year, beside, values)
        page["countdown"] = state.countdown(today)
    return answer(request, "kpi/month.html", form, page)


def _plan_of(rows) -> Plan | None:
    """The plan of the rows of a month; asked for where there are none."""
    return rows[0].plan if rows else Plan.objects.current()


def _board(request, state, groups):
    """The departments of an open month, and the one that is looked at."""
    asked = whole_number(request.GET.get("department"))
    if asked is not None and asked not in [row.key for row in groups]:
        raise Http404("この月に報告する課ではありません。")
    mine = [row.pk for row in own_departments(request.user, Permission.SUBMIT_VALUES)]
    own = next((row.key for row in groups if row.key in mine), None)
    confirms = has_permission(request.user, Permission.CONFIRM)
    shown = examined(groups, state, own if asked is None and not confirms else asked)
    waiting = [row for row in groups if row.waits]
    return {
        "shown": shown,
        "next": following(groups, shown) if shown else None,
        "waiting": waiting,
        "confirms": confirms,
        "confirm": ConfirmForm(None, board=waiting),
    }


def _requests(closing):
    """[(requests of one act, the form that answers them)]: of a closed month all, else those that
    wait.
    """
    locked = closing.state.locked
    found = closing.of_month if locked else closing.waiting
    return [(row, DecideForm(None, rows=row.waiting)) for row in asked_together(found)]


@read
def missing(request, month):
    """未提出一覧: an A4 page of departments that have not handed in, with what they lack."""
    today = timezone.localdate()
    found = reading.load(month, on=add_months(month, 1), judged=False)
    check_month(
        _plan_of(found),
        month,
        on=today,
    )
    state = MonthState.load(month, found)
    rows = [row for row in standings(found, state, None) if row.state in WITH_DEPARTMENT]
    return render(
        request,
        "kpi/missing.html",
        {
            "month": month,
            "rows": rows,
            "settled": state.settled,
            "countdown": state.countdown(today),
        },
    )
