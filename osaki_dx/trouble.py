"""What lies below the portal and does not do its work, told apart by what a person can do about it.

Busy: wait a little. Gone: the database is stopped or cannot be reached; somebody starts it. Not
writable: the disk is full or may only be read; somebody makes room (docs/operations.md §9).
"""

import errno
import sqlite3
from enum import Enum

from django.db import DatabaseError, InterfaceError, OperationalError


class Trouble(Enum):
    """The value is what an answer says in `X-Why`, and `/healthz` as its reason."""

    BUSY = "busy"
    GONE = "database"
    UNWRITABLE = "storage"


OF_FILES = {
    errno.ENOSPC,
    errno.EROFS,
    errno.EFBIG,
    errno.EIO,
    errno.EACCES,
    errno.EPERM,
    getattr(errno, "EDQUOT", errno.ENOSPC),  # Windows has no quota of this name
}
OF_SQLITE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
OF_POSTGRESQL = {"53100", "58030", "25006"}  # disk full, input or output failed, read-only
SHUT = ("08", "57P")  # connection lost; shut down, crashed, starting up


def trouble_of(error: BaseException) -> Trouble | None:
    """What is wrong below the portal; None where the fault is in the portal itself."""
    if isinstance(error, OSError):
        return Trouble.UNWRITABLE if error.errno in OF_FILES else None
    if not isinstance(
        error,
        (DatabaseError, InterfaceError),
    ):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if primary in OF_SQLITE:
            return Trouble.UNWRITABLE
    elif cause is not None and (found := _of_postgresql(error, cause)):
        return found
    if isinstance(error, InterfaceError):
        return Trouble.GONE
    return Trouble.BUSY if isinstance(error, OperationalError) else None


def _of_postgresql(error: BaseException, cause: BaseException) -> Trouble | None:
    """By its code; what has none never came from the server: there was no line to it."""
    code = getattr(cause, "sqlstate", "") or ""
    if code in OF_POSTGRESQL:
        return Trouble.UNWRITABLE
    if code.startswith(SHUT) or (
        not code
        and isinstance(
            error,
            OperationalError,
        )
    ):
        return Trouble.GONE
    return None


def below(error: BaseException | None) -> BaseException | None:
    """The first error of the chain that is trouble of this kind; Django wraps them."""
    while error is not None and trouble_of(error) is None:
        error = error.__cause__ or error.__context__
    return error
