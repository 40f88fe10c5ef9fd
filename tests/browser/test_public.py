"""The public edition as it lies in a folder: clean for axe, on a phone too, it asks nobody."""

import io
import zipfile
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from headquarters.reports.public.folder import bundle
from tests.browser.axe import TAGS
from tests.reports.paper_reports import usual, worst

pytestmark = pytest.mark.pure
RULES = TAGS | {"preload": False}  # axe would fetch the style sheet, which a file may not
PAGES = ("index.html", "2027-03_1/index.html")


@pytest.fixture(params=[usual(), worst(measures=2)], ids=["usual", "worst"])
def folder(request, tmp_path):
    report = replace(request.param, indicators=request.param.indicators[:3])
    content = bundle([replace(report, edition=number) for number in (1, 2)])
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    return tmp_path


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_is_clean_and_as_wide_as_its_window(browser, folder, width):
    page = browser.new_page(viewport={"width": width, "height": 768})
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    for name in PAGES:
        page.goto((folder / name).as_uri())
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()
    assert problems == []
    assert {url for url in asked if not url.startswith(folder.as_uri())} == set()


def test_the_ways_through_the_folder(browser, folder):
    page = browser.new_page(java_script_enabled=False)
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name="第1版").first.click()
    page.get_by_role("link", name="第2版を見る").click()
    page.get_by_role("link", name="版の一覧").click()
    assert page.url == (folder / "index.html").as_uri()
    page.close()
