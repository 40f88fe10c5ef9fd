"""`python3 run.py bundle`: one file that installs and starts on a machine without network (ADR 51).

The program, the packages of the lock as wheels (for each system and Python that is supported, by
hash), a bill of materials, checksums, how to install. Standard library and pip only.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from osaki_dx import materials
from osaki_dx.installed import PYTHON, WHEELS, source_options, wheels
from osaki_dx.machine import ROOT, Stop, requirements

MINORS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {  # the names by which packages are made for a system
    "Linux x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "Windows x64": ("win_amd64",),
}
LOCK = "postgres"  # the program with either database; it holds all of `base`
SUMS, SBOM, GUIDE = "SHA256SUMS", "SBOM.cdx.json", "INSTALL.ja.txt"
NOT_OURS = (".git", ".venv*", "var", WHEELS, "__pycache__", ".*_cache", ".hypothesis", "osaki.env")
PIECE = 1024 * 1024
FIXED = (2026, 4, 1, 0, 0, 0)
GUIDE_TEXT = """大崎町DX推進計画 進捗管理ポータル（{name}）

ネットワークのない機械に入れて動かすための、ひとまとまりです。
入っている部品：{systems}、Python {minors}。

入れ方
1. この zip を、動かす機械の置き場所（例：/srv、C:\\）に展開します。
   Python（{minors} のどれか）だけは、先に入れておきます。
   Debian や Ubuntu では python3-venv も要ります。
2. 写しが欠けていないかを確かめます。
     Linux     sha256sum --quiet -c SHA256SUMS
     Windows   certutil -hashfile ファイル名 SHA256（SHA256SUMS の同じ行と比べる。未検証）
3. 展開したフォルダーで起動します。部品は、フォルダー wheels から、照合値を確かめて入ります。
     Linux     python3 run.py
     Windows   py run.py（未検証）

更新
ポータルを止め、いまのフォルダーを別の名前にして、新しいフォルダーを同じ場所に置きます。
いまのフォルダーにデータ（var）と設定（osaki.env）があれば、新しいフォルダーに移してから起動します。
くわしくは docs/operations.md にあります。

このほかのファイル
  SBOM.cdx.json   使っている部品の一覧（CycloneDX）
  LICENSE         利用の条件
"""


def main(argv: list) -> int:
    """Make the file; says where it is and what its checksum is."""
    parser = argparse.ArgumentParser(
        prog="run.py bundle", description="ネットワークのない機械に入れる1つのファイルを作ります。"
    )
    parser.add_argument(
        "--out",
        help="作るフォルダー（省略すると var/bundle）",
    )
    options = parser.parse_args(argv)
    out = Path(options.out or ROOT / "var" / "bundle").resolve()
    pip = pip_command()
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = make(out, pip)
    except OSError as error:
        raise Stop(f"{out} に作れません（{error.strerror}）。") from None
    print(f"{made} を作りました（{made.stat().st_size // 1024 // 1024}MB）。")
    print(f"照合値（SHA-256） {digest_of(made)}")
    return 0


def pip_command() -> list[str]:
    """A pip that runs here."""
    for python in (sys.executable, str(PYTHON)):
        command = [python, "-m", "pip"]
        try:
            subprocess.run([*command, "--version"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return command
    raise Stop("pip がありません。Python の pip（Debian なら python3-pip）を入れてください。")


def make(out: Path, pip: list[str]) -> Path:
    """The bundle as a zip file of one folder; made beside and renamed."""
    name = materials.called(ROOT)
    with tempfile.TemporaryDirectory(dir=out, prefix=".bundle-") as made:
        folder = Path(made) / name
        folder.mkdir()
        copy_program(folder)
        download(folder / WHEELS, pip)
        (folder / SBOM).write_text(materials.sbom(folder, folder / WHEELS), encoding="utf-8")
        (folder / GUIDE).write_text(_guide(name), encoding="utf-8-sig", newline="\r\n")
        (folder / SUMS).write_text(sums(folder), encoding="utf-8", newline="\n")
        draft = Path(made) / f"{name}.zip"
        _pack(folder, draft)
        final = out / draft.name
        os.replace(draft, final)
    return final


def _guide(name: str) -> str:
    return GUIDE_TEXT.format(name=name, systems="、".join(SYSTEMS), minors="、".join(MINORS))


def copy_program(folder: Path) -> None:
    """What is committed, or, where there is no git, what lies here; never data or settings."""
    archive = _committed()
    if archive is None:
        for path in _lying_here(ROOT):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content and not any(_is_not_ours(part) for part in Path(member.name).parts):
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _committed() -> bytes | None:
    if not (ROOT / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(ROOT), "archive", "--format=tar", "HEAD"]
        return subprocess.run(command, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def _lying_here(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if _is_not_ours(path.name) or path.is_symlink():
            continue
        if path.is_dir():
            yield from _lying_here(path)
        elif path.suffix != ".pyc":
            yield path


def _is_not_ours(name: str) -> bool:
    """Is it of the machine, not of the program?"""
    return any(
        fnmatch(
            name,
            pattern,
        )
        for pattern in NOT_OURS
    )


def download(folder: Path, pip: list[str]) -> None:
    """The wheels of every system and Python, each compared with the hashes of the lock."""
    folder.mkdir()
    known = wheels()
    for path in sorted(known.glob("*.whl")) if known else ():
        shutil.copyfile(path, folder / path.name)
    for system, tags in SYSTEMS.items():
        for minor in MINORS:
            print(f"{system}、Python {minor} の部品を集めています…", flush=True)
            command = [*pip, *pip_options(folder, tags, minor)]
            done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
            if done.returncode:
                raise Stop(_why_not(system, minor, done.stderr))


def pip_options(folder: Path, tags: tuple[str, ...], minor: str) -> list[str]:
    """What pip is asked for one system and one Python; it need not be the one that runs here."""
    platforms = [word for tag in tags for word in ("--platform", tag)]
    return [
        *("download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes"),
        *platforms,
        *("--implementation", "cp", "--python-version", minor),
        *source_options(),
        *("-d", str(folder), "-r", str(requirements(LOCK))),
    ]


def _why_not(system: str, minor: str, said: str) -> str:
    lines = [line for line in said.splitlines() if "ERROR" in line]
    return (
        f"{system}、Python {minor} の部品を集められませんでした。ネットワークにつながっているか"
        f"確かめて、もう一度実行してください（{lines[-1][:200] if lines else '理由は不明'}）。"
    )


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def sums(folder: Path) -> str:
    """A line for every file of a folder, as `sha256sum -c` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    return "".join(f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def _pack(folder: Path, file: Path) -> None:
    """One folder as a zip; wheels are zips already."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder.parent).as_posix()
                kind = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
                entry = zipfile.ZipInfo(name, FIXED)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), kind)
