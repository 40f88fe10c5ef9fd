"""What an edition says of a measure, as the facts of a PDCA sheet (`reviews.earlier`)."""

from datetime import date

from foundation.records.actions import local_day
from foundation.records.models import HistoryEntry
from headquarters.reports.beside_rows import ForecastRow, PaceRow
from headquarters.reports.editions import report_of
from headquarters.reports.model import MonthlyReport
from headquarters.reports.models import Edition
from headquarters.reports.pages.lists import ListRow, list_rows
from headquarters.reports.rows import MeasureRow, MilestoneRow, StepRow
from headquarters.reviews.earlier import EditionFacts, tells_edition
from headquarters.reviews.models import Review
from headquarters.reviews.stored import FORMAT_VERSION, SheetFacts, SheetKpi, SheetMilestone
from kpi import words


def _kpi(listed: ListRow, month: date) -> SheetKpi:
    row = listed.row
    return SheetKpi(
        pk=row.id or 0,
        code=row.code,
        name=row.name,
        figure=row.actual,
        figure_month=row.actual_of or row.judged_until or month,
        actual=listed.actual,
        expectation=listed.expectation,
        target=listed.target,
        rate=row.rate,
        grade=row.grade,
        grade_name=listed.grade_name,
        not_judged=row.not_judged,
        sentence=row.sentence,
        forecast=_ahead(listed.forecast, row.forecast),
        pace=_ahead(listed.pace, row.pace),
        last_year=_last_year(listed),
    )


def _ahead(figure: str, ahead: ForecastRow | PaceRow | None) -> str:
    """What is expected at the year's end, in words; nothing where nothing is."""
    if ahead is None:
        return ""
    reason = ahead.reason if isinstance(ahead, ForecastRow) else ""
    return words.ahead(
        figure,
        ahead.words,
        reason,
    )


def _last_year(listed: ListRow) -> str:
    """Last year's month in words; nothing in the plan's first year."""
    seen, row = listed.row.last_year, listed.row
    if seen is None or seen.difference is None:
        return listed.last_year if seen else ""
    moved = words.changed(seen.difference, row.unit, row.decimals)
    return words.last_year(listed.last_year, moved)


def _milestone(step: StepRow, item: MilestoneRow) -> SheetMilestone:
    return SheetMilestone(
        pk=item.id or 0,
        step=step.name,
        name=item.name,
        state=item.state,
        kind=item.kind,
        late=item.late,
        slipping=item.slipping,
        stale=item.stale,
        is_due=item.is_due,
        original_on=item.original_on,
        approved_on=item.approved_on,
        forecast_on=item.forecast_on,
        forecast_passed=item.forecast_passed,
        completed_on=item.completed_on,
        slip=item.slip,
        sentence=item.sentence,
        reason=item.reason,
    )


def sheet_facts(report: MonthlyReport, measure: MeasureRow) -> SheetFacts:
    """The facts of one measure in a report."""
    listed = [row for row in list_rows(report, {}) if row.row.measure == measure.number]
    return SheetFacts(
        format_version=FORMAT_VERSION,
        as_of=report.as_of,
        measure=f"{measure.number} {measure.name}",
        kpis=tuple(_kpi(row, report.month) for row in listed),
        milestones=tuple(
            _milestone(step, item)
            for step in report.steps_of(measure.number)
            for item in step.milestones
        ),
        verdict=measure.verdict,
        why=measure.why,
        instructions=None,
        projects=None,
    )


def _revision_of(edition: Edition) -> int:
    """The data revision with which an edition was made; 0 where no history tells."""
    found = HistoryEntry.objects.about(edition).values_list("revision", flat=True)
    return found.last() or 0


@tells_edition
def _facts_in_edition(review: Review) -> EditionFacts | None:
    """From the newest edition of the cycle's month that had been made when the sheet was last
    touched, else from its first one. Told by the revision, whatever the clocks said.
    """
    editions = list(Edition.objects.monthly().filter(month=review.cycle.as_of).order_by("-number"))
    seen = [row for row in editions if _revision_of(row) <= review.version]
    edition = next(iter(seen), editions[-1] if editions else None)
    if edition is None:
        return None
    report = report_of(edition)
    row = report.row_of(review.measure_id, review.measure.number)
    if row is None:
        return None
    return EditionFacts(str(edition), local_day(edition.closed_at), sheet_facts(report, row))
