"""Migration operations around the guards of `records.guards`.

`Unguarded` is for everything new; `AppendOnly` and `KeepWhen` set the first guards in the first
migrations and stay for them. A new guarded model needs no operation: `migrate` ends by making
every trigger of the list.
"""

from django.db import migrations
from django.db.migrations.operations import SeparateDatabaseAndState

from foundation.records.guards import POSTGRES_FUNCTION, Guard, dropping, lift, put_back


class Unguarded(SeparateDatabaseAndState):
    """`Unguarded([AddField(…), RunPython(…)])`: lift all guards, work, set them again.

    For every operation that changes a guarded table or the rows in it: on SQLite most changes of
    a table remake it and lose its triggers, and rows of an append-only table can be filled only
    while its guard is off. All guards are lifted, because the triggers of one table also name
    another (`records_sampleload`). Reversible as far as the operations inside are.
    """

    def __init__(self, operations):
        self.operations = operations
        super().__init__(
            database_operations=operations,
            state_operations=operations,
        )

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.operations], {})

    def describe(self):
        return "追記専用を外して行う：" + "、".join(each.describe() for each in self.operations)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        lifted = [] if schema_editor.collect_sql else lift(schema_editor.connection)
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        put_back(schema_editor.connection, lifted)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        lifted = [] if schema_editor.collect_sql else lift(schema_editor.connection)
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        put_back(schema_editor.connection, lifted)


class _SetGuards(migrations.RunPython):
    """Sets guards in one of the first migrations. Needs `records.0001` before it. Reversible.

    A trigger may stand already: after a migration backwards to before this one, `post_migrate` has
    made it again, because the table is still there.
    """

    guards: list[Guard]

    def __init__(self):
        super().__init__(self._create, self._drop)

    def _create(self, apps, schema_editor):
        vendor = schema_editor.connection.vendor
        if vendor == "postgresql":
            schema_editor.execute(POSTGRES_FUNCTION, params=None)
        for guard in self.guards:
            for name in guard.triggers:
                schema_editor.execute(
                    dropping(
                        vendor,
                        guard.table,
                        name,
                    ),
                    params=None,
                )
                schema_editor.execute(guard.statement(name, vendor), params=None)

    def _drop(self, apps, schema_editor):
        vendor = schema_editor.connection.vendor
        for guard in self.guards:
            for name in guard.triggers:
                schema_editor.execute(
                    dropping(
                        vendor,
                        guard.table,
                        name,
                    ),
                    params=None,
                )


class AppendOnly(_SetGuards):
    """`AppendOnly("records_historyentry", ...)`: those tables refuse UPDATE and DELETE."""

    def __init__(self, *tables: str):
        self.tables = tables
        self.guards = [Guard(table) for table in tables]
        super().__init__()

    def deconstruct(self):
        return (self.__class__.__qualname__, list(self.tables), {})

    def describe(self):
        return "追記専用にする：" + ", ".join(self.tables)


class KeepWhen(_SetGuards):
    """`KeepWhen(table, condition)`: rows for which the condition (over OLD) holds stay."""

    def __init__(self, table: str, condition: str):
        self.table, self.condition = table, condition
        self.guards = [Guard(table, ("delete",), condition)]
        super().__init__()

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table, self.condition], {})
