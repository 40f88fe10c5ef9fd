"""Nothing is late, elapsed or missing as of a day that has not come; every head names its day.

Days at the edges of months and years, in Japanese time (servers run on UTC), × every screen and
file that judges (docs/rules.md §1).
"""

from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import User
from foundation.japanese.calendar import (
    add_months,
    first_of_month,
    format_month,
    last_of_month,
    wareki_date,
    wareki_short,
)
from headquarters.meetings.actions import create_meeting
from headquarters.reports.monthly import gather
from headquarters.reports.workbook import assembly
from kpi.choices import CellState
from kpi.models import Indicator
from measures.actions import assign_lead
from measures.models import Measure, Plan
from roadmap.milestone_planning import create_milestone, edit_milestone
from roadmap.models import Milestone, Step
from roadmap.planning import STEP_FIELDS, define_step
from roadmap.reading import load as steps_on
from tests.conftest import MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # on one database: nothing differs
DAYS = (  # moments in Japan
    "2026-11-27T10:00",
    "2026-11-30T23:59",
    "2026-12-01T00:00",
    "2027-03-31T23:59",
    "2027-04-01T00:00",
    "2028-02-29T12:00",
)


@pytest.fixture(params=DAYS)
def today(request, client):
    """Signed in as the secretariat on that day; the day itself."""
    at = datetime.fromisoformat(f"{request.param}+09:00")
    with time_machine.travel(at, tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield at.date()


def month_of(day):
    return format_month(first_of_month(day))


def test_a_month_that_runs_is_seen_as_of_today(today, client):
    month = first_of_month(today)
    report = gather(month, on=today)
    assert (report.as_of, report.runs) == (today, True)
    assert {row.kind for row in report.attention} <= {"C", "D", "late", "slipping", "stale"}
    for row in report.milestones:
        assert not row.late or row.approved_on < today
        assert not row.is_due or row.approved_on <= today
    for row in report.indicators:
        assert row.state != CellState.MISSING
        assert row.phase != "年度評価"
    for address in ("/dashboard/", "/kpis/", "/kpis/1-2/", "/measures/1/kpis/"):
        text = page_text(client.get(f"{address}?at={format_month(month)}"))
        assert f"{wareki_date(today)}現在" in text, address
        assert wareki_date(last_of_month(month)) + "時点" not in text, address


def test_a_month_that_has_ended_is_seen_as_of_its_last_day(today, client):
    month = add_months(today, -1)
    report = gather(month, on=today)
    assert (report.as_of, report.runs) == (last_of_month(month), False)
    text = page_text(client.get(f"/kpis/?at={format_month(month)}"))
    assert f"{wareki_date(last_of_month(month))}時点" in text


def test_the_workbook_names_the_day(today, client, monkeypatch):
    monkeypatch.setattr(assembly, "FRONT", assembly.FRONT[:1])
    monkeypatch.setattr(assembly, "BACK", ())
    for month, words in (
        (first_of_month(today), f"{wareki_date(today)}現在"),
        (add_months(today, -1), f"{wareki_date(last_of_month(add_months(today, -1)))}時点"),
    ):
        content = client.get(reverse("reports:workbook", args=[month])).getvalue()
        sheet = load_workbook(BytesIO(content), read_only=True)["総括表"]
        assert words in str(sheet["A2"].value)


AHEAD = (
    "/dashboard/?at={}",
    "/kpis/?month={}",
    "/kpis/1-1/?month={}",
    "/measures/1/kpis/?month={}",
    "/kpis/targets/?month={}",
    "/kpis/entry/{}/",
    "/kpis/months/{}/",
    "/reports/{}/workbook/",
    "/reports/{}/close/",
    "/reports/compare/?a=2026-09.1&b={}",
)


def test_a_month_that_has_not_begun_is_not_offered(today, client, tmp_path):
    text = month_of(add_months(today, 1))
    for address in AHEAD:
        answer = client.get(address.format(text))
        assert answer.status_code == 404, address
    assert f'value="{text}"' not in client.get("/dashboard/").content.decode()
    with pytest.raises(CommandError, match="始まっていない"):
        call_command("export_month", text, "--out", str(tmp_path / "x.xlsx"))


def test_a_meeting_to_come_shows_the_roadmap_of_today(today, client):
    user = User.objects.get(username="jimukyoku")
    held_on = date(today.year + 1, 2, 19)
    row = create_meeting(
        by=user, plan=Plan.objects.get(), title="先の会議", held_on=held_on, place="", month=MONTH
    )
    place = reverse("meetings:present", args=[row.pk])
    text = page_text(client.get(f"{place}?slide=2"))
    assert f"{wareki_short(today)}現在" in text
    assert f"{wareki_short(held_on)}現在" not in text


def test_the_value_of_a_month_that_runs_does_not_enter_the_judgement(client):
    """On 30 November November runs; a minute later it has ended and is judged."""
    load_town()
    october = {row.code: row for row in gather(MONTH, on=date(2026, 11, 20)).indicators}
    november = date(2026, 11, 1)
    runs = {row.code: row for row in gather(november, on=date(2026, 11, 30)).indicators}
    ended = {row.code: row for row in gather(november, on=date(2026, 12, 1)).indicators}
    for code, row in runs.items():
        assert row.rate == october[code].rate, code
        assert row.expectation == october[code].expectation, code
    assert {row.state for row in ended.values()} >= {CellState.MISSING}
    assert any("10月までで評価" in row.sentence for row in runs.values())


# Nothing reaches back.


@pytest.fixture
def keeper():
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        load_town()
        yield User.objects.get(username="jimukyoku")


def late_in(month):
    report = gather(month, on=date(2026, 11, 27))
    return sorted(row.name for row in report.milestones if row.late), report.milestones


MONTHS = [date(2026, month, 1) for month in (6, 7, 8, 9, 10)]


def test_what_is_added_today_was_not_there_yesterday(keeper):
    before = [late_in(month) for month in MONTHS]
    step = Step.objects.get(measure__number=4, order=2)
    create_milestone(by=keeper, step=step, name="後から", planned_on=date(2026, 9, 15))
    values = dict.fromkeys(STEP_FIELDS) | {"name": "後からの工程", "recurrence": "none"}
    values |= {"first_month": date(2026, 6, 1), "last_month": date(2026, 8, 1)}
    define_step(by=keeper, step=Step(measure=step.measure), values=values, on=date(2026, 11, 27))
    assert [late_in(month) for month in MONTHS] == before
    today = [item.row.name for view in steps_on(date(2026, 11, 27)) for item in view.milestones]
    assert "後から" in today
    assert "後からの工程" not in {view.row.name for view in steps_on(date(2026, 10, 31))}
    assert "後からの工程" in {view.row.name for view in steps_on(date(2026, 11, 27))}


def test_before_the_first_closing_what_is_set_up_belongs_to_the_plan(secretariat):
    step = Step.objects.get(measure__number=4, order=2)
    row = create_milestone(by=secretariat, step=step, name="計画の", planned_on=date(2026, 9, 15))
    assert row.added_on is None
    assert row in [item.row for view in steps_on(date(2026, 4, 30)) for item in view.milestones]


def refused(act, words):
    with pytest.raises(Exception, match=words):
        act()


def test_nothing_is_set_into_a_closed_month(keeper):
    """Leads, plan dates: only from the first open day on."""
    measure = Measure.objects.get(number=3)
    other = Measure.objects.get(number=1).lead_department
    move = {"by": keeper, "measure": measure, "department": other}
    refused(lambda: assign_lead(**move, starts_on=date(2026, 9, 30)), "9月分まで締めています")
    assign_lead(**move, starts_on=date(2026, 10, 1))
    step = Step.objects.get(measure__number=4, order=2)
    own = create_milestone(by=keeper, step=step, name="新", planned_on=date(2026, 12, 15))
    edit_milestone(by=keeper, milestone=own, name="新", planned_on=date(2026, 11, 30))
    Milestone.objects.filter(pk=own.pk).update(added_on=None)  # as if it had always been there
    refused(
        lambda: edit_milestone(by=keeper, milestone=own, name="新", planned_on=date(2026, 9, 15)),
        "9月分まで締めています",
    )


def test_last_years_figure_carries_its_month(keeper, client):
    """In April nothing of the new year is there: the newest figure is shown with its date."""
    row = Indicator.objects.get(code="5-2")
    with time_machine.travel("2027-05-10 01:00+00:00", tick=False):
        client.force_login(keeper, backend="foundation.accounts.backends.MembershipBackend")
        report = gather(date(2027, 4, 1), on=date(2027, 5, 10))
        shown = next(each for each in report.indicators if each.code == row.code)
        assert (shown.actual_of, shown.grade) == (MONTH, None)
        text = page_text(client.get("/kpis/?at=2027-04"))
        assert "％（R8.10）" in text
        assert all(each.months[-1].actual is None for each in report.indicators if each.actual_of)
