"""What a department carries, for the hand-over: posts of the headquarters, teams, projects."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from foundation.japanese.calendar import fiscal_year
from headquarters.organisation.projects.models import Project
from headquarters.organisation.roster.models import Holding
from headquarters.organisation.teams.models import TeamMember


@dataclass(frozen=True)
class CarriedItem:
    """One thing that goes on with whoever comes next. `kind`: 名簿, チーム or 事業."""

    kind: str
    text: str
    url: str


def carried(on: date) -> dict[int, list[CarriedItem]]:
    """{department id: what it carries on that day}. Three queries."""
    found: dict[int, list[CarriedItem]] = {}
    for key, item in (*_posts(on), *_memberships(on), *_projects(on)):
        if key is not None:
            found.setdefault(key, []).append(item)
    return found


def _posts(on: date) -> list[tuple[int | None, CarriedItem]]:
    url = reverse("organisation:organisation")
    return [
        (row.post.department_id, CarriedItem("名簿", f"推進本部の{row.post}（{row}）", url))
        for row in Holding.objects.on(on)
    ]


def _memberships(on: date) -> list[tuple[int | None, CarriedItem]]:
    rows = [row for row in TeamMember.objects.on(on) if not _over(row, on)]
    return [
        (row.department_id, CarriedItem("チーム", _membership(row), row.team.get_absolute_url()))
        for row in rows
    ]


def _over(row: TeamMember, on: date) -> bool:
    return row.team.ends_on is not None and row.team.ends_on < on


def _membership(row: TeamMember) -> str:
    """「窓口デジタル化チームのリーダー（住民環境課長）」."""
    return f"{row.team}の{row.get_part_display()}（{row}）"


def _projects(on: date) -> list[tuple[int | None, CarriedItem]]:
    url = reverse("organisation:projects")
    return [
        (
            row.department_id,
            CarriedItem(
                "事業", f"{row}（{row.get_state_display()}）", f"{url}?measure={row.measure_id}"
            ),
        )
        for row in Project.objects.under_way(fiscal_year(on))
    ]
