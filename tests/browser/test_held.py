"""Signed out, another person, an old token, in a real browser: nothing that was typed is lost.

Esc and the arrow keys on a row beside it: what is stored is what a person meant.
"""

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from foundation.accounts.models import User
from foundation.accounts.sessions import Session
from headquarters.meetings.actions import create_meeting
from headquarters.organisation.models import ActionItem
from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.reviews.models import Review
from kpi.models import KpiValue, Target
from measures.models import OpenPoint, Plan
from roadmap.models import Milestone
from tests.sample_town import forget_meetings

MONTH, FIRST = "2026-10", date(2026, 10, 1)
NOW = "2026-11-06 01:00+00:00"
GRID, TARGETS = f"/kpis/entry/{MONTH}/", "/kpis/targets/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(visitor):
    """The secretariat, with a second tab in the same browser."""
    person = visitor()
    person.come_as("jimukyoku")
    return person


HEARS = """() => {
  window.signedIn = "?";
  const tabs = new BroadcastChannel("dx-signed-in");
  tabs.onmessage = ({ data }) => { window.signedIn = data; };
  return Boolean(window.dxHeld);
}"""


def sign_out(person):
    """In another tab, as people do; this one has heard of it when its page has scripts."""
    hears = person.page.evaluate(HEARS)
    other = person.tab()
    other.open("/")
    on_a_phone = other.page.locator("[data-toggle-nav]")
    if on_a_phone.is_visible():
        on_a_phone.click()
    else:
        other.page.locator(".dx-usermenu summary").click()
    other.page.locator("button:visible", has_text="ログアウト").click()
    other.page.wait_for_selector("h1:has-text('進捗管理ポータル')")
    if hears:
        person.page.wait_for_function("window.signedIn === ''")
    return other


def sign_in_again(person, username="jimukyoku", password=None):
    """In the dialog."""
    page = person.page
    page.wait_for_selector("#sign-in[open]")
    page.fill("#si-username", username)
    page.fill("#si-password", password or person.passwords[username])
    page.keyboard.press("Enter")


def type_into(person, row, text):
    box = person.page.locator(f"#{row} [data-cell]").first
    box.focus()
    person.page.keyboard.type(text)
    person.page.keyboard.press("Enter")


def note(person):
    place = person.page.locator(".dx-heldnote").first
    place.wait_for()
    return place


def value(code):
    return KpiValue.objects.get(indicator__code=code, month=FIRST).value


def says(person, row, text):
    person.page.wait_for_selector(f"#{row} .dx-save:has-text('{text}')")


def test_a_row_of_the_grid_waits_for_the_sign_in(clerk):
    before = value("1-2")
    clerk.open(GRID)
    sign_out(clerk)
    type_into(clerk, "k1-2", "124")
    text = note(clerk).inner_text()
    assert f"124 はまだ保存していません（保存されている値は {before:.0f}）" in text
    says(clerk, "k1-2", "未保存")
    assert clerk.page.locator("h1").inner_text() == "10月分のKPI入力"
    clerk.check()
    note(clerk).get_by_role("button", name="ログインする").click()
    clerk.page.wait_for_selector("#sign-in[open]")
    clerk.check()
    sign_in_again(clerk, password="falsch-2026")
    clerk.page.wait_for_selector("#sign-in [data-problem]:has-text('パスワードが違います')")
    clerk.check()
    sign_in_again(clerk)
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 124
    assert clerk.page.locator(".dx-heldnote").count() == 0
    type_into(clerk, "k1-2", "125")
    clerk.page.wait_for_selector("#k1-2[data-stored='125']")
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 125


def test_signing_in_in_another_tab_is_enough(clerk):
    clerk.open(GRID)
    other = sign_out(clerk)
    type_into(clerk, "k1-2", "124")
    note(clerk)
    other.sign_in("jimukyoku")
    note(clerk).get_by_role("button", name="保存", exact=True).click()
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 124


def test_a_stale_token_is_renewed_unseen(clerk):
    clerk.open(GRID)
    sign_out(clerk).sign_in("jimukyoku")
    type_into(clerk, "k1-2", "124")
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 124
    clerk.check()


def test_a_token_that_stays_wrong_is_told(clerk):
    clerk.open(GRID)
    held = {"status": 403, "headers": {"X-Held": "stale-token"}, "body": '{"token": ""}'}
    clerk.page.route("**/kpis/entry/*/1-2/*", lambda route: route.fulfill(**held))
    type_into(clerk, "k1-2", "124")
    assert "この画面は古くなっています" in note(clerk).inner_text()
    assert clerk.page.locator("#k1-2 [data-cell]").input_value() == "124"
    clerk.page.unroute("**/kpis/entry/*/1-2/*")
    note(clerk).get_by_role("button", name="保存").click()
    says(clerk, "k1-2", "保存済み")


def test_a_session_that_ended_by_itself(clerk):
    clerk.open(GRID)
    Session.objects.all().delete()
    type_into(clerk, "k1-2", "124")
    note(clerk).get_by_role("button", name="保存", exact=True).click()
    sign_in_again(clerk)
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 124


def test_another_person_is_asked_under_whose_name(clerk):
    clerk.open(GRID)
    sign_out(clerk).sign_in("zeimu-kacho")
    other = User.objects.get(username="zeimu-kacho")
    type_into(clerk, "k3-1", "31")
    text = note(clerk).inner_text()
    assert f"いまは{other.display_name}さんがログインしています" in text
    clerk.check()
    assert KpiValue.objects.get(indicator__code="3-1", month=FIRST).numerator != 31
    note(clerk).get_by_role("button", name=f"{other.display_name}さんの名で保存").click()
    clerk.page.wait_for_selector(".dx-heldnote", state="detached")
    row = KpiValue.objects.get(indicator__code="3-1", month=FIRST)
    assert (row.numerator, row.updated_by) == (31, other)


def test_another_person_in_the_dialog_is_asked_too(clerk):
    clerk.open(GRID)
    sign_out(clerk)
    type_into(clerk, "k3-1", "31")
    note(clerk).get_by_role("button", name="ログインする").click()
    sign_in_again(clerk, "zeimu-kacho")
    clerk.page.wait_for_selector("#save-as[open]")
    clerk.check()
    clerk.page.locator("#save-as [data-close]").click()
    row = KpiValue.objects.get(indicator__code="3-1", month=FIRST)
    assert row.numerator != 31
    note(clerk).get_by_role("button", name="保存", exact=True).click()
    clerk.page.locator("#save-as [data-confirm]").click()
    clerk.page.wait_for_selector(".dx-heldnote", state="detached")
    row = KpiValue.objects.get(indicator__code="3-1", month=FIRST)
    assert (row.numerator, row.updated_by.username) == (31, "zeimu-kacho")


def test_the_lock_out_is_told_in_the_dialog(clerk):
    clerk.open(GRID)
    sign_out(clerk)
    type_into(clerk, "k1-2", "124")
    note(clerk).get_by_role("button", name="ログインする").click()
    for _ in range(5):
        sign_in_again(clerk, password="falsch-2026")
        clerk.page.wait_for_selector("#sign-in [data-problem]:not([hidden])")
        clerk.page.wait_for_selector("#sign-in [type=submit]:not([disabled])")
    clerk.page.wait_for_selector("#sign-in [data-problem]:has-text('15分間')")
    assert clerk.page.locator("#k1-2 [data-cell]").input_value() == "124"


@pytest.mark.parametrize("width", [1366, 390])
def test_the_notice_is_in_sight(visitor, width):
    person = visitor(width)
    person.come_as("jimukyoku")
    person.open(GRID)
    sign_out(person)
    type_into(person, "k1-2", "124")
    button = note(person).get_by_role("button", name="ログインする")
    button.scroll_into_view_if_needed()
    place = note(person).bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    person.check()
    button.click()
    person.page.wait_for_selector("#sign-in[open]")
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_row_of_targets(clerk):
    clerk.open(TARGETS)
    sign_out(clerk)
    type_into(clerk, "t2-2", "65")
    assert "65 はまだ保存していません（保存されている値は 未設定）" in note(clerk).inner_text()
    clerk.check()
    note(clerk).get_by_role("button", name="ログインする").click()
    sign_in_again(clerk)
    says(clerk, "t2-2", "保存済み")
    assert Target.objects.get(indicator__code="2-2").value == 65


def test_a_pasted_block(clerk):
    clerk.open(GRID)
    sign_out(clerk)
    clerk.page.locator("#k8-1 [data-cell]").focus()
    clerk.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "7\\n0\\n");
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }"""
    )
    sign_in_again(clerk)
    clerk.page.get_by_role("button", name="2件を反映する").click()
    clerk.page.wait_for_selector("text=2件を貼り付けて保存しました。")
    assert value("8-1") == 7


def test_milestones(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/?all=1")
        opener = head.page.locator("tbody:has(th:has-text('eL-QRの運用開始')) a.btn")
        opener.click()
        head.page.fill(".dx-msf [name=forecast_on]", "R8.12.18")
        head.page.fill(".dx-msf [name=reason]", "接続試験のやり直し")
        sign_out(head)
        head.page.get_by_role("button", name="保存する").click()
        assert "ログアウトしています" in note(head).inner_text()
        assert head.page.input_value(".dx-msf [name=reason]") == "接続試験のやり直し"
        head.check()
        note(head).get_by_role("button", name="ログインする").click()
        sign_in_again(head, "zeimu-kacho")
        head.page.wait_for_selector("[data-saved]:has-text('更新しました')")
    assert Milestone.objects.get(name="eL-QRの運用開始").forecast_on == date(2026, 12, 18)


def test_opening_a_milestone_while_signed_out(visitor):
    with time_machine.travel(NOW, tick=True):
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/roadmap/milestones/?all=1")
        sign_out(head)
        head.page.locator("tbody:has(th:has-text('eL-QRの運用開始')) a.btn").click()
        note(head).get_by_role("button", name="ログインする").click()
        sign_in_again(head, "zeimu-kacho")
        head.page.wait_for_selector(".dx-msf")


def test_checks(clerk):
    row = OpenPoint.objects.filter(settled_at=None, field="denominator").order_by("pk").last()
    kind = f"{row.subject_type.model}.{row.field}"
    clerk.open(f"/plan/checks/?kind={kind}")
    box = clerk.page.locator(f"#p{row.pk} [data-cell]")
    box.focus()
    clerk.page.keyboard.type("一般世帯に対する割合")
    assert clerk.page.locator(f"#p{row.pk} [name=ticked]").is_checked()
    sign_out(clerk)
    clerk.page.locator("[data-press]").click()
    clerk.page.wait_for_selector("#sign-in[open]")
    assert box.input_value() == "一般世帯に対する割合"
    sign_in_again(clerk)
    clerk.page.wait_for_selector("main:has-text('確認済にしました')")
    row.refresh_from_db()
    assert row.settled_value.endswith("一般世帯に対する割合")


@pytest.fixture
def sheet(visitor):
    """A department head at an open PDCA sheet."""
    forget_meetings()
    with time_machine.travel(NOW, tick=True):
        by = User.objects.get(username="jimukyoku")
        plan = Plan.objects.current()
        cycle = create_cycle(by=by, plan=plan, fiscal_year=2026, kind="mid")
        open_cycle(by=by, cycle=cycle, on=timezone.localdate(), at=timezone.now())
        head = visitor()
        head.come_as("zeimu-kacho")
        head.open("/reviews/2026-mid/3/")
        yield head


def test_a_sheet(town, sheet):
    sign_out(sheet)
    sheet.page.fill("#id_plan_text", "9月に運用を始める")
    assert "ログアウトしています" in note(sheet).inner_text()
    sheet.page.fill("#id_plan_text", "12月に運用を始める")
    sheet.page.wait_for_timeout(1500)
    assert sheet.page.locator(".dx-heldnote").count() == 1
    sheet.check()
    note(sheet).get_by_role("button", name="ログインする").click()
    sign_in_again(sheet, "zeimu-kacho")
    sheet.page.wait_for_selector("#saved .dx-save-ok")
    assert Review.objects.get(measure__number=3).plan_text == "12月に運用を始める"


def test_handing_in_waits_for_the_draft_that_is_held(town, sheet):
    sign_out(sheet)
    sheet.page.fill("#id_plan_text", "9月に運用を始める")
    sheet.page.get_by_role("button", name="提出する").click()
    sign_in_again(sheet, "zeimu-kacho")
    sheet.page.wait_for_selector(".dx-errsum")  # handed in, and told what is still missing
    row = Review.objects.get(measure__number=3)
    assert (row.plan_text, row.state) == ("9月に運用を始める", "draft")


@pytest.fixture
def in_meeting(visitor):
    """The headquarters at a measure's screen of the meeting mode."""

    def arrive(**window):
        row = create_meeting(
            by=User.objects.get(username="jimukyoku"),
            plan=Plan.objects.current(),
            title="第2回",
            place="",
            held_on=date(2026, 11, 20),
            month=FIRST,
            at=timezone.now(),
        )
        person = visitor(**window)
        person.come_as("honbu")
        person.open(f"/meetings/{row.pk}/present/?slide=2")
        return person

    return arrive


def test_meeting_mode(in_meeting):
    person = in_meeting()
    sign_out(person)
    person.page.keyboard.press("i")
    person.page.fill("#text", "予算を確保する")
    person.page.locator("#text").press("Enter")
    person.page.wait_for_selector("#sign-in[open]")
    person.check()
    sign_in_again(person, "honbu")
    person.page.wait_for_selector("text=指示事項を記録しました。")
    assert ActionItem.objects.latest("pk").text == "予算を確保する"


def test_meeting_mode_without_scripts(in_meeting):
    """What a whole page's form carries over the sign-in page."""
    person = in_meeting(scripts=False)
    Session.objects.all().delete()
    person.page.get_by_role("link", name="指示").click()
    person.page.fill("#text", "予算を確保する")
    person.page.get_by_role("button", name="記録する").click()
    person.page.wait_for_selector("text=この画面が預かっています")
    person.page.fill("#id_username", "honbu")
    person.page.fill("#id_password", person.passwords["honbu"])
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector("dd:has-text('予算を確保する')")
    person.page.get_by_role("button", name="もう一度保存する").click()
    person.page.wait_for_selector("text=指示事項を記録しました。")
    assert ActionItem.objects.latest("pk").text == "予算を確保する"


def test_without_scripts_a_form_is_carried_over_the_sign_in(visitor):
    person = visitor(scripts=False)
    person.come_as("jimukyoku")
    person.open("/accounts/departments/new/")
    person.page.fill("#id_code", "kensetsu")
    person.page.fill("#id_name", "建設課")
    person.page.fill("#id_valid_from", "R8.4.1")
    sign_out(person).sign_in("jimukyoku")  # the form token is old now
    person.page.get_by_role("button", name="保存").click()
    person.page.wait_for_selector("dd:has-text('建設課')")
    person.page.get_by_role("button", name="もう一度保存する").click()
    person.page.wait_for_selector("main:has-text('保存しました。')")


def escape(person, row):
    box = person.page.locator(f"#{row} [data-cell]").first
    box.focus()
    person.page.keyboard.press("Escape")
    return box.input_value()


def test_escape_after_a_refusal_and_after_a_conflict(clerk):
    before = value("1-2")
    clerk.open(GRID)
    type_into(clerk, "k1-2", "abc")
    says(clerk, "k1-2", "誤り・未保存")
    assert f"保存されている値は {before:.0f} です" in clerk.page.inner_text("#k1-2")
    assert escape(clerk, "k1-2") == f"{before:.0f}"
    clerk.page.keyboard.press("Enter")
    says(clerk, "k1-2", "保存済み")
    row = KpiValue.objects.get(indicator__code="1-2", month=FIRST)
    KpiValue.objects.filter(pk=row.pk).update(value=77, version=row.version + 1000)
    type_into(clerk, "k1-2", "88")
    says(clerk, "k1-2", "競合・未保存")
    box = clerk.page.locator("#k1-2 [data-cell]").first
    box.focus()
    box.press("End")
    clerk.page.keyboard.type("8")
    clerk.page.keyboard.press("Enter")  # leaving does not overwrite what was saved meanwhile
    clerk.page.wait_for_timeout(500)
    assert value("1-2") == 77
    assert escape(clerk, "k1-2") == "77"
    clerk.page.keyboard.press("Enter")
    says(clerk, "k1-2", "保存済み")
    assert value("1-2") == 77
    clerk.check()


def test_escape_in_the_table_of_targets(clerk):
    before = Target.objects.filter(indicator__code="1-2", fiscal_year=2026).latest("version")
    clerk.open(TARGETS)
    type_into(clerk, "t1-2", "1300")
    says(clerk, "t1-2", "誤り・未保存")
    assert "登録されている目標は" in clerk.page.inner_text("#t1-2")
    assert escape(clerk, "t1-2") == f"{before.value:,.0f}"
    clerk.page.keyboard.press("Enter")
    says(clerk, "t1-2", "保存済み")
    assert not Target.objects.filter(indicator__code="1-2", version__gt=before.version).exists()


def test_arrow_keys_on_the_select_store_nothing_on_the_way(clerk):
    clerk.open(GRID)
    clerk.page.locator("#k1-2 .dx-kind").focus()
    for _ in range(3):
        clerk.page.keyboard.press("ArrowDown")
        clerk.page.wait_for_timeout(900)
    assert KpiValue.objects.get(indicator__code="1-2", month=FIRST).missing_reason == ""
    for _ in range(3):
        clerk.page.keyboard.press("ArrowUp")
    clerk.page.keyboard.press("ArrowDown")
    assert KpiValue.objects.get(indicator__code="1-2", month=FIRST).maturity == "final"
    clerk.page.locator("#k1-3 [data-cell]").first.focus()
    clerk.page.wait_for_selector("#k1-2 .dx-kind[data-stored='provisional']")
    assert KpiValue.objects.get(indicator__code="1-2", month=FIRST).maturity == "provisional"


def test_a_reasons_word_and_a_number_switch_the_kind(clerk):
    clerk.open(GRID)
    type_into(clerk, "k1-2", "対象外")
    clerk.page.wait_for_selector("#k1-2[data-stored='対象外']")
    row = KpiValue.objects.get(indicator__code="1-2", month=FIRST)
    assert (row.missing_reason, row.value) == ("not_applicable", None)
    clerk.page.locator("#k1-2 [data-cell]").focus()
    clerk.page.keyboard.type("5")
    assert clerk.page.locator("#k1-2 .dx-kind").input_value() == "final"
    clerk.page.keyboard.press("Backspace")
    assert clerk.page.locator("#k1-2 .dx-kind").input_value() == "not_applicable"
    clerk.page.keyboard.type("125")
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_selector("#k1-2[data-stored='125']")
    assert value("1-2") == 125


def test_both_typed_the_same(visitor):
    first, second = visitor(), visitor()
    first.come_as("jimukyoku")
    second.come_as("jimukyoku")
    for person in (first, second):
        person.open(GRID)
    for person in (first, second):
        type_into(person, "k1-2", "120")
        person.page.wait_for_selector("#k1-2[data-stored='120']")
    name = User.objects.get(username="jimukyoku").display_name
    says(second, "k1-2", f"{name}さんが同じ内容を保存済みです")
    type_into(second, "k1-2", "121")
    second.page.wait_for_selector("#k1-2[data-stored='121']")
    assert value("1-2") == 121
