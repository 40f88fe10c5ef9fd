"""Who may go on: somebody signed in, the person the page was drawn for, with a password of one's
own. A script is told, a person is led, and what was typed is carried along.
"""

from functools import partial

from django.contrib.auth.middleware import (
    AuthenticationMiddleware,
    LoginRequiredMiddleware,
    get_user,
)
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from foundation.accounts.again import send_again, sign_in_first
from foundation.accounts.directory.sessions import name_of
from foundation.accounts.held import Held, hold, is_other_person, is_script
from foundation.accounts.kept import Kept
from foundation.accounts.sessions import opened

ALLOWED = {"accounts:password_change", "accounts:logout", "accounts:keepalive", "healthz"}


class Person(AuthenticationMiddleware):
    """Django's `request.user`, made of what came with the session."""

    def process_request(self, request):
        """Never an answer."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_person, request))


def _person(request):
    with opened(request.session):
        return get_user(request)


class SignedIn(LoginRequiredMiddleware):
    """Django's, for three kinds of requests: of a script, of a form with something typed, others.

    A script is also held when somebody else has signed in than the one who drew its page.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        """The answer instead of the view's, or None to go on."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if (
            refused
            or not getattr(
                view_func,
                "login_required",
                True,
            )
            or not is_script(request)
        ):
            return refused
        return hold(request, Held.OTHER_PERSON) if is_other_person(request) else None

    def handle_no_permission(self, request, view_func):
        """Nobody is signed in."""
        if is_script(request):
            return hold(request, Held.SIGNED_OUT)
        kept = Kept.of(request)
        if kept:
            return sign_in_first(request, kept)
        return super().handle_no_permission(request, view_func)


class FirstPassword:
    """Sends a user with a one-time password to the change page until it is changed.

    Not who came by the town's directory: that password is used for nothing then.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The answer instead of the view's, or None to go on."""
        user = request.user
        if not (user.is_authenticated and user.must_change_password):
            return None
        if name_of(request) or request.resolver_match.view_name in ALLOWED:
            return None
        if is_script(request):
            return hold(
                request,
                Held.FIRST_PASSWORD,
            )
        kept = Kept.of(request)
        return send_again(request, kept) if kept else redirect("accounts:password_change")
