"""Real portals that are there in a moment: children of a process that has read all code already.

A child is a `manage.py serve` like any other: it migrates, greets, listens, and can be killed; it
only need not import Django first. The process is `tests.faults.cradle`.
"""

import json
import os
import subprocess
import sys
import time
from http.client import HTTPException

from tests.portal import PATIENCE, ROOT, environment, free_port
from tests.proxy_client import FarBrowser

HOST = "127.0.0.1"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "TZ": "UTC"}


class Nursery:
    """The process beside the test. `serve()` gives a `Child`, `run(code)` waits for a script."""

    def __init__(self, data, log, **given):
        self.log = log
        self.children = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.cradle", str(log)],
            cwd=ROOT,
            env=environment(data, {**SETTINGS, **given}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, **what):
        """The answer to one line."""
        self.process.stdin.write(f"{json.dumps(what)}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def serve(self):
        """A portal that answers."""
        child = Child(self)
        self.children.append(child)
        child.wait()
        return child

    def run(self, code):
        """Python in the portal's own surroundings, to its end."""
        pid = self.ask(code=code)
        assert self.ask(wait=pid) == 0, self.told()

    def told(self):
        """What all its children have said."""
        return self.log.read_text(encoding="utf-8")

    def close(self):
        """No more children, and none of them is left."""
        for child in self.children:
            child.kill()
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Child:
    """A portal: its port, its process."""

    def __init__(self, nursery):
        self.nursery, self.port = nursery, free_port()
        self.pid, self.ended = nursery.ask(port=self.port), None

    def wait(self):
        """Until it answers."""
        until(lambda: self.health() is not None, self.nursery.told)

    def browser(self):
        """Somebody who asks it."""
        return FarBrowser(self.port, host=f"{HOST}:{self.port}", scheme="http")

    def health(self):
        """The status and the reason that `/healthz` says; None while nobody answers."""
        try:
            status, _, text = self.browser().ask("/healthz")
        except (OSError, HTTPException):
            return None
        return status, json.loads(text).get("reason", "")

    def kill(self):
        """kill -9; returns when it is gone."""
        if self.ended is None:
            os.kill(self.pid, 9)
        return self.gone()

    def gone(self):
        """How it ended, by the operating system's own account."""
        if self.ended is None:
            self.ended = self.nursery.ask(wait=self.pid)
        return self.ended

    def stop(self):
        """As `systemctl stop` does."""
        os.kill(self.pid, 15)
        return self.gone()


def until(true, said=lambda: ""):
    """Wait for it to be so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, said()
        time.sleep(0.05)
