"""Whom django-axes keeps out: a name at an address after five errors, an address after many names.

The address is the client's: behind the trusted proxy waitress has put it in its place. A name that
nobody has is counted without being kept: a password may have been typed there.
"""

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from django.utils import timezone
from django.utils.crypto import salted_hmac

from foundation.accounts.attempts import counted_as, names_tried
from foundation.accounts.trail.actions import person_named, remember_failure

NAMES = 20  # so many names with an error at one address within the cool-off: somebody is guessing


class Lockout(AxesDatabaseHandler):
    """As axes', which knows one name at one address; here also the guesser who changes names.

    Each try that is refused is a line of the trail.
    """

    def is_locked(self, request, credentials=None):
        """Is this try refused, whatever its password?"""
        return super().is_locked(
            request,
            credentials,
        ) or too_many_names(request)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        """Count the error, and log it."""
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None:
            name = str(credentials.get("username") or "")
            locked = bool(getattr(request, "axes_locked_out", False))
            remember_failure(name=name, request=request, locked=locked, at=timezone.now())


def too_many_names(request) -> bool:
    """Have errors been made under `NAMES` names at this address within the cool-off?"""
    since = get_cool_off_threshold(request)
    return names_tried(request.axes_ip_address, since) >= NAMES


def counted_name(request, credentials=None) -> str | None:
    """The name under which errors are counted: of a name that nobody has, a sign for it."""
    typed = (credentials or request.POST).get("username")
    if typed is None:
        return None
    name = counted_as(str(typed))
    known = request.__dict__.setdefault("_counted_names", {})
    if name not in known:
        known[name] = name if person_named(name) else f"?{salted_hmac(__name__, name).hexdigest()}"
    counted: str = known[name]
    return counted
