"""What stands beside a sheet.

The KPI and milestone facts of its as-of month, its automatic verdict, draft sentences.
"""

from copy import copy
from dataclasses import dataclass
from datetime import date

from foundation.japanese.calendar import (
    add_months,
    fiscal_year,
    fiscal_year_start,
    last_of_month,
    month_name,
    wareki_short,
)
from foundation.records.actions import local_day
from headquarters.organisation.choices import ActionState
from headquarters.organisation.models import ActionItem
from headquarters.organisation.projects.reading import lines_of_measure
from headquarters.reviews.beside import OfItsMeasure
from headquarters.reviews.stored import (
    FORMAT_VERSION,
    SheetFacts,
    SheetInstruction,
    SheetKpi,
    SheetMilestone,
    SheetProject,
)
from headquarters.reviews.verdict import Verdict, judge
from kpi import reading as kpi_reading
from kpi import words
from kpi.forecasts.outlook import outlook_of
from kpi.pages.sentences import draft as kpi_draft
from kpi.rules.judged import show
from measures.labels import call_on
from roadmap.choices import MilestoneState
from roadmap.reading import milestones_on


@dataclass(frozen=True)
class MeasureFacts:
    """A measure at the end of a month. `indicators`: IndicatorMonths; `milestones`:
    PlacedMilestones; `instructions`: ActionItems; `projects`: ProjectLines of its fiscal year.
    """

    measure: str
    month: date
    indicators: list
    milestones: list
    verdict: Verdict
    instructions: list
    projects: list

    @property
    def sheet(self) -> SheetFacts:
        """The same as plain data: what a page shows, and what is kept."""
        return SheetFacts(
            format_version=FORMAT_VERSION,
            as_of=last_of_month(self.month),
            measure=self.measure,
            kpis=tuple(_kpi(facts) for facts in self.indicators),
            milestones=tuple(_milestone(placed.view) for placed in self.milestones),
            verdict=self.verdict.grade,
            why=self.verdict.why,
            instructions=tuple(_instruction(item) for item in self.instructions),
            projects=tuple(_project(line) for line in self.projects),
        )

    @property
    def done_draft(self) -> str:
        """A start for D: what was finished, what runs, what is late."""
        parts = []
        for item in (placed.view for placed in self.milestones):
            if item.facts.state == MilestoneState.COMPLETED:
                parts.append(
                    f"「{item.row.name}」を{wareki_short(item.facts.completed_on)}に完了した。"
                )
            elif item.health.late:
                parts.append(f"「{item.row.name}」は{item.health.sentence}。")
            elif item.facts.state == MilestoneState.IN_PROGRESS:
                parts.append(f"「{item.row.name}」を実施中（{item.health.sentence}）。")
        return "".join(parts) or f"{month_name(self.month)}末までに期日の来たマイルストーンはない。"

    @property
    def analysis_draft(self) -> str:
        """A start for C: each indicator's sentence."""
        return "\n".join(f"{facts.indicator.code}　{kpi_draft(facts)}" for facts in self.indicators)


def _kpi(facts) -> SheetKpi:
    judged, rule = facts.progress_at(facts.month), facts.rule
    return SheetKpi(
        pk=facts.indicator.pk,
        code=facts.indicator.code,
        name=facts.indicator.name,
        figure=judged.actual,
        figure_month=judged.actual_month,
        actual=words.actual(judged, facts.definition),
        expectation=show(judged.expectation, rule),
        target=_target(judged, rule),
        rate=judged.rate,
        grade=judged.grade,
        grade_name=words.grade_name(judged, facts.bands),
        not_judged=words.reason(judged),
        sentence=judged.sentence,
        **_beside(facts, judged),
    )


def _beside(facts, judged) -> dict[str, str]:
    """What stands beside the judgement, in words."""
    seen, definition = outlook_of(facts, judged), facts.definition
    expected, paced, before = seen.expected, seen.paced, seen.last_year
    forecast = pace = last_year = ""
    if expected is not None:
        against = expected.towards.words if expected.towards else ""
        figure = words.figure(expected.figure, definition)
        forecast = words.ahead(figure, against, expected.said.reason)
    if paced is not None:
        against = paced.towards.words if paced.towards else ""
        pace = words.ahead(words.figure(paced.projected.value, definition), against)
    if before is not None and before.difference is not None:
        moved = words.changed(before.difference, definition.unit, definition.decimals)
        last_year = words.last_year(words.figure(before.before, definition), moved)
    elif before is not None:
        last_year = words.NOT_COMPARABLE
    return {"forecast": forecast, "pace": pace, "last_year": last_year}


def _target(judged, rule) -> str:
    """「120件」, of a range 「10～20件」."""
    if judged.lower is None and judged.upper is None:
        return show(judged.target, rule)
    ends = ("" if end is None else show(end, rule) for end in (judged.lower, judged.upper))
    return "～".join(ends)


def _milestone(item) -> SheetMilestone:
    facts, state = item.facts, item.health
    return SheetMilestone(
        pk=item.row.pk,
        step=item.row.step.name,
        name=item.row.name,
        state=item.state_label,
        kind=item.kind,
        late=state.late,
        slipping=state.slipping,
        stale=state.stale,
        is_due=item.is_due,
        original_on=facts.original_on,
        approved_on=facts.approved_on,
        forecast_on=facts.forecast_on,
        forecast_passed=state.passed,
        completed_on=facts.completed_on,
        slip=state.slip,
        sentence=state.sentence,
        reason=item.reason,
    )


def _instruction(item) -> SheetInstruction:
    return SheetInstruction(
        pk=item.pk,
        meeting=str(item.source),
        given_on=item.source.held_on,
        text=item.text,
        due_on=item.due_on,
        state=item.get_state_display(),
        is_open=item.state == ActionState.OPEN,
        is_closed=item.state == ActionState.CLOSED,
        answered_on=local_day(item.answered_at) if item.answered_at else None,
    )


def _project(line) -> SheetProject:
    row = line.row
    return SheetProject(
        pk=row.pk,
        name=row.name,
        department=row.department.name,
        years=row.years,
        state=row.get_state_display(),
        kind=row.sign,
        budget=line.budget,
        settled=line.settled,
    )


def judge_measure(indicators, milestones) -> Verdict:
    """自動判定 of a measure from IndicatorMonths and MilestoneViews as of the same day."""
    grades = {facts.indicator.code: facts.progress_at(facts.month).grade for facts in indicators}
    return judge(grades, milestones)


def facts_of(
    measure, month: date, called: str | None = None, beside: OfItsMeasure | None = None
) -> MeasureFacts:
    """The facts of one measure at the end of a month that has ended, `called` as it was then;
    `beside`: what it carries, where that is known.
    """
    name = called or str(call_on(copy(measure), last_of_month(month)))
    indicators = kpi_reading.load(month, on=add_months(month, 1), measure=measure)
    milestones = milestones_on(last_of_month(month), measure=measure)
    beside = beside or _carried_by(measure, fiscal_year(month))
    verdict = judge_measure(indicators, [placed.view for placed in milestones])
    return MeasureFacts(
        name, month, indicators, milestones, verdict, beside.instructions, beside.projects
    )


def _carried_by(measure, year: int) -> OfItsMeasure:
    """What a measure carries in a fiscal year."""
    asked = ActionItem.objects.on_measure(measure, since=fiscal_year_start(year))
    return OfItsMeasure(list(asked), lines_of_measure(measure, year))
