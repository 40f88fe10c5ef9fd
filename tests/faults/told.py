"""What a portal under test is told from outside: what time it is, and when it dies.

`TOWN_CLOCK` names a file with a moment; a request that finds another one in it travels there. A
request with `X-Dies-After: N words` kills its process (kill -9) after the Nth statement that holds
the words: in the middle of a transaction.
"""

import os
import signal
from contextlib import nullcontext
from pathlib import Path

import time_machine
from django.db import connection

CLOCK = os.environ.get("TOWN_CLOCK", "")


class Told:
    """Outermost of all."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.said, self.travel = "", None

    def __call__(self, request):
        self._look_at_the_clock()
        words = request.headers.get("X-Dies-After")
        with connection.execute_wrapper(dying(words)) if words else nullcontext():
            return self.get_response(request)

    def _look_at_the_clock(self):
        said = Path(CLOCK).read_text(encoding="utf-8").strip() if CLOCK else ""
        if said == self.said:
            return
        if self.travel:
            self.travel.stop()
        self.said, self.travel = said, time_machine.travel(said, tick=False)
        self.travel.start()


def dying(words):
    """Runs what is asked; after the Nth statement that holds the words nothing is run any more."""
    count, _, text = words.partition(" ")
    left = [int(count)]

    def run(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        left[0] -= text in sql
        if os.name == "posix" and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return run
