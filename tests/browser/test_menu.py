"""The menu in a real browser: by keyboard, at 1280 and 390, and without JavaScript."""

import pytest

pytestmark = pytest.mark.pure
WIDTH = "document.querySelector('.dx-header').scrollWidth"


def group(page, label):
    """A group of the menu."""
    return page.locator(f".dx-nav details:has(summary:text-is('{label}'))")


def is_open(page, label):
    """Does it stand open?"""
    return group(page, label).evaluate("each => each.open")


def test_the_menu_works_from_the_keyboard(visitor):
    person = visitor(1280)
    person.come_as("jimukyoku")
    page, keys = person.page, person.page.keyboard
    person.open("/reports/")
    group(page, "月次").locator("summary").focus()
    keys.press("Enter")
    assert is_open(page, "月次")
    assert group(page, "月次").locator("[aria-current=page]").inner_text().startswith("報告と版")
    person.check()
    keys.press("Escape")
    assert not is_open(page, "月次")
    assert page.evaluate("document.activeElement.textContent.trim()") == "月次"
    keys.press("Enter")
    group(page, "計画").locator("summary").click()
    page.wait_for_function("document.querySelectorAll('.dx-nav details[open]').length === 1")
    assert is_open(page, "計画")
    page.locator("h1").click()
    assert not is_open(page, "計画")
    group(page, "管理").locator("summary").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/plan/settings/")
    assert person.problems == []


@pytest.mark.parametrize("username", ["jimukyoku", "jumin-kacho", "honbu", "etsuran"])
def test_the_header_fits_1280_with_name_and_post(visitor, username):
    person = visitor(1280)
    person.come_as(username)
    person.open("/measures/")
    assert person.page.evaluate(WIDTH) <= 1280
    shown = person.page.locator(".dx-usermenu summary b")
    assert shown.is_visible()
    assert shown.evaluate("each => each.scrollWidth <= each.clientWidth")
    tops = "all => new Set(all.map(each => each.getBoundingClientRect().top)).size"
    assert person.page.locator(".dx-nav > ul > li").evaluate_all(tops) == 1


def test_on_a_phone_a_button_shows_the_menu_and_esc_hides_it(visitor):
    person = visitor(390)
    person.come_as("jumin-kacho")
    page = person.page
    person.open("/roadmap/milestones/")
    assert not page.locator(".dx-nav").is_visible()
    page.get_by_role("button", name="メニュー", exact=True).click()
    assert is_open(page, "課の仕事")  # where one is
    assert page.locator(".dx-nav").get_by_role("button", name="ログアウト").is_visible()
    person.check()
    page.keyboard.press("Escape")
    assert not page.locator(".dx-nav").is_visible()
    assert page.evaluate("document.activeElement.hasAttribute('data-toggle-nav')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1280, 390])
def test_without_javascript_the_groups_open_all_the_same(visitor, width):
    person = visitor(width, scripts=False)
    person.come_as("jimukyoku")
    person.open("/")
    page = person.page
    group(page, "月次").locator("summary").click()
    page.get_by_role("link", name="報告と版").click()
    page.wait_for_url("**/reports/")


@pytest.mark.parametrize("username", ["jimukyoku", "honbu", "etsuran"])
def test_every_home_fits_a_phone(visitor, username):
    person = visitor(390)
    person.come_as(username)
    person.open("/")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
    person.check()


def test_words_are_looked_for_from_any_page_by_keyboard(visitor):
    person = visitor(1280)
    person.come_as("jimukyoku")
    page, keys = person.page, person.page.keyboard
    person.open("/measures/")
    keys.press("/")
    field = page.locator(".dx-gsearch input")
    assert field.evaluate("each => each === document.activeElement")
    keys.type("窓口/ﾏﾄﾞ")  # in a field the stroke is a letter
    assert field.input_value() == "窓口/ﾏﾄﾞ"
    field.fill("KPI2-3")
    keys.press("Enter")
    page.wait_for_url("**/search/?q=KPI2-3")
    assert page.locator(".dx-found a").first.inner_text().startswith("2-3")
    person.check()
    keys.press("/")  # of a page that is for it, the page's own field
    assert page.evaluate("document.activeElement.id") == "id_q"
    keys.type("窓口")
    keys.press("Enter")
    page.wait_for_selector(".dx-found mark")
    person.check()
    page.locator(".dx-found a").first.click()
    page.wait_for_url("**/measures/2/")
    assert person.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_words_are_looked_for_in_the_menu(visitor, scripts):
    person = visitor(390, scripts=scripts)
    person.come_as("etsuran")
    page = person.page
    person.open("/measures/")
    if scripts:
        page.get_by_role("button", name="メニュー", exact=True).click()
        person.check()
    page.locator("#menu-q").fill("窓口")
    page.locator("#menu-q").press("Enter")
    page.wait_for_selector(".dx-found mark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if scripts:
        person.check()
    page.locator(".dx-gsearch-link").click()
    page.wait_for_url("**/search/")
    assert person.problems == []
