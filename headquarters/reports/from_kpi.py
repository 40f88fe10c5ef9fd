"""Rows of a report out of the indicators of a month (`kpi.reading.IndicatorMonth`)."""

from datetime import date

from foundation.records.actions import local_day
from headquarters.reports.beside_rows import ForecastRow, LastYearRow, PaceRow, PlanProgressRow
from headquarters.reports.rows import DepartmentRow, FirstTarget, IndicatorRow, MonthCell, TargetRow
from kpi import words
from kpi.choices import ASKED, Maturity, MissingReason, SubmissionState
from kpi.forecasts.outlook import Expected, Paced, last_year_of, outlook_of
from kpi.models import Definition, KpiValue, Target
from kpi.reading import IndicatorMonth
from kpi.rules.counting import shown_figure
from kpi.rules.judged import Progress


def month_cell(facts: IndicatorMonth, month: date, stored: KpiValue | None) -> MonthCell:
    """One month of one indicator, judged as of that month."""
    reading, judged = facts.readings.get(month), facts.progress_at(month)
    before = last_year_of(facts, month)

    return MonthCell(
        month=month,
        state=facts.judged_state_in(month).label,
        value=reading.value if reading else None,
        numerator=reading.numerator if reading else None,
        denominator=reading.denominator if reading else None,
        figure=shown_figure(
            reading,
            facts.definition.unit,
            facts.definition.decimals,
        ),
        missing_reason=MissingReason(reading.missing_reason).label
        if reading and reading.missing_reason
        else "",
        maturity=Maturity(reading.maturity).label if reading and reading.has_number else "",
        as_of=stored.as_of if stored else None,
        note=stored.note if stored else "",
        public_note=stored.public_note if stored else "",
        target=judged.target,
        actual=None if judged.shows_month else judged.actual,
        expectation=judged.expectation,
        judged_until=judged.judged_until,
        rate=judged.rate,
        grade=judged.grade,
        not_judged=words.reason(judged),
        last_year=before.before if before else None,
        lower=judged.lower,
        upper=judged.upper,
        version=stored.version if stored else 0,
        actual_maturity=_maturity(judged),
    )


def _maturity(judged: Progress) -> str:
    """確定 or 暫定 of the year's figure, nothing where there is none."""
    return Maturity(judged.actual_maturity).label if judged.actual_maturity else ""


def target_row(row: Target) -> TargetRow:
    """One version of a target."""
    return TargetRow(
        fiscal_year=row.fiscal_year,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        midyear=row.midyear_value,
        version=row.version,
        none=row.none,
        from_month=row.from_month,
        reason=row.reason,
        decided_on=row.decided_on,
        decided_where=row.decided_where,
    )


def _first_target(facts: IndicatorMonth) -> FirstTarget | None:
    """The judgement against the first version, where the target was revised."""
    if not facts.revisions:
        return None

    judged = facts.progress_at(facts.month, original=True)
    return FirstTarget(judged.rate, judged.grade, judged.sentence)


def _forecast_row(expected: Expected | None) -> ForecastRow | None:
    """What the department expects."""
    if expected is None:
        return None
    said, against = expected.said, expected.towards
    return ForecastRow(
        month=said.month,
        figure=expected.figure,
        numerator=said.numerator,
        denominator=said.denominator,
        reason=said.reason,
        said_on=local_day(said.said_at),
        rate=against.rate if against else None,
        reached=against.reached if against else None,
        words=against.words if against else "",
    )


def _pace_row(paced: Paced | None) -> PaceRow | None:
    """Where the present pace leads."""
    if paced is None:
        return None
    found, against = paced.projected, paced.towards
    return PaceRow(
        figure=found.value,
        sentence=found.sentence,
        rate=against.rate if against else None,
        reached=against.reached if against else None,
        words=against.words if against else "",
    )


def _beside(facts: IndicatorMonth, judged: Progress) -> dict:
    """{field: row} of what stands beside the judgement."""
    seen = outlook_of(facts, judged)
    before, plan = seen.last_year, seen.plan
    return {
        "forecast": _forecast_row(seen.expected),
        "pace": _pace_row(seen.paced),
        "last_year": before
        and LastYearRow(seen.last_year_in, before.comparable, before.now, before.before),
        "plan_progress": plan
        and PlanProgressRow(
            plan.rate,
            plan.elapsed,
            plan.words,
        ),
    }


def _parts(judged: Progress, definition: Definition) -> str:
    """「0／0」 where the figure cannot be computed, nothing where there is none."""
    said = words.actual(judged, definition)
    return "" if said == words.DASH else said


def indicator_row(facts: IndicatorMonth, months: list[date]) -> IndicatorRow:
    """One indicator as of its month, with these months."""
    judged, definition = facts.progress_at(facts.month), facts.definition
    newest = facts.stored.get(facts.month)

    return IndicatorRow(
        id=facts.indicator.pk,
        code=facts.indicator.code,
        name=facts.indicator.name,
        measure=facts.indicator.measure.number,
        unit=definition.unit,
        decimals=definition.decimals,
        kind=definition.get_kind_display(),
        direction=definition.get_direction_display(),
        counting=facts.counting,
        frequency=definition.get_frequency_display(),
        method=definition.get_method_display(),
        formula=definition.formula_text,
        numerator_label=definition.numerator_label,
        numerator_unit=definition.numerator_unit,
        denominator_label=definition.denominator_label,
        denominator_unit=definition.denominator_unit,
        department=definition.responsible_name,
        department_id=definition.responsible_id,
        source=definition.data_source,
        baseline_value=definition.baseline_value,
        published=facts.indicator.published,
        targets=tuple(target_row(row) for _, row in sorted(facts.targets.items())),
        revisions=tuple(target_row(row) for row in facts.revisions),
        breaks=tuple(facts.breaks),
        months=tuple(month_cell(facts, month, facts.stored.get(month)) for month in months),
        state=facts.judged_state_in(facts.month).value,
        actual=judged.actual,
        actual_of=judged.actual_month if judged.shows_month else None,
        actual_maturity=_maturity(judged),
        uncomputed="" if judged.actual is not None else _parts(judged, definition),
        judged_until=judged.judged_until,
        expectation=judged.expectation,
        target=judged.target,
        lower=judged.lower,
        upper=judged.upper,
        rate=judged.rate,
        grade=judged.grade,
        not_judged=words.reason(judged),
        phase=judged.phase if judged.grade else "",
        sentence=judged.sentence,
        first_target=_first_target(facts),
        beside=judged.against_baseline,
        by_target=judged.by_target,
        submission=_submission(facts).label,
        **_beside(facts, judged),
        note=newest.note if newest else "",
    )


def _submission(facts: IndicatorMonth) -> SubmissionState:
    state = facts.definition.submission_state or SubmissionState.NOT_SUBMITTED
    return SubmissionState(state)


def department_rows(rows: list[IndicatorMonth]) -> tuple[DepartmentRow, ...]:
    """The submission of each department that has something due in the month."""
    found: dict[tuple, tuple[int, int]] = {}
    for facts in rows:
        if facts.state not in ASKED:
            continue
        definition = facts.definition
        key = (definition.responsible_id, definition.responsible_name, _submission(facts))
        due, answered = found.get(
            key,
            (0, 0),
        )
        found[key] = (due + 1, answered + (facts.reading is not None))

    return tuple(
        DepartmentRow(
            department,
            name,
            state.label,
            due,
            answered,
        )
        for (department, name, state), (due, answered) in found.items()
    )
