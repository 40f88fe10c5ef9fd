"""A line to the database on which nobody waits for ever."""

from typing import Any

from psycopg import Connection, OperationalError, errors

from osaki_dx.postgresql.patience import Unanswered, seconds_left


class Silent(Unanswered, OperationalError):
    """The database is there and has not answered in time. The line is given up."""


class Cut(Unanswered, OperationalError):
    """The line broke between the word to commit and the answer to it."""


class Line(Connection[Any]):
    """psycopg's connection; what it waits for, it waits for so long as `patience` says."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """The answer, or Silent. An answer that came later would be taken for that of the next
        question: so the line is closed, and the pool makes another.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        patience = seconds_left()
        try:
            return super().wait(gen, interval, patience)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise Silent(f"no answer for {patience:.1f} seconds") from error

    def commit(self) -> None:
        """As psycopg's; a refusal in the server's own words is one, and anything else is Cut."""
        try:
            super().commit()
        except OperationalError as error:
            if error.sqlstate or isinstance(error, Unanswered):
                raise
            raise Cut(*error.args) from error
