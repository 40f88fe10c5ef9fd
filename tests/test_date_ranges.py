"""Every date that an action takes has its own range; outside it the field says which."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.utils import timezone

from foundation.accounts import forms as people_forms
from foundation.accounts.actions import move_user, save_department, save_membership
from foundation.accounts.models import Department, Membership, Role
from foundation.japanese.ranges import (
    DateRange,
    deadline_days,
    decision_days,
    department_days,
    membership_days,
)
from headquarters.meetings.actions import create_meeting
from headquarters.organisation.actions import record_action_item
from kpi.models import Indicator
from kpi.month.closing import set_due_on
from kpi.setup.targets import NewTarget, set_target
from measures.actions import assign_lead
from measures.models import Measure, Plan
from roadmap.actions import Update, update_milestone
from roadmap.baselines import create_baseline
from roadmap.models import Milestone, Step
from tests.conftest import MONTH

TODAY = date(2026, 11, 20)
EARLY, LATE = date(1027, 1, 15), date(9999, 12, 31)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("within", "first", "last"),
    [
        (decision_days(TODAY), date(2021, 11, 20), date(2028, 11, 20)),
        (decision_days(date(2028, 2, 29)), date(2023, 2, 28), date(2030, 2, 28)),
        (deadline_days(MONTH), date(2026, 10, 1), date(2027, 10, 31)),
        (DateRange.around(TODAY), date(1996, 1, 1), date(2046, 12, 31)),
        (membership_days(TODAY), date(1981, 11, 20), date(2031, 11, 20)),
        (department_days(TODAY), date(1926, 11, 20), date(2036, 11, 20)),
    ],
)
def test_ranges(within, first, last):
    assert (within.first, within.last) == (first, last)
    for day in (first, last):
        within.check(day, "day")
    for day in (EARLY, LATE):
        with pytest.raises(ValidationError) as refused:
            within.check(day, "day")
        assert "までの日を入力してください" in refused.value.message_dict["day"][0]
    within.check(None, "day")


@pytest.fixture
def milestone(secretariat):
    step = Step.objects.order_by("pk").first()
    return Milestone.objects.create(
        step=step, order=1, name="決定", planned_on="2026-12-01", version=1
    )


def forecast(by, row, day):
    update = Update("in_progress", day, None, "相手先の都合のため")
    update_milestone(by=by, milestone=row, seen_version=1, update=update, on=TODAY)


def completion(by, row, day):
    update = Update("completed", None, day)
    update_milestone(by=by, milestone=row, seen_version=1, update=update, on=TODAY)


def meeting(by, row, day):
    plan = Plan.objects.get()
    create_meeting(by=by, plan=plan, title="第1回", held_on=day, place="", month=MONTH)


def instruction(by, row, day):
    plan = Plan.objects.get()
    held = create_meeting(by=by, plan=plan, title="第1回", held_on=TODAY, place="", month=MONTH)
    lead = by.memberships.get().department
    record_action_item(by=by, meeting=held, text="調べる", department=lead, due_on=day)


def due_day(by, row, day):
    set_due_on(by=by, month=MONTH, due_on=day)


def approval(by, row, day):
    plan = Plan.objects.get()
    create_baseline(by=by, plan=plan, name="x", approved_on=day, decision="決定", on=TODAY)


def approved_date(by, row, day):
    create_baseline(
        by=by,
        plan=Plan.objects.get(),
        name="x",
        approved_on=TODAY,
        decision="決定",
        on=TODAY,
        dates={row.pk: day},
    )


def decision(by, row, day):
    new = NewTarget(fiscal_year=2026, value=120, decided_on=day)
    set_target(by=by, indicator=Indicator.objects.get(code="1-2"), new=new)


def lead(by, row, day):
    department = by.memberships.get().department
    assign_lead(
        by=by,
        measure=Measure.objects.get(number=1),
        department=department,
        starts_on=day,
        related=[],
    )


def membership(by, **days):
    row = by.memberships.get()
    new = Membership(user=by, role=Role.STAFF, department=row.department, **days)
    save_membership(by=by, membership=new)


def membership_from(by, row, day):
    membership(by, valid_from=day)


def membership_until(by, row, day):
    membership(by, valid_from=TODAY, valid_until=day)


def department_from(by, row, day):
    save_department(by=by, department=Department(code="new", name="新しい課", valid_from=day))


def department_until(by, row, day):
    save_department(by=by, department=Department(code="new", name="新しい課", valid_until=day))


def move(by, row, day):
    move_user(by=by, user=by, department=None, role=Role.SECRETARIAT, post="", starts_on=day)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [EARLY, LATE], ids=["too early", "too late"])
@pytest.mark.parametrize(
    ("door", "field"),
    [
        (forecast, "forecast_on"),
        (completion, "completed_on"),
        (meeting, "held_on"),
        (instruction, "due_on"),
        (due_day, "due_on"),
        (approval, "approved_on"),
        (approved_date, "m"),
        (decision, "decided_on"),
        (lead, "starts_on"),
        (membership_from, "valid_from"),
        (membership_until, "valid_until"),
        (department_from, "valid_from"),
        (department_until, "valid_until"),
        (move, "starts_on"),
    ],
)
def test_actions_refuse_what_cannot_have_been_meant(secretariat, milestone, door, field, day):
    with pytest.raises(ValidationError) as refused:
        door(secretariat, milestone, day)
    (name, problems), *others = refused.value.message_dict.items()
    assert name.startswith(field)
    assert not others
    assert problems[0].endswith("。")
    milestone.refresh_from_db()
    assert (milestone.forecast_on, milestone.completed_on) == (None, None)


def fields_named(name):
    """Every field of a form of people and departments with that name."""
    kinds = {kind for kind in vars(people_forms).values() if isinstance(kind, type)}
    forms = (kind for kind in kinds if issubclass(kind, BaseForm))
    return [form.base_fields[name] for form in forms if name in getattr(form, "base_fields", {})]


@pytest.mark.pure
@pytest.mark.parametrize("typed", ["1027/1/15", "9999-12-31", "R99.1.1"])
@pytest.mark.parametrize("name", ["valid_from", "valid_until", "starts_on"])
def test_the_forms_of_people_and_departments_name_the_range(name, typed):
    today = timezone.localdate()
    sentences = {membership_days(today).sentence, department_days(today).sentence}
    fields = fields_named(name)
    assert fields
    for field in fields:
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.messages[0] in sentences


@pytest.mark.django_db
def test_an_old_row_with_an_absurd_day_can_still_be_ended(secretariat, staff):
    row = staff.memberships.get()
    Membership.objects.filter(pk=row.pk).update(valid_from=EARLY)
    row.refresh_from_db()
    row.valid_until = TODAY
    assert save_membership(by=secretariat, membership=row).valid_until == TODAY
