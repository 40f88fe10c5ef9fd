"""A database from nothing: the tables as all migrations together leave them, made at once.

Migrating an empty database means to make tables, alter them dozens of times and convert rows that
are not there. Here each table is made once, from the same migration files read to their end, and
every migration is noted as applied. What a migration does besides tables (rows of old releases that
it converts, guards of its time) is not done: what every database needs besides its tables, the end
of every `migrate` makes (docs/adr/0061).
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

Node = tuple[str, str]  # app and name of a migration


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Not one table is there."""
    return not connection.introspection.table_names()


def make(connection: BaseDatabaseWrapper, targets: list[Node] | None = None) -> None:
    """The tables after those migrations (of every app the last), in an empty database.

    All of it or nothing: whoever is stopped on the way begins again from nothing.
    """
    executor = MigrationExecutor(connection)
    targets = targets or executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    apps = executor.loader.project_state(targets).apps
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        _note(connection, [migration for migration, _ in plan])


def _note(connection: BaseDatabaseWrapper, migrations: list) -> None:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.migration_qs.bulk_create(
        recorder.Migration(app=each.app_label, name=each.name) for each in migrations
    )
