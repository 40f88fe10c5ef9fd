"""Who is signed in: the rows of the sessions, which know whose they are.

Django's own hides the person within its text, so that every page asks twice: for the session, then
for the person. Ours has a column, and one question brings both (`session_store`, ADR 60). What a
session holds, how long it lasts and how its key is made are Django's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from foundation.accounts.models import User

_opened: ContextVar[Any] = ContextVar("opened", default=None)


class Session(AbstractBaseSession):
    """A session; `user` is whoever is signed in with it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="sessions",
        verbose_name="利用者",
    )

    class Meta(AbstractBaseSession.Meta):  # type: ignore[name-defined]
        verbose_name = "ログイン中の人"
        verbose_name_plural = "ログイン中の人"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store whose rows these are."""
        return import_module(settings.SESSION_ENGINE).SessionStore


@contextmanager
def opened(session: Any) -> Iterator[None]:
    """Within it the sign-in backend may take what came with this session (`SessionStore`)."""
    mark = _opened.set(session)
    try:
        yield
    finally:
        _opened.reset(mark)


def came_along(user_id: int, day: date) -> list[Any] | None:
    """The memberships that came with the session that is opened just now."""
    session = _opened.get()
    return session.brought_for(user_id, day) if session is not None else None


def forget_sessions(user: "User") -> None:
    """End every session of the user; one who is admitted again signs in again."""
    Session.objects.filter(user=user).delete()
