"""The tables of the set-up, by keyboard and by a block from Excel, in a town where nothing is set
up.
"""

import pytest

from kpi.models import Definition, Target
from measures.models import OpenPoint
from tests.browser.test_entry import PASTE
from tests.browser.waiting import focus_is_on
from tests.people import PASSWORD


@pytest.fixture
def town(committed, secretariat, live_server):
    """Nobody but the secretariat, and the plan."""
    return live_server.url, {secretariat.username: PASSWORD}


def test_the_definitions_are_typed_pasted_looked_at_and_saved(visitor):
    clerk = visitor()
    clerk.come_as("jimukyoku")
    clerk.open("/kpis/definitions/")
    clerk.check()
    page, keyboard = clerk.page, clerk.page.keyboard
    page.locator("[name='1-1-unit']").focus()
    keyboard.type("種")
    keyboard.press("Enter")
    focus_is_on(page, "1-2-unit")
    page.locator("[name='4-1-unit']").focus()
    with page.expect_navigation():
        page.evaluate(PASTE, "名\t数値\tふえる\n％\n")
    assert page.locator("[name='4-1-unit']").input_value() == "名"
    assert page.locator("[name='1-1-unit']").input_value() == "種"
    page.wait_for_selector(".is-cellnote:has-text('「ふえる」は選択肢にありません')")
    clerk.check()
    page.locator("[name='4-1-unit']").focus()
    with page.expect_navigation():
        page.evaluate(PASTE, "名\t数値\t増やす\n％\n")
    page.wait_for_selector("[data-changes]:has-text('名')")
    clerk.check()
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    units = Definition.objects.filter(indicator__code__in=["1-1", "4-1"])
    assert set(units.values_list("unit", flat=True)) == {"種", "名"}
    assert not OpenPoint.objects.unsettled().filter(field="accumulation").exists()
    clerk.open("/kpis/targets/")
    page.locator("[name='4-1-y2026']").focus()
    page.evaluate(PASTE, "240\t260\t280\t300\n75.0\t80\t85\t88\n")
    page.wait_for_selector("dialog[open]:has-text('8欄を読み取りました')")
    clerk.check()
    with page.expect_navigation():
        page.locator("dialog button[name=apply]").click()
    assert Target.objects.count() == 8
    clerk.open("/measures/leads/")
    clerk.check()
