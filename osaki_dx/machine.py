"""The machine under a fresh clone: where the program lies, and what a lock is.

Standard library only: `run.py` and the suite read this before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


class Stop(Exception):
    """One clear sentence for the person, then exit code 1."""


def stamp_of(*files: Path) -> str:
    """A fingerprint of the contents of files, and of which Python reads them."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def requirements(extra: str) -> Path:
    """The hashed requirements file of an extra: base, postgres or test."""
    return ROOT / "requirements" / f"{extra}.txt"
