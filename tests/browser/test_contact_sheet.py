"""Every main screen beside its picture of the design, at four sizes: `docs/contact-sheet.md`.

Made anew by PORTAL_CONTACT_SHEET=<folder with the design's pictures>, and only then: it opens every
screen four times. `PORTAL_SHEETS=homes,plan` makes some of them.
"""

import base64
import os
import re
import subprocess
from html import escape
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from tests.browser.screens import PHONE, PRINTS, SIZES, Print, Screen, screens

NOW = "2026-11-09 01:00+00:00"
DESIGN = os.environ.get("PORTAL_CONTACT_SHEET", "")
FOLDER = settings.BASE_DIR / "docs" / "screenshots"
PAPER = settings.BASE_DIR / "docs" / "contact-sheet.md"
SHEET = re.compile(r"screenshots/(contact-\w+\.jpg)")
QUALITY, MOST = 42, 3_500_000  # of JPEG; bytes of all sheets together
WIDTH, ROW = 1920, 240  # of a sheet; height of its pictures
LOOK = f"""
body {{ margin: 0; padding: 24px; width: {WIDTH}px; background: #e6e6e6; font: 15px sans-serif }}
section {{ margin-bottom: 22px }}
h2 {{ margin: 0 0 6px; font-size: 17px }} h2 small {{ font-weight: 400; color: #444 }}
div {{ display: flex; gap: 12px; align-items: flex-start }}
figure {{ margin: 0 }} figcaption {{ font-size: 13px; color: #444 }}
img {{ display: block; height: {ROW}px; border: 1px solid #999; background: #fff }}
.of-design img {{ border: 3px solid #0017c1 }}
.is-phone img {{ width: {ROW * 390 // 844}px; object-fit: cover; object-position: top }}
"""


def source(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def figure(words: str, image: str, kind: str = "") -> str:
    caption = f"<figcaption>{words}</figcaption>"
    return f'<figure class="{kind}">{caption}<img src="{image}" alt=""></figure>'


def drawn(name: str) -> str:
    """A picture of the design."""
    return source((Path(DESIGN) / f"{name}.png").read_bytes())


def taken(page, size) -> str:
    """What stands on the page at a size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(250)  # drawings follow the width
    return source(page.screenshot(type="jpeg", quality=80), "jpeg")


def row_of(page, screen: Screen) -> str:
    """A screen's line of the sheet: the design's picture, ours at each size."""
    called = "似た画面の絵" if screen.like else "デザインの絵"
    parts = [figure(f"{called} {screen.picture}", drawn(screen.picture), "of-design")]
    parts += [figure(words, taken(page, size)) for words, size in SIZES.items()]
    if screen.phone:
        parts.append(figure("絵 390", drawn(screen.phone), "of-design is-phone"))
    parts.append(figure("390", taken(page, PHONE), "is-phone"))
    who = f"{screen.who}　" if screen.who else ""
    head = f"{escape(screen.title)} <small>{who}{escape(screen.address)}</small>"
    return f"<section><h2>{head}</h2><div>{''.join(parts)}</div></section>"


@pytest.mark.skipif(not DESIGN, reason="only by PORTAL_CONTACT_SHEET")
@pytest.mark.django_db(transaction=True)
def test_the_contact_sheet_is_made(visitor, browser, tmp_path):
    people = {}
    asked = os.environ.get("PORTAL_SHEETS", "").split(",")
    with time_machine.travel(NOW, tick=True):
        for name, rows in screens().items():
            if asked == [""] or name in asked:
                laid_out(browser, name, [_line(screen, people, visitor) for screen in rows])
        if asked == [""] or "prints" in asked:
            clerk = people.get("jimukyoku")
            if clerk is None:
                clerk = visitor()
                clerk.come_as("jimukyoku")
            laid_out(browser, "prints", [_papers(clerk, each, tmp_path) for each in PRINTS])


def laid_out(browser, name, lines):
    """A sheet of these lines, as a picture."""
    page = browser.new_page(viewport={"width": WIDTH + 48, "height": 600})
    page.set_content(f"<style>{LOOK}</style>{''.join(lines)}")
    page.screenshot(
        path=FOLDER / f"contact-{name}.jpg", full_page=True, type="jpeg", quality=QUALITY
    )
    page.close()


def _papers(clerk, each: Print, folder) -> str:
    """A print's line of the sheet: the design's picture of the screen, each page of paper."""
    clerk.open(each.address)
    clerk.page.wait_for_load_state("networkidle")
    clerk.page.pdf(path=folder / "print.pdf", prefer_css_page_size=True)
    command = ["pdftoppm", "-r", "80", "-jpeg", folder / "print.pdf", folder / "sheet"]
    subprocess.run(command, check=True)
    pages = sorted(folder.glob("sheet*.jpg"))
    parts = [figure(f"デザインの絵 {each.picture}", drawn(each.picture), "of-design")]
    for number, page in enumerate(pages, start=1):
        parts.append(figure(f"{number}／{len(pages)}枚", source(page.read_bytes(), "jpeg")))
        page.unlink()
    head = f"{escape(each.title)} <small>{escape(each.address)}</small>"
    return f"<section><h2>{head}</h2><div>{''.join(parts)}</div></section>"


def _line(screen: Screen, people, visitor) -> str:
    if screen.who not in people:
        people[screen.who] = visitor()
        if screen.who:
            people[screen.who].come_as(screen.who)
    person = people[screen.who]
    person.page.set_viewport_size({"width": 1366, "height": 768})
    person.open(screen.address)
    person.page.wait_for_load_state("networkidle")
    return row_of(person.page, screen)


@pytest.mark.pure
def test_the_paper_shows_the_sheets_and_they_are_small():
    shown = SHEET.findall(PAPER.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in FOLDER.glob("contact-*.jpg"))
    assert sum((FOLDER / name).stat().st_size for name in shown) < MOST
