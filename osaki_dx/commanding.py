"""What `manage.py` does: read the configuration, run the command, end with one sentence.

A traceback helps whoever writes the portal (`--traceback` shows it); whoever keeps it running
needs to know what to mend.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error, connection
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

from osaki_dx import configuration
from osaki_dx.folders import make_data_folder
from osaki_dx.keeping import marks, schema
from osaki_dx.trouble import trouble_of
from osaki_dx.wrong import Wrong

PREPARE = "はじめて使うときや更新した後は、先に python3 run.py で起動してください。"
ASK_THEMSELVES = ("serve", "backup", "restore", "doctor")  # what to say to a newer database
START = "はじめて使うときは、先に python3 run.py で起動してください。"


def main(argv: list) -> int:
    """Run a command; returns the exit code when it ended early."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osaki_dx.settings")
    _write_what_the_console_can()
    _refuse_newer_database(argv)
    if "--traceback" in argv:
        execute_from_command_line(configuration.take_option(argv, os.environ))
        return 0
    try:
        argv = configuration.take_option(argv, os.environ)
        given = configuration.load()
        if argv[1:2] == ["serve"]:
            make_data_folder(given.folder)
        with _remembered(argv, given.folder):
            execute_from_command_line(argv)
    except Wrong as wrong:
        return _end(str(wrong))
    except ImproperlyConfigured as error:
        if "psycopg" not in str(error):
            raise
        return _end("PostgreSQL につなぐ部品がありません。python3 run.py で一度起動してください。")
    except Error as error:
        sentence = database_sentence(error)
        if not sentence:
            raise
        return _end(sentence)
    except OSError as error:
        if error.filename is None and trouble_of(error) is None:
            raise
        place = error.filename or f"データの置き場所 {settings.DATA_DIR} など"
        return _end(f"{place} を読み書きできません（{error.strerror}）。")
    return 0


def _refuse_newer_database(argv: list) -> None:
    """Whatever opens a database that newer code has used is told so, before it reads or writes."""
    if not set(argv[1:]) & set(ASK_THEMSELVES):
        connection_created.connect(_look_at_database)


def _look_at_database(*, connection, **_) -> None:
    connection_created.disconnect(_look_at_database)  # once a process is enough
    if schema.unknown(schema.applied(connection)):
        raise Wrong(schema.DATABASE_IS_NEWER)


def _write_what_the_console_can() -> None:
    """A sign that the console does not have (cp932 on Windows) becomes ?, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def _remembered(argv: list, folder: Path) -> Iterator[None]:
    """When what runs by the clock ran last, and did it come to its end? `doctor` looks at it."""
    command = argv[1] if len(argv) > 1 else ""
    if command not in marks.SCHEDULED or {"--dry-run", "--help", "-h"} & set(argv):
        yield
        return
    try:
        yield
    except SystemExit as end:  # so ends a command that says what is wrong
        marks.note(folder, command, datetime.now(UTC), failed=bool(end.code))
        raise
    marks.note(folder, command, datetime.now(UTC), failed=False)


def _end(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def database_sentence(error: Error) -> str:
    """What is wrong with the database; empty when the fault is in the code."""
    if connection.vendor == "sqlite":
        return _of_sqlite(str(error))
    return _of_postgresql(str(error))


def _of_sqlite(said: str) -> str:
    file = settings.SQLITE_FILE
    if not file.exists():
        return (
            f"データベース {file} がありません。{START}別の場所にあるときは、"
            "設定ファイルを --config で、または置き場所を OSAKI_DX_DATA_DIR で示してください。"
        )
    if "no such" in said and _is_unprepared():
        return f"データベース {file} の準備ができていません。{PREPARE}"
    if any(word in said for word in ("unable to open", "readonly", "disk", "not a database")):
        return f"データベース {file} を読み書きできません（{said}）。"
    if "locked" in said:
        return f"データベース {file} をほかの処理が使っています。少し待ってやり直してください。"
    return ""


def _of_postgresql(said: str) -> str:
    place = settings.DATABASES["default"]
    name = f"PostgreSQL（{place['HOST'] or 'localhost'} の {place['NAME']}）"
    refused = _refusal()
    if refused:
        return (
            f"{name}につながりません。サーバーが動いているか、"
            f"DATABASE_URL が正しいかを確かめてください（{refused}）。"
        )
    if "does not exist" in said and _is_unprepared():
        return f"{name}の準備ができていません。{PREPARE}"
    return ""


def _refusal() -> str:
    """Why PostgreSQL does not let us in, asked once more past the pool; empty: it does."""
    database: Any = connection
    parameters = dict(database.get_connection_params())
    parameters.pop("pool", None)
    try:
        database.Database.connect(**parameters).close()
    except database.Database.Error as error:
        return " ".join(str(error).split())
    return ""


def _is_unprepared() -> bool:
    """Is there a migration that this database has not seen: new, or not started since an update?"""
    try:
        connection.close()
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return True
