"""Files beside rows: whole or not there, and gone when their row came to nothing.

A database takes back what a transaction wrote, a folder does not. So a file that could not be
written to its end is removed at once, and one whose transaction was not committed when the request
ends (the disk was full in the very moment of the commit) is removed then.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction

_stored: ContextVar[list[str] | None] = ContextVar("_stored", default=None)


class Whole(FileSystemStorage):
    """Django's folder, in which no piece of a file stays."""

    def _save(self, name, content):
        try:
            name = super()._save(name, content)  # type: ignore[misc]
        except OSError:
            self._remove_piece(name, content.size)
            raise
        stored = _stored.get()
        if stored is not None:
            path = self.path(name)
            stored.append(path)
            transaction.on_commit(lambda: stored.remove(path))
        return name

    def _remove_piece(self, name: str, size: int) -> None:
        """What has its full size is another's: the name is that of the contents' hash."""
        piece = Path(self.path(name))
        with suppress(OSError):
            if piece.stat().st_size < size:
                piece.unlink()


@contextmanager
def without_orphans() -> Iterator[None]:
    """What is stored in here and not committed when it ends is taken away again.

    In a transaction that goes on (a test's) nothing is decided yet.
    """
    stored: list[str] = []
    token = _stored.set(stored)
    try:
        yield
    finally:
        _stored.reset(token)
        if not connection.in_atomic_block:
            for path in stored:
                with suppress(OSError):
                    Path(path).unlink()
