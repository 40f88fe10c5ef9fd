"""Error pages in Japanese that say what happened and what to do next."""

from django.shortcuts import render

from foundation.records.statuses import Status


def bad_request(request, exception=None):
    """400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    """403: signed in, but not allowed; the exception's sentence says by whom it can be done."""
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request, exception=None):
    """404: no such page for this person."""
    return render(request, "404.html", status=404)


def server_error(request):
    """500: our mistake; rendered without context processors because anything may be broken."""
    return render(None, "500.html", status=500)


def busy(request):
    """503: the database does not answer in time; rendered without context processors."""
    return render(None, "503.html", status=Status.BUSY)


def csrf_failure(request, reason=""):
    """403: the form is too old; what was typed can be sent again after going back."""
    return render(request, "403_csrf.html", status=403)
