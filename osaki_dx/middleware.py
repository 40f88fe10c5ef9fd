"""What stands around every request: the idle session, and a database that does not answer."""

import logging
import time

from django.db import OperationalError

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
        log.error("database does not answer: %s", request.path, exc_info=exception)
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
            if now - session.get("touched", 0) >= TOUCH_SECONDS:
                session["touched"] = now
        return response
