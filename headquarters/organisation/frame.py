"""What every page of 推進体制 stands in: heading, day, tabs with counts."""

from datetime import date
from typing import Any

from foundation.accounts.permissions import Permission, Person, has_permission
from headquarters.organisation.projects.models import Project
from headquarters.organisation.teams.models import ProjectTeam
from measures.models import Plan


def frame(user: Person, tab: str, today: date) -> dict[str, Any]:
    """The context that `organisation/base.html` asks for."""
    return {
        "tab": tab,
        "today": today,
        "plan": Plan.objects.current(),
        "team_count": ProjectTeam.objects.count(),
        "project_count": Project.objects.count(),
        "may_organise": has_permission(user, Permission.ORGANISE),
    }
