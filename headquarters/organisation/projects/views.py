"""The pages of the projects. Fetch, form, act, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.acting import answer, answer_act, data_of, errors_on, posted, recorded
from foundation.accounts.navigation import way_back
from foundation.accounts.permissions import (
    Permission,
    has_permission,
    is_secretariat,
    own_departments,
    requires,
)
from foundation.japanese.calendar import fiscal_year
from foundation.sheets.lists import asked_kind, list_file
from headquarters.organisation.frame import frame
from headquarters.organisation.projects import actions
from headquarters.organisation.projects.book import project_file
from headquarters.organisation.projects.choices import ProjectState
from headquarters.organisation.projects.forms import (
    ProjectEditForm,
    ProjectFilter,
    ProjectForm,
    WithdrawProjectForm,
)
from headquarters.organisation.projects.models import Project
from headquarters.organisation.projects.reading import projects as listed_projects
from measures.models import Measure

read = requires(Permission.READ)
carry = requires(Permission.CARRY_PROJECTS)
LIST = "organisation:projects"


def _own(user):
    """The departments for which this person keeps projects; None: all of them."""
    return None if is_secretariat(user) else own_departments(user, Permission.CARRY_PROJECTS)


def _years(measure, project=None):
    """The years whose money the form asks for: those of the plan, and those of the project."""
    years = set(measure.policy.plan.fiscal_years)
    if project:
        years |= set(
            range(
                project.first_year,
                project.last_year + 1,
            )
        )
    return sorted(years)


def _list(request) -> str:
    """The projects as one left them."""
    return way_back(request, reverse(LIST))


@read
def projects(request):
    """DX関連事業 measure by measure; by year, measure and department; or as a file."""
    today = timezone.localdate()
    page = frame(
        request.user,
        "projects",
        today,
    )
    years = page["plan"].fiscal_years if page["plan"] else ()
    asked = ProjectFilter(
        request.GET,
        years=years,
        today=today,
    )
    listed = listed_projects(on=today, **asked.wanted)
    if asked_kind(request):
        return list_file(request, project_file(page["plan"], listed, asked.wanted.get("year")))
    own = _own(request.user)
    page |= {
        "listed": listed,
        "asked": asked,
        "own": own if own is None else {row.pk for row in own},
    }
    return render(
        request,
        "organisation/projects.html",
        page,
    )


@carry
def project_measures(request):
    """Of which measure is the new project?"""
    today = timezone.localdate()
    page = frame(
        request.user,
        "projects",
        today,
    )
    page["measures"] = Measure.objects.on(today)
    return render(
        request,
        "organisation/project_measures.html",
        page,
    )


@carry
def project_create(request, pk):
    """A new project of a measure."""
    measure = get_object_or_404(Measure.objects.select_related("policy__plan"), pk=pk)
    today = timezone.localdate()
    own = _own(request.user)
    year = fiscal_year(today)
    first = {"first_year": year, "last_year": year, "state": ProjectState.IN_PROGRESS}
    if own:
        first["department"] = own[0]
    form = ProjectForm(
        data_of(request), initial=first, measure=measure, departments=own, years=_years(measure)
    )
    if posted(request, form):
        with errors_on(form):
            now = timezone.now()
            recorded(
                request,
                form,
                lambda: actions.add_project(
                    by=request.user, measure=measure, terms=form.terms, at=now
                ),
                "事業を登録しました。",
                at=now,
            )
            return redirect(_list(request))
    title = f"{measure}のDX関連事業を加える"
    return answer_act(request, form, title=title, submit="登録する", back=_list(request))


@carry
def project_edit(request, pk):
    """Terms, state and amounts of a project."""
    row = get_object_or_404(Project.objects.listed(), pk=pk)
    form = ProjectEditForm(
        data_of(request),
        initial=actions.values_of(row),
        measure=row.measure,
        departments=_own(request.user),
        years=_years(row.measure, row),
    )
    if posted(
        request,
        form,
        Permission.CARRY_PROJECTS,
        department=row.department,
    ):
        with errors_on(form):
            actions.correct_project(
                by=request.user, project=row, terms=form.terms, seen=form.seen, at=timezone.now()
            )
            messages.success(request, "事業を保存しました。")
            return redirect(_list(request))
    may = has_permission(request.user, Permission.CARRY_PROJECTS, department=row.department)
    page = {"project": row, "may_carry": may}
    return answer(
        request,
        "organisation/project_edit.html",
        form,
        page,
    )


@carry
def project_withdraw(request, pk):
    """A project that was registered by mistake."""
    row = get_object_or_404(Project.objects.listed(), pk=pk)
    form = WithdrawProjectForm(data_of(request), facts=actions.values_of(row))
    if posted(
        request,
        form,
        Permission.CARRY_PROJECTS,
        department=row.department,
    ):
        with errors_on(form):
            actions.withdraw_project(
                by=request.user,
                project=row,
                reason=form.cleaned_data["reason"],
                seen=form.seen,
                at=timezone.now(),
            )
            messages.success(request, "事業を取り消しました。")
            return redirect(_list(request))
    title = f"DX関連事業「{row}」を取り消す"
    return answer_act(
        request,
        form,
        title=title,
        submit="取り消す",
        back=_list(request),
    )
