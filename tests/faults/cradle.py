"""`python -m tests.faults.cradle LOG`: the process whose children are portals.

Each line that it reads is JSON and is answered with a number: `{"port": 8000}` bears a portal,
`{"code": "…"}` a script (both: its process id), `{"wait": 123}` waits for one and says how it ended
(0, its exit code, or minus the signal that ended it).
"""

import json
import os
import sys
import traceback


def read_everything():
    """All that a start would read, so that no child has to."""
    import django

    django.setup()
    from django.core.management import load_command_class
    from django.db.migrations.loader import MigrationLoader
    from django.urls import get_resolver

    from osaki_dx import wsgi  # noqa: F401

    load_command_class("osaki_dx", "serve")
    MigrationLoader(None)
    _ = get_resolver().url_patterns


def live(what):
    """The life of a child."""
    from django.core.management import call_command

    if "code" in what:
        exec(what["code"], {})
    else:
        call_command("serve", port=what["port"], no_sample=True, static_stamp="x")


def bear(what, log):
    """The id of a new child; in the child it ends with its exit code."""
    child = os.fork() if os.name == "posix" else 0
    if child:
        return child
    for stream in (1, 2):
        os.dup2(log.fileno(), stream)
    code = 1
    try:
        live(what)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main(place):
    """Until nobody asks any more."""
    read_everything()
    with open(place, "ab", buffering=0) as log:
        for line in sys.stdin:
            what = json.loads(line)
            if "wait" in what:
                answer = os.waitstatus_to_exitcode(os.waitpid(what["wait"], 0)[1])
            else:
                answer = bear(what, log)
            print(answer, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
