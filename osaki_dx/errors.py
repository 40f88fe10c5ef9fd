"""Error pages in Japanese that say what happened and what to do next."""

import logging
import sys

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.again import send_again, sign_in_first
from foundation.accounts.held import Held, hold, is_script
from foundation.accounts.kept import Kept, came_from_us
from foundation.records.closed import Closed
from foundation.records.conflict import Conflict
from foundation.records.statuses import Status
from measures.naming import heard
from osaki_dx.refusals import page

MET_OTHERS = "ほかの人が同時に保存しました。"
MET = {"40001", "40P01"}  # PostgreSQL: not serialisable, deadlock (one of the two was given up)
log = logging.getLogger(__name__)


def bad_request(request, exception=None):
    """400: the request could not be read; 413: a form without a file that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(page(413), status=413)
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
    """500: our mistake; rendered without context processors because anything may be broken.

    What the database refused outside of a view, in a middleware, comes here and nowhere else:
    Django turns it into an answer before the next middleware sees it.
    """
    exception = sys.exception()
    if isinstance(exception, Exception):
        told = refused_around_the_view(request, exception)
        if told:
            return told
    again = request.method in ("GET", "HEAD")
    context = {"at": timezone.localtime(), "again": again, "plan_names": heard()}
    return render(None, "500.html", context, status=500)


def refused_in_a_view(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """409 for who met another writer, 503 for a database that is locked or away; else nothing."""
    if _met(request, exception):
        try:
            return met_others(request, getattr(exception, "sentence", ""))
        except DatabaseError:
            return busy(request)
    return busy(request) if _away(request, exception) else None


def refused_around_the_view(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The same from a middleware, which may have failed after the view had saved: nobody knows."""
    if _met(request, exception):
        return busy(
            request,
            Status.CONFLICT,
            in_view=False,
        )
    return busy(request, in_view=False) if _away(request, exception) else None


def _met(request: HttpRequest, exception: Exception) -> bool:
    met = request.method == "POST" and _has_met(exception)
    if met:
        log.warning("two wrote at once: %s", request.path, exc_info=exception)

    return met


def _away(request: HttpRequest, exception: Exception) -> bool:
    away = isinstance(exception, (OperationalError, InterfaceError))
    if away:
        told = {"request": request}
        log.error("database does not answer: %s", request.path, exc_info=exception, extra=told)

    return away


def _has_met(exception: Exception) -> bool:
    """Has another writer changed or made the very thing in the same moment?"""
    if isinstance(exception, (IntegrityError, Conflict, ObjectDoesNotExist)):
        return True
    return getattr(exception.__cause__, "sqlstate", None) in MET


def busy(request, status=Status.BUSY, *, in_view=True):
    """503: the database does not answer in time.

    Rendered without context processors and without asking the database. A form that was sent is
    carried in the page; a script keeps its row and only needs the status.
    """
    script = is_script(request)
    kept = None if script else Kept.of(request)
    context = {
        "kept": kept,
        "csrf_token": get_token(request) if kept else "",
        "unsure": not in_view and request.method == "POST",
        "at": timezone.localtime(),
        "plan_names": heard(),
    }
    return render(None, "503.html", context, status=Status.BUSY if script else status)


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
