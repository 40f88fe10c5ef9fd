"""A whole PDCA cycle as three roles, and the meeting on the projector."""

from datetime import date

import pytest
import time_machine

from foundation.accounts.models import User
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.models import Decision
from headquarters.organisation.models import ActionItem
from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.reviews.models import Review, ReviewCycle
from kpi.models import Target
from measures.models import Plan
from tests.browser.order import begins
from tests.browser.waiting import until
from tests.sample_town import forget_meetings

OVERFLOWING = """() => {
  const parts = [...document.querySelectorAll('.dx-pjmain, html')];
  const wide = (part) => part.scrollWidth > part.clientWidth + 1;
  const tall = (part) => part.scrollHeight > part.clientHeight + 1;
  const size = (part) => `${part.scrollWidth}x${part.scrollHeight}`;
  const room = (part) => `${part.clientWidth}x${part.clientHeight}`;
  const said = (part) => `${part.className || 'html'} ${size(part)} in ${room(part)}`;
  return parts.filter((part) => wide(part) || tall(part)).map(said);
}"""
SMALL = """(least) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const [text, parent] = [walker.currentNode.data.trim(), walker.currentNode.parentElement];
    if (!text || parent.closest('.visually-hidden, title, option, script')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true }) || !parent.getClientRects().length)
      continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size && size < least - 0.01) small.push(`${size} ${text}`);
  }
  return small;
}"""
pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-06 01:00+00:00"
SHEET = "/reviews/2026-mid/3/"


def wait(person, text):
    person.page.wait_for_selector(f"main :text('{text}')")


def fill_in(head):
    """The department writes its sheet; it saves itself."""
    page = head.page
    page.fill("#id_plan_text", "9月に運用を始める")
    page.locator("details:has(#draft-d) summary").click()
    page.get_by_role("button", name="D に入れる").click()
    page.locator("details:has(#draft-c) summary").click()
    page.get_by_role("button", name="C に入れる").click()
    page.locator("[name=self_grade][value=C]").check()
    page.locator("[name=next_direction][value=improve]").check()
    page.fill("#id_next_action", "接続試験を12月までに終える")
    page.wait_for_selector("#saved .dx-save-ok")
    page.wait_for_function("document.querySelector('#saved [data-version]').dataset.version > 0")
    row = Review.objects.filter(measure__number=3)
    until(page, row.filter(next_action="接続試験を12月までに終える").exists)


@begins(1)
def test_one_full_cycle_as_three_roles(visitor):
    forget_meetings()
    with time_machine.travel(NOW, tick=True):
        clerk, head, honbu = visitor(), visitor(), visitor()
        clerk.come_as("jimukyoku")
        clerk.open("/reviews/")
        clerk.page.get_by_role("button", name="作る").click()
        clerk.page.get_by_role("button", name="照会する").click()
        wait(clerk, "照会しました")
        clerk.check()
        head.come_as("zeimu-kacho")
        head.open("/")
        head.page.get_by_role("link", name="PDCAシート 3 公金収納のeL-QR活用", exact=True).click()
        fill_in(head)
        head.check()
        head.page.get_by_role("button", name="提出する").click()
        wait(head, "「提出」にしました")
        assert "「eL-QRの運用開始」" in Review.objects.get(measure__number=3).done_text
        clerk.open(SHEET)
        clerk.page.fill("#reason-return", "契約への影響を書き足してください")
        clerk.page.get_by_role("button", name="所管課へ差し戻す").click()
        wait(clerk, "所管課へ差し戻しました")
        head.open(SHEET)
        wait(head, "契約への影響を書き足してください")
        head.page.locator("#id_analysis").press("End")
        head.page.keyboard.type("契約への影響はない。")
        head.page.get_by_role(
            "button", name="提出する"
        ).click()  # while the text is still on its way
        wait(head, "「提出」にしました")
        assert Review.objects.get(measure__number=3).analysis.count("契約への影響はない。") == 1
        clerk.open(SHEET)
        clerk.page.get_by_role("button", name="事務局確認済にする").click()
        wait(clerk, "「事務局確認」にしました")
        honbu.come_as("honbu")
        honbu.open("/")
        honbu.page.locator(".dx-sheets a.btn:has-text('公金収納のeL-QR活用')").click()
        honbu.page.locator("[name=grade][value=D]").check()
        honbu.page.get_by_role("button", name="本部評価を記録する").click()
        wait(honbu, "「本部評価済」にしました")
        honbu.check()
        decide(clerk)
    assert Target.objects.get(indicator__code="3-1", fiscal_year=2026, version=3).value == 10
    next_cycle(visitor)


def decide(clerk):
    """The meeting revises a target."""
    clerk.open("/meetings/")
    clerk.page.fill("#id_title", "第2回本部会議")
    clerk.page.fill("#id_held_on", "R8.11.6")
    clerk.page.get_by_role("button", name="会議を作る").click()
    wait(clerk, "議題の案を並べました")
    clerk.check()
    form = clerk.page.locator("form:has([name=kind][value=decision])")
    form.locator("textarea").fill("eL-QRの目標を10％に改める")
    form.locator("[name=measure]").select_option(label="3 公金収納のeL-QR活用")
    form.get_by_role("button", name="期日・目標も改める").click()
    row = clerk.page.locator("[data-moves] tr", has_text="令和8年度の目標").first
    row.locator("input.form-control").fill("10")
    assert row.locator("input[type=checkbox]").is_checked()  # typing ticks the row
    clerk.page.locator("[name=from_month]").fill("2026-11")
    clerk.check()
    clerk.page.get_by_role("button", name="内容を確かめる").click()
    wait(clerk, "まだ記録していません")
    clerk.check()
    clerk.page.get_by_role("button", name="1件を変えて記録する").click()
    wait(clerk, "決定事項を記録しました")
    clerk.open("/kpis/3-1/?at=2026-10")
    assert "12.0％" in clerk.page.inner_text("#draft")  # the old month keeps the old target


def next_cycle(visitor):
    """The next cycle shows last A and the new target."""
    with time_machine.travel("2027-04-05 01:00+00:00", tick=True):
        by = User.objects.get(username="jimukyoku")
        open_cycle(
            by=by,
            cycle=create_cycle(by=by, plan=Plan.objects.get(), fiscal_year=2026, kind="end"),
            on=date(2027, 4, 5),
        )
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/reviews/2026-end/3/")
        wait(head, "接続試験を12月までに終える")
        head.open("/kpis/3-1/?at=2027-03")
        assert "令和8年度：10.0％" in head.page.inner_text("main")


@pytest.fixture
def meeting(town):
    forget_meetings()
    with time_machine.travel(NOW, tick=True):
        by, plan = User.objects.get(username="jimukyoku"), Plan.objects.get()
        open_cycle(
            by=by,
            cycle=create_cycle(by=by, plan=plan, fiscal_year=2026, kind="mid"),
            on=date(2026, 11, 6),
        )
        create_meeting(
            by=by,
            plan=plan,
            title="第1回本部会議",
            held_on=date(2026, 7, 10),
            place="",
            month=date(2026, 6, 1),
        )
        return create_meeting(
            by=by,
            plan=plan,
            title="第2回本部会議",
            held_on=date(2026, 11, 6),
            place="",
            month=date(2026, 10, 1),
            cycle=ReviewCycle.objects.get(),
        )


COMING = "/meetings/2/present/"
BEFORE_IT = "2026-11-27 01:00+00:00"


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 768), (1920, 1080)])
def test_every_screen_is_read_from_the_seats_and_fits_the_projector(visitor, width, height):
    with time_machine.travel(BEFORE_IT, tick=True):
        person = visitor(width, height)
        person.come_as("honbu")
        person.open(COMING)
        for place in range(12):
            here = f".dx-pjtabs li:nth-child({place + 1}) [aria-current=step]"
            person.page.wait_for_selector(here)
            if width < 1920:  # the same page, larger
                person.check()
            assert person.page.evaluate(OVERFLOWING) == [], f"screen {place}"
            assert person.page.evaluate(SMALL, 22) == [], f"screen {place}"
            if place < 11:
                person.page.keyboard.press("PageDown" if place % 2 else "ArrowRight")


def test_the_meeting_is_run_by_keyboard(visitor, meeting):
    with time_machine.travel(NOW, tick=True):
        honbu = visitor(1280, 720)
        honbu.come_as("honbu")
        honbu.open(f"/meetings/{meeting.pk}/present/?slide=3")
        keyboard, page = honbu.page.keyboard, honbu.page
        keyboard.press("i")
        keyboard.type("k1: 近隣町の例を調べること")  # keys rest while one types
        assert page.evaluate(SMALL, 22) == []
        honbu.check()
        keyboard.press("Enter")
        wait(honbu, "指示事項を記録しました")
        assert page.url.endswith("?slide=3")
        keyboard.press("i")
        keyboard.press("Escape")
        assert not page.locator("#order").is_visible()
        keyboard.press("k")
        page.wait_for_selector("h1:has-text('決定を記録する')")
        assert page.locator("[name=measure]").input_value() != ""
        assert page.evaluate(SMALL, 22) == []
        honbu.check()
        page.locator("#id_text").fill("契約の期日は動かさない")
        page.get_by_role("button", name="内容を確かめる").click()
        page.get_by_role("button", name="決定事項を記録する").click()
        wait(honbu, "決定事項を記録しました")
        assert page.url.endswith("?slide=3")
        keyboard.press("PageUp")
        page.wait_for_selector(".dx-pjtabs li:nth-child(3) [aria-current=step]")
        keyboard.press("Escape")
        page.wait_for_selector("h1:has-text('第2回本部会議')")
    assert ActionItem.objects.get().text == "k1: 近隣町の例を調べること"
    assert Decision.objects.get().text == "契約の期日は動かさない"


def test_the_meeting_mode_works_without_scripts(visitor):
    with time_machine.travel(BEFORE_IT, tick=True):
        honbu = visitor(1280, 720, scripts=False)
        honbu.come_as("honbu")
        honbu.open(COMING)
        honbu.page.get_by_role("link", name="次は 2 窓口").click()
        honbu.page.get_by_role("button", name="やや遅れ").click()
        wait(honbu, "「本部評価済」にしました")
        honbu.page.get_by_role("link", name="指示").click()
        honbu.page.locator("#text").fill("費用を調べること")
        honbu.page.get_by_role("button", name="記録する").click()
        wait(honbu, "指示事項を記録しました")
        assert honbu.page.url.endswith("?slide=3")
    assert Review.objects.get(measure__number=2, cycle__code="2026-mid").headquarters_grade == "C"
    assert ActionItem.objects.filter(text="費用を調べること").exists()
