"""What a request meets before all others: health asked from here, answers that say how a browser
may use them, pages that nobody may keep.
"""

import ipaddress

from django.urls import reverse

from osaki_dx.health import healthz
from osaki_dx.plain_style import DIGEST

PRIVATE = "private, no-store"
SEALS = {  # what an answer says that no later middleware has seen
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": PRIVATE,
    "Content-Security-Policy": f"default-src 'self'; style-src 'self' {DIGEST}; "
    "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
}


class Sealed:
    """Every answer says how a browser may use it, whichever middleware gave it.

    Outermost: health, a method that is not known, a static file are answered before the policy of
    contents and the ban on frames are added. Pages are for the one who asked: neither a proxy nor
    the browser keeps them; of static files whitenoise has said how long they last.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, said in SEALS.items():
            response.setdefault(name, said)
        return response


class ClientAddress:
    """An address that is none (`unknown`, `unix:`, whatever a proxy writes) is no address.

    Lock-out, log and history take what they find in REMOTE_ADDR; PostgreSQL refuses other words.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not _address(request):
            request.META.pop("REMOTE_ADDR", None)
        return self.get_response(request)


def _address(request):
    """The client's address as an object, or None."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None


class LocalHealth:
    """`/healthz` asked from this machine is answered at once: whatever the host name, without TLS.

    A supervisor beside the portal knows neither the public name nor a certificate.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = _address(request)
        if address and address.is_loopback and request.path == reverse("healthz"):
            answer = healthz(request)
            answer["Content-Length"] = len(answer.content)  # the line can be used again
            return answer

        return self.get_response(request)
