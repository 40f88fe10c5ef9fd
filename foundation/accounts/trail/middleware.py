"""Every file that a person takes away is written down: one place, whatever the door."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.http import parse_header_parameters

from foundation.accounts.trail.actions import record_access
from foundation.accounts.trail.choices import Event


class Downloads:
    """Looks at the answer, not at the view, so a new door cannot be forgotten.

    Written before the file is sent: what cannot be written down is not handed out. Feeds have no
    person; each use of their key is a line of the log and counted (ADR 36).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        name = file_name(response)
        if name and request.method != "HEAD" and request.user.is_authenticated:
            _record(
                request,
                name,
            )
        return response


def _record(request: HttpRequest, name: str) -> None:
    record_access(
        event=Event.DOWNLOADED,
        person=request.user,
        request=request,
        detail=name,
        at=timezone.now(),
    )


def file_name(response: HttpResponseBase) -> str:
    """The name of the file that is handed out; nothing where a page is answered."""
    said = response.headers.get("Content-Disposition", "")
    if response.status_code not in (200, 206) or not said:
        return ""
    _, parts = parse_header_parameters(said)
    return parts.get("filename", "") or "（名前のないファイル）"
