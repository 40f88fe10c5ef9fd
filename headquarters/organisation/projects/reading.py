"""The projects as they are listed: measure by measure, with the money of a year or of all years."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from foundation.accounts.models import Department
from foundation.records.compiled import Compiled
from headquarters.organisation.projects.models import Project
from headquarters.organisation.projects.money import money, total, with_unit
from measures.models import Measure


@dataclass(frozen=True)
class ProjectLine:
    """A project with its money, in thousands of yen: of one year, or of all."""

    row: Project
    budget: int | None
    settled: int | None

    @property
    def budgeted(self) -> str:
        """予算 in words."""
        return money(self.budget)

    @property
    def spent(self) -> str:
        """決算 in words."""
        return money(self.settled)

    @property
    def money_words(self) -> str:
        """「予算 1,980千円　決算 －」."""
        return f"予算 {with_unit(self.budget)}　決算 {with_unit(self.settled)}"


@dataclass(frozen=True)
class ProjectGroup:
    """The projects of one measure."""

    measure: Measure
    lines: list[ProjectLine]


@dataclass(frozen=True)
class ProjectList:
    """What is listed, and its sums."""

    groups: list[ProjectGroup]

    @property
    def lines(self) -> list[ProjectLine]:
        """All of them, in order."""
        return [line for group in self.groups for line in group.lines]

    @property
    def budgeted(self) -> str:
        """予算 of all together, in words."""
        return money(total([line.budget for line in self.lines]))

    @property
    def spent(self) -> str:
        """決算 of all together, in words."""
        return money(total([line.settled for line in self.lines]))


def line_of(row: Project, year: int | None) -> ProjectLine:
    """A project with its money of a year (None: of all its years)."""
    amounts = [each for each in row.amounts.all() if year in (None, each.fiscal_year)]
    return ProjectLine(
        row, total([each.budget for each in amounts]), total([each.settled for each in amounts])
    )


def projects(
    *,
    on: date,
    measure: Measure | None = None,
    year: int | None = None,
    department: Department | None = None,
) -> ProjectList:
    """The measures of a day with their projects; those without are there unless one is asked for.

    Five queries.
    """
    rows = Project.objects.listed()
    rows = rows.in_year(year) if year else rows
    rows = rows.of_department(department) if department else rows
    found: dict[int, list[ProjectLine]] = {}
    for row in rows:
        found.setdefault(row.measure_id, []).append(line_of(row, year))
    listed = [each for each in Measure.objects.on(on) if measure in (None, each)]
    groups = [ProjectGroup(each, found.get(each.pk, [])) for each in listed]
    return ProjectList([group for group in groups if group.lines or not department])


def lines_of_measure(measure: Measure, year: int) -> list[ProjectLine]:
    """The projects of a measure that run in a fiscal year, with its money. Four queries."""
    return [line_of(row, year) for row in _of_measure(measure.pk, year)()]


@lru_cache(maxsize=128)
def _of_measure(measure: int, year: int) -> Compiled[Project]:
    """The question for them, put together once for a measure and a year."""
    return Compiled(Project.objects.listed().of_measure(measure).in_year(year))
