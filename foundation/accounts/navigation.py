"""Where a form may send one back to: a path of this portal, nothing else (no open redirect)."""

from django.utils.http import url_has_allowed_host_and_scheme


def back_to(request) -> str:
    """The path in `next` (POST, else GET) when it is one of this portal, else the empty string."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )

    return target if safe and target.startswith("/") else ""
