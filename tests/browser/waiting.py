"""What a browser test waits for: states of the page, never times."""

from functools import wraps

from playwright.sync_api import Locator, Page

PRESSED = ("check", "click", "dblclick", "fill", "focus", "hover", "press", "press_sequentially")
CHOSEN = ("select_option", "set_input_files", "uncheck")
SEEN = ("bounding_box", "get_attribute", "inner_text", "input_value", "is_checked", "text_content")
AT_ONCE = ("all_inner_texts", "all_text_contents", "count", "evaluate_all", "is_visible")
OF_PAGES = (*PRESSED[:-1], *CHOSEN, "get_attribute", "inner_text", "input_value")


def _when_there(acts, wait):
    """What a person does to a page or sees of it, once it is there with its scripts."""

    @wraps(acts)
    def act(self, *args, **options):
        wait(self, *args)
        return acts(self, *args, **options)

    return act


def _found(locator, *_):
    locator.wait_for(state="attached")
    locator.page.wait_for_load_state()


def _loaded(locator, *_):
    locator.page.wait_for_load_state()


def _found_on(page, selector, *_):
    _found(page.locator(selector).first)


def act_when_there(patch):
    """Whatever a test presses, fills in, chooses or looks at waits for the page that it is on.

    A button leads to a new page, and its fields are found before its scripts have come: what is
    typed then is typed too early (`test_too_early.py` is about that), and nobody ticks a row.
    """
    for kind, names, wait in (
        (Locator, (*PRESSED, *CHOSEN, *SEEN), _found),
        (Locator, AT_ONCE, _loaded),
        (Page, OF_PAGES, _found_on),
    ):
        for name in names:
            patch.setattr(kind, name, _when_there(getattr(kind, name), wait))


def settle_first(page):
    """Measure a page, and go on with it, when its styles and scripts have come.

    A heading is found before the style sheet is there; what is measured then has no styles, and
    a key pressed then is heard by nobody. A state is waited for by looking again from outside:
    the browser's own waiting looks a second time from within the page, where the portal's policy
    refuses it (`eval`), so it was right only for what was true at once.
    """
    measure, find = page.evaluate, page.wait_for_selector

    def evaluate(*args):
        page.wait_for_load_state()
        return measure(*args)

    def wait_for_selector(*args, **options):
        found = find(*args, **options)
        page.wait_for_load_state()
        return found

    def wait_for_function(expression, *, arg=None, looks=1200):
        for _ in range(looks):
            found = evaluate(expression, arg)
            if found:
                return found
            page.wait_for_timeout(50)
        raise AssertionError(f"It never came: {expression}")

    page.evaluate, page.wait_for_selector = evaluate, wait_for_selector
    page.wait_for_function = wait_for_function
    return page


def focus_is_on(page, name):
    """The field of that name has the focus, at once or when the page has settled."""
    page.wait_for_function("(name) => document.activeElement.name === name", arg=name)


def until(page, happened, looks=1200):
    """Wait, while the page goes on, until something is so in the database."""
    for _ in range(looks):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It never happened.")
