"""What SQLite has written beside the file (`-wal`), brought into the file."""

from contextlib import suppress

from django.db import Error

PATIENCE = 1000  # milliseconds; a stop must not take longer because somebody reads


def write_back(connection) -> bool:
    """Empty the journal into `portal.sqlite3`, so that the file alone is whole; then let go of it.

    False while another process reads or writes: then it stays for the next time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    try:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return cursor.fetchone()[0] == 0
        return False
    finally:
        connection.close()
