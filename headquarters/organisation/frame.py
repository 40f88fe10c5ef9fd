"""What every page of 推進体制 stands in: heading, day, tabs with counts; and every list as data."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Model, OuterRef, Subquery, Value

from foundation.accounts.permissions import Permission, Person, has_permission, may_somewhere
from foundation.records.actions import sample_loaded
from foundation.records.models import HistoryEntry
from foundation.sheets.book import Column
from foundation.sheets.download import sample_mark
from foundation.sheets.lists import BEFORE_ANY, DataList
from headquarters.organisation.projects.models import Project
from headquarters.organisation.teams.models import ProjectTeam
from measures.columns import town_columns
from measures.models import Plan, PlanSection

BODY = "体制"  # in the title of the chapter about who carries the plan
SAID_OF_TEAMS = re.compile(r"[^、。\n]*(?:、[^、。\n]*)?プロジェクトチーム[^。\n]*")


def frame(user: Person, tab: str, today: date) -> dict[str, Any]:
    """The context that `organisation/base.html` asks for."""
    section = PlanSection.objects.filter(plan=OuterRef("pk"), chapter_title__contains=BODY)
    plan = Plan.objects.annotate(
        section_order=Subquery(section.values("order")[:1]),
        section_chapter=Subquery(section.values("chapter")[:1]),
        section_body=Subquery(section.values("body")[:1]),
        teams=_number_of(ProjectTeam),
        projects=_number_of(Project),
    ).current()
    said = SAID_OF_TEAMS.search(plan.section_body or "") if plan else None
    chapter = None
    if plan and plan.section_order is not None:
        chapter = {"order": plan.section_order, "chapter": plan.section_chapter}
    return {
        "tab": tab,
        "today": today,
        "plan": plan,
        "chapter": chapter,
        "said_of_teams": said[0].strip("、 　") if said else "",
        "team_count": plan.teams if plan else 0,
        "project_count": plan.projects if plan else 0,
        "may_carry": may_somewhere(user, Permission.CARRY_PROJECTS),
        "may_organise": has_permission(user, Permission.ORGANISE),
    }


def _number_of(model: type[Model]) -> Subquery:
    """Annotation of any row: how many rows of that model there are."""
    everything = model._default_manager.order_by().values(whole=Value(1))
    return Subquery(everything.annotate(number=Count("pk")).values("number"))


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
