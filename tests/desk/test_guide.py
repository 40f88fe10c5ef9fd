"""はじめの設定 on the secretariat's home: in its order, what is done, what is next, no alarm."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from headquarters.upkeep import guide as guides
from headquarters.upkeep.guide import FirstMonth, setup_guide
from kpi.models import Indicator, KpiValue, ReportingMonth
from measures.models import OpenPoint, Plan
from tests.pages import page_text
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def begun():
    """The portal as `serve --no-sample` starts it today."""
    call_command("load_plan", first_month=NOVEMBER, verbosity=0)


def guide_of(client, query=""):
    return client.get(f"/{query}").context.get("guide")


def test_a_first_sign_in_is_led_and_not_alarmed(begun, secretariat, sign_in):
    page = sign_in(secretariat).get("/")
    words = page_text(page)
    assert "はじめの設定" in words
    assert "利用開始月 令和8年11月" in words
    assert "期限超過" not in words
    assert "期限を過ぎたもの" not in words
    assert page.context["work"].tasks == []
    assert [step.key for step in page.context["guide"].steps] == list(guides.WORDS)


def test_months_from_before_do_not_shout_either(secretariat, sign_in):
    """The plan was loaded by hand, without 利用開始月: what is asked for is listed calmly."""
    page = sign_in(secretariat).get("/")
    assert page.context["work"].late
    assert "期限超過" not in page_text(page)
    assert "dx-bad" not in page.content.decode()


def test_it_leads_in_order_and_follows_the_data(begun, secretariat, soumu, sign_in):
    client = sign_in(secretariat)
    shown = guide_of(client).shown
    assert (shown.key, shown.number, shown.url) == ("people", 3, "/accounts/users/import/")
    assert guide_of(client).steps[1].facts == "1課"
    page = client.get("/?setup=leads")
    assert page.context["guide"].shown.key == "leads"
    assert 'href="/measures/leads/"' in page.content.decode()
    assert 'href="?setup=definitions"' in page.content.decode()  # 後にする
    for number in range(1, 11):
        lead(number, soumu)
    steps = {step.key: step for step in guide_of(client).steps}
    assert steps["leads"].is_done
    assert (steps["definitions"].left, steps["targets"].left) == (115, 92)
    assert (steps["formulas"].left, steps["settings"].left, steps["rest"].left) == (25, 3, 10)
    assert guide_of(client, "?setup=nothing").shown.key == "people"
    assert guide_of(client, "?setup=first_month").shown.key == "first_month"


def test_every_open_point_belongs_to_a_step(begun, secretariat, sign_in):
    OpenPoint.objects.update(settled_at=timezone.now(), settled_by=secretariat, settled_value="済")
    steps = {step.key: step for step in guide_of(sign_in(secretariat)).steps}
    for key in ("definitions", "formulas", "rest"):
        assert steps[key].is_done
    assert steps["settings"].left == 1
    assert steps["targets"].left == 92


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-30", "11月が終わった後、令和8年12月1日から入力します。"),
        ("2026-12-01", 'href="/kpis/entry/2026-11/"'),
    ],
)
def test_the_first_month_opens_when_it_has_ended(begun, secretariat, sign_in, day, words):
    with time_machine.travel(f"{day} 03:00+00:00", tick=False):
        assert words in sign_in(secretariat).get("/?setup=first_month").content.decode()


def test_once_values_are_there_the_work_list_leads(begun, secretariat, sign_in):
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-2"),
        month=NOVEMBER,
        value=1,
        version=1,
        updated_at=timezone.now(),
    )
    client = sign_in(secretariat)
    home = page_text(client.get("/"))
    assert "今日の仕事" in home
    assert "続ける（課長・担当者）" in home
    assert "<h1>はじめの設定</h1>" in page_text(client.get("/?setup=people"))


def test_the_first_closing_ends_it(begun, secretariat, sign_in):
    ReportingMonth.objects.create(month=OCTOBER, locked_at=timezone.now())
    assert guide_of(sign_in(secretariat)) is None
    assert "はじめの設定" not in page_text(sign_in(secretariat).get("/?setup=people"))


def test_others_are_not_led(begun, head, viewer, headquarters, sign_in):
    for person in (head, viewer, headquarters):
        assert guide_of(sign_in(person)) is None
        assert "はじめの設定" not in page_text(sign_in(person).get("/?setup=people"))


def test_nothing_is_left(monkeypatch):
    names = "departments measures leads indicators first_targets steps spans with_milestone"
    whole = dict.fromkeys([*names.split(), "approved", "first_months", "values", "pillars"], 1)
    plan = SimpleNamespace(people=2, fiscal_years=[2026], **whole)
    monkeypatch.setattr(guides, "setup_numbers", lambda: plan)
    monkeypatch.setattr(guides, "all_points", list)
    assert setup_guide(FirstMonth(OCTOBER, 5, 5, NOVEMBER)) is None
    assert setup_guide(FirstMonth(OCTOBER, 4, 5, NOVEMBER)).shown.key == "first_month"


def test_it_costs_two_queries(begun, secretariat, django_assert_num_queries):
    OpenPoint.objects.of_kind(Plan).first()  # the types of objects are known by now
    with django_assert_num_queries(2):
        setup_guide(FirstMonth(NOVEMBER, 0, 0, date(2026, 11, 6)))


@pytest.mark.parametrize(
    "address", ["/kpis/months/", "/kpis/months/2026-10/", "/kpis/entry/2026-10/"]
)
def test_no_page_counts_the_days_of_a_month_before(begun, secretariat, sign_in, address):
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        words = page_text(sign_in(secretariat).get(address))
        assert "日超過" not in words
        assert "期限超過" not in words
