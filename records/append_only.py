"""Append-only tables: a migration operation that makes the database refuse UPDATE and DELETE.

The application has no code path that changes such a row; the triggers are there for everything
else (admin, shell, a bug). They let go only while sample data is being taken out
(`SampleLoad.unloading`), inside that transaction, because sample rows must leave without a trace.

Source of the rule: design/rules.md §5–6 and design/trust.md (the log cannot be edited or deleted).
"""

from django.db import migrations

MESSAGE = "この記録は変更も削除もできません"

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
WHEN NOT EXISTS (SELECT 1 FROM records_sampleload WHERE unloading = 1)
BEGIN SELECT RAISE(ABORT, '{message}: {table}'); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION records_refuse() RETURNS trigger AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM records_sampleload WHERE unloading) THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '{message}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""

POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH ROW EXECUTE FUNCTION records_refuse()
"""


SQLITE_KEEP = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
WHEN {condition} AND NOT EXISTS (SELECT 1 FROM records_sampleload WHERE unloading = 1)
BEGIN SELECT RAISE(ABORT, '{message}: {table}'); END
"""

POSTGRES_KEEP = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION records_refuse()
"""


class AppendOnly(migrations.RunPython):
    """Migration operation: `AppendOnly("records_historyentry", ...)` guards those tables against
    change.

    Needs `records.0001` (the table `records_sampleload`) before it. Reversible.
    """

    def __init__(self, *tables: str):
        self.tables = tables
        super().__init__(self._create, self._drop)

    def deconstruct(self):
        return (self.__class__.__qualname__, list(self.tables), {})

    def describe(self):
        return "追記専用にする: " + ", ".join(self.tables)

    def _create(self, apps, schema_editor):
        vendor = schema_editor.connection.vendor
        if vendor == "postgresql":
            schema_editor.execute(POSTGRES_FUNCTION.format(message=MESSAGE), params=None)
        template = POSTGRES if vendor == "postgresql" else SQLITE
        for table in self.tables:
            for verb in ("update", "delete"):
                schema_editor.execute(
                    template.format(table=table, verb=verb, VERB=verb.upper(), message=MESSAGE),
                    params=None,
                )

    def _drop(self, apps, schema_editor):
        on_table = schema_editor.connection.vendor == "postgresql"
        for table in self.tables:
            for verb in ("update", "delete"):
                suffix = f" ON {table}" if on_table else ""
                schema_editor.execute(
                    f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}", params=None
                )


class KeepWhen(migrations.RunPython):
    """Migration operation.

    Rows of a table for which `condition` (over OLD) holds cannot be deleted. Reversible.
    """

    def __init__(self, table: str, condition: str):
        self.table, self.condition = table, condition
        super().__init__(self._create, self._drop)

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table, self.condition], {})

    def _create(self, apps, schema_editor):
        on_postgres = schema_editor.connection.vendor == "postgresql"
        if on_postgres:
            schema_editor.execute(POSTGRES_FUNCTION.format(message=MESSAGE), params=None)
        template = POSTGRES_KEEP if on_postgres else SQLITE_KEEP
        schema_editor.execute(
            template.format(table=self.table, condition=self.condition, message=MESSAGE),
            params=None,
        )

    def _drop(self, apps, schema_editor):
        suffix = f" ON {self.table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_no_delete{suffix}", params=None)
