"""What can be found of those who carry the plan: departments, posts, teams, people, projects.

People of the roster and of teams are found by everybody, as they are shown to everybody; who signs
in, by those who manage the people.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from foundation.accounts.former_names import name_on
from foundation.accounts.models import Department, Membership, Role
from foundation.accounts.posts import post_in_words
from foundation.records.addresses import address_of
from headquarters.desk.search.model import Candidate
from headquarters.desk.search.plan import Named
from headquarters.desk.search.rows import Row, rows_of
from headquarters.organisation.projects.choices import ProjectState
from headquarters.organisation.projects.models import Project
from headquarters.organisation.roster.choices import Duty
from headquarters.organisation.roster.models import Holding
from headquarters.organisation.teams.choices import TeamPart
from headquarters.organisation.teams.models import ProjectTeam, TeamMember

PROJECT = "project"


def kinds(day: date, *, people: bool) -> list[QuerySet]:
    """The rows about those who carry the plan on a day, and about the projects, for `joined`;
    `people`: who signs in, too.
    """
    found = [_departments(day), _teams(), _members(day), _holders(day), _projects()]
    return [*found, _people(day)] if people else found


def who(rows: Iterable[Row], named: Named) -> list[Candidate]:
    """Those who carry the plan, out of these rows."""
    return [CANDIDATES[row.kind](row, named) for row in rows if row.kind in CANDIDATES]


def projects(rows: Iterable[Row], named: Named) -> list[Candidate]:
    """The projects, out of these rows."""
    return [_project(row, named) for row in rows if row.kind == PROJECT]


def _departments(day: date):
    name = Coalesce(name_on(day), F("name"))
    return rows_of(Department.objects.on(day), "department", title=name)


def _teams():
    return rows_of(
        ProjectTeam.objects.all(),
        "team",
        title="name",
        text="purpose",
        place="national_item",
    )


def _members(day: date):
    return rows_of(
        TeamMember.objects.on(day),
        "member",
        title="name",
        text=Coalesce(name_on(day, "department"), F("department__name")),
        place="post",
        state="part",
        number="team_id",
    )


def _holders(day: date):
    return rows_of(
        Holding.objects.on(day),
        "holder",
        title="name",
        place="post__title",
        state="post__duty",
    )


def _projects():
    return rows_of(
        Project.objects.all(),
        PROJECT,
        title="name",
        text="what",
        place="department__name",
        state="state",
        measure="measure_id",
    )


def _people(day: date):
    return rows_of(
        Membership.objects.on(day),
        "person",
        title="user__full_name",
        text="user__username",
        place=Coalesce(name_on(day, "department"), F("department__name")),
        state="role",
        number="user_id",
    )


def _department(row: Row, named: Named) -> Candidate:
    page = f"{address_of('reports:indicator_list')}?department={row.key}"
    return Candidate("課", page, row.title, note="この課の指標")


def _team(row: Row, named: Named) -> Candidate:
    page = address_of("organisation:team", row.key)
    return Candidate("チーム", page, row.title, row.place, row.text)


def _member(row: Row, named: Named) -> Candidate:
    page = f"{address_of('organisation:team', row.number)}#member-{row.key}"
    place = post_in_words(row.text or "", row.place or "")
    part = str(TeamPart(row.state).label)
    title = "　".join(filter(None, [place, row.title]))
    return Candidate("構成員", page, title, note=f"プロジェクトチームの{part}")


def _holder(row: Row, named: Named) -> Candidate:
    page = f"{address_of('organisation:organisation')}#holding-{row.key}"
    duty = str(Duty(row.state).label)
    return Candidate("役職", page, f"{row.place}　{row.title}", note=f"推進本部の{duty}")


def _project(row: Row, named: Named) -> Candidate:
    page = f"{address_of('organisation:projects')}?measure={row.measure}#project-{row.key}"
    state = str(ProjectState(row.state).label)
    whose = "　".join(filter(None, [named.called(row.measure), row.place, state]))
    return Candidate("事業", page, row.title, whose, row.text)


def _person(row: Row, named: Named) -> Candidate:
    page = address_of("accounts:user_edit", row.number)
    title = "　".join(filter(None, [row.place, row.title or row.text]))
    return Candidate("利用者", page, title, str(Role(row.state).label), row.text)


CANDIDATES: dict[str, Callable[[Row, Named], Candidate]] = {
    "department": _department,
    "team": _team,
    "member": _member,
    "holder": _holder,
    "person": _person,
}
