"""How long somebody waits for an answer of a database that is there and says nothing.

A server process that was stopped (or whose machine swaps itself to death) keeps its lines open, so
neither the network nor a limit of the server's own ends the waiting; only whoever asks can. Who
answers people sets a limit for each answer (`osaki_dx.wsgi`); a command waits as long as it takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

ANSWER = 15.0  # seconds for one answer: as long as a writer waits for a turn on SQLite
LINE = 14.0  # seconds in the line of writers: who is told by the server knows that it lives

_answers_people = False
_until: ContextVar[float | None] = ContextVar("until", default=None)


def answer_people() -> None:
    """This process serves pages: from now on no answer is waited for longer than `ANSWER`."""
    global _answers_people
    _answers_people = True


def answers_people() -> bool:
    """Does somebody wait for this process in front of a screen?"""
    return _answers_people


class Unanswered(Exception):
    """What was asked last may be done by whoever did not answer, as soon as he goes on."""


def is_unanswered(error: BaseException | None) -> bool:
    """Is that what lies below an error? Django wraps it."""
    while error is not None and not isinstance(error, Unanswered):
        error = error.__cause__ or error.__context__
    return error is not None


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All waiting in here together takes no longer than this, nor than what stands around it."""
    until, around = monotonic() + seconds, _until.get()
    token = _until.set(until if around is None else min(until, around))
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float | None:
    """For the next answer; None where it takes as long as it takes."""
    until = _until.get()
    left = None if until is None else max(until - monotonic(), 0.0)
    if not _answers_people:
        return left
    return ANSWER if left is None else min(left, ANSWER)
