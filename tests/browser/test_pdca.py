"""A PDCA sheet by keyboard: what is missing is marked, followed and handed in; and on paper."""

import re

import pytest
import time_machine

from headquarters.reviews.choices import ReviewState
from headquarters.reviews.lacks import ON_PAGE
from headquarters.reviews.models import Review

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-06 01:00+00:00"
SHEET = "/reviews/2026-mid/10/"
FOCUSED = "document.activeElement.id"
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
TEXTS = ("plan_text", "done_text", "analysis", "next_action")
BAR = ".dx-pdca-bar"
CUT = """() => {
  const cut = (part) => part.getClientRects().length > 1;
  return [...document.querySelectorAll('.dx-pdca .dx-nowrap')].filter(cut).map((p) => p.innerText);
}"""


def enter(page, selector):
    """Go to a link or button by keyboard and press it."""
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def write_the_first(page):
    """Through the first link of the bar into the field that it names; the mark goes with saving."""
    enter(page, "#lacking a")
    at = page.evaluate(FOCUSED).removeprefix("id_").removesuffix("_0")
    if at in ("self_grade", "next_direction"):
        page.keyboard.press("Space")
    else:
        page.keyboard.type("9月30日までに始める。")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"#lack-{at} b", state="detached")
    return at


def in_view(page, selector):
    box = page.locator(selector).bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


@pytest.mark.parametrize("width", [1366, 390])
def test_a_sheet_is_written_and_handed_in_by_keyboard(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("soumu-kacho")
        head.open(SHEET)
        page = head.page
        assert in_view(page, f"{BAR} [data-transition]")
        assert page.locator(BAR).bounding_box()["height"] < page.viewport_size["height"] / 3
        assert page.inner_text("#lacking b") == "提出まであと6つ"
        enter(page, f"{BAR} [data-transition]")
        page.wait_for_selector(".dx-errsum :text('6つ直すと提出できます')")
        assert "dx-errsum" in page.evaluate("document.activeElement.className")
        head.check()
        enter(page, ".dx-errsum a:has-text('C 要因分析')")
        assert page.evaluate(FOCUSED) == "id_analysis"
        written = []
        while page.locator("#lacking a").count():
            written.append(write_the_first(page))
        assert written == list(ON_PAGE)  # the reason too: A is not what the portal says
        assert "提出できます" in page.inner_text("#lacking")
        head.check()
        enter(page, f"{BAR} [data-transition]")
        page.wait_for_selector("main :text('「提出」にしました')")
        assert page.locator(BAR).count() == 0
        head.check()


def pages_of(person, tmp_path):
    """How many A4 pages it is printed on, and which dates or numbers are cut by a line."""
    path = tmp_path / "sheet.pdf"
    person.page.pdf(path=path, prefer_css_page_size=True)
    person.page.emulate_media(media="print")
    person.page.set_viewport_size({"width": 695, "height": 1000})  # A4 portrait between margins
    cut = person.page.evaluate(CUT)
    person.page.emulate_media(media="null")
    person.page.set_viewport_size({"width": 1366, "height": 768})
    return len(PAGE.findall(path.read_bytes())), cut


def test_a_sheet_on_paper(visitor, tmp_path):
    with time_machine.travel(NOW, tick=True):
        clerk = visitor()
        clerk.come_as("jimukyoku")
        for number in (1, 6, 10):
            clerk.open(f"/reviews/2026-mid/{number}/")
            assert pages_of(clerk, tmp_path) == (1, [])
        long = "令和8年9月30日に、1,430件（95.3％）を処理した。" * 25
        Review.objects.filter(measure__number=6).update(**dict.fromkeys(TEXTS, long))
        clerk.open("/reviews/2026-mid/6/")
        assert pages_of(clerk, tmp_path) == (3, [])
        clerk.page.fill("#id_analysis", "入力の途中")
        clerk.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        clerk.page.emulate_media(media="print")
        assert clerk.page.locator("#id_analysis").is_visible()
        for hidden in (BAR, "#print-analysis", "#lack-analysis", ".dx-messages"):
            assert not clerk.page.locator(hidden).is_visible(), hidden
        assert Review.objects.get(measure__number=6).state == ReviewState.DRAFT
