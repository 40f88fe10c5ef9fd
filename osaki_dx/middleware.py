"""What stands around every request: the idle session, texts that come in, writers who meet, and a
database that does not answer.
"""

import logging
import time

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpResponseNotAllowed

from foundation.records import storage
from foundation.sheets.texts import kept
from osaki_dx.errors import refused_in_a_view
from osaki_dx.trouble import below

TOUCH_SECONDS = 60
OURS = 500  # from here on an answer stores no session; what kept the portal from it would again
KNOWN = ("GET", "HEAD", "POST")
FEEDS, READING = "/feeds/", ("GET", "HEAD")
log = logging.getLogger(__name__)


class Keyed:
    """Feeds are opened by a key in their header, never by a cookie: none comes in, none goes out.

    Outermost, so that nothing else looks at a session there. They are read and nothing else.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(FEEDS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        if request.method in READING:
            response = self.get_response(request)
        else:
            response = HttpResponseNotAllowed(READING)
        response.cookies.clear()
        response["Vary"] = "Authorization"
        response.setdefault("Cache-Control", "private, no-store")
        return response


class Busy:
    """What is left when two write at once is told in words, and what was typed is kept.

    Who met another writer gets 409; a database that is locked or away is 503. Both are written to
    the log. The doors themselves wait in line (ADR 15), so this is the net below them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """The page for what the database refused in a view; other exceptions go on.

        What it refused in a middleware reaches `osaki_dx.errors.server_error`.
        """
        return refused_in_a_view(request, exception)


class Begun:
    """Innermost: notes that the view is called now. What fails before has written nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Never an answer."""
        request.view_begun = True


class NoOrphans:
    """A file that was stored beside a row stays only when the row does (`records.storage`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with storage.without_orphans():
            return self.get_response(request)


class IdleSession:
    """Moves the expiry of a signed-in session forward, not on every request (docs/trust.md §3)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        session = request.session
        if response.status_code < OURS and "_auth_user_id" in session:
            now = int(time.time())
            since = now - session.get("touched", 0)
            if since >= TOUCH_SECONDS:
                session["touched"] = now
        return response


class TextsIn:
    """Characters that no file can hold do not come in: dropped from posted texts, not passwords.

    After the CSRF check, which has read the body already; none of these characters shows. A NUL
    stays, because it comes from no keyboard: the form refuses the text that holds one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The posted texts as `kept` leaves them; nothing is copied when all of them are fit."""
        unfit = {
            name: fit
            for name, typed in request.POST.lists()
            if "password" not in name and (fit := [_fit(text) for text in typed]) != typed
        }
        if unfit:
            posted = request.POST.copy()
            for name, fit in unfit.items():
                posted.setlist(
                    name,
                    fit,
                )
            request.POST = posted


def _fit(text: str) -> str:
    return text if "\x00" in text else kept(text)


class QuietSessions(SessionMiddleware):
    """A page that is only looked at never fails because its session could not be written.

    Signing in and everything that is posted still says so.
    """

    def process_response(self, request, response):
        """As Django's; a lost touch of the idle time is lost, not the page."""
        try:
            return super().process_response(request, response)
        except (OperationalError, SessionInterrupted) as error:
            if request.method not in ("GET", "HEAD"):
                raise below(error) or error from None
            log.warning("session not written: %s", request.path)
            return response


class KnownMethods:
    """The portal answers GET, HEAD and POST; everything else is 405."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in KNOWN:
            return HttpResponseNotAllowed(KNOWN)
        return self.get_response(request)
