"""The doors of projects: registered, corrected, withdrawn; each one transaction with its record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.accounts.models import Department, User
from foundation.accounts.permissions import Permission, on_behalf_of, require
from foundation.japanese.calendar import (
    fiscal_year_end,
    fiscal_year_name,
    fiscal_year_start,
)
from foundation.japanese.ranges import DateRange
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.facts import Facts, fields_in_words
from foundation.records.seen import Seen, save_only, take
from headquarters.organisation.projects.models import Project, ProjectAmount
from kpi.models import Indicator
from measures.models import Measure
from roadmap.models import Step

FIELDS = ("name", "department", "first_year", "last_year", "what", "state")
BACK, AHEAD = 10, 10  # years around the plan in which a project can have begun, or can end


@dataclass(frozen=True)
class Amount:
    """The money of one fiscal year, in thousands of yen."""

    budget: int | None = None
    settled: int | None = None

    def __bool__(self) -> bool:
        return self.budget is not None or self.settled is not None


@dataclass(frozen=True)
class ProjectTerms:
    """All that is said of a project beside its measure. `amounts`: by fiscal year."""

    name: str
    department: Department
    first_year: int
    last_year: int
    what: str
    state: str
    steps: list[Step] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    amounts: Mapping[int, Amount] = field(default_factory=dict)


def amount_key(kind: str, year: int) -> str:
    """How a box of an amount is called: 「budget_2026」, 「settled_2026」."""
    return f"{kind}_{year}"


def values_of(project: Project) -> dict[str, Any]:
    """What a form shows of a project, by the names of its fields."""
    values: dict[str, Any] = {name: getattr(project, name) for name in FIELDS}
    for row in project.amounts.all():
        values[amount_key("budget", row.fiscal_year)] = row.budget
        values[amount_key("settled", row.fiscal_year)] = row.settled
    return values | {"steps": [*project.steps.all()], "indicators": [*project.indicators.all()]}


def facts_of(project: Project) -> Facts:
    """What the history says of a project."""
    facts = fields_in_words(project, FIELDS)
    facts |= {"支える工程": [*project.steps.all()], "支える指標": [*project.indicators.all()]}
    for row in project.amounts.all():
        name = fiscal_year_name(row.fiscal_year)
        facts |= {f"{name}予算（千円）": row.budget, f"{name}決算（千円）": row.settled}
    return facts


@transaction.atomic
def add_project(
    *, by: User, measure: Measure, terms: ProjectTerms, at: datetime | None = None
) -> Project:
    """A project of a measure. Raises PermissionDenied, ValidationError."""
    at = moment(at)
    project = Project(measure=measure, version=next_revision(at=at))
    require(by, Permission.CARRY_PROJECTS, department=terms.department)
    _check_department(terms, at)
    _write(project, terms)
    _tell(
        by,
        project,
        {},
        facts_of(project),
        at=at,
    )
    return project


@transaction.atomic
def correct_project(
    *,
    by: User,
    project: Project,
    terms: ProjectTerms,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Project:
    """Other terms, state or amounts. Raises PermissionDenied, ValidationError, Conflict."""
    at = moment(at)
    revision = next_revision(at=at)
    row = take(Project, project.pk, seen, values_of)
    require(by, Permission.CARRY_PROJECTS, department=row.department)
    require(by, Permission.CARRY_PROJECTS, department=terms.department)
    before = facts_of(row)
    if terms.department != row.department:
        _check_department(terms, at)
    row.version = revision
    _write(row, terms)
    if facts_of(row) == before:
        transaction.set_rollback(True)
        return row
    _tell(by, row, before, facts_of(row), at=at)
    return row


def _check_department(terms: ProjectTerms, at: datetime) -> None:
    """The department has to be there today, or when the project begins."""
    if not terms.department.exists_on(fiscal_year_start(terms.first_year)):
        terms.department.check_exists(local_day(at), "department")


def _write(project: Project, terms: ProjectTerms) -> None:
    _check(project, terms)
    for name in FIELDS:
        setattr(project, name, getattr(terms, name))
    if Project.objects.same_as(project).exists():
        raise ValidationError(
            {"name": "同じ施策に、同じ年度から始まる同じ名前の事業がすでにあります。"}
        )
    project.full_clean(exclude=["measure", "department"])
    save_only(project, *FIELDS, "version")
    project.steps.set(terms.steps)
    project.indicators.set(terms.indicators)
    project.amounts.all().delete()
    ProjectAmount.objects.bulk_create(
        ProjectAmount(
            project=project,
            fiscal_year=year,
            budget=said.budget,
            settled=said.settled,
        )
        for year, said in sorted(terms.amounts.items())
        if said
    )
    project._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # read anew


def _check(project: Project, terms: ProjectTerms) -> None:
    """Years around the plan, amounts within them, only what the measure has of steps and KPIs."""
    errors: dict[str, str] = {}
    around = _years_around(project.measure)
    for name in ("first_year", "last_year"):
        if fiscal_year_start(getattr(terms, name)) not in around:
            errors[name] = "計画期間の前後10年までの年度を入力してください。"
    if terms.last_year < terms.first_year:
        errors["last_year"] = "終了年度は開始年度以後にしてください。"
    for year, said in terms.amounts.items():
        if said and not terms.first_year <= year <= terms.last_year:
            kind = "budget" if said.budget is not None else "settled"
            sentence = f"{fiscal_year_name(year)}は事業の年度の外です。年度か金額を直してください。"
            errors[amount_key(kind, year)] = sentence
    served: list[Any] = [*terms.steps, *terms.indicators]
    foreign = [row for row in served if row.measure_id != project.measure_id]
    if foreign:
        errors["steps"] = f"「{foreign[0]}」は、この施策の工程・指標ではありません。"
    if errors:
        raise ValidationError(errors)


def _years_around(measure: Measure) -> DateRange:
    plan = measure.policy.plan
    first = fiscal_year_start(plan.first_fiscal_year - BACK)
    return DateRange(first, fiscal_year_end(plan.last_fiscal_year + AHEAD))


@transaction.atomic
def withdraw_project(
    *,
    by: User,
    project: Project,
    reason: str,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Measure:
    """A project that was registered by mistake goes; the history keeps it, with the reason."""
    at = moment(at)
    revision = next_revision(at=at)
    row = take(Project, project.pk, seen, values_of)
    require(by, Permission.CARRY_PROJECTS, department=row.department)
    measure, before = row.measure, facts_of(row)
    row.version = revision
    _tell(by, row, before, {"事業名": "取消"}, reason=reason, at=at)
    row.delete()
    return measure


def _tell(
    by: User, project: Project, before: Facts, after: Facts, *, reason: str = "", at: datetime
) -> None:
    record_change(
        by=by,
        action="organisation.project",
        subject=project,
        label=f"DX関連事業　{project.measure}　{project}",
        before=before,
        after=after,
        reason=reason,
        department=project.department.name,
        on_behalf_of=on_behalf_of(by, project.department),
        revision=project.version,
        at=at,
    )
