"""A page looked at again while nothing has changed comes as it was drawn (ADR 47).

Kept in the memory of the process, under everything that the page can depend on: who looks, in which
session, at which address, at which data revision, on which day. What a page shows otherwise is not
kept: a message, the token of a form that makes something, what ends by the clock. Browsers keep
nothing (ADR 20).
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from foundation.accounts.permissions import memberships_of
from foundation.japanese.templatetags.japanese import moment

View = Callable[..., HttpResponse]
MOST = 16 * 2**20  # bytes of pages in the memory of a process
SHOWN = re.compile(rb'data-printed="[^"]*"')
MAKES = b'once"'  # the end of the name of a token (`records.once`)
OF_THE_PERSON = ("last_login", "previous_login")  # written without a data revision
PASSING = {"touched"}  # of the session, shown nowhere


@dataclass(frozen=True)
class Page:
    """A page as it was drawn."""

    pieces: tuple[bytes, ...]  # around the moment at which it is shown
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, response: HttpResponse) -> "Page":
        """What can be answered again."""
        return cls(tuple(SHOWN.split(response.content)), tuple(response.items()))

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return sum(map(len, self.pieces))

    def answer(self, at: datetime) -> HttpResponse:
        """The same once more, shown at this moment."""
        now = shown_mark(at).encode()
        return HttpResponse(now.join(self.pieces), headers=dict(self.headers))


def shown_mark(at: datetime) -> str:
    """What paper says of when a page was shown: an attribute of the page."""
    return f'data-printed="{moment(at)} 表示"'


class Memory:
    """The pages looked at last, as many as fit."""

    def __init__(self, most: int):
        self.most, self.size = most, 0
        self._pages: OrderedDict[tuple, Page] = OrderedDict()
        self._lock = Lock()

    def find(self, key: tuple) -> Page | None:
        """The page of this key, now the one looked at last."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: tuple, page: Page) -> None:
        """Keep a page; those looked at longest ago make room."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self.size += page.size
            while self.size > self.most:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: tuple) -> None:
        page = self._pages.pop(key, None)
        self.size -= page.size if page else 0

    def forget(self) -> None:
        """Keep nothing any more: for tests, whose databases begin again with the same numbers."""
        with self._lock:
            self._pages.clear()
            self.size = 0


memory = Memory(MOST)


def ends_by_the_clock(request: HttpRequest) -> None:
    """Say of a page that something in it ends at an hour: it is drawn anew each time."""
    request.by_the_clock = True  # type: ignore[attr-defined]


def remembered(view: View) -> View:
    """A view whose page depends on the data, the person and the day only. Below `requires`."""

    @wraps(view)
    def known(request: HttpRequest, *args: Any, **others: Any) -> HttpResponse:
        key = _key(request)
        page = memory.find(key) if key else None
        if page is not None:
            request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # as `get_token` does: it lasts on
            return page.answer(timezone.now())
        response = view(request, *args, **others)
        if key and _can_be_kept(request, response):
            memory.keep(key, Page.of(response))
        return response

    return known


def _key(request: HttpRequest) -> tuple | None:
    """All that the page can depend on; None where it cannot be told."""
    user, session = request.user, request.session
    csrf = request.META.get("CSRF_COOKIE")
    asked = request.method == "GET" and settings.REMEMBER_PAGES
    if not asked or not user.is_authenticated or not csrf or len(get_messages(request)):
        return None
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        tuple(sorted(row for row in request.META.items() if row[0].startswith("HTTP_HX_"))),
        user.pk,
        tuple(getattr(user, name) for name in OF_THE_PERSON),
        tuple(row.pk for row in memberships_of(user)),
        session.session_key,
        tuple(sorted((name, repr(session[name])) for name in session.keys() - PASSING)),
        csrf,
        user.data_revision,
        user.sample_loaded,
        timezone.localdate(),
    )


def _can_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """A whole page, no file, that nothing but its key decides."""
    shown = response.headers.get("Content-Type", "").startswith("text/html")
    whole = response.status_code == 200 and shown and not response.cookies
    said = getattr(get_messages(request), "added_new", False)  # by the view itself
    own = whole and not said and MAKES not in response.content
    return own and not getattr(request, "by_the_clock", False)
