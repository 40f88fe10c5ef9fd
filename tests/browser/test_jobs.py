"""The four jobs in a real browser, by keyboard.

The golden thread; every page as every role with axe.
"""

import io
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from foundation.accounts.models import Department, Membership, User
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.models import ActionItem
from kpi.models import KpiValue
from measures.models import OpenPoint
from roadmap.models import Baseline, Milestone, Step
from tests.browser.access import warns_who_leaves
from tests.browser.order import begins

MONTH = "2026-10"
PAGES = (
    "/",
    f"/dashboard/?at={MONTH}",
    f"/kpis/entry/{MONTH}/",
    f"/kpis/entry/{MONTH}/?show=all",
    "/kpis/",
    "/kpis/3-1/",
    "/kpis/1-2/",
    "/measures/",
    "/measures/2/",
    "/measures/9/roadmap/",
    "/measures/2/roadmap/",
    "/measures/1/kpis/",
    "/measures/1/history/",
    "/plan/",
    "/plan/context/",
    "/plan/checks/",
    "/roadmap/",
    "/roadmap/?view=table",
    "/roadmap/?year=2026",
    "/roadmap/milestones/",
    "/kpis/months/",
    f"/kpis/months/{MONTH}/",
    f"/kpis/months/{MONTH}/missing/",
    f"/kpis/entry/{MONTH}/paste/",
    f"/kpis/entry/{MONTH}/3-1/",
    f"/kpis/entry/{MONTH}/?show=attention",
    "/roadmap/baselines/",
    "/roadmap/baselines/compare/",
    "/roadmap/setup/",
    "/roadmap/steps/STEP/",
    "/measures/1/handover/",
    "/plan/changes/",
    "/reports/",
    "/reports/excel/",
    "/history/",
    "/reviews/",
    "/meetings/",
    "/measures/1/reviews/",
    "/accounts/me/",
    "/accounts/password/",
    "/dashboard/milestones/",
    "/dashboard/submissions/",
    "/roadmap/milestones/MILESTONE/",
    "/meetings/MEETING/agenda/",
    "/plan/organisation/projects/",
    "/plan/organisation/teams/",
    "/search/?q=窓口",
)
PEOPLE_PAGES = (
    "/handover/",
    "/kpis/intake/",
    "/kpis/3-1/targets/",
    "/kpis/targets/",
    "/kpis/3-1/definition/",
    "/roadmap/steps/new/?measure=9",
    "/roadmap/baselines/new/",
    "/plan/changes/?kind=add-indicator",
    "/plan/checks/POINT/",
    f"/reports/{MONTH}/close/",
    "/measures/3/lead/",
    "/settings/feeds/",
    "/settings/feeds/new/",
    "/accounts/users/",
    "/accounts/users/new/",
    "/accounts/users/import/",
    "/accounts/departments/",
    "/accounts/departments/new/",
    "/accounts/departments/import/",
    "/accounts/departments/DEPARTMENT/",
    "/accounts/users/PERSON/",
    "/accounts/memberships/BELONGING/",
    f"/kpis/entry/{MONTH}/forecasts/",
    "/kpis/targets/paste/",
    "/meetings/MEETING/decide/",
    "/meetings/MEETING/edit/",
    "/meetings/MEETING/attendance/",
    "/meetings/items/INSTRUCTION/correct/",
    "/meetings/decisions/DECISION/withdraw/",
    "/plan/organisation/posts/new/",
    "/plan/organisation/posts/departments/",
    "/plan/organisation/projects/of/1/new/",
    "/plan/organisation/teams/new/",
    "/plan/settings/",
    "/reports/form/",
    "/reviews/2026-mid/",
    "/reviews/2026-mid/missing/",
    "/roadmap/baselines/BASELINE/withdraw/",
    "/roadmap/milestones/MILESTONE/plan/",
)
ROWS = {  # the newest of each stands for it in an address
    "STEP": Step,
    "POINT": OpenPoint,
    "MILESTONE": Milestone,
    "MEETING": Meeting,
    "INSTRUCTION": ActionItem,
    "DECISION": Decision,
    "BASELINE": Baseline,
    "DEPARTMENT": Department,
    "PERSON": User,
    "BELONGING": Membership,
}


def number_of(code, month=date(2026, 10, 1)):
    return KpiValue.objects.get(indicator__code=code, month=month)


def at(person):
    """The row in which the cursor is."""
    return person.page.evaluate("document.activeElement.closest('tr').id")


def test_golden_thread(visitor):
    """An officer types １，２３４．５.

    The same number stands in the row, on the dashboard and in the workbook's cell.
    """
    clerk = visitor()
    clerk.sign_in("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    box = clerk.page.locator("#k2-3 [data-cell]")
    box.click()
    clerk.page.keyboard.type("１，２３４．５")
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_selector(
        "#k2-3 .dx-save:has-text('要コメント')"
    )  # 100 times the last month
    assert str(number_of("2-3").value) == "1234.5000"
    assert clerk.page.locator("#k2-3 [data-cell]").input_value() == "1,234.5"
    assert "1,279.6時間" in clerk.page.locator("#k2-3").inner_text()
    clerk.open(f"/dashboard/?at={MONTH}")
    assert "1,279.6時間" in clerk.page.locator("a.dx-cell:has-text('2-3')").get_attribute("title")
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name="月次報告（Excel）").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes()))["KPIデータ"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    cells = [
        sheet.cell(row, heads["実績値"]).value
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, heads["指標番号"]).value == "KPI2-3"
        and sheet.cell(row, heads["年月"]).value == MONTH
    ]
    assert cells == [1234.5]
    assert clerk.problems == []


def test_a_clerk_enters_the_empty_cells_by_keyboard(visitor):
    clerk = visitor()
    clerk.sign_in("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    clerk.page.locator("#k8-1 [data-cell]").focus()
    clerk.page.keyboard.type("3くらい")
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_selector("#k8-1 .invalid-feedback")
    assert clerk.page.locator("#k8-1 [data-cell]").input_value() == "3くらい"  # kept
    assert at(clerk) == "k9-1"  # Enter goes on at once
    clerk.page.keyboard.press("Shift+Enter")
    assert at(clerk) == "k8-1"
    clerk.page.keyboard.type("3")
    clerk.page.keyboard.press("Enter")
    clerk.page.keyboard.type("0")  # typed while the answer is on its way: not lost
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_selector("#k8-1 .dx-save:has-text('保存済み')")
    clerk.page.wait_for_selector("#k9-1 .dx-save:has-text('保存済み')")
    clerk.page.wait_for_selector(".dx-progress:has-text('14／15')")
    clerk.page.wait_for_selector(
        "#submission tr:has-text('農林振興課') button:has-text('提出する')"
    )
    clerk.page.keyboard.type("9")
    clerk.page.keyboard.press("Escape")
    assert clerk.page.locator("#k10-2 [data-cell]").first.input_value() == "64"
    assert (number_of("8-1").value, number_of("9-1").value) == (3, 0)
    clerk.check()


def test_entry_without_javascript(visitor):
    clerk = visitor(scripts=False)
    clerk.sign_in("jimukyoku")
    clerk.open(f"/kpis/entry/{MONTH}/")
    clerk.page.locator("#k8-1 [data-cell]").fill("4件")
    clerk.page.locator("#k8-1 button").click()
    assert clerk.page.url.endswith("#k8-1")
    assert number_of("8-1").value == 4
    clerk.page.locator("#k9-1 [data-cell]").fill("0")
    clerk.page.locator("#k2-3 [data-cell]").fill("8.5")
    clerk.page.get_by_role("button", name="すべて保存する").click()
    assert "2件を保存しました" in clerk.page.inner_text("main")
    assert (number_of("9-1").value, str(number_of("2-3").value)) == (0, "8.5000")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_head_updates_a_milestone(visitor, width):
    with time_machine.travel("2026-11-06 01:00+00:00", tick=True):
        head = visitor(width)
        head.sign_in("zeimu-kacho")
        head.page.get_by_role("link", name="3 eL-QRの運用開始", exact=True).click()
        assert "91日遅れ" in head.page.inner_text("main")
        head.page.locator(".dx-four label:has-text('期日が変わる')").click()
        head.page.locator(".dx-msf [name=forecast_on]").fill("R8.12.18")
        head.page.get_by_role("button", name="保存する").click()
        head.page.wait_for_selector(".dx-msf .invalid-feedback:has-text('延期の理由')")
        head.check()
        head.page.locator(".dx-msf [name=reason]").fill("接続試験のやり直し")
        head.page.keyboard.press("Enter")
        head.page.wait_for_selector("h2:has-text('に保存しました')")
        assert head.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Milestone.objects.get(name="eL-QRの運用開始").forecast_on == date(2026, 12, 18)


def test_two_people_on_one_cell(visitor):
    first, second = visitor(), visitor()
    for person in (first, second):
        person.come_as("jimukyoku")
        person.open(f"/kpis/entry/{MONTH}/")
    for person, number in ((first, "120"), (second, "130")):
        person.page.locator("#k1-2 [data-cell]").fill(number)
        person.page.locator("#k1-2 [data-cell]").press("Enter")
        person.page.wait_for_selector("#k1-2 .dx-save:not(:has-text('保存中'))")
    second.page.wait_for_selector("#k1-2 .dx-save:has-text('競合')")
    text = second.page.locator("#k1-2").inner_text()
    assert "120" in text
    assert second.page.locator("#k1-2 [data-cell]").input_value() == "130"
    assert number_of("1-2").value == 120
    second.page.locator("#k1-2 button").click()
    second.page.wait_for_selector("#k1-2 .dx-save:has-text('保存済み')")
    assert number_of("1-2").value == 130


def walk(person, role, pages):
    """Every page is opened as somebody and found clean."""
    person.open("/accounts/login/")
    person.check_what_is_new()
    person.sign_in(role)
    ids = {name: model.objects.order_by("pk").last().pk for name, model in ROWS.items()}
    for path in pages:
        for name, pk in ids.items():
            path = path.replace(name, str(pk))
        answer = person.open(path)
        assert answer.status == 200, path
        assert answer.headers["content-security-policy"].count("default-src 'self'") == 1
        assert not warns_who_leaves(person.page), path  # nobody has typed anything
        person.check_what_is_new()
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} is wider than the window"
        )


@begins(1)
@pytest.mark.parametrize("pages", [PAGES, PEOPLE_PAGES], ids=["of all", "of its own"])
def test_every_page_is_clean_for_the_secretariat(visitor, pages):
    walk(visitor(), "jimukyoku", pages)


@begins(2)  # what the secretariat's walk has found clean need not be measured again
@pytest.mark.parametrize("role", ["zeimu-kacho", "kikaku-tanto", "honbu", "etsuran"])
def test_every_page_is_clean_for_every_role(visitor, role):
    walk(visitor(), role, PAGES)


@pytest.mark.parametrize("path", ["/", "/roadmap/milestones/", "/accounts/login/"])
def test_narrow_pages(visitor, path):
    person = visitor(390)
    person.come_as("zeimu-kacho")
    person.open(path)
    person.check()
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_charts_draw_under_the_strict_policy_and_share_nothing(visitor):
    person = visitor()
    person.come_as("honbu")
    person.open(f"/dashboard/?at={MONTH}")
    drawings = person.page.locator("[data-chart] svg.dx-drawing:visible[role=img]")
    assert drawings.count() == 2  # they stand before plotly is asked for
    assert person.page.evaluate("typeof window.Plotly") == "undefined"
    for name in ("grades", "rates"):
        person.page.hover(f"[data-chart='{name}']")
        person.page.wait_for_selector(f"[data-chart='{name}'][data-drawn='1']")
    assert (
        person.page.evaluate("getComputedStyle(document.querySelector('.main-svg')).position")
        == "absolute"
    )
    assert person.page.locator(".modebar-btn").count() == 0
    person.check()


def test_the_headline_is_readable_without_scripts(visitor):
    person = visitor(scripts=False)
    person.come_as("honbu")
    person.open(f"/dashboard/?at={MONTH}")
    assert "18／23指標 評価済み" in person.page.inner_text("main")
    drawing = person.page.locator("[data-chart='grades'] svg.dx-drawing:visible")
    assert "評価区分の件数" in drawing.get_attribute("aria-label")


def test_the_roadmap_prints_on_one_a3_page(visitor, tmp_path):
    person = visitor()
    person.come_as("etsuran")
    person.open("/roadmap/")
    path = tmp_path / "roadmap.pdf"
    person.page.pdf(path=path, format="A3", landscape=True, prefer_css_page_size=True)
    assert path.read_bytes().count(b"/Type /Page\n") + path.read_bytes().count(b"/Type /Page ") == 1
