"""The session ends after 30 idle minutes, and its row is written at most once a minute."""

import time

TOUCH_SECONDS = 60


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
