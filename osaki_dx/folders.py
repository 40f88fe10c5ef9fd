"""The data folder and what is the owner's alone in it: folder 0700, files 0600 (POSIX).

Standard library only: `manage.py` makes the folder before Django starts.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from osaki_dx.wrong import Wrong

FOLDER, FILE, OTHERS = 0o700, 0o600, 0o077
SECRET, LOCK, STATIC = "secret-key", "start.lock", "static"
OURS = (SECRET, LOCK, "portal.sqlite3", "sample-accounts.csv")


def make_data_folder(folder: Path) -> None:
    """The folder is there and can be written to; else one sentence."""
    try:
        folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        _close(folder)
        with _opened(folder / LOCK, os.O_RDWR | os.O_CREAT):
            pass
    except OSError as error:
        raise Wrong(
            f"データの置き場所 {folder} に書き込めません（{error.strerror}）。"
            "OSAKI_DX_DATA_DIR と、そのフォルダーの権限を確かめてください。"
        ) from None


def _close(folder: Path) -> None:
    """Take the rights of others away: of a folder that is ours, never of /srv given by mistake."""
    names = {path.name for path in folder.iterdir()}
    if os.name == "nt" or names and not names.intersection(OURS):
        return
    _narrow(folder, FOLDER)
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink():
            _narrow(path, FILE)
    for path in (folder / "uploads", *(folder / "uploads").rglob("*")):
        if path.exists() and not path.is_symlink():
            _narrow(path, FOLDER if path.is_dir() else FILE)


def _narrow(path: Path, mode: int) -> None:
    with suppress(PermissionError, FileNotFoundError):  # somebody else's, or gone by now (-shm)
        if path.stat().st_mode & OTHERS:
            path.chmod(mode)


@contextmanager
def _opened(path: Path, flags: int):
    handle = os.open(path, flags, FILE)
    try:
        yield handle
    finally:
        os.close(handle)


def local_secret(folder: Path) -> str:
    """The secret of a portal that was given none: made once, kept in the data folder.

    Where there is no data folder yet there is nothing to sign: a secret for this process only.
    """
    path = folder / SECRET
    if not folder.is_dir():
        return secrets.token_urlsafe(64)
    try:
        with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as handle:
            os.write(handle, secrets.token_urlsafe(64).encode("ascii"))
    except FileExistsError:
        pass
    except OSError as error:
        raise Wrong(f"{path} を作れません（{error.strerror}）。") from None
    return _written(path)


def _written(path: Path) -> str:
    """The text of a file that another start may be writing at this moment."""
    for _ in range(40):
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Wrong(f"{path} を読めません（{error}）。") from None
        if text:
            return text
        time.sleep(0.05)
    raise Wrong(f"{path} が空です。消してから、もう一度起動してください。")


@contextmanager
def alone(folder: Path, name: str = LOCK):
    """One start at a time in a data folder; the next one waits. Ends with the process."""
    with _opened(folder / name, os.O_RDWR | os.O_CREAT) as handle:
        _lock(handle)
        yield


if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
                return
            except OSError:  # it gives up after ten seconds
                continue
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
