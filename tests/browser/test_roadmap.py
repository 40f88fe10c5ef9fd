"""The department head's twenty seconds.

Update in place by keyboard, on a phone, several at once; settle, print.
"""

from datetime import date

import pytest
import time_machine

from measures.models import OpenPoint
from roadmap.models import Milestone, Step
from tests.browser.waiting import focus_is_on

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-06 01:00+00:00"


def opener(person, name):
    """The button of a milestone's row that opens it."""
    return person.page.locator(f"tbody:has(th:has-text('{name}')) a.btn")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_milestone_is_updated_in_place_by_keyboard(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/?all=1")
        opener(head, "eL-QRの運用開始").focus()
        head.page.keyboard.press("Enter")
        head.page.wait_for_selector(".dx-msf")
        focused = head.page.evaluate("document.activeElement.value")
        assert focused == "moves"  # the cursor is on the answer
        head.page.keyboard.press("Tab")
        head.page.keyboard.press("Control+A")
        head.page.keyboard.type("R8.12.18")
        head.page.keyboard.press("Enter")
        head.page.wait_for_selector(".dx-msf .invalid-feedback:has-text('延期の理由')")
        assert head.page.locator(".dx-msf [name=forecast_on]").input_value() == "R8.12.18"
        focus_is_on(head.page, "reason")
        head.check()
        head.page.keyboard.type("接続試験のやり直し")
        head.page.keyboard.press("Enter")
        head.page.wait_for_selector("[data-saved]:has-text('更新しました')")
        assert head.page.url.endswith("?all=1")  # the filter stays
        assert head.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        head.check()
    assert Milestone.objects.get(name="eL-QRの運用開始").forecast_on == date(2026, 12, 18)


def test_done_fills_in_today_and_escape_closes(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/")
        opener(head, "広報紙での周知").click()
        head.page.wait_for_selector(".dx-msf")
        head.page.locator(".dx-four label:has-text('完了した')").click()
        assert head.page.locator(".dx-msf [name=completed_on]").input_value() == "R8.11.6"
        head.page.keyboard.press("Escape")
        head.page.wait_for_selector(".dx-msf", state="detached")
        assert Milestone.objects.get(name="広報紙での周知").completed_on is None


def test_several_are_set_in_one_go(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/")
        for name in ("eL-QRの運用開始", "広報紙での周知"):
            head.page.get_by_label(f"まとめて更新：{name}").check()
        head.page.locator("#bulk select").select_option("completed")
        head.page.get_by_role("button", name="まとめて更新する").click()
        head.page.wait_for_selector("text=2件を更新しました。")
        head.check()
    assert Milestone.objects.filter(state="completed", completed_on=date(2026, 11, 6)).count() == 2


def test_two_heads_on_one_milestone(visitor):
    with time_machine.travel(NOW, tick=True):
        first, second = visitor(), visitor()
        for person in (first, second):
            person.come_as("zeimu-kacho")
            person.open("/roadmap/milestones/")
            opener(person, "広報紙での周知").click()
            person.page.wait_for_selector(".dx-msf")
        for person, text in ((first, "原稿は出来ました"), (second, "掲載は12月号")):
            person.page.locator(".dx-msf label:has-text('予定どおり')").click()
            person.page.locator(".dx-msf [name=comment]").fill(text)
            person.page.keyboard.press("Enter")
            person.page.wait_for_selector("[data-saved], .dx-notice-bad")
        assert "先に更新しました" in second.page.inner_text(".dx-notice-bad")
        assert second.page.locator(".dx-msf [name=comment]").input_value() == "掲載は12月号"
        second.check()
        second.page.get_by_role("button", name="保存する").click()
        second.page.wait_for_selector("[data-saved]")
    assert [
        row.comment
        for row in Milestone.objects.get(name="広報紙での周知").updates.order_by("-id")[:2]
    ] == ["掲載は12月号", "原稿は出来ました"]


class Counted:
    """A person whose clicks and keys are counted: none may be done past it."""

    def __init__(self, page):
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, selector):
        self.clicks += 1
        self.page.locator(selector).first.click()

    def type(self, text):
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key):
        self.keys += 1
        self.page.keyboard.press(key)

    def tab_to(self, selector):
        """Walk there with Tab, every step counted."""
        there = self.page.locator(selector).first.element_handle()
        while not there.evaluate("element => element === document.activeElement"):
            self.press("Tab")
            assert self.keys < 100, selector

    def seconds(self):
        """Machine and keys by the keystroke-level model: 1.1 s a click, 0.28 s a key."""
        return self.clicks * 1.1 + self.keys * 0.28


HOME_LINK = "main a:text-is('3 eL-QRの運用開始')"
HOME_ROW = "main .dx-job:has(a:text-is('3 eL-QRの運用開始'))"


@pytest.mark.parametrize("width", [1366, 390])
def test_from_home_a_date_moves_with_three_clicks(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/")
        hand = Counted(head.page)
        hand.click(HOME_LINK)
        head.page.wait_for_selector(".dx-msf")
        save = head.page.get_by_role("button", name="保存する")
        assert save.bounding_box()["y"] < head.page.viewport_size["height"] - 40
        hand.click("[name=forecast_on]")
        hand.press("Control+A")
        hand.type("12/11")
        head.page.wait_for_selector(".dx-read:has-text('令和8年12月11日（金）')")
        head.page.wait_for_selector(".dx-slip:has-text('＋101日')")
        hand.tab_to("[name=reason]")
        hand.type("部品待ち")
        head.check()
        assert save.bounding_box()["y"] < head.page.viewport_size["height"] - 40
        hand.click(".dx-msf-foot button")
        head.page.wait_for_selector("text=に保存しました")
        assert (hand.clicks, hand.seconds() <= 20) == (3, True), hand.keys
        assert head.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        head.check()
    assert Milestone.objects.get(name="eL-QRの運用開始").forecast_on == date(2026, 12, 11)


@pytest.mark.parametrize("width", [1366, 390])
def test_from_home_it_is_done_with_three_clicks(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/")
        hand = Counted(head.page)
        hand.click(HOME_LINK)
        hand.click(".dx-four label:has-text('完了した')")
        hand.click(".dx-msf-foot button")
        head.page.wait_for_selector("text=に保存しました")
        assert hand.clicks == 3
        head.page.get_by_role("link", name="ホームに戻る").click()
        head.page.wait_for_url("**/")
    assert Milestone.objects.get(name="eL-QRの運用開始").completed_on == date(2026, 11, 6)


@pytest.mark.parametrize("width", [1366, 390])
def test_on_the_row_of_home_it_is_done_with_two_clicks_and_goes_on_with_one(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/")
        hand = Counted(head.page)
        hand.click(f"{HOME_ROW} button:has-text('見込どおり')")
        head.page.wait_for_selector(f"{HOME_ROW} :text('と記録')")
        assert hand.clicks == 1
        head.check()
        hand.click(f"{HOME_ROW} a:has-text('完了した')")
        hand.click(".dx-msf-foot button")
        head.page.wait_for_selector("text=に保存しました")
        assert (hand.clicks - 1, hand.seconds() <= 20) == (2, True)
    row = Milestone.objects.get(name="eL-QRの運用開始")
    assert row.completed_on == date(2026, 11, 6)
    assert row.updates.order_by("-id")[1].comment == "見込どおり"


@pytest.mark.parametrize("width", [1366, 390])
def test_on_the_row_of_home_by_keyboard_a_date_moves(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/")
        hand = Counted(head.page)
        head.page.locator(f"{HOME_ROW} a:has-text('期日が変わる')").focus()
        hand.press("Enter")
        head.page.wait_for_selector(".dx-msf")
        hand.tab_to("[name=forecast_on]")
        hand.press("Control+A")
        hand.type("12/11")
        hand.tab_to("[name=reason]")
        hand.type("部品待ち")
        hand.tab_to(".dx-msf-foot button")
        hand.press("Enter")
        head.page.wait_for_selector("text=に保存しました")
        assert (hand.clicks, hand.seconds() <= 20) == (0, True), hand.keys
    assert Milestone.objects.get(name="eL-QRの運用開始").forecast_on == date(2026, 12, 11)


@pytest.mark.parametrize("width", [1366, 390])
def test_from_home_by_keyboard_alone(visitor, width):
    with time_machine.travel(NOW, tick=True):
        head = visitor(width)
        head.come_as("zeimu-kacho")
        head.open("/")
        head.page.locator(HOME_LINK).focus()
        hand = Counted(head.page)
        hand.press("Enter")
        head.page.wait_for_selector(".dx-msf")
        focus_is_on(head.page, "answer")
        hand.press("ArrowLeft")
        hand.press("Tab")
        focus_is_on(head.page, "completed_on")
        hand.press("Enter")
        head.page.wait_for_selector("text=に保存しました")
        assert (hand.clicks, hand.keys) == (0, 4)
    assert Milestone.objects.get(name="eL-QRの運用開始").completed_on == date(2026, 11, 6)


def test_refused_rows_keep_their_ticks(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/")
        for name in ("eL-QRの運用開始", "広報紙での周知"):
            head.page.get_by_label(f"まとめて更新：{name}").check()
        head.page.locator("#bulk select").select_option("completed")
        head.page.locator("#bulk [name=completed_on]").fill("11/30")
        head.page.get_by_role("button", name="まとめて更新する").click()
        head.page.wait_for_selector("text=2件は更新していません")
        assert head.page.locator("[name=pick]:checked").count() == 2
        assert head.page.locator("tbody .invalid-feedback").count() == 2
        head.check()


def test_an_open_point_is_settled_in_place(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open("/plan/checks/?kind=step.span")
    row = OpenPoint.objects.filter(
        field="span", subject_label__contains="システム搭載手続きの拡大"
    ).get()
    place, press = clerk.page.locator(f"#p{row.pk}"), clerk.page.locator("[data-press]")
    clerk.page.locator("[data-tick-all]").click()
    if clerk.page.locator("[name=ticked]:checked").count():
        clerk.page.locator("[data-tick-all]").click()
    place.locator("input[type=text]").nth(0).fill("2027-10")
    place.locator("input[type=text]").nth(1).fill("2027-04")
    assert press.inner_text() == "印を付けた1件を確認済にする"
    press.click()
    clerk.page.wait_for_selector(".is-cellnote:has-text('終了月は開始月以後')")
    clerk.check()
    place.locator("input[type=text]").nth(1).fill("2028-03")
    press.click()
    place.wait_for(state="detached")
    clerk.check()
    assert Step.objects.get(name="システム搭載手続きの拡大").first_month == date(2027, 10, 1)


UNBROKEN = """() => {
  const tracks = [...document.querySelectorAll(".dx-roadmap .dx-track")];
  const boxes = tracks.map((track) => track.getBoundingClientRect());
  const lines = tracks.map((track) => track.querySelector("line.now").getBoundingClientRect());
  return boxes.slice(1).every((box, n) => boxes[n].bottom >= box.top) &&
    lines.every((line, n) => line.height >= boxes[n].height - 0.5);
}"""


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("query", ["", "?year=2026"])
def test_the_line_of_the_day_is_nowhere_broken(visitor, width, query):
    person = visitor(width)
    person.come_as("etsuran")
    person.open(f"/roadmap/{query}")
    assert person.page.evaluate(UNBROKEN)
    person.check()


@pytest.mark.parametrize(
    ("url", "size"),
    [("/roadmap/", "A3"), ("/roadmap/?year=2026", "A3"), ("/measures/2/roadmap/", "A4")],
)
def test_the_printed_roadmap_names_every_step(visitor, tmp_path, url, size):
    person = visitor()
    person.come_as("etsuran")
    person.open(url)
    person.page.emulate_media(media="print")
    text = person.page.inner_text("main")
    steps = Step.objects.all() if size == "A3" else Step.objects.filter(measure__number=2)
    assert [row.name for row in steps if row.name not in text] == []
    path = tmp_path / "roadmap.pdf"
    person.page.pdf(path=path, format=size, landscape=True, prefer_css_page_size=True)
    assert path.read_bytes().count(b"/Type /Page\n") + path.read_bytes().count(b"/Type /Page ") == 1
