"""The projects of a measure, within a question about rows that name it (a sheet)."""

from typing import Any

from django.db.models import OuterRef, Subquery

from foundation.accounts.models import Department
from foundation.records.within import rows_within
from headquarters.organisation.projects.models import Project, ProjectAmount
from headquarters.organisation.projects.reading import ProjectLine

PLAIN = ("id", "name", "first_year", "last_year", "state")


def lines_within(measure: str, year: str) -> Subquery:
    """Annotation: the projects of a measure in a fiscal year with its money, for `lines_told`;
    `measure`, `year`: the fields of the outer row that name them.
    """
    amounts = ProjectAmount.objects.filter(
        project=OuterRef("pk"), fiscal_year=OuterRef(OuterRef(year))
    )
    return rows_within(
        Project.objects.of_measure(OuterRef(measure)).in_year(OuterRef(year)),
        by="measure",
        department="department__name",
        budget=Subquery(amounts.values("budget")),
        settled=Subquery(amounts.values("settled")),
        **{name: name for name in PLAIN},
    )


def lines_told(stored: list[dict[str, Any]] | None) -> list[ProjectLine]:
    """The projects with their money, oldest first."""
    rows = sorted(stored or (), key=lambda row: (row["first_year"], row["id"]))
    return [ProjectLine(_project(row), row["budget"], row["settled"]) for row in rows]


def _project(told: dict[str, Any]) -> Project:
    department = Department(name=told["department"])
    return Project(department=department, **{name: told[name] for name in PLAIN})
