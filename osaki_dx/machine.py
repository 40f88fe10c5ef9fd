"""The machine under a fresh clone: its Python, our `.venv`, and what is installed there.

Standard library only: `run.py` and the suite read this before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


class Stop(Exception):
    """One clear sentence for the person, then exit code 1."""


def stamp_of(*files: Path) -> str:
    """A fingerprint of the contents of files."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def requirements(extra: str) -> Path:
    """The hashed requirements file of an extra: base, postgres or test."""
    return ROOT / "requirements" / f"{extra}.txt"


def prepare(extra: str) -> None:
    """Make .venv and install what the extra needs.

    Nothing to do when the stamp fits (test covers the others).
    """
    wanted = stamp_of(requirements(extra))
    stamp = VENV / "installed"
    done = stamp.read_text(encoding="utf-8").split() if stamp.exists() and PYTHON.exists() else []
    if wanted in done or (extra != "test" and stamp_of(requirements("test")) in done):
        return
    print("必要な部品を入れています（初回だけ、数分かかることがあります）…", flush=True)
    uv = shutil.which("uv")
    try:
        if not PYTHON.exists():
            if uv:
                subprocess.run(
                    [uv, "venv", "-q", "--python", sys.executable, str(VENV)], check=True
                )
            else:
                venv.create(VENV, with_pip=True)
        tool = (
            [uv, "pip", "install", "-q", "--python", str(PYTHON)]
            if uv
            else [str(PYTHON), "-m", "pip", "install", "-q"]
        )
        with (VENV / "install.log").open("w", encoding="utf-8") as log:
            subprocess.run(
                [*tool, "--require-hashes", "-r", str(requirements(extra))],
                check=True,
                stdout=log,
                stderr=log,
            )
    except (subprocess.CalledProcessError, OSError):
        raise Stop(
            "部品を入れられませんでした。ネットワークにつながっているか確かめて、もう一度実行してください"
            "（詳しくは .venv/install.log）。"
        ) from None
    stamp.write_text(" ".join({wanted, *done}), encoding="utf-8")
