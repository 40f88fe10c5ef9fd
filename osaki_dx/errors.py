"""Error pages in Japanese that say what happened and what to do next."""

from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from foundation.accounts.again import send_again, sign_in_first
from foundation.accounts.held import Held, hold, is_script
from foundation.accounts.kept import Kept, came_from_us
from foundation.records.closed import Closed
from foundation.records.statuses import Status

MET_OTHERS = "ほかの人が同時に保存しました。"


def bad_request(request, exception=None):
    """400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    """403: signed in, but not allowed; the exception's sentence says by whom it can be done.

    423 for what was closed meanwhile; what was typed is kept (a script keeps its own).
    """
    if isinstance(exception, Closed) and not is_script(request):
        kept = Kept.of(request)
        return send_again(request, kept, status=Status.LOCKED, met=str(exception))
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request, exception=None):
    """404: no such page for this person."""
    return render(request, "404.html", status=404)


def server_error(request):
    """500: our mistake; rendered without context processors because anything may be broken."""
    return render(None, "500.html", status=500)


def busy(request):
    """503: the database does not answer in time.

    Rendered without context processors and without asking the database. A form that was sent is
    carried in the page; a script keeps its row and only needs the status.
    """
    kept = None if is_script(request) else Kept.of(request)
    context = {"kept": kept, "csrf_token": get_token(request) if kept else ""}
    return render(None, "503.html", context, status=Status.BUSY)


def met_others(request, sentence=""):
    """409: somebody else wrote the same in the same moment; what was typed can be sent again.

    A script is told that it was not saved (503), so that its row stays as typed.
    """
    if is_script(request):
        return busy(request)
    met = sentence or MET_OTHERS
    return send_again(request, Kept.of(request), status=Status.CONFLICT, met=met)


def csrf_failure(request, reason=""):
    """403: the form's token is too old. A script gets the new one; a page shows what was typed,
    with a button that sends it again (docs/adr/0016).
    """
    if is_script(request):
        return hold(request, Held.STALE_TOKEN)
    at_sign_in = request.path == reverse("accounts:login")
    kept = Kept.carried(request) if at_sign_in else Kept.of(request)
    if kept and not came_from_us(request):
        kept = None
    if kept and not request.user.is_authenticated:
        return sign_in_first(request, kept)
    return send_again(request, kept)
