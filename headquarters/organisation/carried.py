"""What a department carries, for the hand-over: posts of the headquarters, teams, projects."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q
from django.urls import reverse

from foundation.accounts.models import Department
from foundation.japanese.calendar import fiscal_year
from foundation.records.within import by_age, rows_within
from headquarters.organisation.projects.models import Project
from headquarters.organisation.roster.models import Holding, Post
from headquarters.organisation.teams.models import ProjectTeam, TeamMember


@dataclass(frozen=True)
class CarriedItem:
    """One thing that goes on with whoever comes next. `kind`: 名簿, チーム or 事業."""

    kind: str
    text: str
    url: str


def carried_within(on: date) -> dict[str, Any]:
    """Annotations of departments with what each carries on that day, for `carried_by`."""
    here = OuterRef("pk")
    goes_on = Q(team__ends_on__isnull=True) | Q(team__ends_on__gte=on)
    projects = Project.objects.under_way(fiscal_year(on)).filter(department=here)
    return {
        "posts_told": rows_within(
            Holding.objects.on(on).filter(post__department=here),
            by="post__department",
            id="id",
            name="name",
            valid_from="valid_from",
            duty="post__duty",
            title="post__title",
        ),
        "teams_told": rows_within(
            TeamMember.objects.on(on).filter(goes_on, department=here),
            by="department",
            id="id",
            part="part",
            post="post",
            name="name",
            team="team",
            team_name="team__name",
        ),
        "projects_told": rows_within(
            projects,
            by="department",
            id="id",
            name="name",
            state="state",
            measure="measure",
            number="measure__number",
            first_year="first_year",
        ),
    }


def carried_by(department: Any) -> list[CarriedItem]:
    """What a department carries that was asked for with `carried_within`."""
    return [*_posts(department), *_memberships(department), *_projects(department)]


def _posts(department: Any) -> list[CarriedItem]:
    url = reverse("organisation:organisation")
    held = sorted(by_age(department.posts_told), key=lambda told: told["valid_from"])
    return [
        CarriedItem("名簿", f"推進本部の{_post(told)}（{told['name']}）", url)
        for told in reversed(held)
    ]


def _post(told: dict[str, Any]) -> Post:
    return Post(duty=told["duty"], title=told["title"])


def _memberships(department: Any) -> list[CarriedItem]:
    rows = [_member(department, told) for told in by_age(department.teams_told)]
    return [CarriedItem("チーム", _membership(row), row.team.get_absolute_url()) for row in rows]


def _member(department: Department, told: dict[str, Any]) -> TeamMember:
    team = ProjectTeam(pk=told["team"], name=told["team_name"])
    plain = {name: told[name] for name in ("id", "part", "post", "name")}
    return TeamMember(team=team, department=department, **plain)


def _membership(row: TeamMember) -> str:
    """「窓口デジタル化チームのリーダー（住民環境課長）」."""
    return f"{row.team}の{row.get_part_display()}（{row}）"


def _projects(department: Any) -> list[CarriedItem]:
    url = reverse("organisation:projects")
    rows = sorted(
        department.projects_told or (),
        key=lambda told: (told["number"], told["first_year"], told["id"]),
    )
    return [
        CarriedItem("事業", _project(told), f"{url}?measure={told['measure']}") for told in rows
    ]


def _project(told: dict[str, Any]) -> str:
    row = Project(name=told["name"], state=told["state"])
    return f"{row}（{row.get_state_display()}）"
