"""The place that a backup is put back to: empty before, whole or empty afterwards.

On SQLite the database is made beside and renamed; on PostgreSQL all is one transaction. The
attachments are made beside too and moved in last but one, so that a database that is there has
its files.
"""

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.utils import load_backend

from osaki_dx.folders import FILE, FOLDER
from osaki_dx.keeping.files import STAGE
from osaki_dx.keeping.manifest import Member
from osaki_dx.keeping.package import FILES, Package
from osaki_dx.sqlite.journal import write_back
from osaki_dx.wrong import Wrong

ALIAS = "default"
DRAFT = ".restoring"
NOT_EMPTY = (
    "{place} は空ではありません。復元は空の場所にだけできます。"
    "別の置き場所（--config、OSAKI_DX_DATA_DIR、DATABASE_URL）を指定するか、"
    "いまの内容を別の場所に移してから、もう一度実行してください。"
)


def check_empty() -> None:
    """Wrong when a database or attachments are there already."""
    connection = connections[ALIAS]
    if connection.vendor == "postgresql":
        if connection.introspection.table_names():
            place = connection.settings_dict
            host = place["HOST"] or "localhost"
            raise Wrong(NOT_EMPTY.format(place=f"PostgreSQL（{host} の {place['NAME']}）"))
    elif _has_tables(settings.SQLITE_FILE):
        raise Wrong(NOT_EMPTY.format(place=f"データベース {settings.SQLITE_FILE} "))
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir() and any(path.name != STAGE for path in root.iterdir()):
        raise Wrong(NOT_EMPTY.format(place=f"添付ファイルの置き場所 {root} "))


def _has_tables(file: Path) -> bool:
    if not file.exists() or not file.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(file)) as line:
            return bool(line.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.Error:
        return True


@contextmanager
def new_database():
    """The connection to fill; what was done counts when the block ends well, else nothing does."""
    connection = connections[ALIAS]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=ALIAS):
            yield connection
        return
    draft = settings.SQLITE_FILE.with_name(settings.SQLITE_FILE.name + DRAFT)
    _remove(draft)
    try:
        with _file_made(draft) as line:
            yield line
        os.replace(draft, settings.SQLITE_FILE)
    finally:
        _remove(draft)


def _remove(file: Path) -> None:
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            path.unlink()


@contextmanager
def _file_made(file: Path):
    """The default connection is to a new file for a while: migrations ask for no other."""
    os.close(
        os.open(
            file,
            os.O_RDWR | os.O_CREAT | os.O_EXCL,
            FILE,
        )
    )
    usual = connections[ALIAS]
    if not usual.in_atomic_block:
        usual.close()
    given = {**usual.settings_dict, "NAME": f"{file.as_uri()}?mode=rw"}
    line = load_backend(given["ENGINE"]).DatabaseWrapper(given, ALIAS)
    connections[ALIAS] = line
    try:
        yield line
        write_back(line)
    finally:
        line.close()
        connections[ALIAS] = usual


@contextmanager
def attachments(package: Package):
    """The attachments, made beside; `move_in()` of what is given puts them in their place.

    They are gone again when the block does not end well.
    """
    staged = Staged(Path(settings.MEDIA_ROOT))
    try:
        staged.unpack(package)
        yield staged
    except BaseException:
        staged.leave_nothing()
        raise
    finally:
        shutil.rmtree(staged.folder, ignore_errors=True)


class Staged:
    """Attachments beside the place where they will lie, on the same disk."""

    def __init__(self, root: Path):
        self.root, self.folder = root, root / STAGE
        self.moved: list[Path] = []

    def unpack(self, package: Package) -> None:
        """Every attachment of a backup."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.root.mkdir(
            mode=FOLDER,
            parents=True,
            exist_ok=True,
        )
        self.folder.mkdir(mode=FOLDER)
        for member in package.of(FILES):
            self._write(package, member)

    def _write(self, package: Package, member: Member) -> None:
        place = self.folder / member.name.removeprefix(FILES)
        for folder in reversed(place.relative_to(self.folder).parents):
            (self.folder / folder).mkdir(mode=FOLDER, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(place, flags, FILE), "wb") as file:
            for piece in package.content(member):
                file.write(piece)

    def move_in(self) -> None:
        """Put them where they belong."""
        for path in sorted(self.folder.iterdir()):
            place = self.root / path.name
            os.replace(
                path,
                place,
            )
            self.moved.append(place)

    def leave_nothing(self) -> None:
        """Leave nothing."""
        for place in self.moved:
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
