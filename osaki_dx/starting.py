"""What a start prepares: the database, the sample, the static files. One start at a time."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string

from foundation.japanese.calendar import first_of_month
from measures.models import Plan
from measures.naming import current_names
from osaki_dx import static_files
from osaki_dx.folders import FILE, alone
from osaki_dx.keeping import backup, marks, program, schema
from osaki_dx.static_files import MANIFEST
from osaki_dx.wrong import Wrong

LOCK_NUMBER = 4682025  # any number: the same for every start, used by nothing else
HAS_PLAN = "計画「{}」で起動します（データベースにすでに計画があるため、--plan は使いません）。"


@contextmanager
def one_at_a_time():
    """Two starts wait for each other: in one data folder, and on one PostgreSQL."""
    with alone(settings.DATA_DIR), _alone_in_database():
        yield


@contextmanager
def _alone_in_database():
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])


def make_database_file() -> None:
    """The one place that makes a database: an empty file, for SQLite."""
    if connection.vendor == "sqlite":
        os.close(
            os.open(
                settings.SQLITE_FILE,
                os.O_RDWR | os.O_CREAT,
                FILE,
            )
        )


def prepare_database(say: Callable[[str], object], plan: str = "") -> None:
    """Migrate and load the plan where that has not been done.

    `plan`: a filled-in 計画の様式, for a database without a plan; else the plan of the program. A
    database with something in it is backed up before. Wrong when a newer version has used it,
    CommandError when the form cannot be loaded.
    """
    found = schema.applied(connection)
    if schema.unknown(found):
        raise Wrong(schema.DATABASE_IS_NEWER)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if found:
            _back_up_before_update(say, at=timezone.now())
        call_command("migrate", verbosity=0)
    there = Plan.objects.current()
    if there is None:
        month = first_of_month(timezone.localdate())
        words = [plan] if plan else []
        call_command("load_plan", *words, first_month=month, verbosity=0)
    elif plan:
        say(HAS_PLAN.format(there))
    current_names()  # for the pages that ask nothing


def tell_version(say: Callable[[str], object], *, at: datetime) -> None:
    """Say when it is another program than at the last start: a newer one, or an older one again."""
    now, last = program.told(program.version()), marks.last(settings.DATA_DIR, "serve")
    before = last.get("program") if last else None
    if before and before != now:
        say(f"プログラムが替わりました（前回の起動：{before}、今回：{now}）。")
    marks.note(settings.DATA_DIR, "serve", at, program=now)


def _back_up_before_update(say: Callable[[str], object], *, at: datetime) -> None:
    """The way back: the data as the older version left them."""
    say("新しい版のプログラムです。データベースを更新する前に、バックアップを作ります…")
    made = backup.take(backup.default_folder(), at=at)
    marks.note(settings.DATA_DIR, "backup", at, file=str(made.path), seal=made.seal)
    say(f"更新前のバックアップ：{made.path}")
    say("データベースを更新しています…")


def collect_static(stamp: str) -> None:
    """Put the static files where they are served from, when the stamp says they have changed.

    They are made beside and moved in one by one, the manifest last: a process that is running finds
    each of its files at every moment. Files of older versions stay for its pages.
    """
    mark = settings.DATA_DIR / "static-stamp"
    whole = not static_files.missing()
    if stamp and whole and mark.exists() and mark.read_text(encoding="utf-8") == stamp:
        return
    made = Path(tempfile.mkdtemp(prefix="static-", dir=settings.DATA_DIR))
    try:
        _collect_into(made)
        _move(made, settings.STATIC_ROOT)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    mark.write_text(stamp, encoding="utf-8")


def _collect_into(folder: Path) -> None:
    command = collectstatic.Command()
    storage = import_string(settings.STORAGES["staticfiles"]["BACKEND"])
    command.storage = storage(location=folder)
    call_command(
        command,
        interactive=False,
        verbosity=0,
    )


def _move(made: Path, place: Path) -> None:
    files = [path for path in made.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: path.name == MANIFEST):
        target = place / path.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
