"""What a request meets before all others: health asked from here, pages that nobody may keep."""

import ipaddress

from django.urls import reverse

from osaki_dx.health import healthz

PRIVATE = "private, no-store"


class LocalHealth:
    """`/healthz` asked from this machine is answered at once: whatever the host name, without TLS.

    A supervisor beside the portal knows neither the public name nor a certificate.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == reverse("healthz") and _is_local(request.META.get("REMOTE_ADDR", "")):
            return healthz(request)
        return self.get_response(request)


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class NotStored:
    """Pages are for the one who asked: neither a proxy nor the browser keeps them.

    Static files are the same for everybody; whitenoise has said how long they last.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Cache-Control", PRIVATE)
        return response
