"""What a browser test waits for: states of the page, never times."""


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
