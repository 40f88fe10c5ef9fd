"""That the watch over every page sees what it is there for; marks in texts under the scripts."""

from tests.attacks.marks import put_marks

MONTH = "2026-10"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
FAULTS = {  # what a page holds → a word of what is noticed
    "an error of a script": ("<script src='/broken.js'></script>", "not defined"),
    "a script in the page": ("<script>window.mine = 1</script>", "policy"),
    "a handler in the page": ("<img src='data:,' onerror='window.mine = 1'>", "policy"),
    "a style in the page": ("<p style='color:red'>x</p>", "policy"),
    "a picture from outside": ("<img src='http://127.0.0.1:1/x.png'>", "outside"),
    "a picture that is not there": ("<img src='/static/nothing.png'>", "404"),
    "a style sheet that is not there": ("<link rel='stylesheet' href='/static/no.css'>", "404"),
}


def test_the_watch_notices(visitor):
    person, missed = visitor(), {}
    headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY}
    shown = {"body": ""}
    person.page.route("**/broken.js", lambda route: route.fulfill(
        body="nothing.here()", headers={"Content-Type": "text/javascript"}
    ))  # fmt: skip
    person.page.route("**/watched/", lambda route: route.fulfill(
        body=f"<!doctype html><title>x</title><body>{shown['body']}</body>", headers=headers
    ))  # fmt: skip
    for fault, (body, word) in FAULTS.items():
        person.problems.clear()
        shown["body"] = body
        person.open("/watched/")
        for _ in range(200):
            if any(word in problem for problem in person.problems):
                break
            person.page.wait_for_timeout(50)
        else:
            missed[fault] = list(person.problems)
    assert missed == {}


PAGES = (
    f"/dashboard/?at={MONTH}",
    f"/kpis/entry/{MONTH}/?show=all",
    f"/kpis/1-2/?at={MONTH}",
    "/roadmap/",
    "/roadmap/milestones/",
    "/history/",
    "/measures/2/roadmap/",
    "/search/?q=xs",
)


def test_marks_stay_texts_under_the_scripts(visitor):
    """Charts, the grid, the table of milestones: what scripts draw of a text is a text."""
    person = visitor()
    person.come_as("jimukyoku")
    put_marks()
    for path in PAGES:
        assert person.open(path).status == 200, path
        for name in person.page.eval_on_selector_all(
            "[data-chart]", "(all) => all.slice(0, 2).map((each) => each.dataset.chart)"
        ):
            person.page.hover(f"[data-chart='{name}']")
            person.page.wait_for_selector(f"[data-chart='{name}'][data-drawn='1']")
        assert "xs onxs" in person.page.inner_text("body"), path
        found = "[...document.querySelectorAll('*')].filter((each) => each.localName[0] === 'x')"
        assert person.page.evaluate(f"{found}.length") == 0, path
    assert person.problems == []
