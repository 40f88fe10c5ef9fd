"""The running server: waitress behind the trusted proxy, and a stop that finishes what runs."""

import gc
import ipaddress
import math
import os
import signal
import socket
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, connections

from foundation.records.uploads import LIMIT
from osaki_dx.directory import OnlyFromTheProxy
from osaki_dx.lines import Door
from osaki_dx.sqlite.journal import write_back

ROOM = 2 * 1024 * 1024  # for the other fields of a form with a file; nginx.conf.sample agrees
HEADER_SIZE = 64 * 1024  # bytes; an address with every filter and all cookies has some 4,000
PIECE = 64 * 1024  # bytes read at a time
BACKLOG = 128
GRACE = 10  # seconds for answers that are under way when the server is asked to stop
WARM = 600  # seconds after which most pages have been drawn once
TURN = 1  # seconds that one round of the server's loop waits at most
HEADERS = {"x-forwarded-for", "x-forwarded-proto"}


def server_options() -> dict[str, Any]:
    """What waitress is told; the headers of anybody but the trusted proxy are dropped."""
    options: dict[str, Any] = {
        "threads": settings.SERVER_THREADS,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
        "max_request_header_size": HEADER_SIZE,
        "max_request_body_size": LIMIT + ROOM + 1,  # waitress refuses from this size on
        "recv_bytes": PIECE,
    }
    if settings.TRUSTED_PROXY:
        options |= {"trusted_proxy": settings.TRUSTED_PROXY, "trusted_proxy_headers": HEADERS}
    return options


def check_proxy() -> None:
    """Refuse, in words, settings with which nobody would ever see a page."""
    proxy = settings.TRUSTED_PROXY
    if settings.HTTPS and not proxy:
        raise CommandError(
            "https の入口になるプロキシのIPアドレスを OSAKI_DX_TRUSTED_PROXY に設定してください"
            "（同じ機械なら 127.0.0.1。暗号化せずに使うなら OSAKI_DX_HTTPS=0）。"
        )
    if settings.REMOTE_USER and not proxy:
        raise CommandError(
            "OSAKI_DX_REMOTE_USER を使うときは、利用者を確かめるプロキシのIPアドレスを"
            " OSAKI_DX_TRUSTED_PROXY に設定してください（だれの名前でも名のれてしまうからです）。"
        )
    listen = ipaddress.ip_address(settings.LISTEN)
    if proxy and listen.is_loopback and not ipaddress.ip_address(proxy).is_loopback:
        raise CommandError(
            f"プロキシ（{proxy}）がほかの機械にあるときは、OSAKI_DX_LISTEN に"
            "この機械のIPアドレスを設定してください。"
        )


def listen(port: int) -> socket.socket:
    """The listening socket, or one sentence when the port or the address cannot be had."""
    address = ipaddress.ip_address(settings.LISTEN)
    listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
    if os.name != "nt":  # there it would let two servers have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.LISTEN, port))
    except OverflowError:
        raise CommandError("ポート番号は 0 から 65535 までの数で指定してください。") from None
    except PermissionError:
        raise CommandError(
            f"ポート {port} を使う権限がありません。1024 以上の番号を指定してください。"
        ) from None
    except OSError as error:
        raise CommandError(_why_not(port, error)) from None
    listener.listen(BACKLOG)
    return listener


def _why_not(port: int, error: OSError) -> str:
    if "assign requested address" in str(error):
        return f"OSAKI_DX_LISTEN の {settings.LISTEN} は、この機械のアドレスではありません。"
    return (
        f"ポート {port} はほかのプログラムが使っています。"
        "「python3 run.py --port 8001」のように、別の番号を指定してください。"
    )


def _nothing() -> None:
    """SQLite has no pool to close."""


def spare_program() -> None:
    """What the program consists of stays as long as it runs: the search for garbage, during which
    nobody is answered, goes past it from now on (ADR 59).
    """
    gc.collect()
    gc.freeze()


class Server:
    """waitress, run round by round, so that a signal can end it between two rounds."""

    def __init__(self, application, listener: socket.socket):
        self.waitress = Door(
            application,
            listener,
            server_options(),
        )
        self.waitress.application = OnlyFromTheProxy(self.waitress.application)
        self.stopping = False

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl+C; then finish what is under way and go."""
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._ask_to_stop)
        spare_program()
        warm = time.monotonic() + WARM
        while not self.stopping:
            self.waitress.turn(TURN)
            if time.monotonic() > warm:
                spare_program()
                warm = math.inf
        self._finish()

    def _ask_to_stop(self, _number, _frame) -> None:
        self.stopping = True
        self.waitress.pull_trigger()

    def _finish(self) -> None:
        """No new connection; what is being read is answered, answers are written to their end."""
        self.waitress.accepting = False
        self.waitress.socket.close()
        self.waitress.del_channel()
        until = time.monotonic() + GRACE
        while self._is_busy() and time.monotonic() < until:
            self.waitress.turn(0.1)
        self.waitress.task_dispatcher.shutdown(timeout=1)
        write_back(connection)
        connections.close_all()
        getattr(
            connection,
            "close_pool",
            _nothing,
        )()

    def _is_busy(self) -> bool:
        channels = list(self.waitress.active_channels.values())
        return any(
            channel.requests or channel.request or channel.total_outbufs_len for channel in channels
        )
