"""One line of the log: when (in Japan), how grave, from where, who, what.

What a person did wrong (403, 404, 400) is one line; only a fault of the portal has a traceback.
"""

import copy
import logging
import os
import sys
from contextlib import suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from zoneinfo import ZoneInfo

from osaki_dx.folders import FILE

JAPAN = ZoneInfo("Asia/Tokyo")
OURS = 500  # from this status on it is the portal's fault
SIZE, OLDER = 10 * 1024 * 1024, 10  # bytes of a file, and how many full ones stay beside it


class Line(logging.Formatter):
    """`2026-11-27 09:00:00 WARNING 10.1.2.3 yamada django.request: Not Found: /x/`."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(address)s %(person)s %(name)s: %(message)s")

    def formatTime(self, record, _form=None):  # noqa: N802 (the name is logging's)
        """The time of the town, whatever the zone of the machine is."""
        return f"{datetime.fromtimestamp(record.created, JAPAN):%Y-%m-%d %H:%M:%S}"

    def format(self, record):
        """The line; records that belong to no request have neither address nor person."""
        line = copy.copy(record)
        request = getattr(
            record,
            "request",
            None,
        )
        line.address = getattr(request, "META", {}).get("REMOTE_ADDR") or "-"
        line.person = _name(request) or "-"
        if getattr(record, "status_code", OURS) < OURS:
            line.exc_info = line.exc_text = line.stack_info = None
        return super().format(line)


def _name(request) -> str:
    """The user name of who is signed in, where that is known: a log asks no database."""
    known = getattr(request, "_cached_user", None)
    return known.get_username() if known else ""


class Lines(RotatingFileHandler):
    """The log as a file of the user who runs the portal: it holds names and addresses."""

    def __init__(self, filename: str):
        super().__init__(filename, maxBytes=SIZE, backupCount=OLDER, encoding="utf-8", delay=True)

    def handleError(self, record):  # noqa: N802 (the name is logging's)
        """A full disk is no reason to lose the line: it goes where there is no file."""
        error = sys.exception()
        if not isinstance(error, OSError) or sys.stderr is None:
            super().handleError(record)
            return
        with suppress(OSError):
            sys.stderr.write(f"{self.format(record)}\n（ログを書けません：{error}）\n")

    def _open(self):
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            opener=_private,
        )


def _private(path: str, flags: int) -> int:
    return os.open(
        path,
        flags,
        FILE,
    )


def handler(file: str) -> dict:
    """The handler of `LOGGING`: a file that is renewed when it is full, or standard error."""
    where = {"class": "osaki_dx.logs.Lines", "filename": file} if file else {}
    return {"class": "logging.StreamHandler", "formatter": "line", **where}
