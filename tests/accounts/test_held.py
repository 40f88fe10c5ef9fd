"""Signed out, another person, a token that is too old, a first password: for scripts and pages.

A script is told and never led away; a page's form keeps what was typed until it is sent again.
"""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from foundation.accounts.kept import Kept, came_from_us
from foundation.accounts.models import User
from foundation.records.statuses import Status
from headquarters.meetings.models import Meeting
from kpi.models import KpiValue
from measures.models import OpenPoint, Plan
from roadmap.models import Milestone, Step
from tests.conftest import MONTH
from tests.people import PASSWORD, lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
BACKEND = "foundation.accounts.backends.MembershipBackend"
TYPED = {"1-2-value": "124", "1-2-answer": "final", "1-2-seen_version": "0"}
HTMX, PART = {"HX-Request": "true"}, {"X-Part": "preview"}


@pytest.fixture
def places(secretariat, soumu):
    """{name: (address, data)} of every request that scripts send."""
    lead(1, soumu)
    step = Step.objects.get(measure__number=1, order=1)
    milestone = Milestone.objects.create(
        step=step, order=1, name="決定", planned_on="2026-12-01", version=1
    )
    point = OpenPoint.objects.order_by("pk").first()
    return {
        "grid": (reverse("kpi:value_edit", args=[MONTH, "1-2"]), TYPED),
        "targets": (reverse("kpi:target_table"), {"code": "1-2", "1-2-y2026": "124"}),
        "milestones": (
            reverse("roadmap:milestone_edit", args=[milestone.pk]),
            {"state": "in_progress", "seen_version": "1"},
        ),
        "checks": (reverse("upkeep:check_settle", args=[point.pk]), {"value": "決めた"}),
        "sheets": (reverse("reviews:sheet", args=["2026-mid", 1]), {"plan_text": "運用"}),
        "paste": (reverse("kpi:paste", args=[MONTH]), {"text": "7", "start": "1-2"}),
    }


PLACES = ("grid", "targets", "milestones", "checks", "sheets", "paste")


@pytest.fixture
def strict():
    """A browser as they are: form tokens count."""
    return Client(enforce_csrf_checks=True)


def token_in(answer):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())[1]


def hidden_in(answer):
    """{name: value} of the form that sends again, without its token."""
    form = re.search(r'<form\s+method="post"\s+action="([^"]+)".*?</form>', MAIN(answer), re.S)
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    found = {name: html.unescape(value) for name, value in pairs}
    found.pop("csrfmiddlewaretoken", None)
    return form[1], found


def MAIN(answer):  # noqa: N802
    return answer.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("headers", [HTMX, PART], ids=["htmx", "part"])
@pytest.mark.parametrize("place", PLACES)
def test_a_script_is_told_that_nobody_is_signed_in(client, places, place, headers):
    url, data = places[place]
    answer = client.post(url, data, headers=headers)
    assert (answer.status_code, answer["X-Held"]) == (Status.SIGNED_OUT, "signed-out")
    assert type(answer["X-Held"]) is str  # what WSGI servers insist on
    assert answer.json()["person"] == ""
    assert answer.json()["token"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("place", PLACES)
def test_a_script_asks_before_it_saves_for_another(client, places, place, secretariat, staff):
    client.force_login(staff, backend=BACKEND)
    url, data = places[place]
    drawn_for = {**HTMX, "X-Page-User": str(secretariat.pk)}
    answer = client.post(url, data, headers=drawn_for)
    assert (answer.status_code, answer["X-Held"]) == (Status.OTHER_PERSON, "other-person")
    assert (answer.json()["person"], answer.json()["name"]) == (str(staff.pk), staff.display_name)
    confirmed = client.post(url, data, headers={**HTMX, "X-Page-User": str(staff.pk)})
    assert "X-Held" not in confirmed


def test_the_new_person_saves_under_the_own_name(client, places, secretariat, staff):
    client.force_login(staff, backend=BACKEND)
    url, data = places["grid"]
    client.post(url, data, headers={**HTMX, "X-Page-User": str(secretariat.pk)})
    assert not KpiValue.objects.exists()
    client.post(url, data, headers={**HTMX, "X-Page-User": str(staff.pk)})
    assert KpiValue.objects.get().updated_by == staff


@pytest.mark.parametrize("place", PLACES)
def test_a_script_with_an_old_token_gets_the_new_one(strict, places, place, secretariat):
    strict.force_login(secretariat, backend=BACKEND)
    url, data = places[place]
    old = strict.post(url, {**data, "csrfmiddlewaretoken": "x" * 64}, headers=HTMX)
    assert (old.status_code, old["X-Held"]) == (Status.FORBIDDEN, "stale-token")
    fresh = {**data, "csrfmiddlewaretoken": old.json()["token"]}
    assert "X-Held" not in strict.post(url, fresh, headers=HTMX)


def test_a_script_is_told_of_a_password_to_be_changed_first(client, places, secretariat):
    User.objects.filter(pk=secretariat.pk).update(must_change_password=True)
    client.force_login(secretariat, backend=BACKEND)
    url, data = places["grid"]
    answer = client.post(url, data, headers=HTMX)
    assert (answer.status_code, answer["X-Held"]) == (Status.FORBIDDEN, "first-password")


def test_a_script_signs_in(strict, secretariat):
    url = reverse("accounts:login")
    token = strict.get(reverse("accounts:keepalive"), headers=PART).json()["token"]
    typed = {"username": "jimukyoku", "password": "falsch", "csrfmiddlewaretoken": token}
    refused = strict.post(url, typed, headers=PART)
    assert refused.status_code == Status.REFUSED
    assert "違います" in refused.json()["problems"][0]
    answer = strict.post(url, {**typed, "password": PASSWORD}, headers=PART)
    assert answer.json()["person"] == str(secretariat.pk)
    assert answer.json()["token"] != token
    assert strict.get(reverse("accounts:keepalive"), headers=PART).json()["name"] == "事務局 太郎"


def test_the_lock_out_holds_for_scripts_too(client, secretariat):
    typed = {"username": "jimukyoku", "password": "falsch"}
    url = reverse("accounts:login")
    answers = [client.post(url, typed, headers=PART).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    good = client.post(url, {**typed, "password": PASSWORD}, headers=PART)
    assert good.status_code == 429


def test_a_page_keeps_what_was_typed_over_the_sign_in(client, secretariat, soumu):
    meeting = Meeting.objects.create(
        plan=Plan.objects.current(), title="第1回", held_on="2026-11-20", month=MONTH, version=1
    )
    url = reverse("meetings:record", args=[meeting.pk])
    typed = {"kind": "decision", "text": "予算を確保する <b>", "once": "x" * 20}
    page = client.post(url, typed)
    assert page.status_code == Status.SIGNED_OUT
    assert "予算を確保する &lt;b&gt;" in page.content.decode()
    where, carried = hidden_in(page)
    assert where == reverse("accounts:login")
    wrong = client.post(where, {**carried, "username": "jimukyoku", "password": "falsch"})
    assert "パスワードが違います" in wrong.content.decode()
    _, carried = hidden_in(wrong)
    again = client.post(where, {**carried, "username": "jimukyoku", "password": PASSWORD})
    assert "事務局 太郎" in MAIN(again)
    assert hidden_in(again) == (url, typed)
    client.post(*hidden_in(again))
    assert meeting.decisions.get().text == "予算を確保する <b>"


def test_a_page_with_an_old_token_keeps_what_was_typed(strict, secretariat):
    strict.force_login(secretariat, backend=BACKEND)
    url = reverse("accounts:department_create")
    typed = {"code": "kikaku", "name": "企画調整課", "sort_order": "3", "once": "x" * 20}
    page = strict.post(url, {**typed, "csrfmiddlewaretoken": "x" * 64})
    assert page.status_code == Status.FORBIDDEN
    assert hidden_in(page) == (url, typed)
    assert "課名" in MAIN(page)
    done = strict.post(url, {**typed, "csrfmiddlewaretoken": token_in(page)})
    assert done.status_code == 302


def test_a_first_password_keeps_what_was_typed(client, secretariat):
    User.objects.filter(pk=secretariat.pk).update(must_change_password=True)
    client.force_login(secretariat, backend=BACKEND)
    typed = {"code": "kikaku", "name": "企画調整課"}
    page = client.post(reverse("accounts:department_create"), typed)
    assert "パスワードを変更" in MAIN(page)
    assert hidden_in(page)[1] == typed


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/x"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_what_another_site_sends_is_not_kept(client, strict, secretariat, rf, headers):
    url = reverse("accounts:department_create")
    answer = client.post(url, {"name": "攻撃"}, headers=headers)
    assert answer.status_code == 302
    strict.force_login(secretariat, backend=BACKEND)
    page = strict.post(url, {"name": "攻撃", "csrfmiddlewaretoken": "x" * 64}, headers=headers)
    assert page.status_code == Status.FORBIDDEN
    assert "攻撃" not in page.content.decode()
    assert not came_from_us(rf.post(url, headers=headers))


def test_passwords_and_files_are_never_kept(client):
    file = SimpleUploadedFile("見積書.pdf", b"%PDF-1.4")
    typed = {"name": "企画", "new_password1": "geheim-1", "password": "geheim-2", "paper": file}
    page = client.post(reverse("accounts:department_create"), typed)
    text = page.content.decode()
    assert "geheim" not in text
    assert "「見積書.pdf」は預かれません" in text
    only = client.post(reverse("accounts:password_change"), {"old_password": "geheim"})
    assert only.status_code == 302


@pytest.mark.parametrize("carried", ["", "x", "a:b:c", "eyJwYXRoIjoiLyJ9:1:x"])
def test_nobody_else_can_write_what_is_carried(rf, carried):
    assert Kept.carried(rf.post("/", {"kept": carried})) is None


def test_nothing_typed_is_led_to_the_sign_in_as_before(client):
    answer = client.post(reverse("accounts:logout"), {"csrfmiddlewaretoken": "x", "next": "/"})
    assert answer.status_code == 302
