"""From `--no-sample` and an empty town to the first month entered, as the guide on the home leads.

An action is a click, or a key that presses a control; typing, pasting, Tab, Enter to the next cell
and scrolling are none. A choice from a list counts as one.
"""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command

from foundation.accounts.models import Department
from kpi.models import KpiValue, Target
from measures.models import Measure, OpenPoint
from tests.browser.order import begins
from tests.browser.test_entry import PASTE
from tests.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
MOST, NEEDED = 60, 51
DEPARTMENTS = "課名\t内線\n総務課\t110\n企画調整課\t120\n税務課\t130\n"
PEOPLE = "soumu-kacho\t総務 花子\t総務課\t課長\nzeimu-kacho\t税務 一郎\t税務課\t課長\n"
DECISION = {"decided_on": "R8.11.5", "decided_where": "課長会議", "reason": "町の実情による"}


@pytest.fixture
def town(committed, live_server):
    """The portal as its first start without the sample leaves it, and one of the secretariat."""
    with time_machine.travel("2026-11-06 01:00+00:00", tick=True):
        call_command("load_plan", first_month=date(2026, 11, 1), verbosity=0)
        clerk = make_user("jimukyoku", "事務局 太郎", "secretariat")
        yield live_server.url, {clerk.username: PASSWORD}


class Counted:
    """A clerk at a page whose actions are counted."""

    def __init__(self, clerk):
        self.clerk, self.page, self.actions = clerk, clerk.page, 0

    def click(self, selector):
        """One action."""
        self.actions += 1
        self.page.locator(selector).first.click()

    def press(self, selector):
        """Click what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.click(selector)

    def choose(self, selector, label):
        """One choice from a list."""
        self.actions += 1
        self.page.locator(selector).select_option(label=label)

    def paste_at(self, selector, text):
        """Stand in a cell and paste."""
        self.click(selector)
        self.page.evaluate(PASTE, text)

    def go_on(self, heading):
        """From the home to the page of the step that is next."""
        self.page.wait_for_selector(f".dx-guidenow h2:has-text('{heading}')")
        self.press(".dx-guidenow .btn-primary")

    def home(self):
        """Back to the guide."""
        self.press("nav a:has-text('ホーム')")

    def decide(self):
        """Fill in the decision of a setting and press its button."""
        for name, text in DECISION.items():
            self.page.fill(f"[name={name}]", text)
        self.press(".dx-rule-edit button[type=submit]")


def register_people(hand):
    hand.go_on("課を登録する")
    hand.page.fill("[name=text]", DEPARTMENTS)
    hand.press("button:has-text('内容を確かめる')")
    hand.clerk.check()
    hand.press("button:has-text('登録する')")
    hand.home()
    hand.go_on("利用者を登録する")
    hand.page.fill("[name=text]", PEOPLE)
    hand.press("button:has-text('内容を確かめる')")
    hand.press("button:has-text('登録する')")
    hand.home()
    hand.go_on("施策の所管課を決める")
    for number in range(1, 11):
        hand.choose(f"[name=m{number}-department]", "税務課" if number == 3 else "総務課")
    hand.press("form button:has-text('保存する')")
    hand.home()


def settle_definitions(hand):
    hand.go_on("指標の単位・数え方・頻度を確かめる")
    with hand.page.expect_navigation():
        hand.paste_at("[name='1-1-baseline_value']", "10\tR7\n" * 23)
    hand.press("button[value=save]")
    hand.home()
    hand.go_on("指標の算出方法を決める")
    hand.press("[data-press]")  # 分母
    hand.press("[data-press]")  # 分子
    hand.page.locator("[data-cell=answer]").first.focus()
    for number in range(23):
        hand.page.keyboard.insert_text(f"台帳{number + 1}の件数")
        hand.page.keyboard.press("Enter")
    assert hand.page.locator("[data-press]").inner_text() == "印を付けた23件を確認済にする"
    fits_a_phone(hand)
    hand.press("[data-press]")
    hand.home()


def fits_a_phone(hand):
    """The page is read without scrolling sideways, and clean, on a narrow screen too."""
    page, wide = hand.page, hand.page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    hand.clerk.check()
    page.set_viewport_size(wide)


def set_targets(hand):
    hand.go_on("年度目標を決める")
    codes = hand.page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.id.slice(1))")
    rows = ["0\t0\t0\t0" if code == "7-2" else "20\t30\t40\t50" for code in codes]
    hand.paste_at("[name='1-1-y2026']", "\n".join(rows))
    hand.page.wait_for_selector("dialog[open]:has-text('92欄を読み取りました')")
    hand.press("dialog button[name=apply]")
    hand.home()


def decide_settings(hand):
    hand.go_on("利用開始月と評価区分・提出期限を決める")
    hand.choose("[name=first_month]", "令和8年10月")
    hand.decide()
    hand.decide()  # 評価区分: the first that is undecided
    hand.press("a[href*='kind=deadline']")
    hand.decide()
    hand.home()


def settle_the_rest(hand):
    hand.press(".dx-guidenow a:has-text('後にする')")  # 工程表
    hand.go_on("残りの要確認を確かめる")
    hand.choose("tr:has-text('4 新たな価値創造') select", "地域社会")
    hand.press("[data-press]")
    hand.press("[data-press]")  # KPIの数
    hand.home()


def enter_the_first_month(hand):
    hand.press(".dx-guide a:has-text('最初の月（10月）')")
    hand.go_on("10月分の値を入力する")
    page, keyboard = hand.page, hand.page.keyboard
    hand.click("[data-cell]")
    rows = page.locator("tr[data-row]").count()
    for _ in range(rows):
        code = page.evaluate("document.activeElement.closest('tr').id")
        keyboard.type("0" if code == "k7-2" else "12")  # 7-2: none is the aim
        if page.locator(f"#{code} [data-cell]").count() == 2:
            keyboard.press("Tab")
            keyboard.type("100")
        keyboard.press("Enter")
    page.wait_for_function(
        "rows => document.querySelectorAll('.dx-save-ok').length >= rows", arg=rows
    )
    return rows


@begins(1)
def test_an_empty_town_is_set_up_and_its_first_month_entered(visitor):
    clerk = visitor()
    clerk.sign_in("jimukyoku")
    hand = Counted(clerk)
    hand.actions += 1  # Enter, to sign in
    assert "期限超過" not in clerk.page.inner_text("main")
    fits_a_phone(hand)
    register_people(hand)
    settle_definitions(hand)
    set_targets(hand)
    decide_settings(hand)
    settle_the_rest(hand)
    rows = enter_the_first_month(hand)
    assert Department.objects.count() == 3
    assert Measure.objects.filter(leads=None).count() == 0
    still = OpenPoint.objects.unsettled().filter(subject_type__model__in=["indicator", "plan"])
    assert [str(point) for point in still] == []
    assert Target.objects.count() == 92
    assert KpiValue.objects.filter(month=date(2026, 10, 1)).count() == rows > 10
    assert hand.actions == NEEDED <= MOST
