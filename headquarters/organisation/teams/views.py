"""The pages of project teams. Fetch, form, act, answer."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import data_of
from foundation.accounts.permissions import Permission, requires
from headquarters.organisation.frame import frame
from headquarters.organisation.teams import actions, forms
from headquarters.organisation.teams.answering import change_row, make_new
from headquarters.organisation.teams.models import ProjectTeam, TeamMember
from headquarters.organisation.teams.reading import line_of, sittings_of
from headquarters.organisation.teams.reading import teams as all_teams

read = requires(Permission.READ)
organise = requires(Permission.ORGANISE)
LIST = "organisation:teams"


def _team(pk) -> ProjectTeam:
    return get_object_or_404(ProjectTeam.objects.listed(), pk=pk)


def _page(request, team):
    """All teams beside one of them, if there is any."""
    today = timezone.localdate()
    page = frame(
        request.user,
        "teams",
        today,
    )
    page["lines"] = all_teams(today)
    if team is None and page["lines"]:
        team = page["lines"][0].team
    if team:
        page |= {
            "line": line_of(team, today),
            "former": [row for row in team.members.all() if row.valid_until],
            "sittings": sittings_of(team, today),
        }
    return render(
        request,
        "organisation/teams.html",
        page,
    )


@read
def teams(request):
    """プロジェクトチーム; the first of them is opened."""
    return _page(request, None)


@read
def team(request, pk):
    """One team: members, sittings, decisions and instructions."""
    return _page(request, _team(pk))


@organise
def team_create(request):
    """チームを置く."""
    form = forms.TeamForm(data_of(request))

    def make(said, at):
        return actions.set_up_team(
            by=request.user,
            **said,
            at=at,
        )

    done, title = "チームを置きました。構成員を登録してください。", "プロジェクトチームを置く"
    return make_new(request, form, make, done, title, "チームを置く", reverse(LIST))


@organise
def team_edit(request, pk):
    """Name, purpose, what it is for, its days."""
    row = _team(pk)
    form = forms.TeamEditForm(data_of(request), initial=actions.values_of(row))

    def change(said, at):
        actions.correct_team(
            by=request.user,
            team=row,
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
def team_withdraw(request, pk):
    """A team that was set up by mistake."""
    row = _team(pk)
    form = forms.WithdrawTeamForm(data_of(request), facts=actions.values_of(row))

    def change(said, at):
        actions.withdraw_team(
            by=request.user,
            team=row,
            seen=form.seen,
            **said,
            at=at,
        )

    title = f"{row}を取り消す"
    return change_row(
        request,
        form,
        change,
        "取り消しました。",
        title,
        "取り消す",
        reverse(LIST),
    )


@organise
def member_create(request, pk):
    """構成員を加える."""
    row = _team(pk)
    form = forms.MemberForm(data_of(request), initial={"valid_from": row.starts_on})

    def make(said, at):
        actions.add_member(
            by=request.user,
            team=row,
            **said,
            at=at,
        )

    back, title = row.get_absolute_url(), f"{row}の構成員を加える"
    return make_new(
        request,
        form,
        make,
        "構成員を加えました。",
        title,
        "加える",
        back,
    )


@organise
def member_edit(request, pk):
    """Part, place, name and days of a member."""
    row = get_object_or_404(TeamMember.objects.select_related("team", "department"), pk=pk)
    initial = {name: getattr(row, name) for name in actions.OF_A_MEMBER}
    form = forms.MemberEditForm(data_of(request), initial=initial)

    def change(said, at):
        actions.correct_member(
            by=request.user,
            member=row,
            seen=form.seen,
            **said,
            at=at,
        )

    back, title = row.team.get_absolute_url(), f"{row.team}の構成員を直す"
    return change_row(
        request,
        form,
        change,
        "保存しました。",
        title,
        "保存する",
        back,
    )


@organise
def member_withdraw(request, pk):
    """A member that was entered by mistake."""
    row = get_object_or_404(TeamMember.objects.select_related("team", "department"), pk=pk)
    form = forms.WithdrawTeamForm(data_of(request), facts=actions.MEMBER_VALUES(row))

    def change(said, at):
        actions.withdraw_member(
            by=request.user,
            member=row,
            seen=form.seen,
            **said,
            at=at,
        )

    back, title = row.team.get_absolute_url(), f"{row.team}の構成員「{row}」を取り消す"
    return change_row(
        request,
        form,
        change,
        "取り消しました。",
        title,
        "取り消す",
        back,
    )
