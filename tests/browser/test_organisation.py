"""推進体制 by mouse and on paper: names, a team with an instruction, a project, the chart on A4."""

import re

import pytest
import time_machine

from tests.browser.order import begins

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-06 01:00+00:00"
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
HERE = "/plan/organisation/"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def fill(person, **typed):
    """Type into the form of a page and press its button."""
    for name, text in typed.items():
        person.page.fill(f"#id_{name}", text)
    person.page.locator("main form button[type=submit]").click()
    person.page.wait_for_load_state()


def press(person, where, text):
    """Follow the first link with a text."""
    person.page.locator(f"{where} a:has-text('{text}')").first.click()
    person.page.wait_for_load_state()


def register(clerk):
    """The head of the headquarters from the plan's line, the members from the departments."""
    clerk.open(HERE)
    clerk.check()
    press(clerk, "tr:has(td:text-is('町長'))", "氏名を登録")
    clerk.check()
    fill(clerk, name="甲野 一郎", starts_on="R8.4.1")
    press(clerk, "main", "委員を課から選ぶ")
    for box in clerk.page.locator("[name=departments]").all():
        box.check()
    fill(clerk)
    press(clerk, "tr:has(td:text-is('総務課長'))", "氏名を登録")
    fill(clerk, name="丙山 三郎", starts_on="R8.4.1")
    press(clerk, "tr:has(td:text-is('総務課長'))", "交代を記録")
    fill(clerk, name="丁田 花子", starts_on="10/1")
    press(clerk, "main", "前任も表示")
    assert "令和8年9月30日" in clerk.page.inner_text(".dx-roster")
    clerk.check()


def set_up(clerk):
    """A team for measure 1 with one sitting and one instruction."""
    clerk.open(f"{HERE}teams/")
    press(clerk, "main", "チームを置く")
    clerk.page.locator("[name=measures]").first.check()
    fill(clerk, name="窓口デジタル化チーム", starts_on="R8.5.15")
    press(clerk, "main", "会合を記録")
    fill(clerk, held_on="R8.10.28", decisions="転入を先行とする")
    press(clerk, "main", "指示事項を記録")
    clerk.page.select_option("#id_department", label="総務課")
    fill(clerk, text="設問案を作ること", due_on="R8.12.11")
    assert "未回答" in clerk.page.inner_text(".dx-sitting")
    clerk.check()


@begins(3)
def test_who_carries_the_plan_from_empty_to_paper(visitor, tmp_path):
    with time_machine.travel(NOW, tick=True):
        clerk, head = visitor(), visitor(width=390, height=800)
        clerk.come_as("jimukyoku")
        register(clerk)
        set_up(clerk)
        head.come_as("soumu-kacho")
        head.open("/")
        assert "設問案を作ること" in head.page.inner_text("main")
        head.open(f"{HERE}projects/")
        press(head, "main", "事業を加える")
        press(head, "main", "5 AIツール活用")
        fill(head, name="庁内生成AIの利用契約", budget_2026="2,400千円")
        assert "2,400" in head.page.inner_text(".dx-projects")
        for path in ("", "teams/", "projects/", "chart/"):
            head.open(HERE + path)
            assert not head.page.evaluate(WIDER), path
            head.check()
        clerk.open(f"{HERE}chart/")
        clerk.check()
        path = tmp_path / "chart.pdf"
        clerk.page.pdf(path=path, prefer_css_page_size=True)
        assert len(PAGE.findall(path.read_bytes())) == 1
