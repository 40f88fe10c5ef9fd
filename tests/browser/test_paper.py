"""What people print, printed by the browser: on the promised pages, in type that can be read.

Nothing that the page says on paper is missing or runs over its edge.
"""

import html
import re
import shutil
import subprocess
import unicodedata
from dataclasses import dataclass

import pytest
import time_machine

from headquarters.reports.pages import viewpoint
from tests.browser.order import begins
from tests.reports import paper_reports

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext がありません"),
]
NOW = "2026-11-27 01:00+00:00"
A4, A4_UPRIGHT, A3 = (842, 595), (595, 842), (1191, 842)
PRINTED = {  # {address: (size, on so many pages)}; the secretariat looks
    "/dashboard/": (A4, 3),
    "/dashboard/?at=2026-10": (A4, 3),
    "/reports/compare/?a=2026-07.1&b=2026-09.1": (A4, 3),
    "/kpis/": (A4, 1),
    "/kpis/3-1/": (A4, 3),
    "/measures/1/": (A4, 1),
    "/measures/1/kpis/": (A4, 1),
    "/measures/3/roadmap/": (A4, 1),
    "/measures/1/reviews/": (A4, 1),
    "/roadmap/": (A3, 1),
    "/roadmap/?year=2026": (A3, 1),
    "/kpis/months/": (A4, 1),
    "/kpis/months/2026-10/": (A4, 2),
    "/meetings/1/": (A4, 2),
    "/meetings/1/minutes/": (A4_UPRIGHT, 2),
    "/handover/": (A4_UPRIGHT, 2),
    "/plan/": (A4_UPRIGHT, 3),
    "/plan/context/": (A4, 2),
}
KINDS = {"empty": 2, "worst": 5}  # the dashboard with such content
FOOT = re.compile(r"令和\d+年\d+月\d+日\d+:\d\d印刷")  # on each page, with its number
KANJI = re.compile(r"[一-鿿]{2,}$")
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)
SAID = """() => {
  const seen = (each) => each.checkVisibility() && !each.closest(".visually-hidden");
  const drawn = [...document.querySelectorAll("svg text")].filter(seen);
  const cells = [...document.querySelectorAll("main :is(h1, h2, p, th, td, dt, dd, li)")];
  const parts = "p, th, td, li, details, svg text, .visually-hidden";
  const whole = cells.filter((each) => seen(each) && !each.querySelector(parts));
  return [...drawn, ...whole].map((each) => each.innerText ?? each.textContent);
}"""
NOT_ON_PAPER = ".btn, .dx-tabs, .dx-filter, .dx-nav, .dx-usermenu, summary.dx-small"


@dataclass(frozen=True)
class Paper:
    """A page of paper: its size, its words as they are written, the smallest type.

    `body`: what stands above its foot, so that a text may go on on the next page.
    """

    size: tuple[int, int]
    text: str
    body: str
    smallest: float
    right: float
    bottom: float


def squeezed(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def written(words):
    """What these words say, one after the other."""
    return squeezed(html.unescape("".join(word[4] for word in words)))


def paper_of(width, height, content):
    words = [(*map(float, found[:4]), found[4]) for found in WORD.findall(content)]
    kanji = [word for word in words if KANJI.match(word[4])]
    foot = min((word[1] for word in words if word[4].endswith("印刷")), default=float(height)) - 3
    return Paper(
        (round(float(width)), round(float(height))),
        written(words),
        written([word for word in words if word[1] < foot]),
        min(round((word[2] - word[0]) / len(word[4]), 2) for word in kanji),
        max(word[2] for word in words),
        max(word[3] for word in words),
    )


def printed(page, path):
    """The sheets on which the browser prints this page."""
    page.pdf(path=path, prefer_css_page_size=True)
    told = subprocess.run(
        ["pdftotext", "-raw", "-bbox", str(path), "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    return [paper_of(*found) for found in PAGE.findall(told)]


def check_paper(page, sheets):
    """Type that can be read, inside the edges, and every text that the page says on paper."""
    for sheet in sheets:
        assert sheet.smallest >= 6.95
        assert sheet.right <= sheet.size[0] - 28
        assert sheet.bottom <= sheet.size[1] - 10
        assert FOOT.search(sheet.text)
    page.emulate_media(media="print")
    together = "".join(sheet.body for sheet in sheets)
    said = {squeezed(text) for text in page.evaluate(SAID)}
    missing = {text for text in said if text not in together}
    shown = page.locator(f"main :is({NOT_ON_PAPER})").evaluate_all(
        "(all) => all.filter((each) => each.checkVisibility()).map((each) => each.textContent)"
    )
    page.emulate_media(media="null")
    assert not missing
    assert not shown


def check_pages(clerk, path):
    """Each page of the table on its paper."""
    for address, promised in PRINTED.items():
        clerk.open(address)
        sheets = printed(clerk.page, path)
        assert (sheets[0].size, len(sheets)) == promised, address
        check_paper(clerk.page, sheets)


def check_summary(clerk, path, report, pages):
    """The dashboard drawn from this report: 総括表 on the first page, the rest behind it."""
    clerk.open("/dashboard/")
    sheets = printed(clerk.page, path)
    assert len(sheets) == pages
    assert "数字は指標の数" in sheets[0].text
    assert "注目していただきたい点" in sheets[1].text
    assert all(f"施策{row.number}の名は" in sheets[0].text for row in report.measures)
    check_paper(clerk.page, sheets)


@begins(3)
def test_pages_come_whole_on_the_promised_paper(visitor, tmp_path, monkeypatch):
    with time_machine.travel(NOW, tick=True):
        clerk = visitor()
        clerk.come_as("jimukyoku")
        check_pages(clerk, tmp_path / "page.pdf")
        for kind, pages in KINDS.items():
            report = getattr(paper_reports, kind)()
            monkeypatch.setattr(viewpoint, "parse", lambda _, made=report: made)
            check_summary(clerk, tmp_path / "page.pdf", report, pages)
