"""Error pages in Japanese that say what happened and what to do next."""

import logging
import sys

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import DatabaseError, IntegrityError
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
from foundation.records.uploads import Missing
from measures.naming import heard
from osaki_dx.postgresql.patience import is_unanswered
from osaki_dx.refusals import page
from osaki_dx.trouble import Trouble, trouble_of

MET_OTHERS = "ほかの人が同時に保存しました。"
MET = {"40001", "40P01"}  # PostgreSQL: not serialisable, deadlock (one of the two was given up)
PAGES = {  # the page of each trouble, its status, and the seconds after which a script asks again
    Trouble.BUSY: ("503.html", Status.BUSY, 3),
    Trouble.GONE: ("503-database.html", Status.BUSY, 3),
    Trouble.UNWRITABLE: ("507.html", Status.UNWRITABLE, 10),
}
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
    return render(
        request,
        "403.html",
        {"sentence": str(exception or "")},
        status=403,
    )


def not_found(request, exception=None):
    """404: no such page for this person; or a file that was there and lies in its place no more."""
    missing = exception if isinstance(exception, Missing) else None
    return render(
        request,
        "404.html",
        {"missing": missing},
        status=404,
    )


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
    """409 for who met another writer, 503 for a database that is locked or away, 507 for a place
    that cannot be written to; else nothing.
    """
    if _met(request, exception):
        try:
            return met_others(request, getattr(exception, "sentence", ""))
        except DatabaseError:
            return unable(request)
    return _in_trouble(request, exception)


def refused_around_the_view(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The same from a middleware; one that fails after the view was called leaves open whether it
    has saved.
    """
    if _met(request, exception):
        return unable(
            request,
            status=Status.CONFLICT,
            in_view=False,
        )
    if isinstance(exception, FileNotFoundError) and request.path.startswith(settings.STATIC_URL):
        return _without_static_file(request)
    return _in_trouble(request, exception, in_view=False)


def _met(request: HttpRequest, exception: Exception) -> bool:
    met = request.method == "POST" and _has_met(exception)
    if met:
        log.warning("two wrote at once: %s", request.path, exc_info=exception)

    return met


def _in_trouble(request: HttpRequest, exception: Exception, *, in_view=True) -> HttpResponse | None:
    """The page of what is wrong below the portal; one line of the log says what it is."""
    trouble = trouble_of(exception)
    if trouble is None:
        return None
    in_view = in_view and not is_unanswered(exception)
    why = f"{type(exception).__name__}: {' '.join(str(exception).split())}"
    told = {"request": request}
    log.error("trouble (%s): %s: %s", trouble.value, request.path, why, extra=told)
    return unable(request, trouble, in_view=in_view)


def _without_static_file(request: HttpRequest) -> HttpResponse:
    """404: the page goes on without it; the next start puts it there again."""
    log.error("static file is gone: %s", request.path)
    told = "この部品のファイルがありません。ポータルを起動し直すと、作り直します。"
    return _is_logged(HttpResponse(told, status=404, content_type="text/plain; charset=utf-8"))


def _has_met(exception: Exception) -> bool:
    """Has another writer changed or made the very thing in the same moment?"""
    if isinstance(exception, (IntegrityError, Conflict, ObjectDoesNotExist)):
        return True
    return getattr(exception.__cause__, "sqlstate", None) in MET


def unable(request, trouble=Trouble.BUSY, *, status=None, in_view=True):
    """503 or 507: the database does not answer in time, is gone, or nothing can be written.

    Rendered without context processors and without asking the database. A form that was sent is
    carried in the page; a script keeps its row and needs the status, why, whether it may have been
    saved all the same, and when to ask again.
    """
    script = is_script(request)
    kept = None if script else _kept(request)
    template, own, seconds = PAGES[trouble]
    unsure = not in_view and hasattr(request, "view_begun") and request.method == "POST"
    context = {
        "kept": kept,
        "csrf_token": get_token(request) if kept else "",
        "unsure": unsure,
        "reading": request.method != "POST",
        "at": timezone.localtime(),
        "plan_names": heard(),
    }
    answer = render(None, template, context, status=own if script else status or own)
    answer["X-Why"] = trouble.value
    if unsure:
        answer["X-Unsure"] = "1"
    answer["Retry-After"] = str(seconds)
    return _is_logged(answer)


def _kept(request) -> Kept | None:
    """What was typed; nothing where not even reading it works (an upload fills a disk, too)."""
    try:
        return Kept.of(request)
    except OSError:
        return None


def _is_logged(answer: HttpResponse) -> HttpResponse:
    """Django writes no line of its own, with a traceback of each."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def met_others(request, sentence=""):
    """409: somebody else wrote the same in the same moment; what was typed can be sent again.

    A script is told that it was not saved (503), so that its row stays as typed.
    """
    if is_script(request):
        return unable(request)
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
