"""DX関連事業 as data: a row for each project and fiscal year, with its budget and settlement."""

from collections.abc import Iterator
from dataclasses import dataclass

from foundation.japanese.calendar import fiscal_year_name
from foundation.records.models import HistoryEntry
from foundation.sheets.columns import Coded, choices_of, coded, flat, number, text
from foundation.sheets.lists import DataList
from headquarters.organisation.frame import data_list, whose
from headquarters.organisation.projects.choices import ProjectState
from headquarters.organisation.projects.models import Project
from headquarters.organisation.projects.reading import ProjectLine, ProjectList
from kpi.rules.codes import machine_code
from measures.models import Plan

STATES = Coded("事業の状態", choices_of(ProjectState.choices))


@dataclass(frozen=True)
class ProjectYear:
    """A project in one fiscal year; its money in thousands of yen, None: none, or not known."""

    project: Project
    year: int
    budget: int | None
    settled: int | None


def _years(line: ProjectLine, only: int | None) -> Iterator[ProjectYear]:
    """The years that it runs in or has money of, or the one that is asked for."""
    project = line.row
    money = {row.fiscal_year: (row.budget, row.settled) for row in project.amounts.all()}
    span = range(project.first_year, project.last_year + 1)
    for year in sorted({*span, *money}):
        if only in (None, year):
            yield ProjectYear(project, year, *money.get(year, (None, None)))


def _indicators(row: ProjectYear) -> str:
    return " ".join(machine_code(each.code) for each in row.project.indicators.all())


def _steps(row: ProjectYear) -> str:
    return "、".join(each.name for each in row.project.steps.all())


def project_file(plan: Plan | None, listed: ProjectList, year: int | None) -> DataList:
    """The listed projects year by year; `year`: only that one."""
    columns = flat(
        [
            whose(plan),
            number("施策番号", "measure_number", lambda row: row.project.measure.number, "番号"),
            text("施策名", "measure", lambda row: row.project.measure.name, 28),
            number("事業ID", "project_id", lambda row: row.project.pk, "番号"),
            text("事業名", "project", lambda row: row.project.name, 32),
            text("課", "department", lambda row: row.project.department.name, 16),
            number("開始年度", "first_year", lambda row: row.project.first_year, "年度"),
            number("終了年度", "last_year", lambda row: row.project.last_year, "年度"),
            coded("状態", "state", STATES, lambda row: row.project.get_state_display()),
            text("年度名", "fiscal_year_name", lambda row: fiscal_year_name(row.year), 12),
            number("年度", "fiscal_year", lambda row: row.year, "年度"),
            number("予算（千円）", "budget", lambda row: row.budget, "千円", width=14),
            number("決算（千円）", "settled", lambda row: row.settled, "千円", width=14),
            text("内容", "what", lambda row: row.project.what, 40),
            text("支える指標", "indicators", _indicators, 20),
            text("支える工程", "steps", _steps, 30),
        ]
    )
    rows = [each for line in listed.lines for each in _years(line, year)]
    newest = HistoryEntry.objects.of_action("organisation.project").first()
    return data_list("DX関連事業", plan, columns, rows, newest)
