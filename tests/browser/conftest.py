"""A real browser: the system's Chromium, the sample town, and no patience with errors.

Every page a test opens is watched: console errors, CSP reports and requests to another host fail
the test.
"""

import csv
import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from headquarters.sample.people import accounts_path
from tests.browser.access import overflow_when_zoomed, small_targets
from tests.sample_town import load_town

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TAGS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what passes is not told element by element
}

DRAWN = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("[name=csrfmiddlewaretoken], [data-chart]").forEach(
    (part) => part.remove()
  );
  const menu = document.querySelector("header")?.textContent;
  return [`${innerWidth} ${menu}`, `${innerWidth} ${main.outerHTML}`];
}"""  # a menu by its words, the page without tokens and without the ids that plotly draws by lot


@pytest.fixture(scope="session")
def browser():
    path = (
        os.environ.get("OSAKI_DX_BROWSER")
        or shutil.which("chromium")
        or shutil.which("google-chrome")
    )
    with sync_playwright() as engine:
        yield engine.chromium.launch(executable_path=path, args=ARGS)


@pytest.fixture
def town(emptied, live_server, data_dir):
    """The sample town behind a live server: {username: password}, and the address."""
    load_town()
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
REFUSED = """document.addEventListener("securitypolicyviolation", (event) => console.error(
  `policy: ${event.violatedDirective} refused ${event.blockedURI}`
));"""


def settle_first(page):
    """Measure a page, and go on with it, when its styles and scripts have come.

    A heading is found before the style sheet is there; what is measured then has no styles, and
    a key pressed then is heard by nobody. A state is waited for by looking again from outside:
    the browser's own waiting looks a second time from within the page, where the portal's policy
    refuses it (`eval`), so it was right only for what was true at once.
    """
    measure, find = page.evaluate, page.wait_for_selector

    def evaluate(*args):
        page.wait_for_load_state()
        return measure(*args)

    def wait_for_selector(*args, **options):
        found = find(*args, **options)
        page.wait_for_load_state()
        return found

    def wait_for_function(expression, *, arg=None, looks=1200):
        for _ in range(looks):
            found = evaluate(expression, arg)
            if found:
                return found
            page.wait_for_timeout(50)
        raise AssertionError(f"It never came: {expression}")

    page.evaluate, page.wait_for_selector = evaluate, wait_for_selector
    page.wait_for_function = wait_for_function


class Visitor:
    """A person at a browser; `problems` collects what no page may do."""

    def __init__(self, page, address, passwords):
        settle_first(page)
        self.page, self.address, self.passwords, self.problems = page, address, passwords, []
        page.on("console", lambda message: message.type == "error" and self._console(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._request(request.url))
        page.on("response", self._response)
        page.add_init_script(REFUSED)

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

    def open(self, path):
        """Go to a page of the portal."""
        return self.page.goto(self.address + path)

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
        found = Axe().run(self.page, options=TAGS)
        bars.evaluate("(all) => all.forEach((bar) => bar.style.removeProperty('position'))")
        assert found.violations_count == 0, found.generate_report()

    def check_what_is_new(self):
        """The same, and what axe does not measure; only of what was found clean for nobody yet.

        Most pages are drawn alike for several roles. The workers of one run share what they know.
        """
        assert self.problems == []
        known = clean_folder()
        seen = [
            known / hashlib.sha256(drawn.encode()).hexdigest()
            for drawn in self.page.evaluate(DRAWN)
        ]
        if not all(mark.exists() for mark in seen):
            self.check()
            assert small_targets(self.page) == []
            assert overflow_when_zoomed(self.page) == []
            for mark in seen:
                mark.touch()


@cache
def clean_folder() -> Path:
    """Where a mark lies for everything that axe found clean in this run."""
    shared = os.environ.get("TOWN_PICTURES")
    folder = Path(shared or tempfile.mkdtemp()) / "clean"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visitor(browser, town):
    """`visitor(width, scripts)` → a person at a window of that width."""
    contexts = []

    def arrive(width=1366, height=768, scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="ja-JP", java_script_enabled=scripts
        )
        contexts.append(context)
        return Visitor(context.new_page(), *town)

    yield arrive
    for context in contexts:
        context.close()
