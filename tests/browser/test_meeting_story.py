"""A meeting as three roles live it: graded, decided and instructed on the screen, printed,
answered and shown to the next meeting; the old month and the first meeting stand still.
"""

from datetime import date

import pytest
import time_machine

from foundation.accounts.models import User
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.models import Meeting
from headquarters.organisation.models import ActionItem
from headquarters.reports.monthly import gather
from headquarters.reviews.models import Review
from kpi.models import Target
from measures.models import Measure, Plan
from roadmap import reading
from roadmap.actions import Update, update_milestone
from roadmap.models import Milestone
from tests.browser.order import begins

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER, DAY = date(2026, 10, 1), date(2026, 11, 30)
MEETING, FIRST = "/meetings/2/", "/meetings/1/present/?slide=4"
ASKED, ANSWERED = "近隣2町の費用を報告に含めること。", "2町を視察し、費用の比較を報告に加えた。"


def wait(person, text):
    person.page.wait_for_selector(f"main :text('{text}')")


def approved(on):
    """{milestone: its approved day} of what had a forecast of its own on the meeting's day."""
    return {
        item.row.name: item.facts.approved_on
        for step in reading.load(on)
        for item in step.milestones
        if item.facts.forecast_on and item.facts.forecast_on > item.facts.approved_on
    }


def judged(month):
    """What October says, as far as a decision of today could move it."""
    return [(row.code, row.target, row.rate, row.grade) for row in gather(month, on=DAY).indicators]


def seen_of(person, address):
    """What a screen says, without what moved since and the keys."""
    person.open(address)
    return person.page.evaluate(
        """() => {
          for (const part of document.querySelectorAll('aside')) part.remove();
          return document.querySelector('.dx-pjmain').innerText;
        }"""
    )


def a_fifth_forecast():
    """Beside the four late ones of the sample."""
    row = Milestone.objects.get(name="契約締結")
    update_milestone(
        by=User.objects.get(username="jimukyoku"),
        milestone=row,
        seen_version=row.version,
        update=Update("not_started", date(2027, 3, 19), reason="調査報告を待つため"),
        on=DAY,
    )


def hold(clerk):
    clerk.come_as("jimukyoku")
    clerk.open(MEETING)
    clerk.page.get_by_role("button", name="開催する").click()
    wait(clerk, "開催しました")


def grade(honbu):
    """Two grades, one press each."""
    for slide, key, state in ((3, "3", "やや遅れ"), (9, "2", "概ね順調")):
        honbu.open(f"{MEETING}present/?slide={slide}")
        honbu.page.keyboard.press(key)
        wait(honbu, "「本部評価済」にしました")
        assert state in honbu.page.inner_text("[data-grade][aria-current]")


def approve_two_forecasts(honbu):
    """Of the measure's own and of another one's, the days that are expected."""
    honbu.open(f"{MEETING}present/?slide=3")
    honbu.page.keyboard.press("k")
    honbu.page.wait_for_selector("h1:has-text('決定を記録する')")
    honbu.page.fill("#id_text", "調査報告とeL-QRの期日を見込日に改める。")
    honbu.page.locator("[data-moves] tr", has_text="調査報告").locator("[type=checkbox]").check()
    honbu.page.locator("details summary", has_text="ほかの施策").click()
    other = honbu.page.locator("details [data-moves] tr", has_text="eL-QRの運用開始")
    other.locator("[type=checkbox]").check()
    honbu.page.get_by_role("button", name="内容を確かめる").click()
    honbu.page.get_by_role("button", name="2件を変えて記録する").click()
    wait(honbu, "決定事項を記録しました")
    assert honbu.page.url.endswith("?slide=3")


def revise_a_target(clerk):
    """The secretariat, for the headquarters."""
    clerk.open(f"{MEETING}present/?slide=4")
    clerk.page.keyboard.press("k")
    clerk.page.wait_for_selector("h1:has-text('決定を記録する')")
    clerk.page.fill("#id_text", "eL-QRの目標を10％に改める。")
    row = clerk.page.locator("[data-moves] tr", has_text="令和8年度の目標").first
    row.locator("input.form-control").fill("10")
    clerk.page.get_by_role("button", name="内容を確かめる").click()
    clerk.page.get_by_role("button", name="1件を変えて記録する").click()
    wait(clerk, "決定事項を記録しました")


def instruct(honbu):
    honbu.page.keyboard.press("i")
    honbu.page.keyboard.type(ASKED)
    honbu.page.keyboard.press("Enter")
    wait(honbu, "指示事項を記録しました")


def printed(clerk):
    """The minutes on paper."""
    clerk.open(f"{MEETING}minutes/")
    text = clerk.page.inner_text("main")
    for said in (ASKED, "調査報告とeL-QRの期日", "eL-QRの目標を10％"):
        assert said in text
    clerk.check()
    return clerk.page.pdf(format="A4").count(b"/Type /Page\n")


def answer(head):
    head.come_as("jumin-kacho")
    item = ActionItem.objects.get(text=ASKED)
    head.open(f"/meetings/items/{item.pk}/")
    head.page.fill("#id_answer", ANSWERED)
    head.page.get_by_role("button", name="回答する").click()
    wait(head, ANSWERED)


@begins(3)
def test_a_meeting_decides_and_the_next_one_sees_it(visitor):
    with time_machine.travel("2026-11-30 05:00+00:00", tick=True):
        clerk, honbu, head = visitor(), visitor(1280, 720), visitor()
        a_fifth_forecast()
        hold(clerk)
        honbu.come_as("honbu")
        first, october, late = seen_of(honbu, FIRST), judged(OCTOBER), approved(DAY)
        grade(honbu)
        approve_two_forecasts(honbu)
        instruct(honbu)
        revise_a_target(clerk)
        assert printed(clerk) <= 3
        moved = {name for name, day in late.items() if approved(DAY).get(name) != day}
        assert (len(late), moved) == (5, {"調査報告", "eL-QRの運用開始"})
        assert judged(OCTOBER) == october
        assert seen_of(honbu, FIRST) == first
    grades = Review.objects.filter(cycle__code="2026-mid", measure__number__in=(2, 8))
    assert sorted(grades.values_list("headquarters_grade", flat=True)) == ["B", "C"]
    assert (
        Target.objects.filter(indicator__code="3-1", fiscal_year=2026).latest("version").value == 10
    )
    with time_machine.travel("2026-12-10 01:00+00:00", tick=True):
        answer(head)
    the_next_one_sees_it(visitor)


def the_next_one_sees_it(visitor):
    with time_machine.travel("2027-03-20 01:00+00:00", tick=True):
        row = create_meeting(
            by=User.objects.get(username="jimukyoku"),
            plan=Plan.objects.get(),
            title="第3回推進本部会議",
            held_on=date(2027, 3, 25),
            place="",
            month=date(2027, 1, 1),
            cycle=Meeting.objects.get(pk=2).cycle,
        )
        honbu = visitor(1280, 720)
        honbu.come_as("honbu")
        honbu.open(f"/meetings/{row.pk}/present/?slide=3")
        text = honbu.page.inner_text("main")
        assert ANSWERED in text
        assert "前回の指示への回答" in text
        assert Measure.objects.get(number=2).name in text
        honbu.check()
