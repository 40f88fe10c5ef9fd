"""The pages of the sittings of project teams. Fetch, form, act, answer."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from foundation.accounts.acting import data_of
from foundation.accounts.permissions import Permission, requires
from headquarters.organisation.actions import record_action_item
from headquarters.organisation.teams import forms, sittings
from headquarters.organisation.teams.answering import change_row, make_new
from headquarters.organisation.teams.models import ProjectTeam, Sitting

organise = requires(Permission.ORGANISE)


def _team(pk) -> ProjectTeam:
    return get_object_or_404(ProjectTeam.objects.listed(), pk=pk)


@organise
def sitting_create(request, pk):
    """会合を記録."""
    row = _team(pk)
    form = forms.SittingForm(data_of(request), initial={"held_on": timezone.localdate()})

    def make(said, at):
        return sittings.record_sitting(
            by=request.user,
            team=row,
            **said,
            at=at,
        )

    back, title = row.get_absolute_url(), f"{row}の会合を記録する"
    return make_new(
        request,
        form,
        make,
        "会合を記録しました。",
        title,
        "記録する",
        back,
    )


@organise
def sitting_edit(request, pk):
    """Day, place, attendance, notes and decisions of a sitting."""
    row = get_object_or_404(Sitting.objects.select_related("team"), pk=pk)
    initial = {name: getattr(row, name) for name in sittings.FIELDS}
    form = forms.SittingEditForm(data_of(request), initial=initial)

    def change(said, at):
        sittings.correct_sitting(
            by=request.user,
            sitting=row,
            seen=form.seen,
            **said,
            at=at,
        )

    back = row.get_absolute_url()
    return change_row(
        request,
        form,
        change,
        "保存しました。",
        f"{row}を直す",
        "保存する",
        back,
    )


@organise
def sitting_withdraw(request, pk):
    """A sitting that was recorded by mistake."""
    row = get_object_or_404(Sitting.objects.select_related("team"), pk=pk)
    form = forms.WithdrawTeamForm(data_of(request), facts=sittings.OF_A_SITTING(row))

    def change(said, at):
        sittings.withdraw_sitting(
            by=request.user,
            sitting=row,
            seen=form.seen,
            **said,
            at=at,
        )

    back, title = row.team.get_absolute_url(), f"{row}を取り消す"
    return change_row(
        request,
        form,
        change,
        "取り消しました。",
        title,
        "取り消す",
        back,
    )


@organise
def instruct(request, pk):
    """What a sitting asks of a department; it reaches the department's work list."""
    row = get_object_or_404(Sitting.objects.select_related("team"), pk=pk)
    form = forms.InstructForm(data_of(request))

    def make(said, at):
        record_action_item(
            by=request.user,
            sitting=row,
            **said,
            at=at,
        )

    back, title = row.get_absolute_url(), f"{row}の指示事項を記録する"
    return make_new(
        request,
        form,
        make,
        "指示事項を記録しました。",
        title,
        "記録する",
        back,
    )
