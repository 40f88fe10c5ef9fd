"""What a script is told when its request cannot count as it stands (docs/adr/0016).

A request of a script carries `HX-Request` (htmx) or `X-Part` (ours) and, in `X-Page-User`, the
person under whose name its page saves. It is never answered with a redirect or a page that would
land inside a table: `X-Held` says why it is held, and the body, JSON, says who is signed in now
and which form token holds from here on. Nothing was written; the script keeps what was typed.
"""

from enum import StrEnum

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.cache import add_never_cache_headers

from foundation.accounts.models import User
from foundation.records.statuses import Status


class Held(StrEnum):
    """Why a request is held."""

    SIGNED_OUT = "signed-out"
    OTHER_PERSON = "other-person"
    FIRST_PASSWORD = "first-password"
    STALE_TOKEN = "stale-token"


STATUS = {
    Held.SIGNED_OUT: Status.SIGNED_OUT,
    Held.OTHER_PERSON: Status.OTHER_PERSON,
    Held.FIRST_PASSWORD: Status.FORBIDDEN,
    Held.STALE_TOKEN: Status.FORBIDDEN,
}


def is_script(request: HttpRequest) -> bool:
    """Does a script of ours ask? No page of another site can send these headers."""
    return "HX-Request" in request.headers or "X-Part" in request.headers


def is_other_person(request: HttpRequest) -> bool:
    """Is somebody else signed in than the one under whose name the page saves?"""
    drawn_for = request.headers.get("X-Page-User", "")
    return bool(drawn_for) and drawn_for != str(request.user.pk)


def standing(request: HttpRequest) -> dict[str, object]:
    """Who is signed in now, and the form token that holds: {person, name, first_password, token}.

    `person` is an id as text, empty when nobody is signed in.
    """
    user, token = request.user, get_token(request)
    if not isinstance(user, User):
        return {"person": "", "name": "", "first_password": False, "token": token}
    return {
        "person": str(user.pk),
        "name": user.display_name,
        "first_password": user.must_change_password,
        "token": token,
    }


def hold(request: HttpRequest, why: Held) -> JsonResponse:
    """The answer to a script whose request is held."""
    answer = JsonResponse(standing(request), status=STATUS[why], headers={"X-Held": why.value})
    add_never_cache_headers(answer)

    return answer
