"""One moment of the database for all that is read, while others go on writing."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def one_moment(connection):
    """What is read within belongs to one moment; nobody has to wait for it.

    Within a transaction of the caller it is that transaction's.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        yield from _of_sqlite(connection)


def _of_sqlite(connection):
    """A reader's transaction: `atomic` would begin a writer's (ADR 37)."""
    connection.ensure_connection()
    line = connection.connection
    line.execute("BEGIN DEFERRED")
    try:
        line.execute("SELECT 1 FROM sqlite_master").fetchall()  # from now on it stands still
        yield
    finally:
        line.rollback()
