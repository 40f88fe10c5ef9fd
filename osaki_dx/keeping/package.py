"""The file of a backup: a ZIP with the rows, the attachments, the settings and a manifest.

Nothing is held in memory as a whole, neither when it is written nor when it is read.
"""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from osaki_dx.folders import FILE
from osaki_dx.keeping import seal
from osaki_dx.keeping.manifest import LARGEST, NAME, Manifest, Member, read_manifest
from osaki_dx.wrong import Wrong

DATABASE, FILES, SETTINGS = "database/", "files/", "settings.env"
PIECE = 256 * 1024
LONGEST = 64 * 1024 * 1024  # bytes of one row; an attachment in the database has 10 MB at most
DRIVE = re.compile(r"[\\:\x00]")  # what leads elsewhere on Windows
BROKEN = "バックアップの中の {name} が壊れています。別のバックアップを使ってください。"


class Writer:
    """A new package; `members` are those that are in it by now."""

    def __init__(self, path: Path):
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.file = os.fdopen(os.open(path, flags, FILE), "w+b")
        self.zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)
        self.members: list[Member] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One member, piece by piece."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(
            _entry(name),
            "w",
            force_zip64=True,
        ) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members.append(Member(name, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest and seal the file; returns the seal."""
        with self.zip.open(_entry(NAME), "w") as member:
            member.write(manifest.text())
        self.zip.comment = seal.EMPTY
        self.zip.close()
        sealed = seal.set_seal(self.file)
        self.file.close()
        return sealed

    def give_up(self) -> None:
        """Let go of the file, whatever is in it."""
        self.zip.fp = None  # nothing more is written by closing
        self.file.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = FILE << 16
    return entry


def pieces_of(path: Path) -> Iterator[bytes]:
    """The content of a file, a piece at a time."""
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


class Package:
    """A backup that was looked at: whole, ours, and nothing in it but what its manifest names."""

    def __init__(self, path: Path):
        """Wrong when the file is not such a one."""
        self.path, self.seal = path, seal.check_seal(path)
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise Wrong(f"{path} を開けません。別のバックアップを使ってください。") from None
        try:
            self.manifest = read_manifest(self._small(NAME))
            self._compare()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.zip.close()

    def _small(self, name: str) -> bytes:
        names = self.zip.namelist()
        if name not in names or self.zip.getinfo(name).file_size > LARGEST:
            raise Wrong(f"バックアップの中に {name} がありません。")
        return b"".join(self._pieces(name))

    def _compare(self) -> None:
        """The manifest names each member once; no name leads out of the place it is put to."""
        there = sorted(self.zip.namelist())
        named = [member.name for member in self.manifest.members]
        for name in sorted(set(named) - set(there)):
            raise Wrong(f"バックアップの中に {name} がありません。")
        if there != sorted([*named, NAME]):
            raise Wrong(f"{self.path} に、目録にないファイルが入っています。復元できません。")
        for table in self.manifest.tables:
            if table.member not in named:
                raise Wrong(f"バックアップの中に {table.member} がありません。")
        for name in there:
            if not is_plain(name):
                raise Wrong(f"{self.path} に、置き場所の外を指す名前があります。復元できません。")

    def of(self, start: str) -> list[Member]:
        """The members whose name begins so."""
        return [member for member in self.manifest.members if member.name.startswith(start)]

    def member(self, name: str) -> Member:
        """One member by its name."""
        return next(member for member in self.manifest.members if member.name == name)

    def content(self, member: Member) -> Iterator[bytes]:
        """The content of a member, a piece at a time. Wrong, at its end, when it is another."""
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces(member.name):
            digest.update(piece)
            size += len(piece)
            if size > member.size:
                break
            yield piece
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise Wrong(BROKEN.format(name=member.name))

    def lines(self, member: Member) -> Iterator[bytes]:
        """The lines of a member."""
        rest = b""
        for piece in self.content(member):
            *whole, rest = (rest + piece).split(b"\n") if b"\n" in piece else (rest + piece,)
            yield from whole
            if len(rest) > LONGEST:
                raise Wrong(BROKEN.format(name=member.name))
        if rest:
            yield rest

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self.zip.open(name) as member:
                yield from iter(lambda: member.read(PIECE), b"")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise Wrong(BROKEN.format(name=name)) from None

    def check_content(self) -> None:
        """Read everything once. Wrong when a member is not what the manifest says."""
        for member in self.manifest.members:
            for _ in self.content(member):
                pass


def is_plain(name: str) -> bool:
    """Is it a name below the folder that it is put to, on every system?"""
    parts = PurePosixPath(name).parts
    if not parts or DRIVE.search(name) or name != "/".join(parts):
        return False
    return not any(part in ("..", "/") for part in parts)
