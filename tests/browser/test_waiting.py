"""How browser tests wait: for what comes later too, on a page whose policy refuses `eval`."""

import pytest

LATER = "setTimeout(() => { document.body.dataset.came = 'yes' }, 300)"


@pytest.mark.parametrize(
    ("expression", "arg"),
    [
        ("document.body.dataset.came === 'yes'", None),
        ("(word) => document.body.dataset.came === word", "yes"),
    ],
)
def test_what_comes_later_is_waited_for(visitor, expression, arg):
    person = visitor()
    person.open("/accounts/login/")
    assert "unsafe-eval" not in person.page.goto(person.page.url).headers["content-security-policy"]
    person.page.evaluate(LATER)
    assert person.page.wait_for_function(expression, arg=arg)
    assert person.problems == []


def test_what_never_comes_is_told(visitor):
    person = visitor()
    person.open("/accounts/login/")
    with pytest.raises(AssertionError, match="never"):
        person.page.wait_for_function("document.body.dataset.never", looks=2)
