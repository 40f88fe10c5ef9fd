"""Whom django-axes keeps out: a name at an address after five errors, an address after many names.

The address is the client's: behind the trusted proxy waitress has put it in its place.
"""

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler

from foundation.accounts.attempts import names_tried

NAMES = 20  # so many names with an error at one address within the cool-off: somebody is guessing


class Lockout(AxesDatabaseHandler):
    """As axes', which knows one name at one address; here also the guesser who changes names."""

    def is_locked(self, request, credentials=None):
        """Is this try refused, whatever its password?"""
        return super().is_locked(request, credentials) or too_many_names(request)


def too_many_names(request) -> bool:
    """Have errors been made under `NAMES` names at this address within the cool-off?"""
    since = get_cool_off_threshold(request)
    return names_tried(request.axes_ip_address, since) >= NAMES
