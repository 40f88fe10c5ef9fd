"""`manage.py backup`: everything that the town owns, of one moment, in one file."""

import errno
import os
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from osaki_dx.folders import FOLDER
from osaki_dx.keeping import files, program, schema, sequences, space
from osaki_dx.keeping.manifest import Manifest, TableFacts
from osaki_dx.keeping.package import DATABASE, FILES, SETTINGS, Package, Writer, pieces_of
from osaki_dx.keeping.rows import Counted, Table
from osaki_dx.keeping.seal import FIRST
from osaki_dx.keeping.view import one_moment
from osaki_dx.wrong import Wrong

OURS = re.compile(r"osaki-dx-\d{8}-\d{6}(-\d+)?\.zip")
DRAFT, OLD = ".part", 24 * 60 * 60  # what a backup that was killed left is taken away after a day
FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
ABOUT = """このファイルは、DX推進計画 進捗管理ポータルのバックアップです。
戻し方：空の場所で manage.py restore ファイル名（docs/operations.md）。
database/ 表ごとの行（1行に1件、JSON の配列）、files/ 添付ファイル、
settings.env 設定（鍵とパスワードを除く）、manifest.json 目録と照合値。
個人の氏名とパスワードの照合値を含みます。見てよい人だけが開ける場所に置いてください。
"""


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    seal: str
    manifest: Manifest


def default_folder() -> Path:
    """Where backups go when no folder is given."""
    return settings.DATA_DIR / "backups"


def take(folder: Path, *, at: datetime) -> Made:
    """Make a backup in that folder. Wrong, and no file, when it cannot be made whole."""
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    _tidy(folder)
    _check_database()
    space.check(folder, space.of_database(connection) + space.of_files())
    final = _free_name(folder, at)
    draft = final.with_name(f".{final.name}.{os.getpid()}{DRAFT}")
    with _gone_unless_finished(draft):
        seal, manifest = _write(draft, at)
        with Package(draft) as package:  # as whoever restores it will
            package.check_content()
        os.replace(draft, final)
        _sync(folder)
    return Made(final, seal, manifest)


def _check_database() -> None:
    nodes = schema.applied(connection)
    if not nodes:
        raise Wrong("データベースが空です。先に python3 run.py で起動してください。")
    if schema.unknown(nodes):
        raise Wrong(schema.DATABASE_IS_NEWER)


@contextmanager
def _gone_unless_finished(draft: Path):
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise Wrong(
                f"{draft.parent} がいっぱいになり、バックアップを作れませんでした。"
                "空きを作ってから、もう一度実行してください。"
            ) from None
        raise


def _free_name(folder: Path, at: datetime) -> Path:
    """A name that says when, in Japanese time, and that no other backup has."""
    said = f"osaki-dx-{timezone.localtime(at):%Y%m%d-%H%M%S}"
    names = (f"{said}{f'-{number}' if number else ''}.zip" for number in range(1000))
    return next(folder / name for name in names if not (folder / name).exists())


def _write(draft: Path, at: datetime) -> tuple[str, Manifest]:
    writer = Writer(draft)
    try:
        writer.add(FIRST, [ABOUT.encode()])
        with one_moment(connection):
            nodes = schema.applied(connection)
            models = schema.models_at(connection, nodes)
            tables = _add_tables(writer, models)
            missing = _add_files(writer, models)
        writer.add(SETTINGS, [settings.GIVEN.without_secrets().encode()])
        manifest = Manifest(
            made_at=at.isoformat(),
            program=program.version(),
            database=connection.vendor,
            migrations=sorted(nodes),
            tables=tables,
            members=writer.members,
            missing=missing,
        )
        return writer.finish(manifest), manifest
    except BaseException:
        writer.give_up()
        raise


def _add_tables(writer: Writer, models: list) -> list[TableFacts]:
    numbers = sequences.last_numbers(connection, models)
    return [
        _add_table(
            writer,
            Table(model),
            numbers.get(model._meta.db_table, 0),
        )
        for model in models
    ]


def _add_table(writer: Writer, table: Table, last_number: int) -> TableFacts:
    member, counted = f"{DATABASE}{table.name}.jsonl", Counted(table)
    writer.add(member, counted.lines(table.read(connection)))
    return TableFacts(
        name=table.name,
        member=member,
        columns=table.columns,
        rows=counted.rows,
        content=counted.content,
        last_number=last_number,
    )


def _add_files(writer: Writer, models: list) -> list[str]:
    """Every attachment; returns the names of those that are not there."""
    missing = []
    for name in files.names_in(connection, models):
        place = files.place_of(name)
        if place.is_file():
            writer.add(f"{FILES}{name}", pieces_of(place))
        else:
            missing.append(name)
    return missing


def _sync(folder: Path) -> None:
    """Let the new name survive a power cut, where the system has a way to say so."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """Take away what backups that were killed have left."""
    for draft in folder.glob(f".osaki-dx-*{DRAFT}"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > OLD:
                draft.unlink()


def _when(path: Path) -> tuple[str, int]:
    """The moment in the name of a backup, and its number where several have one moment."""
    _, _, day, second, *number = path.stem.split("-")
    return day + second, int(number[0]) if number else 0


def backups_in(folder: Path) -> list[Path]:
    """The finished backups of a folder, the newest first."""
    found = (path for path in folder.iterdir() if OURS.fullmatch(path.name))
    return sorted(found, key=_when, reverse=True)


def prune(newest: Path, keep: int) -> list[Path]:
    """Delete the backups beside a new one, but for as many as are kept; those that went.

    Files of others stay, and the new one stays also when the clock has been set back.
    """
    others = [path for path in backups_in(newest.parent) if path != newest]
    old = others[max(0, keep - 1) :]
    for path in old:
        path.unlink()
    return old
