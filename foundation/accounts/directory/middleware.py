"""Sign-in by the name that the trusted proxy has proved: without a password, for people who have a
membership.
"""

from django.conf import settings
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout as sign_out
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from foundation.accounts.backends import MembershipBackend
from foundation.accounts.directory.names import PROVED, person_of
from foundation.accounts.directory.sessions import mark, name_of
from foundation.accounts.held import is_script
from foundation.accounts.models import User
from foundation.accounts.permissions import memberships_of
from foundation.accounts.trail.actions import record_access, remember_sign_in, remember_sign_out
from foundation.accounts.trail.choices import Event
from foundation.records.statuses import Status

BACKEND = "foundation.accounts.backends.MembershipBackend"
HOW = "庁内の認証"
OPEN = {"accounts:logout", "accounts:signed_out", "healthz", "feeds:feed"}
TOLD = "directory_told"  # the session's mark that a refusal was written down


class DirectorySignIn:
    """Who is proved is signed in; who has signed in as somebody else is signed out before.

    In `process_view`, after the check of the form's token, which a new session would change, and
    before the page asks who is there.
    """

    def __init__(self, get_response):
        if not settings.REMOTE_USER:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The page of a refusal, or None to go on."""
        said = request.META.get(PROVED, "")
        if not said or request.resolver_match.view_name in OPEN:
            return None
        if request.user.is_authenticated and name_of(request) == said:
            return None
        person = person_of(said)
        why = _why_not(person)
        if why or person is None:
            return _refused(
                request,
                person,
                said,
                why,
            )
        if person == request.user:
            mark(request, said)
            return None
        _enter(request, person, said)
        return None


def _why_not(person: User | None) -> str:
    """Why this person may not come in; empty where nothing is in the way."""
    if person is None:
        return "この利用者名は、ポータルに登録されていません。"
    if not person.is_active:
        return "この利用者は、利用停止になっています。"
    if not memberships_of(person):
        return "登録はありますが、今日の所属がありません。"
    return ""


def _enter(request: HttpRequest, person: User, said: str) -> None:
    now = timezone.now()
    if request.user.is_authenticated:
        remember_sign_out(user=request.user, request=request, how="別の人の認証", at=now)
        sign_out(request)
    remember_sign_in(user=person, request=request, how=HOW, at=now)
    sign_in(request, person, backend=BACKEND)
    mark(request, said)
    request.user = MembershipBackend().get_user(person.pk)  # with what every page asks of it


def _refused(request: HttpRequest, person: User | None, said: str, why: str) -> HttpResponse:
    """403 with a sentence; written down once for a session."""
    if request.user.is_authenticated:
        sign_out(request)
    if request.session.get(TOLD) != said:
        record_access(
            event=Event.REFUSED,
            person=person,
            name=said,
            request=request,
            detail=f"{HOW}（{said}）：{why}",
            at=timezone.now(),
        )
        request.session[TOLD] = said
    if is_script(request):
        return HttpResponse(why, status=Status.FORBIDDEN, content_type="text/plain; charset=utf-8")
    page = {"why": why, "said": said}
    return render(request, "accounts/not_admitted.html", page, status=Status.FORBIDDEN)
