"""What every page of 推進体制 stands in: heading, day, tabs with counts."""

from datetime import date
from typing import Any

from foundation.accounts.permissions import Permission, Person, has_permission, may_somewhere
from headquarters.organisation.projects.models import Project
from headquarters.organisation.teams.models import ProjectTeam
from measures.models import Plan

CHAPTER = 4  # of the plan: 推進体制


def frame(user: Person, tab: str, today: date) -> dict[str, Any]:
    """The context that `organisation/base.html` asks for."""
    plan = Plan.objects.current()
    chapter = plan.sections.filter(chapter=CHAPTER).first() if plan else None
    return {
        "tab": tab,
        "today": today,
        "plan": plan,
        "place": f"#s{chapter.order}" if chapter else "",
        "team_count": ProjectTeam.objects.count(),
        "project_count": Project.objects.count(),
        "may_carry": may_somewhere(user, Permission.CARRY_PROJECTS),
        "may_organise": has_permission(user, Permission.ORGANISE),
    }
