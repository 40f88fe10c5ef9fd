"""A test client that posts as a browser does: with what the page's form carries unseen.

`client.post(url, data, page=…)` asks for the page first (default: the address itself) and sends the
`seen` or the `once` of the form that would have been posted. `bare=True` sends just `data`.
"""

from html.parser import HTMLParser

from django.test import Client
from django.utils import timezone

from foundation.records.seen import Seen, posted_texts

CARRIED = ("seen", "once")


class _Forms(HTMLParser):
    """Every form of a page: its address, the names of its inputs, what it carries."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[dict] = []
        self.open = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            action = given.get("action") or given.get("hx-post") or ""
            self.found.append({"action": action, "names": {}, "carried": {}})
            self.open = True
        elif self.open and given.get("name"):
            form = self.found[-1]
            fixed = given.get("value") if given.get("type") == "hidden" else None
            form["names"][given["name"]] = fixed
            if given["name"].rpartition("-")[2] in CARRIED and tag == "input":
                form["carried"][given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False


def _strangeness(names: dict, data: dict) -> int:
    """How far a form is from the one that would send this data."""
    return sum(
        name not in names or (names[name] is not None and names[name] != str(value))
        for name, value in data.items()
        if name not in CARRIED
    )


class Browser(Client):
    """Django's test client with a browser's habit of sending hidden inputs."""

    def post(self, path, data=None, *args, page=None, bare=False, **kwargs):
        if not bare and (data is None or isinstance(data, dict)):
            data = {**self._carried(page or path, path, data or {}), **(data or {})}
        return super().post(path, data, *args, **kwargs)

    def _carried(self, page, path, data) -> dict:
        answer = self.get(page)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return {}
        wanted = path.split("#")[0]
        forms = [
            form
            for form in _Forms(answer.content.decode()).found
            if form["action"] in (wanted, wanted.split("?")[0])
            or (not form["action"] and page == path)
        ]
        forms.sort(key=lambda form: _strangeness(form["names"], data))
        return forms[0]["carried"] if forms else {}


def seen(**values) -> Seen:
    """What a page showed that was drawn with these values, for tests of actions."""
    texts = {name: posted_texts(None, value) for name, value in values.items()}
    return Seen(texts, timezone.now(), {})
