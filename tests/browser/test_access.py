"""Beyond axe, in a real browser: what is said aloud, forced colours, zoom, no scripts, order."""

import re

import pytest

from tests.browser.access import holes

pytestmark = pytest.mark.pure
MONTH = "2026-10"
TOLD = "[data-told] p:last-child"


def told(page, text):
    """Wait until the live region has said it last."""
    page.wait_for_selector(f"{TOLD}:has-text('{text}')", state="attached")
    return page.locator(TOLD).inner_text()


def test_what_is_saved_is_said_with_its_row(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    page = clerk.page
    clerk.open(f"/kpis/entry/{MONTH}/")
    assert page.locator("[data-told]").get_attribute("aria-live") == "polite"
    page.locator("#k8-1 [data-cell]").fill("3くらい")
    page.locator("#k8-1 [data-cell]").press("Enter")
    assert told(page, "8-1").startswith("8-1 ")
    assert "保存済み" not in page.locator(TOLD).inner_text()
    page.locator("#k8-1 [data-cell]").fill("3")
    page.locator("#k8-1 [data-cell]").press("Enter")
    assert "：保存済み" in told(page, "保存済み")
    assert clerk.problems == []


def test_the_notice_of_the_end_covers_nothing(visitor):
    """It takes a place of its own at the end of the page, at any size of the window."""
    clerk = visitor()
    clerk.come_as("jimukyoku")
    page = clerk.page
    for width, height in ((1366, 768), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        clerk.open(f"/kpis/entry/{MONTH}/")
        page.evaluate("() => (document.querySelector('[data-idle-warning]').hidden = false)")
        assert page.evaluate(COVERED) == []


COVERED = """() => {
  const box = document.querySelector("[data-idle-warning]");
  const targets = [...document.querySelectorAll("main a[href], main button, main input, footer a")];
  const covered = targets.filter((each) => {
    if (!each.checkVisibility() || !each.getClientRects().length) return false;
    each.focus({ focusVisible: true });
    if (document.activeElement !== each) return false;
    const { left, top, width, height } = each.getBoundingClientRect();
    return box.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
  return covered.map((each) => each.cloneNode().outerHTML.slice(0, 160));
}"""
INK = """(each) => {
  const { color, fill, stroke, outlineStyle, outlineColor } = getComputedStyle(each);
  let paper = each;
  const none = "rgba(0, 0, 0, 0)";
  while (paper && getComputedStyle(paper).backgroundColor === none) paper = paper.parentElement;
  const ground = paper ? getComputedStyle(paper).backgroundColor : "rgb(0, 0, 0)";
  return { color, fill, stroke, outlineStyle, outlineColor, ground };
}"""


def light(colour):
    """Relative luminance of 「rgb(r, g, b)」, with or without an alpha."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    line = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]


def contrast(one, other):
    """As WCAG counts it."""
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


SEEN = (  # page, what must be seen, which of its colours carries it
    ("/roadmap/", ".rm .now", "stroke"),
    ("/roadmap/", ".lab-now", "fill"),
    ("/roadmap/", ".dx-seg [aria-current]", "outlineColor"),
    (f"/kpis/entry/{MONTH}/?show=all", ".dx-seg [aria-current]", "outlineColor"),
    (f"/kpis/entry/{MONTH}/?show=all", ".dx-notice-warn > svg", "color"),
    (f"/kpis/months/{MONTH}/", ".dx-year [aria-current]", "outlineColor"),
    (f"/kpis/months/{MONTH}/", ".dx-state svg", "color"),
    ("/reviews/2026-mid/2/", ".dx-flow [aria-current=step]", "outlineColor"),
    ("/kpis/1-2/", ".dx-drawing-wide text", "fill"),
)


def test_forced_colours_leave_to_be_seen_what_colour_said(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    page = clerk.page
    page.emulate_media(forced_colors="active", color_scheme="dark")
    opened, faint = "", []
    for path, place, part in SEEN:
        if path != opened:
            clerk.open(path)
            opened = path
        ink = page.locator(place).first.evaluate(INK)
        framed = part != "outlineColor" or ink["outlineStyle"] == "solid"
        if not framed or contrast(ink[part], ink["ground"]) < 3:
            faint.append((path, place, ink))
    assert faint == []


WITHOUT = (
    ("honbu", f"/dashboard/?at={MONTH}"),
    ("jimukyoku", f"/kpis/entry/{MONTH}/"),
    ("jimukyoku", "/roadmap/milestones/?all=1"),
    ("jimukyoku", "/reports/"),
    ("jimukyoku", "/reports/excel/"),
    ("jimukyoku", "/kpis/definitions/"),
    ("jimukyoku", "/reviews/2026-mid/6/"),
    ("jimukyoku", "/plan/context/"),
    ("jimukyoku", "/plan/organisation/chart/"),
    ("jimukyoku", "/kpis/1-2/"),
)


def test_without_scripts_no_page_has_a_hole(visitor):
    """No button that does nothing, no empty box where a script would draw."""
    person, found = {}, []
    for username, path in WITHOUT:
        if username not in person:
            person[username] = visitor(scripts=False)
            person[username].come_as(username)
        person[username].open(path)
        found += [f"{path}: {each}" for each in holes(person[username].page)]
    assert found == []
