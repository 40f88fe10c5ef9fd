"""A page looked at again comes from memory, and is never another one than would be drawn now."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.accounts.actions import save_department
from foundation.accounts.models import Department, User
from foundation.accounts.remembered import Memory, Page, memory
from kpi.actions import record_value
from kpi.models import Indicator
from kpi.month.reopenings import request_reopening
from kpi.rules.checks import Entry
from measures.leads import name_lead
from measures.models import Measure
from roadmap.actions import Update, update_milestone
from roadmap.choices import MilestoneState
from roadmap.models import Milestone
from tests.browsing import Browser
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure, pytest.mark.standing_town]
NOW = "2026-11-20 01:00+00:00"
MONTH = date(2026, 11, 1)
BACKEND = "foundation.accounts.backends.MembershipBackend"
AGAIN = 1  # the session with its person (ADR 60)
PAGES = (
    "/",
    "/dashboard/",
    "/dashboard/?at=2026-10",
    "/dashboard/milestones/",
    "/dashboard/submissions/",
    "/kpis/",
    "/kpis/months/",
    "/kpis/entry/2026-11/",
    "/measures/",
    "/measures/1/",
    "/measures/1/kpis/",
    "/measures/1/roadmap/",
    "/measures/1/history/",
    "/plan/",
    "/plan/context/",
    "/roadmap/",
    "/roadmap/milestones/",
    "/search/?q=申請",
    "/history/",
    "/history/?words=KPI",
)


@pytest.fixture
def town(settings):
    """The sample town, with pages remembered."""
    load_town()
    settings.REMEMBER_PAGES = True
    memory.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    memory.forget()


def signed_in(username="jimukyoku", page="/accounts/me/"):
    """Somebody's browser, which has seen a page."""
    client = Browser()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    client.get(page)
    return client


def body(answer) -> str:
    """A page without what is another one each time it is drawn."""
    assert answer.status_code == 200
    return re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken"?: ?)"\w+"', "", answer.content.decode()
    )


def queries(client, path, **headers) -> int:
    """How many questions a page asks."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, headers=headers or None).status_code == 200
    return len([row for row in captured if row["sql"].startswith("SELECT")])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_seen_again_costs_one_question(path, town):
    client = signed_in()
    first = client.get(path)
    with CaptureQueriesContext(connection) as captured:
        again = client.get(path)
    assert again.content == first.content
    assert again.headers["Cache-Control"] == "private, no-store", "browsers keep nothing"
    assert len(captured) == AGAIN


def test_paper_says_when_it_was_shown(town):
    client = signed_in()
    client.get("/plan/")
    with time_machine.travel("2026-11-20 01:07+00:00", tick=False):
        assert queries(client, "/plan/") == AGAIN
        assert 'data-printed="令和8年11月20日 10:07 表示"' in client.get("/plan/").content.decode()


def a_value(keeper):
    record_value(
        by=keeper,
        indicator=Indicator.objects.get(code="1-2"),
        month=MONTH,
        seen_version=0,
        entry=Entry(value=Decimal(77)),
        on=timezone.localdate(),
    )


def a_renamed_department(keeper):
    row = Department.objects.get(code="jumin")
    row.name = "住民生活課"
    save_department(by=keeper, department=row)


def a_new_lead(keeper):
    measure = Measure.objects.get(number=1)
    name_lead(
        by=keeper,
        measure=measure,
        department=Department.objects.get(code="zeimu"),
        starts_on=timezone.localdate(),
    )


def a_milestone(keeper):
    update_milestone(
        by=keeper,
        milestone=Milestone.objects.get(pk=5),
        update=Update(state=MilestoneState.IN_PROGRESS, comment="業者を選定中"),
        seen_version=Milestone.objects.get(pk=5).version,
        on=timezone.localdate(),
    )


def test_no_page_is_older_than_the_last_change(town):
    client, keeper = signed_in(), User.objects.get(username="jimukyoku")
    for path in PAGES:
        client.get(path)
    for change in (a_value, a_renamed_department, a_new_lead, a_milestone):
        change(keeper)
    remembered = {path: body(client.get(path)) for path in PAGES}
    memory.forget()
    assert remembered == {path: body(client.get(path)) for path in PAGES}


def test_a_form_that_makes_something_has_a_token_of_its_own(town):
    keeper, reader, page = signed_in(), signed_in("etsuran"), "/kpis/1-1/"
    for client in (keeper, reader):
        client.get(page)
    assert queries(keeper, page) > AGAIN
    assert queries(reader, page) == AGAIN


def another_person(client):
    return signed_in("jumin-kacho")


def another_session(client):
    return signed_in()


def another_token(client):
    client.cookies["csrftoken"] = "x" * 32
    return client


@pytest.mark.parametrize("change", [another_person, another_session, another_token])
def test_what_is_another_ones_is_drawn(change, town):
    client = signed_in()
    client.get("/plan/")
    assert queries(client, "/plan/") == AGAIN
    assert queries(change(client), "/plan/") > AGAIN


def test_another_query_or_script_is_another_page(town):
    client = signed_in()
    client.get("/measures/")
    assert queries(client, "/measures/") == AGAIN
    assert queries(client, "/measures/", **{"HX-Request": "true"}) > AGAIN
    assert queries(client, "/measures/?x=1") > AGAIN


def test_another_day_is_another_page(town):
    with time_machine.travel("2026-11-20 14:55+00:00", tick=False):
        client = signed_in()
        client.get("/measures/")
        assert queries(client, "/measures/") == AGAIN
    with time_machine.travel("2026-11-20 15:05+00:00", tick=False):  # past midnight in the town
        assert queries(client, "/measures/") > AGAIN


def test_who_has_lost_the_right_is_refused(town):
    client = signed_in()
    client.get("/plan/")
    User.objects.get(username="jimukyoku").memberships.update(valid_until=date(2026, 11, 19))
    assert client.get("/plan/").status_code == 403


def test_who_has_signed_out_is_led_to_the_sign_in(town):
    client = signed_in()
    client.get("/plan/")
    client.logout()
    assert client.get("/plan/").status_code == 302


def test_a_message_is_shown_once(town):
    client = signed_in()
    client.get("/measures/1/")
    client.post("/measures/1/handover/", {"text": "前任から引き継いだこと"})
    told = "引継ぎメモを保存しました"
    assert told in client.get("/measures/1/").content.decode()
    assert told not in client.get("/measures/1/").content.decode()


def test_what_ends_by_the_clock_is_drawn_each_time(town):
    client = signed_in()
    client.get("/")
    assert queries(client, "/") == AGAIN
    request_reopening(
        by=User.objects.get(username="jimukyoku"),
        indicator=Indicator.objects.get(code="1-2"),
        month=date(2026, 9, 1),
        reason="数え直し",
    )
    client.get("/")
    assert queries(client, "/") > AGAIN


def test_a_file_is_made_each_time(town):
    client = signed_in()
    assert len(memory._pages) == 0
    assert client.get("/kpis/?format=csv").headers["Content-Type"].startswith("text/csv")
    assert len(memory._pages) == 0


def test_the_memory_is_bounded():
    small = Memory(100)
    for number in range(10):
        small.keep((number,), Page((b"x" * 30,), ()))
    assert small.size == 90
    assert [number for number in range(10) if small.find((number,))] == [7, 8, 9]
    small.keep((9,), Page((b"y" * 20,), ()))
    assert small.size == 80
