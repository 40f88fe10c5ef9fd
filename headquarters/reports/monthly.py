"""Gather a month once.

Rows → `MonthlyReport`. The only place where numbers leave for screens and workbooks.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.japanese.calendar import (
    fiscal_year,
    fiscal_year_start,
    last_of_month,
    month_span,
    wareki_short,
)
from foundation.japanese.numbers import format_number
from foundation.records.actions import moment
from foundation.records.compiled import Compiled
from foundation.records.models import HistoryEntry, SampleLoad
from headquarters.reports.attention import attention
from headquarters.reports.from_kpi import department_rows, indicator_row
from headquarters.reports.from_roadmap import roadmap_state, step_row
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from headquarters.reports.rows import (
    BandRow,
    MeasureRow,
    PolicyRow,
    ReviewRow,
)
from headquarters.reviews.models import Review
from headquarters.reviews.verdict import judge
from kpi import reading as kpi_reading
from kpi.choices import Method
from kpi.models.settled import settled_of
from kpi.months import default_due_on
from kpi.reading import IndicatorMonth
from kpi.rules.grades import needs_attention, severity
from measures.labels import call_out_of
from measures.models import OpenPoint, Plan
from measures.querysets import UNDECIDED
from measures.standing import measures_on
from roadmap import reading as roadmap_reading


def _measure(measure, indicators, steps) -> MeasureRow:
    grades = {row.code: row.grade for row in indicators}
    judged = judge(grades, (item for step in steps for item in step.milestones))
    kind, words = roadmap_state(steps)
    return MeasureRow(
        id=measure.pk,
        number=measure.number,
        name=measure.name,
        policy=measure.policy.number,
        department=measure.lead_name or UNDECIDED,
        department_id=measure.lead_id,
        verdict=judged.grade,
        why=_why(indicators, steps, judged),
        roadmap_kind=kind,
        roadmap_state=words,
        summary=measure.summary,
        current_issues=measure.current_issues,
        initiatives=measure.initiatives,
        kpi_text=measure.kpi_text,
        roadmap_text=measure.roadmap_text,
    )


def _why(indicators, steps, judged) -> str:
    """The sentence of the matrix.

    Late milestones and the worst indicators, at most two facts; else the verdict's.
    """
    parts = [_late(step, item) for step in steps for item in step.milestones if item.late]
    weak = [row for row in indicators if needs_attention(row.grade)]
    worst = sorted(weak, key=lambda row: severity(row.grade))
    parts += [f"{row.code} は{_short(row)}" for row in worst]
    return "。".join(parts[:2]) if parts else judged.why


def _late(step, item) -> str:
    if item.expects_delay:
        return f"{step.name}が{item.slip}日遅れる見込みです"
    return f"{step.name}が計画日（{wareki_short(item.approved_on)}）を過ぎています"


def _short(row) -> str:
    """「6-1 は達成率−33.3％（基準値比）です」: against what the rate is, is said with it."""
    if row.rate is None:
        return row.sentence
    rate = f"{format_number(row.rate, 1)}％"
    if row.method == Method.BASELINE_RATIO.label:
        return f"達成率{rate}（{row.method}）です"
    return f"{'年度目標' if row.phase == '年度評価' else '期待値'}の{rate}です"


def reviews_of(year: int, until: date) -> tuple[ReviewRow, ...]:
    """The sheets handed in (no drafts) in cycles of a fiscal year whose as-of month is not after
    `until`. One query.
    """
    return tuple(
        ReviewRow(
            measure=row.measure.number,
            cycle=row.cycle.name,
            as_of=row.cycle.as_of,
            state=row.get_state_display(),
            plan_text=row.plan_text,
            done_text=row.done_text,
            analysis=row.analysis,
            next_action=row.next_action,
            next_direction=row.get_next_direction_display(),
            self_grade=row.self_grade,
            self_grade_reason=row.self_grade_reason,
            headquarters_grade=row.headquarters_grade,
            headquarters_comment=row.headquarters_comment,
        )
        for row in Review.objects.handed_in(year, until)
    )


SHOWN = ("kpi.", "roadmap.", "plan.", "reviews.", "reports.", "sample.", "accounts.department")
FILLED = "reports.form"  # what the town's form is changes where numbers stand, not the numbers


def shown_changes():
    """The history of what reports show. Who signed in, or met, changes no report."""
    shown = (Q(action__startswith=area) for area in SHOWN)
    return HistoryEntry.objects.filter(reduce(or_, shown)).exclude(action=FILLED)


def points_waiting() -> Coalesce:
    """Annotation of the plan with how many points (要確認) the town has still to settle."""
    rows = OpenPoint.objects.unsettled().order_by()
    counted = rows.values("plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted[:1]), 0)


def plan_now() -> Any:
    """The plan (or None) with `changed_at` and `revision` (of the newest change of what reports
    show), `sample` (is sample data loaded) and `waiting_points`: one query.
    """
    plans = _plan_now()()
    return plans[0] if plans else None


@cache
def _plan_now() -> Compiled[Plan]:
    """The question for it, put together once."""
    newest = shown_changes().order_by("-revision")
    plans = Plan.objects.annotate(
        changed_at=Subquery(newest.values("at")[:1]),
        revision=Subquery(newest.values("revision")[:1]),
        sample=Exists(SampleLoad.objects.all()),
        waiting_points=points_waiting(),
    )
    return Compiled(plans[:1])


def indicators_of(month: date, *, on: date) -> list[IndicatorMonth]:
    """What a report is judged from: every indicator of the month, as seen on the day `on`."""
    return kpi_reading.load(month, on=on, submissions=True)


def as_of_day(month: date, on: date) -> date:
    """The day of which the report of a month is, as it stands on the day `on`."""
    return min(on, last_of_month(month))


def gather(
    month: date,
    *,
    on: date,
    whole_plan: bool = False,
    plan: Any = None,
    rows: Sequence[IndicatorMonth] | None = None,
    roadmap: roadmap_reading.AsOf = roadmap_reading.load,
) -> MonthlyReport | None:
    """The report of a month as it stands on the day `on` (速報), or None while no plan is loaded.

    A month that has ended is judged as of its last day, a running one as of `on`. `plan`: from
    `plan_now`, to spare a query; `rows`: of `indicators_of`, where they are known; `roadmap`: how
    it is read.

    `whole_plan`: judge every month since the plan's start and read the PDCA sheets (workbook,
    edition), else the months of the fiscal year only (screens).
    """
    rows = indicators_of(month, on=on) if rows is None else rows
    if not rows:
        return None
    day, year = as_of_day(month, on), fiscal_year(month)
    first = rows[0].plan_start if whole_plan else fiscal_year_start(year)
    settled = settled_of(month, rows[0].definition)
    due_on = (settled and settled.due_on) or default_due_on(month, rows[0].settings.deadline)
    report = _of_indicators(month, on, plan or plan_now(), rows, first)
    steps = [step_row(view) for view in roadmap(day)]
    measures = measures_on(day)
    return replace(
        report,
        policies=_policies(measures),
        measures=_measures(measures, report.indicators, steps),
        steps=tuple(steps),
        attention=attention(report.indicators, steps, due_on),
        departments=department_rows(list(rows)),
        reviews=reviews_of(year, month) if whole_plan else (),
    )


def gather_one(
    month: date, code: str, *, on: date, plan: Any
) -> tuple[MonthlyReport, Sequence[IndicatorMonth]] | None:
    """The same for the page of one indicator, and what it was judged from: with this indicator
    alone, its measure by name, and nothing of the roadmap; None where no indicator has that number.
    """
    rows = kpi_reading.load(month, on=on, code=code, submissions=True, evidence=True)
    if not rows:
        return None
    report = _of_indicators(month, on, plan, rows, fiscal_year_start(fiscal_year(month)))
    return replace(report, measures=(_by_name(rows[0], report.as_of),)), rows


def _of_indicators(
    month: date, on: date, plan: Any, rows: Sequence[IndicatorMonth], first: date
) -> MonthlyReport:
    """What a report says of these indicators, in the months from `first` on."""
    return MonthlyReport(
        format_version=FORMAT_VERSION,
        made_as=FORMAT_VERSION,
        plan=plan.title,
        municipality=plan.municipality,
        municipality_code=plan.municipality_code,
        month=month,
        as_of=as_of_day(month, on),
        runs=on <= last_of_month(month),
        fiscal_year=fiscal_year(month),
        edition=None,
        made_at=plan.changed_at or moment(),
        closed_by="",
        sample=plan.sample,
        open_points=plan.waiting_points,
        bands=tuple(BandRow(band.letter, band.name, band.threshold) for band in rows[0].bands),
        policies=(),
        measures=(),
        indicators=tuple(indicator_row(facts, month_span(first, month)) for facts in rows),
        steps=(),
        attention=(),
        departments=(),
        reviews=(),
        since=None,
        closed_as=None,
        based_on="",
        revision=plan.revision,
    )


def _by_name(facts: IndicatorMonth, day: date) -> MeasureRow:
    """The measure of an indicator as it was called on a day; nothing is judged."""
    told: Any = facts.definition
    measure = call_out_of(told.labels_told, copy(facts.indicator.measure), day)
    return MeasureRow(
        id=measure.pk,
        number=measure.number,
        name=measure.name,
        policy=measure.policy.number,
        department="",
        department_id=None,
        verdict=None,
        why="",
        roadmap_kind="",
        roadmap_state="",
        summary="",
        current_issues="",
        initiatives="",
        kpi_text="",
        roadmap_text="",
    )


def _policies(measures) -> tuple[PolicyRow, ...]:
    """The basic policies of these measures, by number."""
    names = {measure.policy.number: measure.policy.name for measure in measures}
    return tuple(PolicyRow(number, names[number]) for number in sorted(names))


def _measures(measures, indicators, steps) -> tuple[MeasureRow, ...]:
    """Each measure with the indicators and steps that are its own."""
    return tuple(
        _measure(
            measure,
            [row for row in indicators if row.measure == measure.number],
            [row for row in steps if row.measure == measure.number],
        )
        for measure in measures
    )
