"""Every class of answer says how a browser may use it: no frame, no sniffing, no policy missing.

A page, a fragment, a download, a static file, every refusal, a redirect, health, a feed; and the
cookies of a session.
"""

from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from foundation.accounts.session_store import SessionStore
from foundation.accounts.sessions import Session
from osaki_dx import refusals
from tests.conftest import MONTH
from tests.people import PASSWORD
from tests.test_at_once import NOW

pytestmark = pytest.mark.pure
SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SCRIPT = {"HX-Request": "true"}
FAR = {"REMOTE_ADDR": "10.1.0.5"}
ANSWERS: dict[str, tuple[int, Callable]] = {
    "a page": (200, lambda client: client.get("/")),
    "a fragment": (200, lambda client: client.get("/kpis/", headers=SCRIPT)),
    "a workbook": (200, lambda client: client.get(f"/reports/{MONTH:%Y-%m}/workbook/")),
    "a list as CSV": (200, lambda client: client.get("/kpis/?format=csv")),
    "a static file": (200, lambda client: client.get("/static/theme.css")),
    "health, asked from here": (200, lambda client: client.get("/healthz")),
    "health, asked from elsewhere": (200, lambda client: client.get("/healthz", **FAR)),
    "a redirect": (302, lambda client: client.get("/kpis/entry/")),
    "a redirect to the sign-in": (302, lambda client: Client().get("/")),
    "another host": (400, lambda client: client.get("/", headers={"Host": "evil.example"})),
    "held: signed out": (401, lambda client: Client().get("/", headers=SCRIPT)),
    "a feed without a token": (401, lambda client: client.get("/feeds/kpi.csv")),
    "not allowed": (403, lambda client: client.get("/settings/feeds/")),
    "not there": (404, lambda client: client.get("/nothing/")),
    "a method nobody knows": (405, lambda client: client.generic("BREW", "/")),
    "a method that this page does not know": (405, lambda client: client.get("/accounts/logout/")),
    "a feed is only read": (405, lambda client: client.post("/feeds/kpi.csv")),
    "too large": (
        413,
        lambda client: client.post("/accounts/password/", {"old_password": "x" * 11_000_000}),
    ),
    "to be mended": (422, lambda client: client.post("/accounts/password/", {})),
}


def strict(client):
    """The same without the token of the form."""
    return Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})


ANSWERS["without the form's token"] = (403, strict)


def feed_address():
    return reverse("feeds:feed", args=["kpi", "csv"])


def says_how_it_may_be_used(answer):
    """What every answer says; its policy lets nothing in from elsewhere."""
    for name, wanted in SAID.items():
        assert answer.headers.get(name) == wanted, name
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.fixture
def browser(head, client):
    with time_machine.travel(NOW, tick=False):
        client.raise_request_exception = False
        client.force_login(head, backend="foundation.accounts.backends.MembershipBackend")
        yield client


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.django_db
def test_every_answer_says_how_it_may_be_used(kind, browser):
    status, ask = ANSWERS[kind]
    if kind.startswith("a feed"):
        assert feed_address() == "/feeds/kpi.csv"
    answer = ask(browser)
    assert answer.status_code == status
    says_how_it_may_be_used(answer)
    if kind != "a static file":
        assert "private" in answer["Cache-Control"]
        assert "public" not in answer["Cache-Control"]


BROKEN = {500: ValueError("our mistake"), 503: OperationalError("database is locked")}


@pytest.mark.parametrize("place", ["in the page", "in a middleware"])
@pytest.mark.parametrize("status", BROKEN)
@pytest.mark.django_db
def test_our_own_mistakes_say_it_too(status, place, browser, monkeypatch):
    where = {
        "in the page": "headquarters.desk.search.views.find",
        "in a middleware": "osaki_dx.privacy.LocalHealth.__call__",
    }[place]

    def broken(*_, **__):
        raise BROKEN[status]

    monkeypatch.setattr(where, broken)
    answer = browser.get("/search/?q=x")
    assert answer.status_code == status
    says_how_it_may_be_used(answer)


def test_what_the_server_refuses_says_it_too():
    """Before Django: waitress's own answers (`tests.test_limits_of_the_server` asks the server)."""
    assert "default-src 'none'" in refusals.POLICY
    assert "frame-ancestors 'none'" in refusals.POLICY
    assert refusals.DIGEST in refusals.POLICY


@pytest.mark.django_db
def test_nobody_can_be_given_a_session(head, client):
    """One who puts a session's key into another's browser does not share what is signed in."""
    given = SessionStore()
    given["mark"] = "of the attacker"
    given.create()
    client.cookies["sessionid"] = given.session_key
    client.cookies["csrftoken"] = before = "a" * 32
    with time_machine.travel(NOW, tick=False):
        done = client.post(
            reverse("accounts:login"), {"username": head.username, "password": PASSWORD}
        )
    assert done.status_code == 302
    assert client.cookies["sessionid"].value != given.session_key
    assert SESSION_KEY not in SessionStore(given.session_key)
    assert client.cookies["csrftoken"].value != before
    invented = "b" * 32
    client.cookies["sessionid"] = invented
    client.get("/")
    assert not Session.objects.filter(session_key=invented).exists()


@pytest.mark.django_db
def test_a_session_that_was_left_is_worth_nothing(head, client):
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("accounts:login"), {"username": head.username, "password": PASSWORD})
        key = client.cookies["sessionid"].value
        assert client.get("/").status_code == 200
        client.post(reverse("accounts:logout"))
        client.cookies["sessionid"] = key
        assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_cookies_are_for_the_portal_alone(head, client, settings):
    """Neither scripts nor other sites see them; that https sends them alone, `check --deploy`."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("accounts:login"), {"username": head.username, "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
