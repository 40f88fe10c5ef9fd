"""The plan of the database as rows of 計画の様式: as it stands on a day, without what came after it
(people, departments, values, milestones, history).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model, Q

from foundation.japanese.calendar import first_of_month
from headquarters.upkeep.plan_form.columns import FormSheet
from headquarters.upkeep.plan_form.sheets import (
    INDICATORS,
    LETTERS,
    MEASURES,
    NAME_ALONE,
    NOTES,
    PLAN,
    POINTS,
    POLICIES,
    SECTIONS,
    STATISTICS,
    STEPS,
    TARGETS,
    Place,
    Subject,
)
from kpi.models import Definition, Indicator
from kpi.setup.targets import standing_targets
from measures.models import BasicPolicy, Measure, OpenPoint, Plan, TownStatistic
from measures.setting import versions_now
from measures.settings_of import Settings
from roadmap.models import Step

Values = dict[str, Any]
Rows = dict[str, list[Values]]  # by the title of the sheet


def empty_rows() -> Rows:
    """The rows of a form that nothing stands in."""
    return {}


def rows_of(plan: Plan, on: date) -> Rows:
    """All rows of the plan as it stands on that day."""
    policies = list(plan.policies.all())
    measures = list(_standing(Measure.objects.select_related("policy"), on))
    indicators = list(_standing(Indicator.objects.select_related("measure__policy__plan"), on))
    return {
        PLAN.title: [_of(PLAN, plan) | bands_of(versions_now().in_month(_month_of(plan, on)))],
        POLICIES.title: [_of(POLICIES, policy) for policy in policies],
        MEASURES.title: [_of(MEASURES, row, policy=row.policy.number) for row in measures],
        SECTIONS.title: [_of(SECTIONS, section) for section in plan.sections.all()],
        NOTES.title: [_of(NOTES, row, **_place_of(row)) for row in plan.notes.all()],
        STATISTICS.title: [_of(STATISTICS, row) for row in plan.statistics.all()],
        INDICATORS.title: [_indicator(row) for row in indicators],
        TARGETS.title: [row for each in indicators for row in _targets(each, plan)],
        STEPS.title: [_of(STEPS, row, measure=row.measure.number) for row in _steps(on)],
        POINTS.title: [_of(POINTS, row, **_subject_of(row)) for row in _points(plan)],
    }


def _month_of(plan: Plan, on: date) -> date:
    """The month of the plan whose rules hold on a day, also before it begins and after it ends."""
    return min(max(first_of_month(on), plan.months.first), plan.months.last)


def bands_of(settings: Settings) -> Values:
    """評価区分 and 提出期限 as lines of the sheet 計画."""
    found: Values = {}
    for band in settings.grades:
        found[f"grade_{band.letter}"] = band.name
        if band.letter != LETTERS[-1]:
            found[f"from_{band.letter}"] = band.threshold
    return found | {
        "deadline_day": settings.deadline.day,
        "deadline_hour": settings.deadline.hour,
    }


def _standing(rows: Any, on: date) -> Any:
    """What has not ended by that day."""
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))


def _of(sheet: FormSheet, row: Model, **other: Any) -> Values:
    """The values of a row by the names of the columns; `other`: those that are no field of it."""
    return {
        column.name: other[column.name] if column.name in other else getattr(row, column.name, None)
        for column in sheet.columns
    }


def _place_of(note: Any) -> Values:
    if note.section:
        return {"place": Place.SECTION.value, "key": note.section.order}
    return {"place": Place.MEASURE.value, "key": note.measure.number}


def _indicator(row: Indicator) -> Values:
    """An indicator with its newest definition."""
    newest = row.definitions.select_related("numerator_source").last()
    values = _of(INDICATORS, newest or Definition(indicator=row))
    source = newest.numerator_source if newest else None
    own = {name: getattr(row, name) for name in ("code", "name", "source_text", "published")}
    return (
        values
        | own
        | {"measure": row.measure.number, "numerator_source": source.code if source else ""}
    )


def _targets(indicator: Indicator, plan: Plan) -> Iterable[Values]:
    """A row for every year, blank where no target is set."""
    standing = standing_targets(indicator)
    for year in plan.fiscal_years:
        row = standing.get(year)
        values = _of(TARGETS, row) if row else {}
        if row and not row.none:
            values["reason"] = ""  # of a revision: the first version of a plan has none
        given = {"code": indicator.code, NAME_ALONE: indicator.name, "fiscal_year": year}
        yield values | given


def _steps(on: date) -> Iterable[Step]:
    rows = _standing(Step.objects.select_related("measure"), on)
    found: Iterable[Step] = rows.order_by("measure__number", "order")
    return found


def _points(plan: Plan) -> Iterable[OpenPoint]:
    """What is still open."""
    return [
        row
        for row in plan.open_points.filter(settled_at__isnull=True).prefetch_related("subject")
        if row.subject is not None
    ]


def _subject_of(point: OpenPoint) -> Values:
    """What a point is about, as the form names it."""
    subject: Any = point.subject
    key: Any
    match subject:
        case Plan():
            kind, key = Subject.PLAN, ""
        case BasicPolicy():
            kind, key = Subject.POLICY, subject.number
        case Measure():
            kind, key = Subject.MEASURE, subject.number
        case Indicator():
            kind, key = Subject.INDICATOR, subject.code
        case TownStatistic():
            kind, key = Subject.STATISTIC, subject.series
        case Step():
            kind, key = Subject.STEP, f"{subject.measure.number}-{subject.order}"
        case _:
            raise TypeError(f"an open point about {subject!r}")
    return {"subject": kind.value, "key": str(key)}
