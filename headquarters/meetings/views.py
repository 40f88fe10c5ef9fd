"""The meetings' pages. Fetch, form, act, answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import errors_on, posted, status_of
from foundation.accounts.forms import add_errors
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.numbers import NumberError, parse_decimal, whole_number
from foundation.records.conflict import Conflict
from foundation.records.statuses import Status
from foundation.sheets.download import XLSX, file_response
from headquarters.meetings import actions, excel
from headquarters.meetings.forms import (
    ActionForm,
    AgendaForm,
    DecisionForm,
    MeetingForm,
    MinutesForm,
)
from headquarters.meetings.models import AgendaItem, Meeting
from headquarters.organisation.actions import record_action_item
from headquarters.organisation.models import ActionItem
from kpi.setup.targets import NewTarget
from measures.models import Plan
from roadmap import reading as roadmap_reading
from roadmap.choices import SETTLED

read = requires(Permission.READ)


@read
def meetings(request):
    """All meetings and the action items still carried; the secretariat makes new meetings."""
    plan, today = Plan.objects.current(), timezone.localdate()
    month = plan.months.collected(today) if plan else None
    form = MeetingForm(request.POST or None, initial={"month": month, "held_on": today})
    if plan and posted(request, form, Permission.MANAGE_MEETINGS):
        with errors_on(form):
            row = actions.create_meeting(
                by=request.user, plan=plan, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, "会議を作り、議題の案を並べました。")
            return redirect("meetings:meeting", row.pk)
    return render(
        request,
        "meetings/meetings.html",
        {
            "meetings": Meeting.objects.all(),
            "items": ActionItem.objects.carried(),
            "form": form,
            "today": today,
            "may_manage": has_permission(request.user, Permission.MANAGE_MEETINGS),
        },
        status=status_of(form),
    )


def _meeting(pk):
    return get_object_or_404(Meeting.objects.select_related("plan", "cycle"), pk=pk)


def _page(request, row, status=200, **forms):
    user = request.user
    return render(
        request,
        "meetings/meeting.html",
        {
            "meeting": row,
            "agenda": row.agenda.select_related("measure"),
            "items": ActionItem.objects.carried(),
            "decisions": row.decisions.select_related("measure", "target__indicator", "baseline"),
            "own": row.action_items.select_related("measure", "department"),
            "may_manage": has_permission(user, Permission.MANAGE_MEETINGS),
            "may_decide": has_permission(user, Permission.DECIDE),
            "may_define": has_permission(user, Permission.DEFINE),
            "agenda_form": forms.get("agenda") or AgendaForm(),
            "minutes_form": forms.get("minutes")
            or MinutesForm(initial={"attendance": row.attendance, "minutes": row.minutes}),
            "action_form": forms.get("action") or ActionForm(),
            "conflict": forms.get("conflict"),
            "decision_form": forms.get("decision") or DecisionForm(row.plan.fiscal_years),
        },
        status=status,
    )


@read
def meeting(request, pk):
    """One meeting: agenda, decisions, action items, minutes.

    POST: an agenda item or the minutes.
    """
    row = _meeting(pk)
    if request.method != "POST":
        return _page(request, row)
    require(request.user, Permission.MANAGE_MEETINGS)
    if "title" in request.POST:
        agenda = AgendaForm(request.POST)
        if not agenda.is_valid():
            return _page(request, row, Status.REFUSED, agenda=agenda)
        actions.add_agenda_item(
            by=request.user, meeting=row, **agenda.cleaned_data, at=timezone.now()
        )
        return redirect("meetings:meeting", pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _page(request, row, Status.REFUSED, minutes=form)
    try:
        actions.write_minutes(
            by=request.user,
            meeting=row,
            **form.cleaned_data,
            seen_version=whole_number(request.POST.get("seen_version"), -1),
            at=timezone.now(),
        )
    except Conflict as conflict:
        return _page(request, conflict.current, Status.CONFLICT, minutes=form, conflict=conflict)
    messages.success(request, "会議録を保存しました。")
    return redirect("meetings:meeting", pk)


@read
@require_POST
def agenda_change(request, pk):
    """Move an agenda item, or take it off."""
    item = get_object_or_404(AgendaItem.objects.select_related("meeting"), pk=pk)
    what = request.POST.get("what", "")
    if what in ("up", "down", "remove"):
        actions.change_agenda(by=request.user, item=item, what=what, at=timezone.now())
    else:
        require(request.user, Permission.MANAGE_MEETINGS)
    return redirect("meetings:meeting", item.meeting_id)


def _target(cleaned):
    """The target of a decision form, or None. ValidationError in words."""
    if not cleaned["indicator"]:
        return None
    if not cleaned["fiscal_year"] or not cleaned["value"]:
        raise ValidationError({"value": "目標を見直すときは、年度と新しい目標を入力してください。"})
    try:
        value = parse_decimal(cleaned["value"], allow_negative=True)
    except NumberError as error:
        raise ValidationError({"value": str(error)}) from None
    return NewTarget(cleaned["fiscal_year"], value=value, from_month=cleaned["from_month"])


def _baseline(cleaned, today):
    """The baseline of a decision form.

    Every open milestone's forecast becomes its plan date; or None.
    """
    if not cleaned["baseline_name"]:
        return None
    items = [item for step in roadmap_reading.load(today) for item in step.milestones]
    return {
        "name": cleaned["baseline_name"],
        "dates": {
            item.row.pk: item.facts.forecast_on
            for item in items
            if item.facts.forecast_on and item.facts.state not in SETTLED
        },
    }


def _record(request, row, form, kind):
    cleaned, today = form.cleaned_data, timezone.localdate()
    if kind == "action":
        record_action_item(by=request.user, meeting=row, **cleaned, at=timezone.now())
        return "指示事項を記録しました。"
    actions.record_decision(
        by=request.user,
        meeting=row,
        text=cleaned["text"],
        measure=cleaned["measure"],
        on=today,
        indicator=cleaned["indicator"],
        target=_target(cleaned),
        baseline=_baseline(cleaned, today),
        at=timezone.now(),
    )
    return "決定事項を記録しました。"


@read
@require_POST
def record(request, pk):
    """Record an instruction or a decision.

    From the meeting mode one comes back to the same screen.
    """
    row = _meeting(pk)
    require(request.user, Permission.DECIDE)
    kind = "decision" if request.POST.get("kind") == "decision" else "action"
    form = (
        DecisionForm(row.plan.fiscal_years, request.POST)
        if kind == "decision"
        else ActionForm(request.POST)
    )
    back = back_to(request)
    try:
        if form.is_valid():
            messages.success(request, _record(request, row, form, kind))
            return redirect(back or "meetings:meeting", *([] if back else [pk]))
    except ValidationError as error:
        add_errors(form, error)
    if back:
        for field, problems in form.errors.items():
            label = form.fields[field].label if field in form.fields else ""
            messages.error(request, f"{label}：{problems[0]}")
        request.session["present_text"] = request.POST.get("text", "")[:500]
        return redirect(back)
    return _page(request, row, Status.REFUSED, **{kind: form})


@read
def agenda(request, pk):
    """次第 on A4, or as .xlsx."""
    row = _meeting(pk)
    if request.GET.get("format") == "xlsx":
        return file_response(excel.agenda(row, at=timezone.now()), f"次第_{row.held_on}.xlsx", XLSX)
    return render(
        request,
        "meetings/agenda.html",
        {"meeting": row, "agenda": row.agenda.select_related("measure")},
    )


@read
def minutes(request, pk):
    """会議録 on A4, or as .xlsx."""
    row = _meeting(pk)
    if request.GET.get("format") == "xlsx":
        return file_response(
            excel.minutes(row, at=timezone.now()), f"会議録_{row.held_on}.xlsx", XLSX
        )
    return render(
        request,
        "meetings/minutes.html",
        {
            "meeting": row,
            "agenda": row.agenda.select_related("measure"),
            "decisions": row.decisions.select_related("measure"),
            "own": row.action_items.select_related("measure", "department"),
        },
    )
