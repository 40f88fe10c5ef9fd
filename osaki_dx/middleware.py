"""What stands around every request: the idle session, texts that come in, and a database that
does not answer.
"""

import logging
import time

from django.db import OperationalError

from foundation.sheets.texts import kept
from osaki_dx.errors import busy

TOUCH_SECONDS = 60
log = logging.getLogger(__name__)


class Busy:
    """A database that is locked or away is told as 503, in words, and written to the log."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """The page for an OperationalError; other exceptions go on."""
        if not isinstance(exception, OperationalError):
            return None
        told = {"request": request}
        log.error("database does not answer: %s", request.path, exc_info=exception, extra=told)
        return busy(request)


class IdleSession:
    """Moves the expiry of a signed-in session forward, not on every request (docs/trust.md §3)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        session = request.session
        if "_auth_user_id" in session:
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
                posted.setlist(name, fit)
            request.POST = posted


def _fit(text: str) -> str:
    return text if "\x00" in text else kept(text)
