"""A disk of the test's own, small enough to be filled: a mounted one where that is allowed, else
the folder with a bound on how large a file may grow. The run prints which.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress

from tests.faults.nursery import until

if sys.platform != "win32":
    import resource

SIZE = "40m"


class Mounted:
    """A tmpfs; full when a file fills it, read-only when it is mounted so."""

    kind = "tmpfs を作って満杯にします"

    def __init__(self, folder):
        self.folder, self.filler = folder, folder / "filler"

    def ways(self, _portal):
        """Each way in which it takes nothing, and how that is mended."""
        return ((self.fill, self.empty), (self.read_only, self.writable))

    def fill(self):
        """Not a byte is left."""
        with self.filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(64 * 1024))
        with self.filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1))

    def empty(self):
        """There is room again."""
        self.filler.unlink()

    def read_only(self):
        """As a system does with a disk that has errors."""
        self._mount("remount,ro")

    def writable(self):
        """Mended."""
        self._mount("remount,rw")

    def _mount(self, option):
        """Not while a file is being written; the last answer may still be closing its own."""
        words = ["mount", "-o", option, str(self.folder)]
        until(lambda: subprocess.run(words, check=False, capture_output=True).returncode == 0)


class Bounded:
    """A folder as it is; no file of the portal may be longer than a few bytes (RLIMIT_FSIZE)."""

    kind = "mount できないので、ファイルの大きさを RLIMIT_FSIZE で制限します"
    BYTES = 1000  # less than the first page of SQLite's journal

    def __init__(self, folder):
        self.folder = folder

    def ways(self, portal):
        """The same; where the test is not root, rights that are taken away are one more."""

        def bound(size):
            limits = (size, resource.RLIM_INFINITY)
            return lambda: resource.prlimit(portal.pid, resource.RLIMIT_FSIZE, limits)

        yield bound(self.BYTES), bound(resource.RLIM_INFINITY)
        if hasattr(os, "geteuid") and os.geteuid():
            yield self._rights(0o500, 0o400), self._rights(0o700, 0o600)

    def _rights(self, folders, files):
        def change():
            for path in (self.folder / "data", *(self.folder / "data").rglob("*")):
                path.chmod(folders if path.is_dir() else files)

        return change


@contextmanager
def small_disk(folder):
    """The disk mounted at that folder, or what comes nearest where nobody may mount anything."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    given = [mount or "", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(folder)]
    allowed = hasattr(os, "geteuid") and os.geteuid() == 0 and bool(mount)
    if not allowed or subprocess.run(given, check=False, capture_output=True).returncode:
        yield Bounded(folder)
        return
    try:
        yield Mounted(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
