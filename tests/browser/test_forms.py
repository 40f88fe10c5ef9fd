"""What a person meets when a form cannot be saved: the list of what to mend, and both sides."""

import pytest
import time_machine

from headquarters.organisation.models import ActionItem
from roadmap.models import Step
from tests.browser.waiting import focus_is_on

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-06 01:00+00:00"
FOCUSED = "document.activeElement.className"


def press(person, selector):
    """Press a button and wait for the page that answers."""
    with person.page.expect_navigation():
        person.page.locator(selector).click()


@pytest.mark.parametrize("width", [1366, 390])
def test_two_people_and_one_step(width, visitor):
    with time_machine.travel(NOW, tick=True):
        first, second = visitor(), visitor(width)
        for person in (first, second):
            person.come_as("jimukyoku")
            person.open(f"/roadmap/steps/{Step.objects.first().pk}/")
        form = "#edit form "
        first.page.fill(form + "[name=name]", "庁内要望調査")
        first.page.fill(form + "[name=reason]", "言い換え")
        press(first, form + "button[type=submit]")
        second.page.fill(form + "[name=name]", "庁内の要望調査")
        second.page.fill(form + "[name=reason]", "言い換え")
        press(second, form + "button[type=submit]")
        page = second.page
        assert page.title().startswith("エラー： ほかの人が先に保存しました")
        assert "dx-errsum" in page.evaluate(FOCUSED)
        second.check()
        page.get_by_role("button", name="選んだとおり保存する").click()
        assert page.locator("[name=take-name]").count() == 2  # nothing chosen: the page stays
        page.keyboard.press("Tab")
        page.locator("[name=take-name][value=mine]").check()
        press(second, ".dx-formbar .btn-primary")
        assert page.locator("h1").inner_text() == "庁内の要望調査"
        assert Step.objects.first().name == "庁内の要望調査"


def test_what_to_mend_stands_on_top_and_leads_to_the_field(visitor):
    with time_machine.travel(NOW, tick=True):
        clerk = visitor()
        clerk.come_as("jimukyoku")
        clerk.open("/meetings/")
        clerk.page.fill("[name=held_on]", "1026/11/20")
        clerk.page.fill("[name=place]", "あ" * 120)
        press(clerk, "main form button[type=submit]")
        page = clerk.page
        assert page.title().startswith("エラー：")
        assert "dx-errsum" in page.evaluate(FOCUSED)
        assert page.locator(".dx-errsum h2").inner_text() == "3つ直すと保存できます"
        assert page.input_value("[name=place]") == "あ" * 120
        assert page.input_value("[name=held_on]") == "1026/11/20"
        clerk.check()
        page.locator(".dx-errsum a", has_text="開催日").click()
        focus_is_on(page, "held_on")


def test_a_form_after_the_fold_says_on_top_what_is_missing(visitor):
    with time_machine.travel(NOW, tick=True):
        clerk = visitor()
        clerk.come_as("jimukyoku")
        clerk.open("/meetings/")
        clerk.page.fill("[name=title]", "第2回会議")
        press(clerk, "main form button[type=submit]")
        press(clerk, "button:has-text('指示事項を記録する')")
        page = clerk.page
        assert "dx-errsum" in page.evaluate(FOCUSED)
        assert page.locator(".dx-errsum").bounding_box()["y"] < 300
        clerk.check()
        page.locator(".dx-errsum a", has_text="所管課").click()
        assert page.evaluate("document.activeElement.id") == "action_department"
        page.evaluate("document.querySelector('#action_text').value = '調べること'")
        page.select_option("#action_department", index=1)
        page.fill("#action_due_on", "R8.12.11")
        page.evaluate(
            "for (const n of [1, 2]) document.querySelector('#action_text').form.requestSubmit()"
        )
        page.wait_for_selector(".dx-messages :text('記録')")
        assert ActionItem.objects.filter(text="調べること").count() == 1
