"""Who may read a feed: whoever sends a token in the header `Authorization: Bearer`, nobody else.

A session plays no part: `osaki_dx.middleware.Keyed` takes the cookies away before anything looks
at them. Without a token 401, with a wrong or a stopped one 403; every use is told to the log.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from headquarters.feeds.actions import note_use
from headquarters.feeds.choices import TokenState
from headquarters.feeds.models import FeedToken
from headquarters.feeds.tokens import TokenText
from measures.naming import heard

log = logging.getLogger(__name__)
CHALLENGE = 'Bearer realm="osaki-dx feeds", charset="UTF-8"'
BEARER = re.compile(r"Bearer +(\S.*)", re.IGNORECASE)
NOBODY = "0" * 64  # compared with where no token has the number, so that it takes the same time
ASK = "{}に、新しい接続キーを依頼してください。"
NO_TOKEN = (
    "接続キーがありません。HTTP要求ヘッダーのAuthorizationに「Bearer 接続キー」を入れてください"
    "（アドレスに書いた接続キーは使いません）。"
)
WRONG = "接続キーが正しくありません。写し間違いがないか確かめてください。分からないときは、"
STOPPED = {
    TokenState.REVOKED: "この接続キーは取り消されています。",
    TokenState.EXPIRED: "この接続キーは有効期限が切れています。",
    TokenState.DEPARTMENT_ENDED: "この接続キーの課は、いまはありません。",
}


@dataclass(frozen=True)
class Asker:
    """Who asks: with which token (None: none that is known), and why it opens nothing."""

    token: FeedToken | None
    refusal: HttpResponse | None = None


def told(sentence: str, status: int) -> HttpResponse:
    """A sentence as plain text: no page, because a program reads it."""
    answer = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _refused(sentence: str) -> HttpResponse:
    """403: what is wrong with the token, and who gives a new one."""
    return told(sentence + ASK.format(heard().office), 403)


def asker_of(request: HttpRequest, on: date) -> Asker:
    """Who asks on that day. One query where a token is sent."""
    sent = BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if sent is None:
        refusal = told(NO_TOKEN, 401)
        refusal["WWW-Authenticate"] = CHALLENGE
        return Asker(None, refusal)
    text = TokenText.read(sent[1])
    token = FeedToken.objects.numbered(text.number) if text else None
    if text is None or not text.fits(token.digest if token else NOBODY):
        return Asker(None, _refused(WRONG))
    assert token is not None
    state = token.state_on(on)
    return Asker(token, _refused(STOPPED[state]) if state in STOPPED else None)


Feed = Callable[[HttpRequest, str, str], HttpResponse]


def by_token(view: Feed) -> Feed:
    """A view for whoever sends a token. What it answers is logged and counted."""

    @login_not_required
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, name: str, kind: str) -> HttpResponse:
        now = timezone.now()
        asker = asker_of(request, timezone.localdate(now))
        answer = asker.refusal or view(request, name, kind)
        _note(request, asker, f"{name}.{kind}", answer.status_code, now)
        return answer

    return guarded


def _note(request: HttpRequest, asker: Asker, feed: str, status: int, at: datetime) -> None:
    """Tell the log of the use, and count it for the token; the count never costs the answer."""
    token = asker.token
    level = logging.WARNING if asker.refusal else logging.INFO
    number = token.number if token else "-"
    log.log(level, "feed %s: %s, token %s", feed, status, number, extra={"request": request})
    if token is None:
        return
    address = request.META.get("REMOTE_ADDR")
    try:
        note_use(token=token, feed=feed, allowed=asker.refusal is None, address=address, at=at)
    except DatabaseError:
        log.warning(
            "feed %s: use of token %s not counted",
            feed,
            number,
        )
