"""Real portals that are there in a moment: children of a process that has read all code already.

`python -m tests.faults.nursery LOG` reads lines of JSON and answers each with one. A child is a
`manage.py serve` like any other: it migrates, greets, listens, and can be killed; it only need not
import Django first.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error

from tests.portal import PATIENCE, ROOT, environment, free_port
from tests.proxy_client import FarBrowser

HOST = "127.0.0.1"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "TZ": "UTC"}


class Nursery:
    """The process beside the test. `serve()` gives a `Child`, `run(code)` waits for a script."""

    def __init__(self, data, log, **given):
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(log)],
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
        return Child(self)

    def run(self, code):
        """Python in the portal's own surroundings, to its end."""
        pid = self.ask(code=code)
        assert self.ask(wait=pid) == 0, self.told()

    def told(self):
        """What all its children have said."""
        return self.log.read_text(encoding="utf-8")

    def close(self):
        """No more children."""
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Child:
    """A portal: its port, its process."""

    def __init__(self, nursery):
        self.nursery, self.port = nursery, free_port()
        self.pid = nursery.ask(port=self.port)
        until(lambda: self.health() is not None, nursery.told)

    def browser(self):
        """Somebody who asks it."""
        return FarBrowser(self.port, host=f"{HOST}:{self.port}", scheme="http")

    def health(self):
        """The status and the reason that `/healthz` says; None while nobody answers."""
        try:
            status, _, text = self.browser().ask("/healthz")
        except OSError:
            return None
        return status, json.loads(text).get("reason", "")

    def kill(self):
        """kill -9; returns when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        return self.gone()

    def gone(self):
        """How it ended, by the operating system's own account."""
        return self.nursery.ask(wait=self.pid)

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


def answers(call):
    """The answer, or None where there is none."""
    try:
        return call()
    except (OSError, urllib.error.URLError):
        return None


# In the process itself.


def read_everything():
    """All that a start would read, so that no child has to."""
    import django

    django.setup()
    from django.core.management import get_commands, load_command_class
    from django.db.migrations.loader import MigrationLoader
    from django.urls import get_resolver

    from osaki_dx import wsgi  # noqa: F401
    from osaki_dx.management.commands import serve  # noqa: F401

    MigrationLoader(None)
    _ = get_resolver().url_patterns
    for name in ("collectstatic", "migrate"):
        load_command_class(get_commands()[name], name)


def born(log, what):
    """A child: what it says goes to the log, how it ends is how its work ended."""
    os.set_inheritable(log.fileno(), True)
    for stream in (1, 2):
        os.dup2(log.fileno(), stream)
    from django.core.management import call_command

    if "code" in what:
        exec(what["code"], {})  # noqa: S102
        return
    call_command("serve", port=what["port"], no_sample=True, static_stamp="x")


def main(place):
    """Until nobody asks any more."""
    read_everything()
    with open(place, "ab", buffering=0) as log:
        for line in sys.stdin:
            what = json.loads(line)
            answer = os.waitstatus_to_exitcode(os.waitpid(what["wait"], 0)[1]) if (
                "wait" in what
            ) else os.fork()
            if answer == 0 and "wait" not in what:
                code = 1
                try:
                    born(log, what)
                    code = 0
                except SystemExit as end:
                    code = int(end.code or 0)
                except BaseException:
                    import traceback

                    traceback.print_exc()
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
