"""The name that the town's directory has proved, as the proxy in front tells it (ADR 53).

waitress puts the client's address in the place of the proxy's before Django sees the request, so
who really sent a header can be told here only, outside of it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from foundation.accounts.directory.names import PROVED


class OnlyFromTheProxy:
    """Hands on the name under a key that no header can have; a header of anybody else is dropped.

    Off (no header is set): whatever is sent under that name means nothing.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self.application = application

    def __call__(self, asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.pop(PROVED, None)
        header, proxy = settings.REMOTE_USER, settings.TRUSTED_PROXY
        said = asked.pop(header, "") if header else ""
        if said and proxy and asked.get("REMOTE_ADDR") == proxy:
            asked[PROVED] = said
        return self.application(asked, start_response)
