"""The first page and the history.

What is there for whom, filters, and a fixed number of queries on every page.
"""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import User
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.conftest import MONTH
from tests.people import lead
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
WORKBOOK = "/reports/2026-10/workbook/"
PAGES = (
    "/",
    "/dashboard/?at=2026-10",
    "/kpis/entry/2026-10/",
    "/kpis/entry/2026-10/?show=all",
    "/kpis/",
    "/kpis/3-1/",
    "/measures/",
    "/measures/2/",
    "/measures/2/kpis/",
    "/measures/2/roadmap/",
    "/measures/2/history/",
    "/plan/",
    "/plan/context/",
    "/plan/checks/",
    "/roadmap/",
    "/roadmap/?view=table",
    "/roadmap/milestones/",
    "/roadmap/baselines/",
    "/reports/",
    "/history/",
    "/accounts/users/",
    "/accounts/departments/",
    "/accounts/me/",
    WORKBOOK,
)


def test_work_leads_to_the_very_row(sign_in, head, soumu):
    lead(1, soumu)
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        text = sign_in(head).get("/").content.decode()
        assert "1-2 オンライン申請件数" in text
        assert f"{reverse('kpi:entry', args=[MONTH])}?show=all#k1-2" in text
        assert "開庁日であと2日" in text
        record_value(
            by=head,
            indicator=Indicator.objects.get(code="1-2"),
            month=MONTH,
            seen_version=0,
            entry=Entry(value=Decimal(1)),
            on=date(2026, 11, 6),
        )
        assert "1-2 オンライン申請件数" not in sign_in(head).get("/").content.decode()


def test_nobody_is_given_the_work_of_others(sign_in, viewer, other_head, soumu):
    lead(1, soumu)
    assert "今日やることはありません" in sign_in(other_head).get("/").content.decode()
    page = sign_in(viewer).get("/").content.decode()
    assert "進捗状況の総括" in page
    for user in (viewer, other_head):
        assert "?show=all#k" not in sign_in(user).get("/").content.decode()


def test_history_can_be_searched(sign_in, head, soumu, secretariat):
    lead(1, soumu)
    for code, number in (("1-1", 30), ("1-2", 5)):
        record_value(
            by=head,
            indicator=Indicator.objects.get(code=code),
            month=MONTH,
            seen_version=0,
            entry=Entry(value=Decimal(number)),
            on=date(2026, 11, 6),
        )
    client = sign_in(secretariat)

    def found(query):
        text = client.get(f"/history/?{query}").content.decode()
        return "オンライン化手続き数" in text, "オンライン申請件数" in text

    assert found("") == (True, True)
    assert found("words=申請件数") == (False, True)
    assert found("area=roadmap") == (False, False)
    assert found("actor=花子&department=総務課") == (True, True)
    assert found("until=R8.4.1") == (False, False)
    assert "日付として読めません" in client.get("/history/?since=きのう").content.decode()


@pytest.fixture
def standing_clock():
    """On a slow machine a session would be kept alive in the midst of counting: three queries."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("standing_clock")
def test_no_page_takes_more_than_twelve_queries_whatever_the_values(
    client, django_assert_max_num_queries
):
    load_town()
    client.force_login(
        User.objects.get(username="jimukyoku"),
        backend="foundation.accounts.backends.MembershipBackend",
    )

    def counts():
        found = {}
        for page in PAGES:
            client.get(page)
            most = {"/": 15, "/dashboard/?at=2026-10": 10, WORKBOOK: 13}.get(page, 12)
            # home: requests to answer, the tour, the next meeting; a file: who took it
            with django_assert_max_num_queries(most) as captured:
                assert client.get(page).status_code == 200, page
            found[page] = len(captured)
        return found

    before = counts()
    rows = [
        KpiValue(
            indicator=indicator,
            month=date(year, month, 1),
            value=1,
            version=1,
            updated_at="2026-11-01T00:00:00Z",
        )
        for indicator in Indicator.objects.all()
        for year in (2016, 2017, 2018, 2019, 2020)
        for month in range(1, 13)
    ]
    KpiValue.objects.bulk_create(rows)
    assert counts() == before


def test_before_the_plan_is_loaded_pages_say_what_to_do(sign_in, secretariat, monkeypatch):
    client = sign_in(secretariat)
    monkeypatch.setattr("measures.models.Plan.objects.current", lambda: None)
    monkeypatch.setattr("headquarters.reports.pages.viewpoint.plan_now", lambda: None)
    assert "計画が読み込まれていません" in client.get("/dashboard/").content.decode()
    assert client.get("/").status_code == 200
    assert client.get("/reports/").status_code == 200
