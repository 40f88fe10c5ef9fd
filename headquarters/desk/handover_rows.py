"""What the hand-over reads: departments with what is theirs, measures with their sheets."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, JSONField, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from foundation.accounts.models import Department, Membership, User, in_force
from foundation.records.by_day import STANDS, standing
from foundation.records.compiled import Compiled
from foundation.records.people import person_told, who
from foundation.records.within import by_age, rows_within, told_of
from headquarters.organisation.carried import carried_within
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review, ReviewCycle
from headquarters.reviews.querysets import standing_return
from kpi.models import Submission
from kpi.models.settled import settled_of
from kpi.months import MonthState, default_due_on
from kpi.reading import IndicatorMonth
from measures.labels import call_then, former_labels, label_on
from measures.models import Measure, Plan
from measures.querysets import lead_on


@dataclass(frozen=True)
class Asked:
    """The hand-over of the day `on`, as it is seen `today`; `people`: with those who can move."""

    on: date
    today: date
    people: bool = False


@lru_cache(maxsize=16)
def _departments(asked: Asked, months: tuple[date, ...]) -> Compiled[Department]:
    """The question for departments, put together once for these days and months."""
    here = OuterRef("pk")
    items = ActionItem.objects.carried().filter(department=here)
    rows = Department.objects.annotate(
        **carried_within(asked.on),
        holders_told=_holders(asked.on),
        holders_today_told=_holders(asked.today),
        items_told=rows_within(
            items, by="department", id="id", text="text", state="state", due_on="due_on"
        ),
        handed_in_told=_once(
            rows_within(
                Submission.objects.filter(month__in=months),
                by=None,
                month="month",
                department="department",
                state="state",
                round="round",
            )
        ),
    )
    if asked.people:
        everybody = User.objects.filter(is_active=True)
        names = {name: name for name in ("id", "username", "full_name")}
        rows = rows.annotate(people_told=_once(rows_within(everybody, by=None, **names)))
    return Compiled(rows.order_by("sort_order", "code"))


def _once(told: Subquery) -> Case:
    """What is about no department comes with one of them, not with each."""
    first = Department.objects.order_by("pk").values("pk")[:1]
    return Case(When(Q(pk=first), then=told), default=None, output_field=JSONField())


def _told_once(rows: list[Any], name: str) -> list[dict[str, Any]]:
    return next(filter(None, (getattr(row, name) for row in rows)), [])


def _holders(day: date) -> Any:
    rows = Membership.objects.on(day).filter(user__is_active=True, department=OuterRef("pk"))
    plain = {name: name for name in ("id", "role", "post", "valid_from", "valid_until")}
    return rows_within(rows, by="department", **who("user"), **plain)


def departments_of(asked: Asked, months: tuple[date, ...]) -> list[Any]:
    """Every department, in order, with who holds which post, what it is asked for and carries;
    `months`: those whose submissions are wanted. One query.
    """
    return _departments(asked, months)()


def holders_of(stored: list[dict[str, Any]] | None) -> list[Membership]:
    """The memberships of a department, by person, oldest first."""
    told = sorted(by_age(stored), key=lambda row: (row["username"], row["valid_from"]))
    return [_membership(row) for row in told]


def _membership(told: dict[str, Any]) -> Membership:
    until = told["valid_until"]
    return Membership(
        id=told["id"],
        user=person_told(told),
        role=told["role"],
        post=told["post"],
        valid_from=date.fromisoformat(told["valid_from"]),
        valid_until=until and date.fromisoformat(until),
    )


def items_of(department: Any) -> list[ActionItem]:
    """What a department is asked for and has not closed, by due day."""
    rows = [
        ActionItem(department=department, due_on=date.fromisoformat(told.pop("due_on")), **told)
        for told in map(dict, by_age(department.items_told))
    ]
    return sorted(rows, key=lambda row: row.due_on)


def state_of(month: date, rows: Sequence[IndicatorMonth], departments: list[Any]) -> MonthState:
    """Whether a month is closed and what is handed in: what was read of its indicators knows the
    one, the departments the other. No query.
    """
    settled, deadline = settled_of(month, rows[0].definition), rows[0].settings.deadline
    return MonthState(
        month=month,
        due_on=(settled and settled.due_on) or default_due_on(month, deadline),
        deadline=deadline,
        locked=settled is not None and settled.locked_at is not None,
        submissions={row.department_id: row for row in _handed_in(departments, month)},
        settled=settled,
    )


def _handed_in(departments: list[Any], month: date) -> list[Submission]:
    return [
        Submission(
            department_id=row["department"], month=month, state=row["state"], round=row["round"]
        )
        for row in _told_once(departments, "handed_in_told")
        if row["month"] == f"{month}"
    ]


def people_of(departments: list[Any]) -> list[User]:
    """Everybody who may sign in, out of the departments, by sign-in name."""
    told = _told_once(departments, "people_told")
    return sorted((told_of(User, **row) for row in told), key=lambda row: row.username)


@dataclass(frozen=True)
class MeasuresOn:
    """The plan (None: none is loaded), the measures of a day, and the sheets that wait."""

    plan: Plan | None
    measures: list[Any]
    sheets: list[Review]


@lru_cache(maxsize=16)
def _measures(on: date) -> Compiled[Measure]:
    """The question for measures, put together once for a day."""
    sheets = Review.objects.asked().filter(state=ReviewState.DRAFT, measure=OuterRef("pk"))
    rows = Measure.objects.annotate(
        **lead_on(on),
        **label_on(on),
        **standing(in_force(on)),
        labels_told=former_labels("pk"),
        sheets_told=rows_within(
            sheets,
            by="measure",
            id="id",
            code="cycle__code",
            name="cycle__name",
            as_of="cycle__as_of",
            due_on="cycle__due_on",
            returned=standing_return(),
            lead=lead_on(date.max, "measure")["lead_id"],
        ),
    )
    by_number = rows.order_by(Coalesce("number_then", "number"))
    return Compiled(by_number.select_related("policy__plan"))


def measures_of(on: date) -> MeasuresOn:
    """What stands in the plan on that day, and every sheet that a department has still to hand in,
    by due day. One query.
    """
    rows: list[Any] = _measures(on)()
    sheets = [_sheet(row, told) for row in rows for told in row.sheets_told or ()]
    return MeasuresOn(
        rows[0].policy.plan if rows else None,
        [call_then(row, row) for row in rows if getattr(row, STANDS)],
        sorted(sheets, key=lambda sheet: (sheet.cycle.due_on, sheet.measure.number)),
    )


def _sheet(measure: Any, told: dict[str, Any]) -> Review:
    days = {name: date.fromisoformat(told[name]) for name in ("as_of", "due_on")}
    cycle = ReviewCycle(code=told["code"], name=told["name"], **days)
    sheet = Review(id=told["id"], cycle=cycle, measure=copy(measure))
    sheet.labels_told = measure.labels_told  # type: ignore[attr-defined]
    sheet.lead_id, sheet.returned_because = told["lead"], told["returned"]
    return sheet
