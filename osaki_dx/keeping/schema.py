"""Which migrations a database has, and the models as they were then.

A backup is read and written through these models, so that code of today saves a database of
yesterday before it migrates it, and restores one from before the newest migrations.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from osaki_dx import new_database
from osaki_dx.new_database import Node

DATABASE_IS_NEWER = (
    "データベースは、このプログラムより新しい版で使われています。"
    "プログラムをその版に戻すか、この版で作ったバックアップを空の場所に復元してください。"
)
LEFT_OUT = ("accounts.session", "sessions.session")  # who is signed in signs in again


def applied(connection) -> set[Node]:
    """The migrations that this database has seen; of an empty one none."""
    return set(MigrationRecorder(connection).applied_migrations())


def unknown(nodes: Iterable[Node]) -> list[Node]:
    """Those that this code does not know: the data come from a newer version."""
    known = MigrationLoader(None).graph.nodes
    return sorted(set(nodes) - set(known))


def models_at(connection, nodes: set[Node]) -> list[Any]:
    """The models whose rows are kept, as they are after those migrations, by table."""
    loader = MigrationLoader(connection)
    apps = loader.project_state(sorted(nodes)).apps
    models = apps.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.managed and not model._meta.proxy]
    return sorted(
        (model for model in kept if model._meta.label_lower not in LEFT_OUT),
        key=lambda model: model._meta.db_table,
    )


def migrate_to(connection, nodes: set[Node]) -> None:
    """Bring an empty database to exactly those migrations."""
    graph = MigrationLoader(connection).graph.node_map
    last = [node for node in nodes if not any(child in nodes for child in _next(graph, node))]
    new_database.make(connection, sorted(last))


def _next(graph, node: Node) -> list[Node]:
    """The migrations of the same app that come right after one."""
    return [child.key for child in graph[node].children if child.key[0] == node[0]]


def migrate_on(connection) -> None:
    """Bring a database to what this code needs."""
    executor: Any = MigrationExecutor(connection, lambda *_: check(connection, "IMMEDIATE"))
    targets = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(targets):
        executor.migrate(targets)


def check(connection, when: str) -> None:
    """When references are checked in a long transaction of PostgreSQL: IMMEDIATE or DEFERRED.

    It alters no table for which a check waits, and one waits for every row that is changed in the
    transaction that has written it: so migrations that change restored rows have it at once.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {when}")
