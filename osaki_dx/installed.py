"""What is installed: `.venv`, which holds exactly what the lock says, or is built anew (ADR 50).

It is built beside and renamed, so a `.venv` is whole at every moment: a start that is cut short, or
that finds no network, leaves the one that was there. Standard library only.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from osaki_dx.folders import alone
from osaki_dx.machine import ROOT, WINDOWS, Stop, requirements, stamp_of

VENV = ROOT / ".venv"
WHEELS = "wheels"  # of a bundle: with this folder nothing is asked of a network
LOCK, STAMP, LOG = ".venv.lock", "installed", "install.log"
COVERED_BY = {  # an extra is there where one of these is installed
    "base": ("base", "postgres", "test"),
    "postgres": ("postgres", "test"),
    "test": ("test",),
}
LISTED = """
import importlib.metadata, json
print(json.dumps(sorted(f"{d.name}=={d.version}" for d in importlib.metadata.distributions())))
"""
FIRST = "必要な部品を入れています（初回だけ、数分かかることがあります）…"
AGAIN = "部品が、いまのプログラムか Python と合わないので、入れ直しています（数分かかります）…"
NO_VENV = (
    "この機械の Python には、部品を入れる場所（.venv）を作る機能がありません。"
    "Debian や Ubuntu では、管理者が「apt-get install python3-venv」で入れてから、"
    "もう一度実行してください。"
)
NOT_INSTALLED = (
    "部品を入れられませんでした。ネットワークにつながっているか確かめて、もう一度実行してください"
    "（詳しくは {log}）。"
)
NOT_IN_WHEELS = (
    "{wheels} にある部品を入れられませんでした。この機械と Python {version} に合うバンドルか、"
    "写しが欠けていないか（SHA256SUMS）を確かめて、もう一度実行してください（詳しくは {log}）。"
)
NOT_WRITABLE = (
    "プログラムのフォルダー {place} に書き込めません（{why}）。"
    "このフォルダーの持ち主の利用者で、もう一度実行してください。"
)
IN_USE = (
    ".venv を新しいものに替えられません（{why}）。ポータルと定時実行を止めてから、"
    "もう一度実行してください。"
)


def python_in(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


PYTHON = python_in(VENV)


def prepare(extra: str) -> None:
    """Make .venv hold what the extra's lock says.

    Nothing to do when it does already. Stop, and nothing changed, when that cannot be had.
    """
    if fits(VENV, extra):
        return
    try:
        with alone(VENV.parent, LOCK):
            _renew(extra)
    except OSError as error:
        raise Stop(NOT_WRITABLE.format(place=VENV.parent, why=error.strerror)) from None


def _renew(extra: str) -> None:
    if fits(VENV, extra):  # another start has done it meanwhile
        return
    beside = VENV.with_name(f"{VENV.name}-new")
    if not fits(beside, extra):  # else a start was cut short after all the work
        print(
            AGAIN if VENV.exists() else FIRST,
            flush=True,
        )
        _build(beside, extra)
    _move_in(beside)


def fits(folder: Path, extra: str) -> bool:
    """Is it whole, for this Python, and what the lock says?"""
    try:
        said = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        if said["lock"] not in {stamp_of(requirements(name)) for name in COVERED_BY[extra]}:
            return False
        return set(said["packages"]) <= set(packages_of(folder))
    except (OSError, ValueError, TypeError, KeyError, subprocess.SubprocessError):
        return False


def packages_of(folder: Path) -> list[str]:
    """`name==version` of all that is installed, told by its own Python; that one has to run."""
    done = subprocess.run(
        [str(python_in(folder)), "-I", "-c", LISTED],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return json.loads(done.stdout)


def _build(beside: Path, extra: str) -> None:
    lock = requirements(extra)
    try:
        _discard(beside)
        _create(beside)
        _install(beside, lock)
        facts = {"lock": stamp_of(lock), "packages": packages_of(beside)}
        _call_by_final_name(beside)
    except (subprocess.SubprocessError, OSError):
        raise Stop(_why_not_installed(beside)) from None
    (beside / STAMP).write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _create(beside: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        command = [uv, "venv", "-q", "--python", sys.executable, str(beside)]
        subprocess.run(command, check=True)
        return
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise Stop(NO_VENV)
    subprocess.run([sys.executable, "-m", "venv", str(beside)], check=True)


def _install(beside: Path, lock: Path) -> None:
    uv, python = shutil.which("uv"), str(python_in(beside))
    tool = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    with (beside / LOG).open("w", encoding="utf-8") as log:
        subprocess.run(
            [*tool, "-q", *source_options(), "--require-hashes", "-r", str(lock)],
            check=True,
            stdout=log,
            stderr=log,
        )


def wheels() -> Path | None:
    """The folder of packages that came with a bundle."""
    folder = ROOT / WHEELS
    return folder if folder.is_dir() else None


def source_options() -> list[str]:
    """Where pip looks: in the bundle's folder alone, where there is one."""
    folder = wheels()
    return ["--no-index", "--find-links", str(folder)] if folder else []


def _why_not_installed(beside: Path) -> str:
    log = beside / LOG
    if wheels():
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return NOT_IN_WHEELS.format(wheels=wheels(), version=version, log=log)
    return NOT_INSTALLED.format(log=log)


def _call_by_final_name(beside: Path) -> None:
    """Scripts name their Python by its whole path; here by the one that it will have.

    Windows has programs instead, which nobody needs: `python -m` does the same.
    """
    if WINDOWS:
        return
    was, will_be = str(beside).encode(), str(VENV).encode()
    for file in [beside / "pyvenv.cfg", *(beside / "bin").iterdir()]:
        if file.is_symlink() or not file.is_file():
            continue
        content = file.read_bytes()
        if was in content and b"\0" not in content:
            file.write_bytes(content.replace(was, will_be))


def _move_in(beside: Path) -> None:
    """Two renames; where the second cannot be, the first is taken back."""
    before = VENV.with_name(f"{VENV.name}-old")
    try:
        _discard(before)
        _rename_all([(VENV, before), (beside, VENV)])
    except OSError as error:
        raise Stop(IN_USE.format(why=error.strerror)) from None
    with suppress(OSError):  # Windows keeps what is in use; the next time takes it away
        _discard(before)


def _rename_all(pairs: Iterable[tuple[Path, Path]]) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in pairs:
            if old.exists() or old.is_symlink():
                old.rename(new)
                done.append((old, new))
    except OSError:
        for old, new in reversed(done):
            new.rename(old)
        raise


def _discard(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
