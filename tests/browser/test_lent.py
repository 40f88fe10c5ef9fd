"""What saves time may not save a look: windows that are lent, contrast that is measured once."""

import pytest

from tests.browser.axe import violations

LOGIN = "/accounts/login/"
SHEET = "const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet];"
CHANGES = {  # what changes after a page was found clean
    "its own colour": "document.querySelector('main label').style.color = '#bbb'",
    "the colour around it": "document.body.style.color = document.querySelector('main').style.color"
    " = '#777'; document.querySelector('main').style.backgroundColor = '#666'",
    "a style sheet": f"{SHEET} sheet.replaceSync('main label {{ color: #bbb !important }}')",
    "how strong it is": f"{SHEET} sheet.replaceSync('main {{ opacity: 0.3 }}')",
}
SHOWN = """(how) => {
  const words = document.getElementById("faint") ?? document.createElement("p");
  words.id = "faint";
  words.textContent = "薄い字";
  words.style.color = "#ccc";
  document.querySelector("main").append(words);
  document.adoptedStyleSheets = [new CSSStyleSheet()];
  document.adoptedStyleSheets[0].replaceSync(`#faint { display: ${how} }`);
}"""
LEFT = """() => {
  const { name, localStorage: kept, sessionStorage: of_tab } = window;
  const media = [matchMedia("print").matches, matchMedia("(forced-colors: active)").matches];
  return [document.cookie, name, "mine" in kept, "mine" in of_tab, ...media, innerWidth];
}"""


@pytest.mark.parametrize("change", CHANGES)
def test_contrast_is_measured_again_where_it_may_have_changed(visitor, change):
    person = visitor()
    person.open(LOGIN)
    person.check()
    person.page.evaluate(CHANGES[change])
    assert "color-contrast" in violations(person.page)


def test_what_was_hidden_is_measured_when_it_shows(visitor):
    person = visitor()
    person.open(LOGIN)
    person.page.evaluate(SHOWN, "none")
    person.check()
    person.page.evaluate(SHOWN, "block")
    assert "color-contrast" in violations(person.page)


def test_what_is_not_clean_is_told_each_time(visitor):
    person = visitor()
    person.open(LOGIN)
    person.page.evaluate(CHANGES["its own colour"])
    for _ in range(2):
        assert "color-contrast" in violations(person.page)


def test_what_lies_under_a_dialog_is_measured_when_it_is_closed(visitor):
    person = visitor()
    person.open(LOGIN)
    person.page.evaluate(
        """() => {
          const dialog = document.createElement("dialog");
          dialog.append("窓");
          dialog.setAttribute("aria-label", "窓");
          document.body.append(dialog);
          dialog.showModal();
        }"""
    )
    person.page.evaluate(SHOWN, "block")
    violations(person.page)
    person.page.evaluate("document.querySelector('dialog').close()")
    assert "color-contrast" in violations(person.page)


def test_a_window_is_lent_as_new(windows, visitor):
    person = visitor(width=500)
    address, page, heard = person.address, person.page, []
    person.open(LOGIN)
    page.context.add_cookies([{"name": "mine", "value": "1", "url": address}])
    page.evaluate("localStorage.mine = sessionStorage.mine = window.name = 'mine'")
    page.route("**/accounts/login/", lambda route: route.abort())
    page.on("request", lambda request: heard.append(request.url))
    page.emulate_media(media="print", forced_colors="active")
    person.tab().open("/accounts/login/?tab")
    window = next(each for each in windows.out if each.page is page)
    assert window.emptied(address)
    heard.clear()
    assert len(page.context.pages) == 1
    page.set_viewport_size({"width": 800, "height": 600})
    assert page.goto(address + LOGIN).status == 200
    assert page.evaluate(LEFT) == ["", "", False, False, False, False, 800]
    assert [each["name"] for each in page.context.cookies()] in ([], ["csrftoken"])
    assert heard == []
