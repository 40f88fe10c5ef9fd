"""The two pages that carry what was typed: to the sign-in, and back to where it was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.accounts.forms import SignInForm
from foundation.accounts.kept import Kept
from foundation.records.statuses import Status


def sign_in_first(request: HttpRequest, kept: Kept, form: SignInForm | None = None) -> HttpResponse:
    """The sign-in page with what was typed; after the sign-in it can be sent again."""
    context = {"form": form or SignInForm(request), "next": "/", "kept": kept}
    return render(request, "accounts/login.html", context, status=Status.SIGNED_OUT)


def send_again(
    request: HttpRequest, kept: Kept | None, status: int = Status.FORBIDDEN, met: str = ""
) -> HttpResponse:
    """What was typed, where it will be sent, and the button that sends it. Never by itself.

    `met`: the sentence about somebody else who wrote at the same time.
    """
    return render(request, "accounts/send_again.html", {"kept": kept, "met": met}, status=status)
