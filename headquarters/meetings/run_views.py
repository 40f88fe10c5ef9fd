"""The pages by which a meeting is run: corrected, called off, proposed anew, attended, settled."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted
from foundation.accounts.permissions import Permission, requires
from foundation.records.forms import Act
from headquarters.meetings import actions, changing
from headquarters.meetings.attendance import record_attendance, seats_of, values_of
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.forms import (
    AgendaEditForm,
    AttendanceForm,
    MeetingEditForm,
    ReasonForm,
)
from headquarters.meetings.models import AgendaItem, Meeting

manage = requires(Permission.MANAGE_MEETINGS)


def _meeting(pk) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("plan", "cycle"), pk=pk)


def _page_of(pk) -> str:
    return reverse("meetings:meeting", args=[pk])


@manage
def meeting_edit(request, pk):
    """Title, day, place, month and cycle of a meeting."""
    row = _meeting(pk)
    initial = {name: getattr(row, name) for name in changing.FIELDS}
    prepared = row.state == MeetingState.PREPARING
    form = MeetingEditForm(data_of(request), initial=initial, prepared=prepared)
    if posted(request, form):
        with errors_on(form):
            changing.change_meeting(
                by=request.user,
                meeting=row,
                seen=form.seen,
                **form.cleaned_data,
                at=timezone.now(),
            )
            messages.success(request, "会議を保存しました。")
            return redirect("meetings:meeting", pk)
    return answer(request, "meetings/meeting_edit.html", form, {"meeting": row})


@manage
def call_off(request, pk):
    """取りやめ, with a reason."""
    row = _meeting(pk)
    form = ReasonForm(data_of(request), facts={"state": row.state})
    if posted(request, form):
        with errors_on(form):
            changing.call_off(
                by=request.user,
                meeting=row,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "会議を取りやめにしました。")
            return redirect("meetings:meeting", pk)
    title = f"{row}を取りやめる"
    return answer_act(request, form, title=title, submit="取りやめる", back=_page_of(pk))


@manage
@require_POST
def settle(request, pk):
    """会議録を確定する."""
    row = _meeting(pk)
    form = Act(request.POST, facts={"state": row.state})
    if posted(request, form):
        with errors_on(form):
            changing.settle_minutes(
                by=request.user,
                meeting=row,
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "会議録を確定しました。記録はもう変わりません。")
            return redirect("meetings:meeting", pk)
    return answer_act(
        request, form, title=f"{row}の会議録を確定する", submit="確定する", back=_page_of(pk)
    )


@manage
def reopen(request, pk):
    """確定を解く, with a reason."""
    row = _meeting(pk)
    form = ReasonForm(data_of(request), facts={"state": row.state})
    if posted(request, form):
        with errors_on(form):
            changing.reopen_minutes(
                by=request.user,
                meeting=row,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "会議録の確定を解きました。")
            return redirect("meetings:meeting", pk)
    title = f"{row}の会議録の確定を解く"
    return answer_act(request, form, title=title, submit="確定を解く", back=_page_of(pk))


@manage
@require_POST
def propose(request, pk):
    """The agenda is proposed anew."""
    row = _meeting(pk)
    form = Act(request.POST, facts=actions.agenda_seen(row))
    if posted(request, form):
        with errors_on(form):
            actions.propose_again(
                by=request.user,
                meeting=row,
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "議題の案を作り直しました。加えた議題は後ろに残しています。")
            return redirect("meetings:meeting", pk)
    return answer_act(
        request, form, title="議題の案を作り直す", submit="作り直す", back=_page_of(pk)
    )


@manage
def agenda_edit(request, pk):
    """Other words for an agenda item."""
    item = get_object_or_404(AgendaItem.objects.select_related("meeting", "measure"), pk=pk)
    prepared = item.meeting.state == MeetingState.PREPARING
    initial = {
        "title": item.title,
        "note": item.note,
        "measure": item.measure,
    }
    form = AgendaEditForm(data_of(request), initial=initial, prepared=prepared)
    back = _page_of(item.meeting_id)
    if posted(request, form):
        with errors_on(form):
            actions.edit_agenda_item(
                by=request.user, item=item, seen=form.seen, **form.cleaned_data, at=timezone.now()
            )
            messages.success(request, "議題を保存しました。")
            return redirect(back)
    return answer_act(
        request,
        form,
        title=f"議題「{item.title}」を直す",
        submit="保存する",
        back=back,
    )


@manage
def attendance(request, pk):
    """出欠: the members of the headquarters on the meeting's day, and others by name."""
    row = _meeting(pk)
    form = AttendanceForm(seats_of(row), data_of(request), initial=values_of(row))
    if posted(request, form):
        with errors_on(form):
            record_attendance(
                by=request.user,
                meeting=row,
                seats=form.seats,
                others=form.cleaned_data["attendance"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "出欠を保存しました。")
            return redirect("meetings:meeting", pk)
    return answer(request, "meetings/attendance.html", form, {"meeting": row})
