"""What SQLite has written beside the file (`-wal`), brought into the file."""

from contextlib import suppress

from django.db import Error


def write_back(connection) -> bool:
    """Empty the journal into `portal.sqlite3`, so that the file alone is whole.

    False while another process reads or writes: then it stays for the next time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cursor.fetchone()[0] == 0
    return False
