"""Connections: how many there are, how long each may take, who goes first when there is no room.

waitress reads all connections in one loop and gives whole requests to its threads, so that a slow
client holds no thread. It holds a place, though, and waitress takes nobody in when all places are
held. Here a client that keeps the portal waiting loses its place (ADR 22).
"""

import contextlib
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from osaki_dx.refusals import Reader, Refusal, RequestTimeout

# Each may hold a socket and two temporary files: together below the 1,024 files that a process on
# Linux may open, and the 512 sockets that Python on Windows can watch.
CONNECTIONS = 256
OWN_SOCKETS = 2  # the listening one and the one that wakes the loop; waitress counts them too
# Without a proxy: who holds more than these gives way first. Ten browsers have six each.
SHARE = 64
QUIET = 15  # seconds between two requests; a browser opens a new connection without a word
HEADER = 20  # seconds for a header, whole; a browser sends it in one piece
TRANSFER = 30  # seconds that a body, or the reading of an answer, has in any case …
PACE = 8 * 1024  # … and one more for each of these bytes that came: 10 MB in 21 minutes
STALL = 20  # seconds without a single byte in a body or an answer
LINGER = 30  # seconds that what is sent after a refusal is thrown away, so that the page is seen

log = logging.getLogger(__name__)


class Phase(Enum):
    """What a connection waits for."""

    QUIET = auto()  # for a request to begin
    HEADER = auto()  # for the rest of a header
    BODY = auto()  # for the rest of a body
    WORKING = auto()  # for the portal
    ANSWER = auto()  # for the client to read
    REFUSED = auto()  # for the client to go


class Line(HTTPChannel):
    """A connection that knows since when the portal waits for its client."""

    parser_class = Reader
    error_task_class = Refusal
    request: Reader | None = None
    refused = False

    def __init__(self, server: "Door", sock, addr, adj, map=None):
        self.phase = Phase.QUIET
        self.began = self.worked = self.heard = server.clock()
        self.moved = 0
        super().__init__(server, sock, addr, adj, map=map)

    def look(self, now: float) -> None:
        """Note a change of phase; called in every round of the loop."""
        phase = self._phase()
        if phase is not self.phase:
            self.phase = phase
            self.began = self.heard = now
            self.moved = 0
            if phase is Phase.REFUSED:
                self._say_that_no_more_comes()
        if phase in (Phase.WORKING, Phase.ANSWER):
            self.worked = now

    def spent(self, now: float) -> float:
        """How much of the portal's patience is used up: 0 to 1, and more when it is over."""
        match self.phase:
            case Phase.WORKING:
                return 0
            case Phase.QUIET:  # not since the phase began: an empty line begins it anew
                return (now - self.worked) / QUIET
            case Phase.HEADER:
                return (now - max(self.began, self.worked)) / HEADER
            case Phase.REFUSED:
                return (now - self.began) / LINGER
        began = max(self.began, self.worked) if self.phase is Phase.BODY else self.began
        return max(
            (now - began) / (TRANSFER + self.moved / PACE),
            (now - max(began, self.heard)) / STALL,
        )

    def give_up(self) -> None:
        """Who has begun to ask is told that it took too long; others go without a word."""
        log.info(
            "gave up: %s %s",
            self.addr[0],
            self.phase.name,
        )
        if self.phase not in (Phase.HEADER, Phase.BODY):
            self.handle_close()
            return
        with self.requests_lock:
            request = self.request or Reader(self.adj)
            self.request = None
            request.error = RequestTimeout("")
            self.requests.append(request)
            self.server.add_task(self)

    def refuse_the_rest(self) -> None:
        """After a refusal nothing that comes is read as a request; the first one is answered."""
        with self.requests_lock:
            for request in self.requests[1:]:
                request.close()
            del self.requests[1:]
            self.request = None
            self.refused = True

    def received(self, data):
        self._count(len(data))
        return True if self.refused else super().received(data)

    def send(self, data, do_close=True):
        sent = super().send(data, do_close=do_close)
        self._count(sent)
        return sent

    def _count(self, size: int) -> None:
        if size:
            self.moved += size
            self.heard = self.server.clock()

    def _phase(self) -> Phase:
        working = bool(self.requests)  # first: a thread writes its answer, then lets go
        if self.total_outbufs_len:
            return Phase.ANSWER
        if working:
            return Phase.WORKING
        if self.refused:
            return Phase.REFUSED
        request = self.request
        if request is None:
            return Phase.QUIET
        return Phase.BODY if request.headers_finished else Phase.HEADER

    def _say_that_no_more_comes(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)


class Door(TcpWSGIServer):
    """waitress's server, which lets go of those that keep it waiting."""

    channel_class = Line

    def __init__(
        self,
        application,
        listener: socket.socket,
        options: dict[str, Any],
        clock: Callable[[], float] = time.monotonic,
    ):
        self.clock = clock
        super().__init__(
            application,
            _sock=listener,
            adj=Adjustments(
                sockets=[listener],
                connection_limit=CONNECTIONS + OWN_SOCKETS,
                asyncore_use_poll=True,  # where there is one; select() cannot watch file 1,024
                **options,
            ),
            bind_socket=False,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )

    def turn(self, seconds: float) -> None:
        """One round: let go, make room, then read and write what can be within `seconds`."""
        self.sweep(self.clock())
        self.asyncore.loop(
            timeout=seconds, use_poll=self.adj.asyncore_use_poll, map=self._map, count=1
        )

    def sweep(self, now: float) -> None:
        """Give up those whose time is over; when all places are held, one more."""
        lines = list(self.active_channels.values())
        for line in lines:
            line.look(now)
            if line.spent(now) >= 1:
                line.give_up()
        self._make_room(now)

    def add_task(self, task: Line) -> None:
        """A whole request has come."""
        task.worked = self.clock()
        super().add_task(task)

    def maintenance(self, now):
        """Nothing: `sweep` does it, by a clock that is never put back."""

    def _make_room(self, now: float) -> None:
        """The next one gets in at the cost of the one that keeps the portal waiting longest.

        That is relative to what it may take. Where nobody waits for a client, all wait in line.
        """
        lines = list(self.active_channels.values())
        waiting = [line for line in lines if line.phase is not Phase.WORKING]
        if len(lines) < CONNECTIONS or not waiting:
            return
        held = Counter(line.addr[0] for line in lines)

        def burden(line: Line) -> tuple[bool, float]:
            greedy = not self.adj.trusted_proxy and held[line.addr[0]] > SHARE
            return greedy, line.spent(now)

        slowest = max(waiting, key=burden)
        log.info(
            "no room: %s %s",
            slowest.addr[0],
            slowest.phase.name,
        )
        slowest.handle_close()
