"""The sessions with what every page asks: the person, today's memberships, and what it wants to
know of the data, in one question (docs/trust.md §3, ADR 60).
"""

from datetime import date
from functools import lru_cache
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import F, QuerySet
from django.utils import timezone

from foundation.accounts.backends import memberships_on
from foundation.accounts.sessions import Session
from foundation.records.compiled import NOW, Compiled

KEY = "the key of a session"  # stands for the one that each call gives


class SessionStore(DatabaseStore):
    """Django's store in the database, with rows of ours."""

    came_with: tuple[date, list[Any]] | None = None  # the day, and that day's memberships

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row that is stored, with the person whom the session itself names."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Session | None:
        today = timezone.localdate()
        key = self.session_key or ""
        rows = with_the_person(today)(key=key, now=timezone.now())
        if not rows:  # nobody is signed in with it, it has ended, or the person belongs nowhere
            return super()._get_session_from_db()  # type: ignore[misc]
        self.came_with = (today, rows)
        return Session(session_key=key, session_data=rows[0].session_data)

    def brought_for(self, user_id: int, day: date) -> list[Any] | None:
        """The memberships of that day which came with the session (None: it has to be asked)."""
        if self.came_with is None:
            return None
        asked_on, rows = self.came_with
        return rows if asked_on == day and rows[0].user_id == user_id else None


@lru_cache(maxsize=4)
def with_the_person(day: date) -> Compiled[Any]:
    """The question of every page: a session by its `key`, not ended `now`, with its memberships."""
    mine: QuerySet[Any] = memberships_on(day).filter(
        user__sessions__session_key=KEY, user__sessions__expire_date__gt=NOW
    )
    rows = mine.annotate(session_data=F("user__sessions__session_data"))
    return Compiled(rows, key=KEY, now=NOW)
