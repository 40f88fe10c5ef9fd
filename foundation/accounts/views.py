"""Signing in and out, the own password. Fetch, form, act, answer."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout as sign_out
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from foundation.accounts import actions
from foundation.accounts.acting import (
    answer,
    data_of,
    posted,
)
from foundation.accounts.again import send_again, sign_in_first
from foundation.accounts.directory.sessions import name_of
from foundation.accounts.forms import (
    OwnPasswordForm,
    SignInForm,
)
from foundation.accounts.held import is_script, standing
from foundation.accounts.kept import Kept
from foundation.accounts.navigation import back_to
from foundation.accounts.trail.actions import remember_sign_in, remember_sign_out
from foundation.accounts.trail.models import AccessRecord
from foundation.records.statuses import Status

BY_DIRECTORY = (
    "庁内の認証でログインしているので、ポータルのパスワードは使いません。"
    "庁内のパスワードは、庁内の決まりで変えてください。"
)
NEWEST = 10  # sign-ins that one is shown of oneself


@sensitive_post_parameters("password")
@never_cache
@login_not_required
def login(request):
    """Sign in; an already signed-in user goes on.

    What a refused form carries along (`Kept`) is shown again afterwards. For a script (the dialog
    of a page that is still open): who is signed in then, or 422 with what was wrong.
    """
    kept = Kept.carried(request)
    if request.user.is_authenticated and not is_script(request):
        return _go_on(request, kept)
    form = SignInForm(request, data_of(request))
    if posted(request, form):
        remember_sign_in(user=form.get_user(), request=request, at=timezone.now())
        sign_in(request, form.get_user())
        return _go_on(request, kept)
    if is_script(request):
        return _sign_in_refused(form)
    if kept:
        return sign_in_first(request, kept, form)

    return render(request, "accounts/login.html", {"form": form, "next": (back_to(request) or "/")})


def _go_on(request, kept):
    """Where a person goes who has signed in."""
    if is_script(request):
        return JsonResponse(standing(request))
    if kept:
        return send_again(request, kept, Status.SAVED)
    return redirect(back_to(request) or "/")


def _sign_in_refused(form):
    problems = [str(text) for text in form.non_field_errors()]
    missing = ["利用者名とパスワードを入力してください。"]
    return JsonResponse({"problems": problems or missing}, status=Status.REFUSED)


@require_POST
def logout(request):
    """Sign out. Who came by the town's directory is told what that means."""
    by_directory = bool(name_of(request))
    remember_sign_out(user=request.user, request=request, at=timezone.now())
    sign_out(request)
    if by_directory:
        return redirect("accounts:signed_out")
    messages.success(request, "ログアウトしました。")
    return redirect("accounts:login")


@never_cache
@login_not_required
def signed_out(request):
    """After signing out where the town's directory signs in: the next page would sign in again."""
    if settings.REMOTE_USER and not request.user.is_authenticated:
        return render(request, "accounts/signed_out.html")
    return redirect("accounts:login")


@sensitive_post_parameters()
def password_change(request):
    """The user's own password; forced at the first sign-in, of no use with the directory."""
    if name_of(request):
        messages.info(request, BY_DIRECTORY)
        return redirect("accounts:profile")
    first = request.user.must_change_password
    form = OwnPasswordForm(request.user, data_of(request))
    if posted(request, form):
        actions.change_own_password(
            by=request.user, password=form.cleaned_data["new_password1"], at=timezone.now()
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, "パスワードを変更しました。")
        return redirect("desk:home")

    if form.has_error("old_password", "password_incorrect"):
        _count_wrong_password(request)
    return answer(request, "accounts/password_change.html", form, {"first": first})


def _count_wrong_password(request):
    """A wrong old password counts as a failed sign-in: after five the lock-out answers."""
    user_login_failed.send(
        sender=__name__,
        credentials={"username": request.user.get_username()},
        request=request,
    )


def profile(request):
    """Who am I here: memberships, and the newest sign-ins under one's name, failures too."""
    newest = AccessRecord.objects.at_the_door(request.user, NEWEST)
    return render(
        request, "accounts/profile.html", {"newest": newest, "directory": name_of(request)}
    )


@never_cache
def keepalive(request):
    """Touch the session while somebody types (the idle warning calls it).

    A script is told who is signed in and which form token holds.
    """
    return JsonResponse(standing(request)) if is_script(request) else HttpResponse(status=204)
