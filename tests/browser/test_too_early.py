"""What is typed before the scripts of a page are there is heard all the same."""

import re
from contextlib import contextmanager

import pytest
import time_machine

from headquarters.reviews.models import Review
from tests.browser.access import warns_who_leaves

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def slow_scripts(page):
    """Within, no script of the portal's own has come; after it they come."""
    late = []
    page.route(re.compile(r"/static/.*\.js"), lambda script: late.append(script))
    yield
    for each in late:
        each.continue_()
    page.unroute_all()
    page.wait_for_load_state()


def typed_early(person, path, selector, text):
    """Somebody types on a page that has come without its scripts."""
    with slow_scripts(person.page):
        person.page.goto(person.address + path, wait_until="commit")
        person.page.locator(selector).first.wait_for()
        person.page.eval_on_selector(selector, "(box, text) => { box.value = text; }", text)


NOW = "2026-11-06 01:00+00:00"
DENOMINATORS = "/plan/checks/?kind=indicatordefinition.denominator"
TICKED = "[data-moves] tr:has(input.form-control) input[type=checkbox]"


@pytest.mark.parametrize(
    ("path", "selector", "text", "heard"),
    [
        ("/accounts/departments/new/", "[name=valid_from]", "R8.11.3", ".dx-read:text('令和8年')"),
        (
            "/roadmap/baselines/new/",
            "[data-moves] input.form-control",
            "R9.1.8",
            f"{TICKED}:checked",
        ),
        (DENOMINATORS, "[data-row] [data-cell]", "一般世帯の数", "[name=ticked]:checked"),
    ],
)
def test_a_page_hears_it(visitor, path, selector, text, heard):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    typed_early(clerk, path, selector, text)
    clerk.page.wait_for_selector(heard)
    assert warns_who_leaves(clerk.page)
    clerk.open(path)
    assert not warns_who_leaves(clerk.page)
    assert clerk.problems == []


def test_a_sheet_saves_it(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("soumu-kacho")
        typed_early(head, "/reviews/2026-mid/10/", "#id_plan_text", "9月に運用を始める")
        head.page.wait_for_selector("#saved .dx-save-ok")
    assert Review.objects.get(measure__number=10).plan_text == "9月に運用を始める"
