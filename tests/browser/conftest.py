"""A real browser: the system's Chromium, the sample town, and no patience with errors.

Every page a test opens is watched: console errors, CSP reports and requests to another host fail
the test.
"""

import csv
import os
import shutil

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from playwright.sync_api import sync_playwright

from foundation.accounts.models import User
from headquarters.sample.people import accounts_path
from tests.browser.access import overflow_when_zoomed, small_targets
from tests.browser.axe import mark_of, violations
from tests.browser.copies import START, Copies
from tests.browser.order import in_order
from tests.browser.waiting import act_when_there, settle_first
from tests.browser.windows import Windows
from tests.sample_town import load_town, put_files

BACKEND = "foundation.accounts.backends.MembershipBackend"

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("[name=csrfmiddlewaretoken], [data-chart]").forEach(
    (part) => part.remove()
  );
  const menu = document.querySelector("header")?.textContent;
  return [`${innerWidth} ${menu}`, `${innerWidth} ${main.outerHTML}`];
}"""  # a menu by its words, the page without tokens and without the ids that plotly draws by lot


def pytest_collection_modifyitems(items):
    """The longest first."""
    in_order(items)


@pytest.fixture(scope="session")
def browser():
    path = (
        os.environ.get("OSAKI_DX_BROWSER")
        or shutil.which("chromium")
        or shutil.which("google-chrome")
    )
    with sync_playwright() as engine, pytest.MonkeyPatch.context() as patch:
        act_when_there(patch)
        yield engine.chromium.launch(executable_path=path, args=ARGS)


@pytest.fixture(scope="session")
def windows(browser):
    """Windows to lend."""
    return Windows(browser)


@pytest.fixture(scope="package", autouse=True)
def copies(django_db_setup, django_db_blocker):
    """After a test the database is brought back as it was, which takes less than to empty it."""
    if connection.vendor != "sqlite":
        yield None
        return
    known = Copies()
    with django_db_blocker.unblock():
        known.keep(START)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: known.bring(START))
        yield known
    known.forget()


@pytest.fixture
def town(request, live_server, data_dir, copies):
    """The sample town behind a live server: {username: password}, and the address."""
    if copies is None:
        request.getfixturevalue("emptied")
        load_town()
    else:
        copies.bring("town", load_town)
        put_files()
    with accounts_path().open(encoding="utf-8-sig") as file:
        passwords = {row["username"]: row["password"] for row in csv.DictReader(file)}
    return live_server.url, passwords


# What lies under a bar at the foot comes out by scrolling: for axe the bars lie in the page.
LOOSEN = """() => {
  const sticks = (bar) => {
    const style = getComputedStyle(bar);
    return style.position === "sticky" && style.bottom !== "auto";
  };
  const bars = [...document.querySelectorAll("main *")].filter(sticks);
  bars.forEach((bar) => bar.style.setProperty("position", "static"));
  return bars;
}"""


PARTS = {"stylesheet", "script", "image", "font", "media", "manifest"}


class Visitor:
    """A person at a browser; `problems` collects what no page may do."""

    def __init__(self, page, address, passwords):
        self.page, self.address, self.passwords, self.problems = page, address, passwords, []
        page.on("console", lambda message: message.type == "error" and self._console(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._request(request.url))
        page.on("response", self._response)

    def _console(self, text):
        asked_for = ("status of 4", "Status Error Code 4")  # answers that a test asks for
        if not any(words in text for words in asked_for):
            self.problems.append(text)

    def _request(self, url):
        if not url.startswith((self.address, "data:", "blob:")):
            self.problems.append(f"outside: {url}")

    def _response(self, answer):
        """A part of a page that is not there (what a test asks for is a page, or a script's)."""
        if answer.request.resource_type in PARTS and answer.status >= 400:
            self.problems.append(f"{answer.status}: {answer.url}")

    def tab(self):
        """A second tab of the same browser."""
        page = settle_first(self.page.context.new_page())
        page.set_viewport_size(self.page.viewport_size)
        return Visitor(page, self.address, self.passwords)

    def open(self, path):
        """Go to a page of the portal."""
        return self.page.goto(self.address + path)

    def come_as(self, username):
        """Signed in already, where the signing in is not what a test is about."""
        client = Client()
        client.force_login(User.objects.get(username=username), backend=BACKEND)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self.address}]
        )

    def sign_in(self, username):
        """By keyboard, as people do."""
        self.open("/accounts/login/")
        self.page.locator("#id_username").focus()
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(self.passwords[username])
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#nav", state="attached")

    def check(self):
        """No problem so far, and axe finds no violation on this page."""
        assert self.problems == []
        self.page.evaluate("scrollTo(0, 0)")
        bars = self.page.evaluate_handle(LOOSEN)
        found = violations(self.page)
        bars.evaluate("(all) => all.forEach((bar) => bar.style.removeProperty('position'))")
        assert not found, found

    def check_what_is_new(self):
        """The same, and what axe does not measure; only of what was found clean for nobody yet.

        Most pages are drawn alike for several roles. The workers of one run share what they know.
        """
        assert self.problems == []
        seen = [mark_of(drawn) for drawn in self.page.evaluate(DRAWN)]
        if not all(mark.exists() for mark in seen):
            self.check()
            assert small_targets(self.page) == []
            assert overflow_when_zoomed(self.page) == []
            for mark in seen:
                mark.touch()


@pytest.fixture
def visitor(windows, town):
    """`visitor(width, scripts)` → a person at a window of that width."""

    def arrive(width=1366, height=768, scripts=True):
        return Visitor(windows.lent(scripts, width, height).page, *town)

    yield arrive
    windows.given_back(town[0])
