"""The sessions of people, which know whose they are.

Django's own hides the person within its text, so that every page asks twice: for the session, then
for the person. Ours has a column, and one question brings the session with its person, today's
memberships and what every page asks of the data (docs/trust.md §3, ADR 60). What a session holds,
how long it lasts and how its key is made are Django's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone

from foundation.records.compiled import NOW, Compiled

KEY = "the key of a session"  # stands for the one that each call gives
_opened: ContextVar["SessionStore | None"] = ContextVar("opened", default=None)


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

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "ログイン中の人"
        verbose_name_plural = "ログイン中の人"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        """The store whose rows these are."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's store in the database, with rows of ours."""

    came_with: tuple[date, list[Any]] | None = None  # the day, and that day's memberships

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row that is stored, with the person whom the session itself names."""
        row: Session = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Session | None:
        today = timezone.localdate()
        rows = with_the_person(today)(key=self.session_key, now=timezone.now())
        if not rows:  # nobody is signed in with it, it has ended, or the person belongs nowhere
            return super()._get_session_from_db()
        self.came_with = (today, rows)
        return Session(session_key=self.session_key, session_data=rows[0].session_data)

    def brought_for(self, user_id: int, day: date) -> list[Any] | None:
        """The memberships of that day which came with the session (None: it has to be asked)."""
        if self.came_with is None:
            return None
        asked_on, rows = self.came_with
        return rows if asked_on == day and rows[0].user_id == user_id else None


@lru_cache(maxsize=4)
def with_the_person(day: date) -> Compiled[Any]:
    """The question of every page: a session by its `key`, not ended `now`, with its memberships."""
    from foundation.accounts.backends import memberships_on

    mine: QuerySet[Any] = memberships_on(day).filter(
        user__sessions__session_key=KEY, user__sessions__expire_date__gt=NOW
    )
    rows = mine.annotate(session_data=F("user__sessions__session_data"))
    return Compiled(rows, key=KEY, now=NOW)


@contextmanager
def opened(session: SessionStore) -> Iterator[None]:
    """Within it the sign-in backend may take what came with this session."""
    mark = _opened.set(session)
    try:
        yield
    finally:
        _opened.reset(mark)


def came_along(user_id: int, day: date) -> list[Any] | None:
    """The memberships that came with the session that is opened just now."""
    session = _opened.get()
    return session.brought_for(user_id, day) if session is not None else None


def forget_sessions(user: models.Model) -> None:
    """End every session of the user; one who is admitted again signs in again."""
    Session.objects.filter(user=user).delete()
