"""What every page of 推進体制 stands in: heading, day, tabs with counts; and every list as data."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from foundation.accounts.permissions import Permission, Person, has_permission, may_somewhere
from foundation.records.actions import sample_loaded
from foundation.records.models import HistoryEntry
from foundation.sheets.book import Column
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import BEFORE_ANY, DataList
from headquarters.organisation.projects.models import Project
from headquarters.organisation.teams.models import ProjectTeam
from measures.columns import town_columns
from measures.models import Plan

BODY = "体制"  # in the title of the chapter about who carries the plan
SAID_OF_TEAMS = re.compile(r"[^、。\n]*(?:、[^、。\n]*)?プロジェクトチーム[^。\n]*")


def frame(user: Person, tab: str, today: date) -> dict[str, Any]:
    """The context that `organisation/base.html` asks for."""
    plan = Plan.objects.current()
    chapter = plan.sections.filter(chapter_title__contains=BODY).first() if plan else None
    said = SAID_OF_TEAMS.search(chapter.body) if chapter else None
    return {
        "tab": tab,
        "today": today,
        "plan": plan,
        "chapter": chapter,
        "said_of_teams": said[0].strip("、 　") if said else "",
        "team_count": ProjectTeam.objects.count(),
        "project_count": Project.objects.count(),
        "may_carry": may_somewhere(user, Permission.CARRY_PROJECTS),
        "may_organise": has_permission(user, Permission.ORGANISE),
    }


def whose(plan: Plan | None) -> list[Column]:
    """Of which municipality a row is."""
    return town_columns(plan.municipality_code, plan.municipality) if plan else town_columns("", "")


def data_list(
    title: str,
    plan: Plan | None,
    columns: Sequence[Column],
    rows: Iterable,
    newest: HistoryEntry | None,
) -> DataList:
    """A list as old as the newest entry of the history about what it holds."""
    mark = sample_mark(sample_loaded())
    at, author = newest.at if newest else BEFORE_ANY, plan.municipality if plan else ""
    return DataList(title, f"{title}{mark}", columns, rows, at, author)
