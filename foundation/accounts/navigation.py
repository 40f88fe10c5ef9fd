"""Where one came from: a path of this portal, nothing else (no open redirect)."""

import re
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 1000  # signs of an address that is carried along
UNWRITTEN = re.compile(r"[\x00-\x20\x7f\\]")  # signs that stand in no address of a page


def back_to(request: HttpRequest) -> str:
    """The path in `next` (POST, else GET) when it is one of this portal, else the empty string."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = target and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    ours = safe and target.startswith("/") and not UNWRITTEN.search(target)
    return target if ours else ""


def onward(request: HttpRequest, address: str) -> str:
    """The address with the way back to this page in it, where this page is a list as it was
    narrowed down (`?grade=D`); as it is where there is nothing to keep. A page to which one came
    by such an address hands on what it was given.
    """
    here = back_to(request) or request.get_full_path()
    if "?" not in here or len(here) > LONGEST:
        return address
    page, at, place = address.partition("#")
    sign = "&" if "?" in page else "?"
    return f"{page}{sign}{urlencode({'next': here})}{at}{place}"


def way_back(request: HttpRequest, address: str, else_to: str | None = None) -> str:
    """The list at that address as one left it (`onward`), else `else_to`, the list as it is.

    Only that very list: a breadcrumb leads where it says, whatever stands in the address.
    """
    target = back_to(request)
    same = target and urlsplit(target).path == urlsplit(address).path
    if same:
        return target
    return address if else_to is None else else_to
