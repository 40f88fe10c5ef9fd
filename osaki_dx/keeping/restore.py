"""`manage.py restore FILE`: a backup put into an empty place, on either database.

The rows are written as they are, with their numbers; the guards of append-only tables are off
meanwhile and compared with the list afterwards. Every table is read again before anything counts.
"""

import os

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from django.db import Error, transaction

from foundation.records import guards
from osaki_dx.folders import FILE
from osaki_dx.keeping import place, schema, sequences, space
from osaki_dx.keeping.manifest import NEWER, TableFacts
from osaki_dx.keeping.package import DATABASE, SETTINGS, Package
from osaki_dx.keeping.rows import Counted, Table
from osaki_dx.wrong import Wrong

ROOM = 2  # of a database, for its indexes, compared with its rows as text
RESTORED_SETTINGS = "osaki.env.restored"


def check(package: Package) -> None:
    """Wrong when this code cannot read the backup."""
    if schema.unknown(package.manifest.migrations):
        raise Wrong(NEWER)


def restore(package: Package) -> None:
    """Put a backup into the empty place that the settings name. Wrong, and nothing, else."""
    check(package)
    place.check_empty()
    rows = sum(member.size for member in package.of(DATABASE))
    space.check(settings.DATA_DIR, package.manifest.size + (ROOM - 1) * rows)
    try:
        with place.attachments(package) as staged, place.new_database() as connection:
            fill(connection, package)
            staged.move_in()
    except Error as error:
        raise Wrong(f"{_said(error)} のため、戻せませんでした。何も書いていません。") from error
    _write_settings(package)


def fill(connection, package: Package) -> None:
    """The rows into an empty database, as they were; then what newer code needs."""
    nodes = set(package.manifest.migrations)
    schema.migrate_to(connection, nodes)
    models = schema.models_at(connection, nodes)
    tables = {model._meta.db_table: Table(model) for model in models}
    _compare_columns(package, tables)
    with transaction.atomic(using=connection.alias):
        lifted = guards.lift(connection)
        schema.check(connection, "DEFERRED")  # the tables come in the order of their names
        _insert(connection, package, tables)
        sequences.set_numbers(
            connection,
            models,
            {facts.name: facts.last_number for facts in package.manifest.tables},
        )
        _check_references(connection)
        guards.put_back(connection, lifted)
    for facts in package.manifest.tables:
        _compare(connection, facts, tables[facts.name])
    schema.migrate_on(connection)
    ContentType.objects.clear_cache()
    emit_post_migrate_signal(
        0,
        False,
        connection.alias,
    )
    if guards.faults(connection):
        raise Wrong("追記専用の表の守りを作れませんでした。復元していません。")


def _said(error: Exception) -> str:
    return " ".join(str(error).split())


def _compare_columns(package: Package, tables: dict[str, Table]) -> None:
    """The tables and columns of the backup are those of its migrations."""
    told = {facts.name: facts.columns for facts in package.manifest.tables}
    there = {name: table.columns for name, table in tables.items()}
    if told != there:
        wrong = sorted(set(told) ^ set(there)) or sorted(
            name for name in told if told[name] != there[name]
        )
        raise Wrong(f"バックアップの表が、その版のプログラムと合いません（{'、'.join(wrong)}）。")


def _insert(connection, package: Package, tables: dict[str, Table]) -> None:
    """Empty every table of what migrations put there, and write the rows of the backup."""
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608
    for facts in package.manifest.tables:
        lines = package.lines(package.member(facts.member))
        try:
            with transaction.atomic(using=connection.alias):
                tables[facts.name].insert(connection, lines)
        except (Error, ValueError, TypeError, ArithmeticError) as error:
            told = f"表 {facts.name} の行を書き込めません（{_said(error)}）。"
            raise Wrong(f"{told}復元していません。") from None


def _check_references(connection) -> None:
    try:
        connection.check_constraints()
    except Error as error:
        told = f"行のつながりが合いません（{_said(error)}）。"
        raise Wrong(f"{told}復元していません。") from None


def _compare(connection, facts: TableFacts, table: Table) -> None:
    """Every row is what it was when the backup was taken."""
    counted = Counted(table).all_of(connection)
    if counted.rows != facts.rows:
        raise Wrong(
            f"表 {facts.name} の行が {facts.rows} 件ではなく {counted.rows} 件になりました。"
            "復元していません。"
        )
    if counted.content != facts.content:
        raise Wrong(
            f"表 {facts.name} の値が、このデータベースでは同じになりません。復元していません。"
        )


def _write_settings(package: Package) -> None:
    """The settings of then, beside, for whoever sets up this machine."""
    text = b"".join(package.content(package.member(SETTINGS)))
    if text:
        place = settings.DATA_DIR / RESTORED_SETTINGS
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(place, flags, FILE), "wb") as file:
            file.write(text)
