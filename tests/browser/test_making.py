"""While a workbook is made or a month closed, what was pressed says so; a second press is none."""

from datetime import date

import pytest
import time_machine

from headquarters.reports.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-10"


class Gate:
    """Requests to an address wait here until they are let through; how many came is counted."""

    def __init__(self, page, address):
        self.waiting, self.page = [], page
        page.route(address, self.hold)

    def hold(self, route):
        self.waiting.append(route)

    def wait(self):
        while not self.waiting:
            self.page.wait_for_timeout(20)

    def open(self):
        for route in self.waiting:
            route.continue_()


@pytest.fixture
def clerk(visitor):
    person = visitor()
    person.come_as("jimukyoku")
    return person


def test_a_workbook_that_is_made_says_so_and_is_made_once(clerk):
    page = clerk.page
    clerk.open("/reports/")
    gate = Gate(page, f"**/reports/{MONTH}/workbook/")
    link = page.locator(f"a[href='/reports/{MONTH}/workbook/']")
    before = link.inner_text()
    with page.expect_download() as download:
        link.click()
        gate.wait()
        page.locator("a[aria-disabled]", has_text="1秒").wait_for()
        assert "作成中…" in link.inner_text()
        clerk.check()
        link.focus()
        page.keyboard.press("Enter")
        assert len(gate.waiting) == 1
        gate.open()
    assert download.value.suggested_filename.endswith("_速報_見本データ.xlsx")
    page.wait_for_selector("a[aria-disabled]", state="detached")
    assert link.inner_text() == before


def test_where_no_file_comes_the_page_that_says_why_does(clerk):
    page = clerk.page
    clerk.open("/reports/")
    page.context.clear_cookies()
    page.locator(f"a[href='/reports/{MONTH}/workbook/']").click()
    page.wait_for_url("**/accounts/login/**")


NOTED = """(form) => new MutationObserver(() => {
  sessionStorage.said = form.querySelector("[type=submit]").textContent;
}).observe(form, { subtree: true, childList: true })"""
TWICE = """(form) => {
  const button = form.querySelector("[type=submit]");
  for (const after of [0, 100]) setTimeout(() => button.click(), after);
}"""  # nothing can be asked of a page that waits for the next one: it notes what it said


def test_a_month_is_closed_once_and_says_that_it_is(clerk):
    page = clerk.page
    with time_machine.travel("2026-11-20 01:00+00:00", tick=True):
        clerk.open(f"/reports/{MONTH}/close/")
        gate = Gate(page, f"**/reports/{MONTH}/close/")
        form = page.locator("form[data-making]")
        form.locator("[name=reason]").fill("期限を過ぎたため")
        form.evaluate(NOTED)
        form.evaluate(TWICE)
        gate.wait()
        page.wait_for_timeout(300)
        assert len(gate.waiting) == 1
        gate.open()
        page.wait_for_url("**/kpis/months/**")
    assert page.evaluate("sessionStorage.said").startswith("作成中…")
    assert Edition.objects.of(date(2026, 10, 1), 1).exists()
