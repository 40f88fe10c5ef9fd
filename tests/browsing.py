"""A test client that fills in and posts forms as a browser does.

`client.filled(page, action=…)` gives what a form of a page would send as it stands. `client.post(
url, data, page=…)` asks for the page first (default: the address itself; the one that was shown
last is not asked for again, if nothing was written since) and adds the `seen`, the `once` or the
`shown` of the form that would have been posted; `bare=True` sends just `data`.
`client.previewed(url, data)` gives what the button of the preview would send.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.utils import timezone

from foundation.records.seen import Seen, posted_texts

CARRIED = ("seen", "once", "shown")
PLAINLY = {"PATH_INFO", "QUERY_STRING", "REQUEST_METHOD", "SERVER_PORT", "wsgi.url_scheme"}
SOON = timedelta(minutes=1)


@dataclass
class PageForm:
    """One form of a page: its address, all names in it, what it sends, what is hidden in it, and
    whether it is posted.
    """

    action: str
    names: set[str] = field(default_factory=set)
    sent: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    is_post: bool = False

    @property
    def carried(self) -> dict[str, str]:
        """The machinery: seen, once or shown, whatever the prefix."""
        return {
            name: text for name, text in self.hidden.items() if name.rpartition("-")[2] in CARRIED
        }

    def strangeness(self, data: dict) -> int:
        """How far it is from the form that would send this data."""
        return sum(
            name not in self.names or self.hidden.get(name, str(value)) != str(value)
            for name, value in data.items()
            if name not in CARRIED
        )


class _Forms(HTMLParser):
    """Every form of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[PageForm] = []
        self.open = False
        self.area = self.select = ""
        self.first: str | None = None
        self.feed(text)

    def _send(self, name, text):
        self.found[-1].sent.setdefault(name, []).append(text)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            to = given.get("action") or given.get("hx-post") or ""
            is_post = "hx-post" in given or given.get("method", "").lower() == "post"
            self.found.append(PageForm(to, is_post=is_post))
            self.open = True
        if not self.open:
            return
        if name:
            self.found[-1].names.add(name)
        if tag == "input" and name:
            self._input(given, name)
        elif tag == "textarea":
            self.area = name
            self.found[-1].sent[name] = [""]
        elif tag == "select":
            self.select, self.first = name, None if "multiple" in given else ""
        elif tag == "option" and self.select:
            self._option(given)

    def _option(self, given):
        if self.first == "":
            self.first = given.get("value", "")
        if "selected" in given:
            self._send(self.select, given.get("value", ""))

    def _input(self, given, name):
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if kind == "hidden":
            self.found[-1].hidden[name] = given.get("value", "")
        if kind not in ("submit", "file"):
            ticked = "on" if kind in ("checkbox", "radio") else ""
            self._send(name, given.get("value", ticked))

    def handle_data(self, text):
        if self.area:
            self.found[-1].sent[self.area][0] += text

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False
        elif tag == "textarea" and self.area:
            sent = self.found[-1].sent
            sent[self.area] = [sent[self.area][0].removeprefix("\n")]
            self.area = ""
        elif tag == "select" and self.select:
            if self.first is not None and self.select not in self.found[-1].sent:
                self._send(self.select, self.first)
            self.select = ""


def _written() -> tuple | None:
    """What moves with every row that is written; None where that is not known."""
    if connection.vendor != "sqlite" or not connection.in_atomic_block:
        return None
    return connection.connection.total_changes, tuple(connection.savepoint_ids)


@dataclass
class Shown:
    """The page that a browser shows: its path and query, when it came, what was written by then."""

    place: tuple[str, str]
    answer: Any
    at: datetime
    written: tuple | None

    def is_still(self, place: tuple[str, str]) -> bool:
        """Is it that page, and would it be drawn alike?"""
        if self.written is None or self.written != _written():
            return False
        return self.place == place and abs(timezone.now() - self.at) < SOON


class Browser(Client):
    """Django's test client with a browser's habits."""

    shown: Shown | None = None

    def request(self, **request):
        answer = super().request(**request)
        self.shown = None
        if request.get("REQUEST_METHOD") == "GET" and set(request) <= PLAINLY:
            place = (request["PATH_INFO"], request.get("QUERY_STRING", ""))
            self.shown = Shown(place, answer, timezone.now(), _written())
        return answer

    def _page(self, page: str):
        """What is shown; each page that was shown is taken once, for its token is good for once."""
        parts = urlsplit(page)
        shown = self.shown
        if not shown or not shown.is_still((self._get_path(parts), parts.query)):
            shown = None
        answer = shown.answer if shown else self.get(page)
        self.shown = None
        return answer

    def forms(self, page: str, action: str = "") -> list[PageForm]:
        """The forms of a page that post to `action` (default: to the page itself)."""
        answer = self._page(page)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return []
        return forms_in(answer, page, action)

    def filled(self, page: str, action: str = "", **data) -> dict[str, list[str]]:
        """What the form that takes `data` would send as it stands on the page."""
        found = self.forms(page, action)
        return min(found, key=lambda form: form.strangeness(data)).sent

    def post(self, path, data=None, *args, page=None, bare=False, **kwargs):
        if not bare and (data is None or isinstance(data, dict)):
            found = self.forms(page or path, path)
            best = min(found, key=lambda form: form.strangeness(data or {}), default=None)
            data = {**(best.carried if best else {}), **(data or {})}
        return super().post(path, data, *args, **kwargs)

    def previewed(self, url: str, data: dict) -> dict[str, list[str]]:
        """Ask to look at what would come of it: what the confirming form of the answer sends.

        Where that is refused, what somebody sends who confirms it all the same.
        """
        whole = {**self.filled(url, url, **data), **data, "check": "1"}
        answer = self.post(url, whole, bare=True)
        found = [form for form in forms_in(answer, url) if "confirm" in form.names]
        return {**(found[0].sent if found else whole), "confirm": ["1"]}


def forms_in(answer, page: str, action: str = "") -> list[PageForm]:
    """The forms of an answer that post to `action`, or to the page itself."""
    wanted = (action or page).split("#")[0]
    return [
        form
        for form in all_forms_in(answer)
        if form.action in (wanted, wanted.split("?")[0])
        or (not form.action and page.split("#")[0] == wanted)
    ]


def all_forms_in(answer) -> list[PageForm]:
    """Every form of an answer, in the order of the page."""
    return _Forms(answer.content.decode()).found


def seen(**values) -> Seen:
    """What a page showed that was drawn with these values, for tests of actions."""
    texts = {name: posted_texts(None, value) for name, value in values.items()}
    return Seen(texts, timezone.now(), {})
