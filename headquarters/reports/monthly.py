"""Gather a month once.

Rows → `MonthlyReport`. The only place where numbers leave for screens and workbooks.
"""

from datetime import date
from functools import reduce
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
from foundation.records.models import HistoryEntry, SampleLoad
from headquarters.reports.attention import attention
from headquarters.reports.model import FORMAT_VERSION, MonthlyReport
from headquarters.reports.rows import (
    BandRow,
    DepartmentRow,
    IndicatorRow,
    MeasureRow,
    MilestoneRow,
    MonthCell,
    PolicyRow,
    ReviewRow,
    StepRow,
    TargetRow,
)
from headquarters.reviews.models import Review
from headquarters.reviews.verdict import judge
from kpi import reading as kpi_reading
from kpi import words
from kpi.choices import CellState, Maturity, MissingReason, SubmissionState
from kpi.months import default_due_on
from kpi.rules.counting import shown_figure
from kpi.rules.grades import needs_attention, severity
from measures.labels import call_then
from measures.models import Measure, OpenPoint, Plan
from measures.querysets import UNDECIDED
from roadmap import reading as roadmap_reading


def _cell(facts, month, stored) -> MonthCell:
    """One month of one indicator, judged as of that month."""
    reading, judged = facts.readings.get(month), facts.progress_at(month)

    return MonthCell(
        month=month,
        state=facts.judged_state_in(month).label,
        value=reading.value if reading else None,
        numerator=reading.numerator if reading else None,
        denominator=reading.denominator if reading else None,
        figure=shown_figure(reading, facts.definition.unit, facts.definition.decimals),
        missing_reason=MissingReason(reading.missing_reason).label
        if reading and reading.missing_reason
        else "",
        maturity=Maturity(reading.maturity).label if reading and reading.has_number else "",
        as_of=stored.as_of if stored else None,
        note=stored.note if stored else "",
        public_note=stored.public_note if stored else "",
        target=judged.target,
        actual=None if judged.older else judged.actual,
        rate=judged.rate,
        grade=judged.grade,
        not_judged=words.reason(judged),
    )


def _indicator(facts, months: list) -> IndicatorRow:
    judged, definition = facts.progress_at(facts.month), facts.definition
    newest = facts.stored.get(facts.month)

    return IndicatorRow(
        code=facts.indicator.code,
        name=facts.indicator.name,
        measure=facts.indicator.measure.number,
        unit=definition.unit,
        decimals=definition.decimals,
        kind=definition.get_kind_display(),
        direction=definition.get_direction_display(),
        counting=facts.counting,
        department=definition.responsible_name,
        source=definition.data_source,
        baseline_value=definition.baseline_value,
        published=facts.indicator.published,
        targets=tuple(
            TargetRow(year, row.value, row.lower, row.upper, row.midyear_value, row.version)
            for year, row in sorted(facts.targets.items())
        ),
        months=tuple(_cell(facts, month, facts.stored.get(month)) for month in months),
        state=facts.judged_state_in(facts.month).value,
        actual=judged.actual,
        actual_of=judged.actual_month if judged.older else None,
        expectation=judged.expectation,
        target=judged.target,
        rate=judged.rate,
        grade=judged.grade,
        not_judged=words.reason(judged),
        phase=judged.phase if judged.grade else "",
        sentence=judged.sentence,
        note=newest.note if newest else "",
    )


def _milestone(item) -> MilestoneRow:
    facts, state = item.facts, item.health
    return MilestoneRow(
        name=item.row.name,
        state=item.state_label,
        kind=item.kind,
        original_on=facts.original_on,
        approved_on=facts.approved_on,
        forecast_on=facts.forecast_on,
        completed_on=facts.completed_on,
        late=state.late,
        slipping=state.slipping,
        stale=state.stale,
        is_due=item.is_due,
        slip=state.slip,
        postponements=facts.postponements,
        sentence=state.sentence,
        reason=item.reason,
        comment=item.row.comment_then or "",
    )


def _step(view) -> StepRow:
    step, state = view.row, view.state
    return StepRow(
        measure=step.measure.number,
        name=step.name,
        recurrence=step.get_recurrence_display(),
        first_month=step.first_month,
        last_month=step.last_month,
        actual_start=step.actual_start,
        actual_end=step.actual_end,
        kind=state.kind,
        state=state.label,
        department=view.department.name if view.department else UNDECIDED,
        milestones=tuple(_milestone(item) for item in view.milestones),
    )


def _roadmap_state(steps) -> tuple[str, str]:
    """(sign, words) for the matrix: late first, then what is uncertain."""
    items = [item for step in steps for item in step.milestones]
    late, slipping = sum(item.late for item in items), sum(item.slipping for item in items)
    if late:
        return "late", f"遅延 {late}"
    if slipping:
        return "check", f"期日のずれ {slipping}"
    if not items:
        return "check", "要確認" if not steps or all(
            step.first_month is None for step in steps
        ) else "節目 未設定"
    if all(step.kind in ("done", "off") for step in steps):
        return "done", "完了"
    return "doing", _year_done(steps) or "予定どおり"


def _year_done(steps) -> str:
    """「R8年度分 完了」 where that is what all steps with milestones say."""
    words = {step.state for step in steps if step.milestones and step.kind != "done"}
    whole = len(words) == 1 and all(word.endswith("年度分 完了") for word in words)
    return words.pop() if whole else ""


def _measure(measure, indicators, steps) -> MeasureRow:
    grades = {row.code: row.grade for row in indicators}
    judged = judge(grades, (item for step in steps for item in step.milestones))
    kind, words = _roadmap_state(steps)
    return MeasureRow(
        number=measure.number,
        name=measure.name,
        policy=measure.policy.number,
        department=measure.lead_name or UNDECIDED,
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
    parts += [f"{row.code}は{_short(row)}" for row in worst]
    return "。".join(parts[:2]) if parts else judged.why


def _late(step, item) -> str:
    if item.expects_delay:
        return f"{step.name}が{item.slip}日遅れの見込み"
    return f"{step.name}が計画日（{wareki_short(item.approved_on)}）を過ぎて未完了"


def _short(row) -> str:
    if row.rate is None:
        return row.sentence
    return f"{'年度目標' if row.phase == '年度評価' else '期待値'}の{format_number(row.rate, 1)}％"


def _departments(rows) -> tuple[DepartmentRow, ...]:
    """The submission of each department that has something due in the month."""
    found: dict[tuple, tuple[int, int]] = {}
    for facts in rows:
        if facts.state == CellState.NOT_DUE:
            continue
        state = facts.definition.submission_state or SubmissionState.NOT_SUBMITTED
        key = (facts.definition.responsible_id, facts.definition.responsible_name, state)
        due, answered = found.get(key, (0, 0))
        found[key] = (due + 1, answered + (facts.reading is not None))
    return tuple(
        DepartmentRow(name, SubmissionState(state).label, due, answered)
        for (_, name, state), (due, answered) in found.items()
    )


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


def shown_changes():
    """The history of what reports show. Who signed in, or met, changes no report."""
    shown = (Q(action__startswith=area) for area in SHOWN)
    return HistoryEntry.objects.filter(reduce(or_, shown))


def plan_now() -> Any:
    """The plan (or None) with `changed_at` (the newest change of what reports show), `sample` (is
    sample data loaded) and `waiting_points`: one query.
    """
    waiting = (
        OpenPoint.objects.unsettled().order_by().values("plan").annotate(n=Count("pk")).values("n")
    )
    return Plan.objects.annotate(
        changed_at=Subquery(shown_changes().order_by("-revision").values("at")[:1]),
        sample=Exists(SampleLoad.objects.all()),
        waiting_points=Coalesce(Subquery(waiting[:1]), 0),
    ).first()


def gather(
    month: date, *, on: date, whole_plan: bool = False, plan: Any = None
) -> MonthlyReport | None:
    """The report of a month as it stands on the day `on` (速報), or None while no plan is loaded.

    A month that has ended is judged as of its last day, a running one as of `on`. `plan`: from
    `plan_now`, to spare a query.

    `whole_plan`: judge every month since the plan's start and read the PDCA sheets (workbook,
    edition), else the months of the fiscal year only (screens).
    """
    rows = kpi_reading.load(month, on=on, submissions=True)
    if not rows:
        return None
    plan = plan or plan_now()
    day, year = min(on, last_of_month(month)), fiscal_year(month)
    first = rows[0].plan_start if whole_plan else fiscal_year_start(year)
    due_on = rows[0].definition.settled_due_on or default_due_on(month)
    indicators = [_indicator(facts, month_span(first, month)) for facts in rows]
    steps = [_step(view) for view in roadmap_reading.load(day)]
    measures = [call_then(row, row) for row in Measure.objects.on(day)]
    return MonthlyReport(
        format_version=FORMAT_VERSION,
        plan=plan.title,
        municipality=plan.municipality,
        municipality_code=plan.municipality_code,
        month=month,
        as_of=day,
        runs=on <= last_of_month(month),
        fiscal_year=year,
        edition=None,
        made_at=plan.changed_at or moment(),
        closed_by="",
        sample=plan.sample,
        open_points=plan.waiting_points,
        bands=tuple(BandRow(band.letter, band.name, band.threshold) for band in rows[0].bands),
        policies=_policies(measures),
        measures=_measures(measures, indicators, steps),
        indicators=tuple(indicators),
        steps=tuple(steps),
        attention=attention(indicators, steps, due_on),
        departments=_departments(rows),
        reviews=reviews_of(year, month) if whole_plan else (),
        since=None,
        closed_as=None,
        based_on="",
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
