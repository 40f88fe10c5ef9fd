"""A mistyped year that stands in the database breaks no page, list or file."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import Department, Membership, User
from headquarters.meetings.models import Meeting
from headquarters.organisation.models import ActionItem
from headquarters.reviews.models import ReviewCycle
from kpi.models import KpiValue, ReportingMonth
from measures.models import Measure, MeasureLead
from roadmap.models import Milestone, MilestoneUpdate, Step
from tests.conftest import MONTH
from tests.sample_town import load_town
from tests.test_permissions import RULES, address, people  # noqa: F401

ABSURD = [  # the databases may differ at their own limits
    date(1, 1, 1),
    pytest.param(date(1027, 1, 15), marks=pytest.mark.pure),
    pytest.param(date(2999, 1, 1), marks=pytest.mark.pure),
    date(9999, 12, 31),
]


def spoil(day):
    """Every date that a person can type, in the rows of the sample town and of `people`."""
    Milestone.objects.update(forecast_on=day)
    step = Step.objects.exclude(first_month=None).first()
    Step.objects.filter(pk=step.pk).update(actual_start=day, actual_end=day)
    for row in Milestone.objects.all()[:2]:
        MilestoneUpdate.objects.create(
            milestone=row,
            effective_on=day,
            at="2026-11-20T00:00:00Z",
            state_before=row.state,
            state_after=row.state,
            forecast_after=day,
        )
    Meeting.objects.update(held_on=day, month=day.replace(day=1))
    ActionItem.objects.update(due_on=day)
    KpiValue.objects.update(as_of=day)
    if day > MONTH:  # a constraint keeps these from lying before their month
        ReviewCycle.objects.update(asked_on=day, due_on=day, fixed_on=day)
        ReportingMonth.objects.update_or_create(month=MONTH, defaults={"due_on": day})
        Membership.objects.filter(user__username="zeimu-tanto").update(valid_until=day)
        Department.objects.filter(code="zeimu").update(valid_until=day)
    else:
        MeasureLead.objects.update_or_create(
            measure=Measure.objects.get(number=9),
            starts_on=day,
            defaults={"department": Department.objects.first()},
        )
        Department.objects.filter(code="zeimu").update(valid_from=day)


@pytest.fixture
def spoilt(people, sign_in):  # noqa: F811
    """`spoilt(day)` → (client of the secretariat, places of the addresses)."""
    users, places = people

    def make(day):
        spoil(day)
        return sign_in(users["secretariat"]), places

    return make


@pytest.mark.django_db
@pytest.mark.parametrize("day", ABSURD, ids=str)
def test_every_address_answers(spoilt, day):
    client, places = spoilt(day)
    for name in sorted(set(RULES) - {"accounts:logout"}):
        url = address(name, places)
        assert client.get(url).status_code < 500, url
    for url in ("/", "/roadmap/", "/measures/1/", "/handover/", "/dashboard/", "/history/"):
        assert client.get(url).status_code == 200, url


@pytest.mark.pure
@pytest.mark.django_db
@pytest.mark.parametrize("day", ABSURD, ids=str)
def test_the_sample_town_with_its_workbook_answers(day, sign_in):
    load_town()
    spoil(day)
    client = sign_in(User.objects.get(username="jimukyoku"))
    for url in ("/", "/roadmap/", "/roadmap/milestones/", "/measures/1/", "/handover/", "/kpis/"):
        assert client.get(url).status_code == 200, url
    milestone = Milestone.objects.first()
    page = client.get(reverse("roadmap:milestone_edit", args=[milestone.pk])).content.decode()
    assert "日付を確認してください" in page
    answer = client.get(reverse("reports:workbook", args=[MONTH]))
    assert "工程表" in load_workbook(BytesIO(answer.getvalue())).sheetnames
