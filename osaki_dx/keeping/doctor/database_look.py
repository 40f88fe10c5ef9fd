"""The database: can it be reached, is it of this version, whole and guarded."""

from collections.abc import Iterator

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from foundation.records import guards, word_index
from osaki_dx.keeping import schema
from osaki_dx.keeping.doctor.finding import Finding, bad, good, named, warn
from osaki_dx.keeping.space import MEGABYTE, megabytes

LARGE_JOURNAL = 256 * MEGABYTE
BROKEN = "ポータルを止め、いちばん新しいバックアップを空の場所に復元してください"
INVALID = """
SELECT conrelid::regclass::text || ' ' || conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
UNION ALL
SELECT indrelid::regclass::text || ' ' || indexrelid::regclass::text FROM pg_index
WHERE NOT indisvalid
"""


def look() -> Iterator[Finding]:
    """Everything about the database; where it cannot be reached, that alone."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found = schema.applied(connection)
    except Error as error:
        yield unreachable(error)
        return
    yield good("データベース", f"{_name()} につながります。")
    version = migrations(found)
    yield version
    yield whole()
    if version.mend:
        return
    yield guarded()
    yield indexed()
    if connection.vendor == "sqlite":
        yield journal()


def _name() -> str:
    return "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"


def unreachable(error: Error) -> Finding:
    """Nothing else can be said then."""
    return bad(
        "データベース",
        f"つながりません（{' '.join(str(error).split())[:200]}）。",
        "データの置き場所（OSAKI_DX_DATA_DIR）と DATABASE_URL、サーバーが動いているかを"
        "確かめてください。はじめて使うときは python3 run.py で起動します。",
    )


def migrations(found: set[schema.Node]) -> Finding:
    """Is the database of the same version as the program?"""
    if schema.unknown(found):
        return bad("データベースの版", schema.DATABASE_IS_NEWER, "更新を最後まで行ってください。")
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return bad(
            "データベースの版",
            f"更新が{len(waiting)}件、済んでいません。",
            "python3 run.py で起動すると更新されます。",
        )
    return good("データベースの版", "プログラムと同じ版です。")


def guarded() -> Finding:
    """The triggers of the append-only tables."""
    wrong = guards.faults(connection)
    if wrong:
        return bad(
            "追記専用の守り",
            f"欠けているか、違っています：{named(wrong)}",
            "manage.py migrate を実行すると作り直されます。",
        )
    return good("追記専用の守り", f"{len(guards.GUARDS)}の表で働いています。")


def indexed() -> Finding:
    """The index of the history's words."""
    wrong = word_index.faults(connection)
    if wrong:
        return bad(
            "変更履歴の索引",
            f"欠けているか、合っていません：{named(wrong)}。履歴を語で探せないことがあります。",
            "manage.py migrate を実行すると作り直されます。",
        )
    return good("変更履歴の索引", "履歴のすべての記録が入っています。")


def whole() -> Finding:
    """The database's own look at itself, with Django's functions where checks use them."""
    wrong = _of_sqlite() if connection.vendor == "sqlite" else _of_postgresql()
    if wrong:
        return bad(
            "データベースの整合性",
            f"壊れています：{named(wrong)}",
            f"{BROKEN}。",
        )
    return good("データベースの整合性", "壊れたところはありません。")


def _of_sqlite() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(10)")
        wrong = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        lost = {f"{table} の行がつながっていません" for table, *_ in cursor.fetchall()}
    return wrong + sorted(lost)


def _of_postgresql() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(INVALID)
        return [row[0] for row in cursor.fetchall()]


def journal() -> Finding:
    """SQLite's journal grows where something never lets go of the database."""
    file = settings.SQLITE_FILE.with_name(f"{settings.SQLITE_FILE.name}-wal")
    size = file.stat().st_size if file.exists() else 0
    if size > LARGE_JOURNAL:
        return warn(
            "SQLite の追記ファイル",
            f"{file.name} が {megabytes(size)} になっています。",
            "ポータルを一度止めて、起動し直してください。",
        )
    return good("SQLite の追記ファイル", f"{megabytes(size)}です。")
