"""The meetings' pages. Fetch, form, act, answer."""

from typing import cast

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import (
    answer,
    answer_act,
    data_of,
    errors_on,
    posted,
    recorded,
)
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, require, requires
from foundation.japanese.fields import MonthField
from foundation.records.forms import Act
from foundation.records.offered import offer
from foundation.sheets.download import XLSX, file_response
from headquarters.meetings import actions, excel
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.deciding import record_decision
from headquarters.meetings.forms import (
    ActionForm,
    AgendaChangeForm,
    AgendaForm,
    DecisionForm,
    MeetingForm,
    MinutesForm,
    begun_months,
)
from headquarters.meetings.holding import hold_meeting
from headquarters.meetings.models import AgendaItem, Meeting
from headquarters.meetings.numbers import held_numbers, moved_since, words_of
from headquarters.meetings.reading import decisions_of, on_paper
from headquarters.organisation.actions import record_action_item
from headquarters.organisation.models import ActionItem
from headquarters.reports.models import Edition
from headquarters.reports.pages.viewpoint import default_key
from measures.models import Plan

read = requires(Permission.READ)
OFFERED_TO = Permission.MANAGE_MEETINGS, Permission.DECIDE  # who has forms on a meeting's page


@read
def meetings(request):
    """All meetings and the action items still carried; the secretariat makes new meetings."""
    plan, today = Plan.objects.current(), timezone.localdate()
    month = default_key(plan, today, Edition.objects.newest()).month if plan else None
    form = MeetingForm(
        data_of(request),
        initial={"month": month, "held_on": today},
    )
    if plan:
        cast(MonthField, form.fields["month"]).offer(begun_months(today, plan))
    if plan and posted(request, form, Permission.MANAGE_MEETINGS):
        with errors_on(form):
            now = timezone.now()
            row = recorded(
                request,
                form,
                lambda: actions.create_meeting(
                    by=request.user, plan=plan, **form.cleaned_data, at=now
                ),
                "会議を作り、議題の案を並べました。",
                at=now,
            )
            return redirect("meetings:meeting", row.pk) if row else redirect("meetings:meetings")
    page = {
        "meetings": Meeting.objects.all(),
        "items": ActionItem.objects.carried(),
        "today": today,
        "may_manage": has_permission(request.user, Permission.MANAGE_MEETINGS),
    }
    return answer(request, "meetings/meetings.html", form, page)


def _meeting(pk):
    return get_object_or_404(Meeting.objects.with_numbers(), pk=pk)


def _prepared(row) -> bool:
    return row.state == MeetingState.PREPARING


def _forms(paper, **bound):
    """The four forms of a meeting's page, with ids of their own; `bound` replaces some."""
    row = paper.meeting
    minutes = {"attendance": row.attendance, "minutes": row.minutes}
    shown = {
        "agenda_form": AgendaForm(auto_id="agenda_%s", prepared=_prepared(row)),
        "minutes_form": MinutesForm(initial=minutes, auto_id="minutes_%s"),
        "action_form": ActionForm(auto_id="action_%s"),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        **bound,
    }
    offer("measure", paper.measures, shown.values())
    offer("department", paper.departments, shown.values())
    return shown


def _page(request, pk, name="", form=None):
    """The page of a meeting; `form`: the one that was posted, under its `name`."""
    user, today = request.user, timezone.localdate()
    manages, decides = (has_permission(user, each) for each in OFFERED_TO)
    paper = on_paper(pk, offers=manages or decides)
    row, numbers = paper.meeting, held_numbers(paper.meeting)
    items = list(ActionItem.objects.on_the_page_of(row))
    shown = _forms(paper, **({name: form} if form else {}))
    return answer(
        request,
        "meetings/meeting.html",
        form or shown["minutes_form"],
        {
            "meeting": row,
            "numbers": words_of(numbers) if numbers else "",
            "moved": moved_since(numbers, on=today) if numbers else [],
            "prepared": _prepared(row),
            "may_hold": _prepared(row) and row.held_on <= today,
            "agenda": paper.agenda,
            "agenda_seen": actions.titles_of(paper.agenda),
            "attendees": paper.attendees,
            "items": [item for item in items if item.meeting_id != pk],
            "decisions": decisions_of(pk),
            "own": [item for item in items if item.meeting_id == pk],
            "may_manage": row.is_open and manages,
            "may_decide": row.is_open and decides,
            "may_reopen": row.state == MeetingState.SETTLED and manages,
            **shown,
        },
    )


@read
def meeting(request, pk):
    """One meeting: agenda, decisions, action items, minutes.

    POST: an agenda item or the minutes.
    """
    if request.method != "POST":
        return _page(request, pk)
    row = _meeting(pk)
    require(request.user, Permission.MANAGE_MEETINGS)
    if "title" in request.POST:
        return _add_agenda_item(request, row)
    minutes = {"attendance": row.attendance, "minutes": row.minutes}
    form = MinutesForm(request.POST, initial=minutes, auto_id="minutes_%s")
    if posted(request, form):
        with errors_on(form):
            actions.write_minutes(
                by=request.user,
                meeting=row,
                seen=form.seen,
                **form.cleaned_data,
                at=timezone.now(),
            )
            messages.success(request, "会議録を保存しました。")
            return redirect("meetings:meeting", pk)
    return _page(request, pk, "minutes_form", form)


@read
@require_POST
def hold(request, pk):
    """開催する: from now on the meeting shows the numbers of this moment."""
    row = _meeting(pk)
    require(request.user, Permission.MANAGE_MEETINGS)
    form = Act(request.POST, facts={"state": row.state})
    back = reverse("meetings:meeting", args=[pk])
    if posted(request, form):
        with errors_on(form):
            held = hold_meeting(
                by=request.user,
                meeting=row,
                seen=form.seen,
                at=timezone.now(),
            )
            numbers = _numbers_words(held)
            messages.success(
                request,
                f"開催しました。会議の資料は「{numbers}」で残ります。",
            )
            return redirect(back)
    return answer_act(request, form, title=f"{row}を開催する", submit="開催する", back=back)


def _add_agenda_item(request, row):
    form = AgendaForm(request.POST, auto_id="agenda_%s", prepared=_prepared(row))
    now = timezone.now()
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: actions.add_agenda_item(
                    by=request.user, meeting=row, **form.cleaned_data, at=now
                ),
                "議題を加えました。",
                at=now,
            )
            return redirect("meetings:meeting", row.pk)
    return _page(request, row.pk, "agenda_form", form)


@read
@require_POST
def agenda_change(request, pk):
    """Move an agenda item, or take it off."""
    item = get_object_or_404(AgendaItem.objects.select_related("meeting"), pk=pk)
    require(request.user, Permission.MANAGE_MEETINGS)
    form = AgendaChangeForm(request.POST, facts={"order": item.order})
    back = reverse("meetings:meeting", args=[item.meeting_id])
    if posted(request, form):
        with errors_on(form):
            actions.change_agenda(
                by=request.user, item=item, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            return redirect(back)
    return answer_act(
        request, form, title=f"議題「{item.title}」を動かす", submit="動かす", back=back
    )


def _record(request, row, form, kind, at):
    """Make the instruction or the decision of a valid form."""
    cleaned, today = form.cleaned_data, timezone.localdate()
    if kind == "action":
        return record_action_item(by=request.user, meeting=row, **cleaned, at=at)
    return record_decision(by=request.user, meeting=row, **cleaned, on=today, at=at)


@read
@require_POST
def record(request, pk):
    """Record an instruction or a decision.

    From the meeting mode one comes back to the same screen.
    """
    row, now = _meeting(pk), timezone.now()
    require(request.user, Permission.DECIDE)
    kind = "decision" if request.POST.get("kind") == "decision" else "action"
    form = (
        DecisionForm(request.POST, auto_id="decision_%s")
        if kind == "decision"
        else ActionForm(request.POST, auto_id="action_%s")
    )
    noun = "決定事項" if kind == "decision" else "指示事項"
    back = back_to(request)
    if posted(request, form):
        with errors_on(form):
            recorded(
                request,
                form,
                lambda: _record(request, row, form, kind, now),
                f"{noun}を記録しました。",
                at=now,
            )
            return redirect(back or reverse("meetings:meeting", args=[pk]))
    if not back:
        return _page(request, pk, f"{kind}_form", form)
    return answer_act(
        request,
        form,
        title=f"{noun}を記録する",
        submit="記録する",
        back=back,
        hidden={"kind": kind, "next": back},
    )


def _numbers_words(row):
    """Which numbers a meeting that is held looked at; nothing of one that is prepared."""
    numbers = held_numbers(row)
    return words_of(numbers) if numbers else ""


@read
def agenda(request, pk):
    """次第 on A4, or as .xlsx."""
    paper = on_paper(pk)
    row = paper.meeting
    if request.GET.get("format") == "xlsx":
        return file_response(excel.agenda(row, at=timezone.now()), f"次第_{row.held_on}.xlsx", XLSX)
    return render(
        request,
        "meetings/agenda.html",
        {
            "meeting": row,
            "agenda": paper.agenda,
            "numbers": _numbers_words(row),
        },
    )


@read
def minutes(request, pk):
    """会議録 on A4, or as .xlsx."""
    paper = on_paper(pk)
    row = paper.meeting
    if request.GET.get("format") == "xlsx":
        return file_response(
            excel.minutes(row, at=timezone.now()), f"会議録_{row.held_on}.xlsx", XLSX
        )
    return render(
        request,
        "meetings/minutes.html",
        {
            "meeting": row,
            "agenda": paper.agenda,
            "numbers": _numbers_words(row),
            "attendees": paper.attendees,
            "decisions": decisions_of(pk, standing=True),
            "own": row.action_items.standing().full(),
        },
    )
