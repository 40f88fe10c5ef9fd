"""The backend: a turn is taken before BEGIN IMMEDIATE, and handed on when that transaction is over.

Also before a single statement that writes outside of a transaction, so that sessions, lock-out and
admin stand in the same line. Between processes SQLite waits by its own means for the time left.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from traceback import clear_frames

from django.db.backends.sqlite3 import base, features
from django.db.utils import OperationalError

from osaki_dx.sqlite.turns import TooLong, Turns, turns_of

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class DatabaseFeatures(features.DatabaseFeatures):
    """Every SQLite that runs here knows JSON; Django asks each new connection in a transaction, for
    which it would wait in line.
    """

    supports_json_field = True


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it writes."""

    features_class = DatabaseFeatures

    _turn: Turns | None = None  # while this connection has one
    _others: float | None = None  # seconds that SQLite waits, where they are not all

    _hurry: float | None = None  # seconds, where this connection waits less than others

    @property
    def patience(self) -> float:
        """Seconds that a writer waits, in line and before SQLite together."""
        if self._hurry is not None:
            return self._hurry
        return float(self.settings_dict["OPTIONS"]["timeout"])

    @contextmanager
    def in_a_hurry(self, seconds: float) -> Iterator[None]:
        """Who asks for a turn in here waits no longer than this."""
        self._hurry = seconds
        try:
            yield
        finally:
            self._hurry = None

    def get_new_connection(self, conn_params):
        """As Django's; a file that is opened and then fails (a full disk) is let go at once."""
        try:
            return super().get_new_connection(conn_params)
        except sqlite3.Error as error:
            clear_frames(error.__traceback__)
            raise

    def create_cursor(self, name=None):
        cursor = self.connection.cursor(factory=Cursor)
        cursor.of = self
        return cursor

    def take_turn(self) -> None:
        """Wait for the turn. OperationalError as SQLite's own when it does not come in time."""
        turns = turns_of(str(self.settings_dict["NAME"]))
        try:
            left = turns.take(self.patience)
        except TooLong:
            raise OperationalError(f"database is locked ({len(turns)} wait in line)") from None
        self._turn = turns
        self._wait_for_others(left)

    def hand_on(self) -> None:
        """The next one's turn; nothing where this connection has none."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.leave()
            self._wait_for_others(self.patience)

    def _wait_for_others(self, seconds: float) -> None:
        """How long SQLite waits for other processes; no matter where the connection is closed."""
        waits = self.patience if self._others is None else self._others
        if seconds == waits:
            return
        with suppress(sqlite3.Error):
            self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        self._others = seconds

    def _start_transaction_under_autocommit(self):
        self.take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self.hand_on()
            raise

    def _commit(self):
        super()._commit()  # type: ignore[misc]
        self.hand_on()

    def _rollback(self):
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self.hand_on()

    def _close(self):
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self.hand_on()


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that takes a turn for a statement that is a transaction by itself."""

    of: DatabaseWrapper

    def convert_query(self, query, *, param_names=None):
        """As Django's; the same text is gone through once."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)  # type: ignore[misc]
        return _converted(query)

    def execute(self, query, params=None):
        return self._in_turn(
            super().execute,
            query,
            params,
        )

    def executemany(self, query, param_list):
        return self._in_turn(
            super().executemany,
            query,
            param_list,
        )

    def _in_turn(self, run, query, params):
        if self.of.connection.in_transaction or not WRITES.match(query):
            return run(query, params)
        self.of.take_turn()
        try:
            return run(query, params)
        finally:
            self.of.hand_on()


@lru_cache(maxsize=1024)
def _converted(query: str) -> str:
    """With the marks of SQLite for its parameters."""
    marked: str = base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return marked
