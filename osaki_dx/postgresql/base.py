"""The backend: a connection out of the pool is asked whether it lives, and where the database is
gone nobody stands before its door.

A thread that waits for a database that is not there is a thread that answers nobody, and eight
waiting people would be the whole portal. The first one waits as long as the pool is told to. Where
the door was shut, all others wait for a moment only, until somebody gets a connection again. Each
of them lets the pool try anew, so the first page after the database is back is a page. A database
that is there and says nothing is as good as gone (`patience`).
"""

from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

from osaki_dx.postgresql.line import Line, Silent
from osaki_dx.postgresql.patience import LINE, answers_people, seconds_left, within

SIGN_OF_LIFE = 1.0  # seconds in which a connection of the pool says that it lives
MOMENT = 0.2  # seconds; long enough for a connection, where there is something to connect to


def _refused(pool) -> int:
    """How often the pool was not let in so far."""
    return pool.get_stats().get("connections_errors", 0)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is alive when it is handed out, or an error that comes soon."""

    _gone = False  # of the process: the last one who wanted a connection got none

    @property
    def pool(self):
        """Django's pool, of lines on which nobody waits for ever."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if options:
            options.setdefault("connection_class", Line)
        return super().pool  # type: ignore[misc]

    def _configure_connection(self, connection):
        """Who waits in the line of writers is told by the server that it was too long."""
        if answers_people():
            connection.execute(f"SET lock_timeout = '{LINE:.0f}s'")
        return super()._configure_connection(connection)  # type: ignore[misc]

    def get_new_connection(self, conn_params):
        pool: Any = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        refused = _refused(pool)
        try:
            connection = self._living(pool, conn_params)
        except OperationalError:
            # A machine that is merely busy has refused nobody: there all go on waiting their time.
            DatabaseWrapper._gone = self._gone or _refused(pool) > refused
            raise
        DatabaseWrapper._gone = False
        return connection

    def _living(self, pool, conn_params):
        """The first connection that answers; the others are thrown away.

        Not the pool's own check: it sleeps a second for each that has died, and after a restart of
        the database all of them have.
        """
        until = monotonic() + (MOMENT if self._gone else self._patience)
        silent = False
        while True:
            pool.timeout = max(until - monotonic(), 0)
            try:
                connection = super().get_new_connection(conn_params)
            except OperationalError:
                DatabaseWrapper._gone = self._gone or silent
                raise
            try:
                with within(min(SIGN_OF_LIFE, max(until - monotonic(), 0))):
                    ConnectionPool.check_connection(connection)
            except OperationalError as error:
                silent = silent or isinstance(error, Silent)
                pool.putconn(connection)
            else:
                return connection

    @property
    def _patience(self) -> float:
        """Seconds that the settings give to whoever wants a connection, or who asks has left."""
        given = float(self.settings_dict["OPTIONS"]["pool"]["timeout"])
        left = seconds_left()
        return given if left is None else min(given, left)
