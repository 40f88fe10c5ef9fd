"""The real start on an empty data folder.

Pages, static files and sample accounts are there, a second start is quick.
"""

import csv
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.pages import page_text

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.pure  # starts its own process with its own SQLite database


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Portal:
    """`manage.py serve` in a process of its own."""

    def __init__(self, data, *options):
        self.port = free_port()
        env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("OSAKI_DX", "DATABASE"))
        }
        env |= {"OSAKI_DX_DATA_DIR": str(data), "PYTHONUTF8": "1"}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "manage.py",
                "serve",
                "--port",
                str(self.port),
                "--static-stamp",
                "x",
                *options,
            ],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def wait(self):
        """Seconds until /healthz answers."""
        while time.monotonic() - self.started < 60:
            try:
                self.get("/healthz")
                return time.monotonic() - self.started
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(self.process.stdout.read())

    def get(self, path, **data):
        body = urllib.parse.urlencode(data).encode() if data else None
        with self.browser.open(f"http://127.0.0.1:{self.port}{path}", body, timeout=20) as answer:
            return answer.read().decode("utf-8", "replace")

    def stop(self):
        self.process.terminate()
        return self.process.communicate(timeout=20)[0]


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def test_from_nothing_to_a_saved_value(tmp_path):
    portal = Portal(tmp_path)
    try:
        portal.wait()
        page = portal.get("/accounts/login/")
        assert "見本データ" in page
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert len(portal.get(path)) > 100, path
        with (tmp_path / "sample-accounts.csv").open(encoding="utf-8-sig") as file:
            account = next(csv.DictReader(file))
        assert list(account) == ["username", "role", "department", "password"]
        home = portal.get(
            "/accounts/login/",
            username=account["username"],
            password=account["password"],
            csrfmiddlewaretoken=token(page),
        )
        assert "やること" in home
        grid = page_text(portal.get("/kpis/entry/2026-10/"))
        row = grid[grid.index('id="k8-1"') :]
        version = re.search(r'name="8-1-seen_version" value="(\d+)"', row)[1]
        saved = portal.get(
            "/kpis/entry/2026-10/8-1/",
            csrfmiddlewaretoken=token(grid),
            **{"8-1-value": "３", "8-1-answer": "final", "8-1-seen_version": version},
        )
        assert "保存済み" in saved
        assert "8-1 職員から提起された業務改善策の数" in portal.get("/dashboard/?month=2026-10")
        assert "19件" in portal.get("/dashboard/?month=2026-10")
    finally:
        told = portal.stop()
    assert f"http://127.0.0.1:{portal.port}/" in told
    assert account["password"] in told
    assert "Warning" not in told
    again = Portal(tmp_path)
    try:
        assert again.wait() < 6  # goal 3 s on a quiet machine; the suite runs two processes at once
        assert account["password"] in (tmp_path / "sample-accounts.csv").read_text(
            encoding="utf-8-sig"
        )
    finally:
        again.stop()


def test_without_sample_and_with_a_taken_port(tmp_path):
    portal = Portal(tmp_path, "--no-sample")
    try:
        portal.wait()
        assert "見本データ" not in portal.get("/accounts/login/")
        env = {**os.environ, "OSAKI_DX_DATA_DIR": str(tmp_path)}
        env.pop("DATABASE_URL", None)
        second = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(portal.port)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert f"ポート {portal.port} はほかのプログラムが使っています" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        told = portal.stop()
    assert "create_secretariat" in told
