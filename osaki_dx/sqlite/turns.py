"""Who may write next: the threads of one process wait in line for a file. Standard library only.

SQLite lets one writer in at a time, and whoever finds it busy asks again after a while: luck
decides, and on a busy machine somebody has none for twenty seconds. In line the first who came is
the first who writes.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque


class TooLong(Exception):
    """The turn did not come in time."""


class Turns:
    """The line before one thing; the turn is handed on, so that nobody gets in between."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def take(self, seconds: float) -> float:
        """Wait for the turn; the seconds that are left then. TooLong when it did not come."""
        began = time.monotonic()
        place = self._place()
        if place is not None and not place.wait(seconds):
            self._give_up(place)
        return max(0.0, seconds - (time.monotonic() - began))

    def leave(self) -> None:
        """Hand the turn on to the next one."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def _place(self) -> threading.Event | None:
        """A place in the line, None where nobody is before."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return None
            place = threading.Event()
            self._waiting.append(place)
            return place

    def _give_up(self, place: threading.Event) -> None:
        with self._lock:
            if place.is_set():  # the turn came in the very moment
                return
            self._waiting.remove(place)
        raise TooLong


_turns: dict[str, Turns] = {}
_making = threading.Lock()


def turns_of(file: str) -> Turns:
    """The line before a file."""
    with _making:
        return _turns.setdefault(file, Turns())


def _begin_anew() -> None:
    """A child process has none of the threads that wait."""
    global _making
    _making = threading.Lock()
    _turns.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
