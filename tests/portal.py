"""The real portal in a process of its own, for tests that go through `serve`."""

import http.cookiejar
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.in_turn import PATIENCE, made_once

ROOT = Path(__file__).resolve().parent.parent
OURS = ("OSAKI_DX", "DATABASE")
PRODUCTION = {
    "OSAKI_DX_PRODUCTION": "1",
    "OSAKI_DX_SECRET_KEY": "x7" * 30 + "Qz!",
    "OSAKI_DX_ALLOWED_HOSTS": "dx.town.example",
    "OSAKI_DX_TRUSTED_PROXY": "127.0.0.1",
}


def environment(data, given):
    """The environment of a command: these variables of ours and no others."""
    return {**ours_alone(given), "OSAKI_DX_DATA_DIR": str(data), **given}


def ours_alone(given):
    """The environment with no variables of the portal but these; in the part on SQLite as on the
    machine of a town on SQLite, which has no psycopg.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    if not {"DATABASE_URL"} & {*os.environ, *given}:
        env["PYTHONPATH"] = str(ROOT / "tests" / "on_sqlite")
    return {**env, "PYTHONUTF8": "1", **given}


def command(data, *words, **given):
    """`manage.py` on the data of a portal; `typed` is what somebody types into it."""
    typed = given.pop("typed", None)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(data, given),
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Portal:
    """`manage.py serve` in a process of its own."""

    def __init__(self, data, *options, **given):
        port = free_port()
        words = ["manage.py", "serve", "--port", str(port), "--static-stamp", "x", *options]
        self.start(port, [sys.executable, *words], environment(data, given))

    def start(self, port, words, env):
        """Start the process; `wait` tells when it answers."""
        self.port, self.started = port, time.monotonic()
        self.process = subprocess.Popen(
            words,
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
        while time.monotonic() - self.started < PATIENCE and self.process.poll() is None:
            try:
                self.get("/healthz")
                return time.monotonic() - self.started
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        self.process.kill()
        raise AssertionError(self.process.stdout.read())

    def get(self, path, **data):
        body = urllib.parse.urlencode(data).encode() if data else None
        with self.browser.open(f"http://127.0.0.1:{self.port}{path}", body, timeout=20) as answer:
            return answer.read().decode("utf-8", "replace")

    def stop(self):
        self.process.terminate()
        return self.process.communicate(timeout=60)[0]


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def _without_sample(folder):
    portal = Portal(folder, "--no-sample")
    portal.wait()
    portal.stop()
    assert portal.process.returncode == 0


def _with_sample(folder):
    """A portal that has been started once, and then got the town that the tests share."""
    _without_sample(folder)
    load = "from tests.sample_town import load_town; load_town(keep=False)"
    done = command(folder, "shell", "-c", load)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def prepared(of_all_parts):
    """`prepared(folder, sample=…)`: the data folder as an earlier start on SQLite has left it.

    For tests of what comes after the first start. One start for each kind in a run of the tests.
    """
    made = of_all_parts / "prepared"

    def put(folder, *, sample):
        kind = ("with", _with_sample) if sample else ("without", _without_sample)
        shutil.copytree(made_once(made, *kind), folder, dirs_exist_ok=True, symlinks=True)
        folder.chmod(0o700)
        return folder

    return put


@contextmanager
def another_database(given, template=""):
    """The name of an empty database (or a copy of another) on that PostgreSQL; gone afterwards."""
    psycopg = pytest.importorskip("psycopg")
    name = f"osaki_proxy_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'DEFAULT'}")
    yield name
    with psycopg.connect(given, autocommit=True) as line:
        line.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url():
    """A database of its own on the PostgreSQL of this run; nothing where the run is on SQLite."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        yield ""
        return
    with another_database(given) as name:
        yield urllib.parse.urlsplit(given)._replace(path=f"/{name}").geturl()
