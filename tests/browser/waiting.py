"""What a browser test waits for: states of the page, never times."""


def focus_is_on(page, name):
    """The field of that name has the focus, at once or when the page has settled."""
    page.wait_for_function("(name) => document.activeElement.name === name", arg=name)
