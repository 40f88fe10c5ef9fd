"""The entry grid in the window: what sticks where, whose rows are counted, and keys that choose
without saving.
"""

from datetime import date

import pytest

from headquarters.reviews.models import Review
from kpi.models import KpiValue

MONTH, FIRST = "2026-10", date(2026, 10, 1)
pytestmark = pytest.mark.django_db(transaction=True)
EDGES = """() => {
  const edge = (what) => document.querySelector(what).getBoundingClientRect();
  return {
    header: edge(".dx-header").bottom,
    head: edge(".dx-entry thead th").top,
    under: edge(".dx-entry thead th").bottom,
    bar: edge(".dx-entrybar").top,
    foot: edge(".dx-entrybar").bottom,
    wide: document.documentElement.scrollWidth,
    cell: document.activeElement.getBoundingClientRect().toJSON(),
  };
}"""
STUCK = "(what) => getComputedStyle(document.querySelector(what)).position"


def posts_of(person):
    """The addresses to which the page posts from now on."""
    found = []
    person.page.on("request", lambda sent: sent.method == "POST" and found.append(sent.url))
    return found


def is_saving(answer):
    return answer.request.method == "POST" and answer.ok


def chosen(person):
    return person.page.evaluate("document.activeElement.value")


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (1920, 1080)])
def test_the_head_sticks_to_the_header_and_the_bar_to_the_foot(visitor, size):
    clerk = visitor(*size)
    clerk.come_as("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    clerk.page.mouse.wheel(0, 700)
    clerk.page.wait_for_function("scrollY >= 400")
    edges = clerk.page.evaluate(EDGES)
    assert edges["head"] == pytest.approx(edges["header"], abs=0.6)
    assert edges["foot"] == pytest.approx(size[1], abs=0.6)
    assert edges["wide"] == size[0]
    clerk.page.locator("[data-cell]").first.focus()
    for _ in range(
        clerk.page.locator("tr:has([data-cell])").count()
    ):  # no cell hides behind either
        edges = clerk.page.evaluate(EDGES)
        clerk.page.keyboard.press("Enter")
        assert edges["under"] <= edges["cell"]["top"], edges
        assert edges["cell"]["bottom"] <= edges["bar"], edges
    clerk.page.emulate_media(media="print")
    assert clerk.page.evaluate(STUCK, ".dx-entry thead th") == "static"
    assert clerk.page.evaluate(STUCK, ".dx-entrybar") == "static"
    clerk.page.emulate_media(media="screen")
    clerk.check()


def test_the_bar_counts_the_rows_of_ones_own_department(visitor):
    head = visitor(390, 844)
    head.come_as("zeimu-kacho")
    for address in (f"/kpis/entry/{MONTH}/", f"/kpis/entry/{MONTH}/?show=attention"):
        head.open(address)
        assert head.page.locator("tr[data-row]").count() == 1
        assert "1／1 入力済み" in head.page.inner_text(".dx-entrybar")
    assert head.page.evaluate("document.documentElement.scrollWidth") == 390
    head.check()
    head.page.get_by_role("link", name="提出する").click()
    head.page.wait_for_selector("#handin[open] h2:has-text('10月分の提出')")
    assert "提出する" in head.page.evaluate("document.activeElement.textContent")
    head.check()
    head.page.keyboard.press("Escape")
    head.page.wait_for_selector("#handin #submission", state="detached")
    head.open(f"/kpis/entry/{MONTH}/?department=")
    assert "12／15 入力済み" in head.page.inner_text(".dx-entrybar")


def test_arrow_keys_in_a_list_of_choices_save_nothing_until_the_row_is_left(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    posts = posts_of(clerk)
    clerk.page.locator("#k8-1 .dx-kind").focus()
    for _ in range(3):
        clerk.page.keyboard.press("ArrowDown")
        clerk.page.wait_for_timeout(150)
    assert chosen(clerk) == "not_applicable"
    clerk.page.keyboard.press("Tab")  # to the comment of the same row
    clerk.page.wait_for_timeout(150)
    assert posts == []
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_selector("#done-8:has-text('1／1')")
    assert KpiValue.objects.get(indicator__code="8-1", month=FIRST).missing_reason == (
        "not_applicable"
    )
    assert len(posts) == 1
    clerk.page.wait_for_selector(".dx-entrybar:has-text('13／15')")


def test_what_was_just_typed_is_handed_in(visitor):
    """Ctrl+Enter in the last empty cell: its value is saved before the departments are shown."""
    head = visitor()
    head.come_as("kikaku-kacho")
    head.open(f"/kpis/entry/{MONTH}/?show=missing")
    assert "あと2件で提出できます" in head.page.inner_text(".dx-entrybar")
    head.page.keyboard.type("3")  # the keyboard begins in the first empty cell
    head.page.keyboard.press("Enter")
    head.page.keyboard.type("1")
    head.page.keyboard.press("Control+Enter")
    head.page.wait_for_selector("#handin[open]")
    assert "提出する" in head.page.evaluate("document.activeElement.textContent")
    head.page.keyboard.press("Enter")
    head.page.wait_for_selector("text=企画調整課の10月分を「提出」にしました。")
    values = KpiValue.objects.filter(month=FIRST, indicator__code__in=("8-1", "9-1"))
    assert list(values.order_by("indicator__order").values_list("value", flat=True)) == [3, 1]
    assert "提出できる課：農林振興課" in head.page.inner_text(".dx-entrybar")


def test_arrow_keys_in_the_filter_of_departments_stay_on_the_page(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    clerk.page.locator("#dept").focus()
    for _ in range(2):
        clerk.page.keyboard.press("ArrowDown")
        clerk.page.wait_for_timeout(100)
    assert "department=" not in clerk.page.url
    assert clerk.page.get_by_role("button", name="表示", exact=True).is_visible()
    wanted = chosen(clerk)
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_url(f"**department={wanted}")
    clerk.page.locator("#dept").select_option("")  # a pointer's choice applies at once
    clerk.page.wait_for_url("**department=")


def test_arrow_keys_in_a_self_grade_save_once_the_group_is_left(visitor):
    review = Review.objects.filter(state="draft").order_by("pk").last()
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open(review.get_absolute_url())
    posts = posts_of(clerk)
    grades = clerk.page.locator("[name=self_grade]")
    grades.first.focus()
    for _ in range(3):
        clerk.page.keyboard.press("ArrowDown")
        clerk.page.wait_for_timeout(600)
    letter = chosen(clerk)
    assert posts == []
    with clerk.page.expect_response(is_saving):
        clerk.page.keyboard.press("Tab")
    assert len(posts) == 1
    review.refresh_from_db()
    assert review.self_grade == letter
    clerk.page.wait_for_selector("#saved .dx-save-ok")
    with clerk.page.expect_response(is_saving):  # a pointer means what it points at
        grades.first.click()
    review.refresh_from_db()
    assert review.self_grade == "A"
