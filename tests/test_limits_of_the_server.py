"""What comes in is bounded in size and time, and nobody who dawdles holds the portal (ADR 22).

The times are tried on the server itself with a clock that is moved by hand; sizes, sentences and
crowds on the real `serve`.
"""

import contextlib
import http.client
import re
import socket
import threading
import time

import pytest
from django.core.exceptions import RequestDataTooBig

from foundation.records.uploads import LIMIT
from osaki_dx import lines, refusals
from osaki_dx.errors import bad_request
from osaki_dx.lines import Door, Phase
from osaki_dx.serving import HEADER_SIZE, ROOM, server_options
from tests.portal import PATIENCE, ROOT, Portal

pytestmark = pytest.mark.pure  # starts its own process with its own SQLite database
HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /accounts/login/ HTTP/1.1\r\n" + HOST
BODY = POST + b"Content-Length: 10000000\r\n\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
TOO_LARGE = LIMIT + ROOM + 1
BIG = b"x" * 1024 * 1024


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self):
        return self.now


class House:
    """The server in this process, turned by hand."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.clock, self.finish, self.clients = Clock(), threading.Event(), []
        self.door = Door(self.application, self.listener, server_options(), self.clock)

    def application(self, environ, start_response):
        """`/big` answers with more than any buffer holds, `/slow` when the test says so."""
        environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/slow":
            self.finish.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [BIG] * 40 if environ["PATH_INFO"] == "/big" else [b"ok"]

    def enter(self, sent=b""):
        """A client that has been let in, and what the server knows of it."""
        before = set(self.door.active_channels.values())
        client = socket.create_connection(self.listener.getsockname(), timeout=PATIENCE)
        self.clients.append(client)
        self.until(lambda: set(self.door.active_channels.values()) - before)
        (line,) = set(self.door.active_channels.values()) - before
        client.sendall(sent)
        return client, line

    def until(self, true):
        """Turn until `true()`; no time passes for the server meanwhile."""
        patience = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < patience
            self.door.turn(0.01)

    def rest(self, client):
        """All that the server still says to a client, up to its end."""
        client.setblocking(False)
        said = []

        def ended():
            try:
                said.append(client.recv(65536))
            except BlockingIOError:
                return False
            except ConnectionResetError:
                return True
            return said[-1] == b""

        self.until(ended)
        return b"".join(said).decode("utf-8", "replace")

    def close(self):
        self.finish.set()
        for client in self.clients:
            client.close()
        self.until(lambda: not self.door.active_channels)
        self.door.task_dispatcher.shutdown(timeout=5)
        self.door.close()


@pytest.fixture
def house():
    house = House()
    yield house
    house.close()


DAWDLERS = {  # what is sent first, what every second → after how many seconds, told what?
    "says nothing": (b"", b"", lines.QUIET, ""),
    "empty lines": (b"", b"\r\n", lines.QUIET, ""),
    "one byte of a header": (b"G", b"", lines.HEADER, "408"),
    "a header that never ends": (b"GET / HTTP/1.1\r\nX: ", b"x", lines.HEADER, "408"),
    "header lines without end": (b"GET / HTTP/1.1\r\n", b"X: 1\r\n", lines.HEADER, "408"),
    "no body": (BODY, b"", lines.STALL, "408"),
    "a body that stops": (BODY + b"x" * 100_000, b"", lines.STALL, "408"),
    "a body byte by byte": (BODY, b"x", lines.TRANSFER, "408"),
    "chunks byte by byte": (CHUNKED, b"1\r\nx\r\n", lines.TRANSFER, "408"),
    "a chunk that stops": (CHUNKED + b"ff\r\nx", b"", lines.STALL, "408"),
    "after an answer": (GET, b"", lines.QUIET, "200"),
    "half a second request": (GET + b"G", b"", lines.HEADER, "200 408"),
    "an answer nobody reads": (GET.replace(b"/healthz", b"/big"), b"", lines.STALL, None),
    "goes on after a refusal": (b"x\r\n\r\n", b"x" * 1000, lines.LINGER, "400"),
}


def done_or_held_up(line):
    """Whether no thread writes to it, but for one that waits until something was read."""
    full = line.total_outbufs_len > line.adj.outbuf_high_watermark
    return not line.requests or full or not line.connected


@pytest.mark.parametrize("kind", DAWDLERS)
def test_who_dawdles_loses_the_place(kind, house):
    """A refused one lingers for a while, so that its page is seen, but no longer."""
    first, then, limit, told = DAWDLERS[kind]
    client, line = house.enter(first)
    begun = house.clock.now
    if first:
        house.until(lambda: line.moved or line.worked > begun or line.phase is not Phase.QUIET)
    gone = None
    while line.connected and house.clock.now < begun + 200:
        with contextlib.suppress(OSError):
            client.sendall(then)
        house.door.turn(0.005)
        house.until(lambda: done_or_held_up(line))  # a thread has all the time it needs
        if line.refused and gone is None:
            gone = house.clock.now
        house.clock.now += 1
    assert not line.connected
    spent = (gone if gone and told and "408" in told else house.clock.now) - begun
    assert limit <= spent <= limit + (5 if told else 100)  # it goes on as long as bytes move
    if told is not None:
        said = house.rest(client)
        assert re.findall(r"HTTP/1\.\d (\d+)", said) == told.split()


def test_who_works_or_is_waited_for_keeps_the_place(house):
    """An upload of a slow line, and an answer that takes long to make."""
    slow, working = house.enter(GET.replace(b"/healthz", b"/slow"))
    house.until(lambda: working.requests)
    pieces = 100
    head = POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (pieces * lines.PACE)
    client, line = house.enter(head)
    for _ in range(pieces):
        client.sendall(b"x" * lines.PACE)
        house.until(lambda: line.heard == house.clock.now)
        house.clock.now += 1
    assert "200 OK" in house.rest(client)
    house.clock.now += 3600
    house.door.turn(0)
    assert working.connected
    house.finish.set()
    slow.setblocking(False)
    house.until(lambda: not working.requests and not working.total_outbufs_len)
    assert slow.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_a_clock_of_the_machine_that_is_put_forward_closes_nothing(house, monkeypatch):
    _, line = house.enter()
    later = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    house.door.turn(0)
    house.door.turn(0)
    assert line.connected


def test_the_newcomer_gets_the_place_of_the_slowest(house, monkeypatch):
    monkeypatch.setattr(lines, "CONNECTIONS", 5)
    house.door.adj.connection_limit = 5 + lines.OWN_SOCKETS
    _, slow = house.enter(GET.replace(b"/healthz", b"/slow"))
    house.until(lambda: slow.requests)
    _, trickling = house.enter(b"G")
    house.until(lambda: trickling.request)
    house.clock.now += 5
    upload, fast = house.enter(BODY + b"x" * 1_000_000)
    house.until(lambda: fast.moved > 900_000)
    house.clock.now += 5
    upload.sendall(b"x")
    house.until(lambda: fast.heard == house.clock.now)
    _, quiet = house.enter()
    house.clock.now += 1
    assert [line.connected for line in (slow, trickling, fast, quiet)] == [True] * 4
    newcomer, _ = house.enter(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert "200 OK" in house.rest(newcomer)
    assert not trickling.connected
    assert (slow.connected, fast.connected, quiet.connected) == (True, True, True)
    house.enter()
    house.enter()
    house.until(lambda: not fast.connected or not quiet.connected)
    assert slow.connected


@pytest.mark.parametrize("proxy", [None, "127.0.0.1"])
def test_who_holds_many_places_gives_way_first(house, monkeypatch, proxy):
    """Not behind a proxy, where all have its address."""
    monkeypatch.setattr(lines, "CONNECTIONS", 5)
    monkeypatch.setattr(lines, "SHARE", 2)
    house.door.adj.trusted_proxy = proxy
    _, patient = house.enter()
    patient.addr = ("10.1.0.5", 1)
    house.clock.now += 1
    greedy = [house.enter()[1] for _ in range(4)]
    house.door.turn(0)
    assert patient.connected == (proxy is None)
    assert [line.connected for line in greedy].count(False) == (1 if proxy is None else 0)


@pytest.fixture(scope="module")
def portal(tmp_path_factory, prepared):
    portal = Portal(prepared(tmp_path_factory.mktemp("limits"), sample=False))
    portal.wait()
    yield portal
    told = portal.stop()
    assert portal.process.returncode == 0
    assert "Traceback" not in told


def connect(portal, sent=b""):
    client = socket.create_connection(("127.0.0.1", portal.port), timeout=PATIENCE)
    client.sendall(sent)
    return client


def answer(client):
    """(status, headers, page): what the server says up to its end."""
    with client:
        said = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, page = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), page.decode()


LENGTH = b"Content-Length: %d\r\n"
REFUSED = {  # sent, and nothing after it → status, what stands in the page
    "too large": (POST + LENGTH % TOO_LARGE + b"\r\n", 413, "1件10MBまで"),
    "enormous": (POST + LENGTH % 10**15 + b"\r\n", 413, "分けて"),
    "too large, asks before": (
        POST + b"Expect: 100-continue\r\n" + LENGTH % TOO_LARGE + b"\r\n",
        413,
        "何も保存していません",
    ),
    "a length of 5,000 digits": (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, ""),
    "a length that is none": (POST + b"Content-Length: x\r\n\r\n", 400, "読み取れません"),
    "half an address": (b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n", 400, "アドレス欄"),
    "no request": (b"\x16\x03\x01\r\n\r\n", 400, "読み取れません"),
    "lower case": (b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400, "読み取れません"),
    "no header": (b"GET / HTTP/1.1\r\nnonsense\r\n\r\n", 400, "読み取れません"),
    "broken chunk": (CHUNKED + b"xyz\r\n", 400, "読み取れません"),
    "endless line of a chunk": (CHUNKED + b"1;" + b"x" * 9000, 400, "読み取れません"),
    "chunks of one byte": (CHUNKED + b"1\r\nx\r\n" * 30_000, 400, "読み取れません"),
    "a coding nobody knows": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501, "Transfer-Encoding"),
    "long header": (b"GET / HTTP/1.1\r\nX: " + b"x" * HEADER_SIZE, 431, "Cookie"),
    "long address": (b"GET /?" + b"x" * HEADER_SIZE, 431, "条件を短く"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_the_server_refuses_at_once_in_japanese(kind, portal):
    sent, status, sentence = REFUSED[kind]
    said, head, page = answer(connect(portal, sent))
    assert (said, sentence in page) == (status, True)
    assert 'lang="ja"' in page
    assert "text/html; charset=utf-8" in head
    assert "Connection: close" in head
    assert "Server:" not in head


def test_chunks_are_refused_as_soon_as_they_are_too_large(portal):
    """Nothing says that it would be the last chunk."""
    piece = b"%x\r\n%s\r\n" % (len(BIG), BIG)
    client = connect(portal, CHUNKED + piece * (TOO_LARGE // len(BIG) + 1))
    assert answer(client)[0] == 413


def test_who_sends_far_too_much_sees_the_page(portal):
    """And no broken connection: what comes after the refusal is thrown away."""
    line = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=PATIENCE)
    line.request("POST", "/accounts/login/", body=BIG * 40)
    told = line.getresponse()
    assert (told.status, "1件10MBまで" in told.read().decode()) == (413, True)
    line.close()


def test_what_is_allowed_is_let_in(portal):
    """A file of the limit and the fields beside it; the form's token is wrong, no more."""
    size = LIMIT + ROOM
    head = b"Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n"
    body = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n\r\n'
    client = connect(portal, POST + head + LENGTH % size + b"\r\n" + body)
    client.sendall(b"x" * (size - len(body) - 7) + b"\r\n--b--")
    assert answer(client)[0] == 403


def test_a_form_that_is_too_large_is_told_alike():
    told = bad_request(None, RequestDataTooBig("too big"))
    assert (told.status_code, told.content) == (413, refusals.page(413))


def test_the_next_person_is_answered_while_a_crowd_dawdles(portal):
    """More than there are places: trickling headers, trickling bodies, idle keep-alive."""
    with contextlib.ExitStack() as crowd:
        clients = []
        for sent in (b"GET / HTTP/1.1\r\nX: ", BODY, GET):
            for _ in range(130):
                clients.append(crowd.enter_context(connect(portal, sent)))
                if len(clients) % 40 == 0:
                    assert portal.get("/healthz")
        for _ in range(3):
            for client in clients:
                with contextlib.suppress(OSError):
                    client.sendall(b"x")
            assert "ログイン" in portal.get("/accounts/login/")


def test_the_samples_for_proxies_have_the_same_limit():
    nginx, iis = (
        (ROOT / "docs" / "deploy" / name).read_text(encoding="utf-8")
        for name in ("nginx.conf.sample", "web.config.sample")
    )
    assert f"client_max_body_size {(LIMIT + ROOM) // 1024 // 1024}m;" in nginx
    assert f'maxAllowedContentLength="{LIMIT + ROOM}"' in iis
    assert f"添付ファイルは1件{LIMIT // 1024 // 1024}MBまで" in nginx


@pytest.mark.parametrize("code", [*refusals.SAID, 418, 599])
def test_every_page_says_how_to_go_on(code):
    page = refusals.page(code).decode()
    assert re.search("もう一度", page)
    assert '<a href="/">ホームへ</a>' in page
