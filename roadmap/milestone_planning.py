"""The doors through which the milestones of a step are set up (docs/rules.md §6).

A plan date that stands in a baseline is changed only by a new baseline.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from foundation.accounts.permissions import Permission, require
from foundation.japanese.calendar import (
    fiscal_year,
    fiscal_year_name,
    last_of_month,
    month_name,
)
from foundation.records.actions import local_day, moment, next_revision, record_change
from foundation.records.seen import Seen, take, values_by
from measures.closings import exists_from, last_closed
from roadmap.choices import Recurrence
from roadmap.models import Milestone, Step
from roadmap.planning import in_plan


@transaction.atomic
def create_milestone(
    *,
    by,
    step,
    name: str,
    planned_on: date,
    fiscal_year: int | None = None,
    at: datetime | None = None,
) -> Milestone:
    """A new milestone of a step, at the end of its list; of a yearly step one per fiscal year.

    Raises PermissionDenied, ValidationError ({field: sentence}).
    """
    at = moment(at)
    if by is not None:
        require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    step = take(Step, step.pk)
    in_plan(step.measure.policy.plan, planned_on, "planned_on")
    last = step.milestones.aggregate(last=Max("order"))["last"] or 0
    row = Milestone(
        step=step,
        order=last + 1,
        name=name,
        planned_on=planned_on,
        added_on=exists_from(local_day(at)),
        version=revision,
        fiscal_year=_year_of(step, planned_on, fiscal_year),
    )
    _check_year(row)
    row.full_clean(exclude=["step"], validate_unique=False, validate_constraints=False)
    row.save()
    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        label=f"{step.measure} {row}",
        before={},
        after={"名称": name, "計画日": planned_on},
        revision=row.version,
        at=at,
    )
    return row


def _check_reach(row: Milestone, planned_on: date) -> None:
    """A plan date that a closed month was judged by is not changed, nor set into such a month."""
    closed = last_closed()
    if closed is None or planned_on == row.planned_on:
        return
    end = last_of_month(closed)
    if row.added_on is not None and row.added_on > end:
        return
    if min(planned_on, row.planned_on) <= end:
        raise ValidationError(
            {
                "planned_on": f"{month_name(closed)}分まで締めています。"
                "締めた月の判定が変わるため、「計画改定」で変えてください。"
            }
        )


def _year_of(step, planned_on, given) -> int | None:
    return given or (fiscal_year(planned_on) if step.recurrence == Recurrence.YEARLY else None)


def _check_year(row) -> None:
    same = (
        row.step.milestones.exclude(pk=row.pk).filter(fiscal_year=row.fiscal_year).first()
        if row.fiscal_year
        else None
    )
    if same:
        year = fiscal_year_name(row.fiscal_year)
        raise ValidationError(
            {"planned_on": f"毎年の工程です。{year}のマイルストーン「{same}」がすでにあります。"}
        )


def missing_years(step: Step) -> list[int]:
    """Fiscal years of a yearly step's span that have no milestone yet."""
    if step.recurrence != Recurrence.YEARLY or not (step.first_month and step.last_month):
        return []
    have = {row.fiscal_year for row in step.milestones.all()}
    first = fiscal_year(step.first_month)
    last = fiscal_year(step.last_month)
    return [year for year in range(first, last + 1) if year not in have]


@transaction.atomic
def create_yearly(
    *, by, step: Step, name: str, month: int, day: int, at: datetime | None = None
) -> list[Milestone]:
    """One milestone in every fiscal year that has none, on the same day of the year.

    The year is added to the name.
    """
    step = take(Step, step.pk)
    made = []
    for year in missing_years(step):
        try:
            planned = date(year if month >= 4 else year + 1, month, day)
        except ValueError:
            raise ValidationError(
                {"planned_on": f"{month}月{day}日は、ない年があります。別の日にしてください。"}
            ) from None
        made.append(
            create_milestone(
                by=by, step=step, name=f"{fiscal_year_name(year)}{name}", planned_on=planned, at=at
            )
        )
    if not made:
        raise ValidationError({"name": "すべての年度にマイルストーンがあります。"})
    return made


@transaction.atomic
def edit_milestone(
    *,
    by,
    milestone: Milestone,
    name: str,
    planned_on: date,
    seen: Seen | None = None,
    at: datetime | None = None,
) -> Milestone:
    """Rename a milestone, or change its plan date while no baseline holds it.

    Raises ValidationError, PermissionDenied, Conflict (`seen`).
    """
    at = moment(at)
    require(by, Permission.DEFINE)
    revision = next_revision(at=at)
    row = take(Milestone, milestone.pk, seen, values_by("name", "planned_on"))
    if planned_on != row.planned_on and row.baseline_entries.standing().exists():
        raise ValidationError(
            {
                "planned_on": "承認された期日です。"
                "「計画改定」で変えます（見込日は所管課が変えられます）。"
            }
        )
    in_plan(row.step.measure.policy.plan, planned_on, "planned_on")
    _check_reach(row, planned_on)
    before = {"名称": row.name, "計画日": row.planned_on}
    row.name, row.planned_on, row.version = name, planned_on, revision
    row.fiscal_year = _year_of(row.step, planned_on, None)
    _check_year(row)
    row.full_clean(exclude=["step"], validate_unique=False, validate_constraints=False)
    row.save(update_fields=["name", "planned_on", "fiscal_year", "version"])
    record_change(
        by=by,
        action="roadmap.define",
        subject=row,
        label=f"{row.step.measure} {row}",
        before=before,
        after={"名称": name, "計画日": planned_on},
        revision=revision,
        at=at,
    )
    return row
