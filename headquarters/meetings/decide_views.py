"""A decision that changes the plan: tick, see before → after, confirm once; and its undoing."""

from urllib.parse import urlsplit

from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from foundation.accounts.acting import answer, data_of, errors_on, posted, recorded
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import Permission, has_permission, requires
from foundation.japanese.calendar import first_of_month
from foundation.records.once import rehearsed
from headquarters.meetings.decide_forms import DecideForm, measure_of, target_lines
from headquarters.meetings.deciding import record_decision, withdraw_decision
from headquarters.meetings.forms import DecisionForm
from headquarters.meetings.models import Decision, Meeting
from headquarters.meetings.undoing import said_of, would_undo
from roadmap.baselines import next_name
from roadmap.models import Baseline
from roadmap.revising import Movable
from roadmap.revision_forms import WithdrawForm

DECIDED = "決定事項を記録しました。"
UNDONE = "決定事項を取り消しました。改めた期日と目標は、決定の前に戻りました。"


def _form(request, meeting, today) -> DecideForm:
    """The form as it is opened (with the text typed so far), or as it was posted."""
    opening = request.method != "POST" or "open" in request.POST
    asked = DecisionForm(request.POST if request.method == "POST" else request.GET)
    measure = measure_of(asked)
    initial = {
        "text": asked["text"].value(),
        "measure": measure.pk if measure else None,
        "baseline_name": next_name(Baseline.objects.standing().count() + 1),
    }
    may_define = has_permission(
        request.user,
        Permission.DEFINE,
    )

    return DecideForm(
        Movable.on(today),
        target_lines(first_of_month(meeting.held_on)) if may_define else [],
        None if opening else data_of(request),
        measure=measure,
        initial=initial,
    )


def _is_projected(back: str) -> bool:
    """Does one come from the meeting mode, and go back to it?"""
    path = urlsplit(back).path
    try:
        return bool(path) and resolve(path).view_name == "meetings:present"
    except Resolver404:
        return False


def _record(request, meeting, form, today, now) -> Decision:
    cleaned = form.cleaned_data
    return record_decision(
        by=request.user,
        meeting=meeting,
        text=cleaned["text"],
        measure=cleaned["measure"],
        revisions=form.revisions,
        moves=form.moves,
        baseline_name=cleaned["baseline_name"],
        on=today,
        at=now,
    )


def _will_make(decision: Decision) -> dict:
    """What the decision makes: the baseline's name, the versions of targets and their months."""
    return {
        "baseline": str(decision.baseline) if decision.baseline else "",
        "versions": [row.target for row in decision.revised.select_related("target__indicator")],
    }


@requires(Permission.DECIDE)
def decide(request, pk):
    """A decision with what it changes of the plan: ticked, shown before → after, confirmed once."""
    meeting = get_object_or_404(Meeting.objects.select_related("plan"), pk=pk)
    today, now = timezone.localdate(), timezone.now()
    form = _form(request, meeting, today)
    back = back_to(request)
    page = {"meeting": meeting, "back": back or reverse("meetings:meeting", args=[pk])}
    page |= {"next": back, "projected": _is_projected(back)}
    if not form.is_bound or not posted(request, form) or "edit" in request.POST:
        return answer(request, "meetings/decide.html", form, page)

    def make():
        return _record(
            request,
            meeting,
            form,
            today,
            now,
        )

    with errors_on(form):
        if "confirm" in request.POST:
            recorded(request, form, make, DECIDED, at=now)
            return redirect(page["back"])
        page |= {"made": rehearsed(make, _will_make)}
        return answer(request, "meetings/decide_confirm.html", form, page)
    return answer(request, "meetings/decide.html", form, page)


@requires(Permission.DECIDE)
def decision_withdraw(request, pk):
    """Take back a decision that was recorded by mistake, with what it made."""
    row = get_object_or_404(Decision.objects.full().select_related("meeting__plan"), pk=pk)
    form, now = WithdrawForm(data_of(request)), timezone.now()
    back = reverse("meetings:meeting", args=[row.meeting_id])
    if posted(request, form):
        with errors_on(form):
            reason = form.cleaned_data["reason"]

            def make():
                form.check_shown(said_of(would_undo(Decision.objects.full().get(pk=pk))))
                return withdraw_decision(by=request.user, decision=row, reason=reason, at=now)

            recorded(request, form, make, UNDONE, at=now)
            return redirect(back)
    undone = would_undo(row)
    form.show(said_of(undone))
    page = {
        "decision": row,
        "meeting": row.meeting,
        "back": back,
        "undone": undone,
    }
    return answer(request, "meetings/decision_withdraw.html", form, page)
