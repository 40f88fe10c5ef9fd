"""Which tables the database itself protects, and how: one list, filled beside the models.

An append-only table refuses UPDATE and DELETE; a kept one refuses DELETE while a condition holds.
Triggers do it, because a door that is only in the application is no door: shell and bugs go round
it. What would remove rows without a DELETE is refused as well: SQLite's INSERT OR REPLACE,
PostgreSQL's TRUNCATE. Withdrawing something append-only is therefore always a new row, never an
UPDATE.

The triggers let go while sample data is being taken out (`SampleLoad.unloading`), inside that one
transaction, because sample rows must leave without a trace.

SQLite drops a table's triggers whenever Django remakes the table, which an ordinary AddField with
a default does. So a migration wraps such work in `records.append_only.Unguarded`, every `migrate`
ends with `restore()`, and `faults()` is asked by a system check and by `/healthz`.

Source of the rule: docs/rules.md §5–6 and docs/trust.md §1 (the log cannot be edited or deleted).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import UniqueConstraint

MESSAGE = "この記録は変更も削除もできません"
BOTH = ("update", "delete")
ENDINGS = ("_no_update", "_no_delete", "_no_replace", "_no_truncate")

SQLITE = """
CREATE TRIGGER {name} BEFORE {verb} ON {table}
WHEN {condition}NOT EXISTS (SELECT 1 FROM records_sampleload WHERE unloading = 1)
BEGIN SELECT RAISE(ABORT, '{message}: {table}'); END
"""

SQLITE_REPLACE = """
CREATE TRIGGER {name} BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE ({same}){kept})
AND NOT EXISTS (SELECT 1 FROM records_sampleload WHERE unloading = 1)
BEGIN SELECT RAISE(ABORT, '{message}: {table}'); END
"""

POSTGRES_TRUNCATE = """
CREATE TRIGGER {name} BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION records_refuse()
"""

POSTGRES = """
CREATE TRIGGER {name} BEFORE {verb} ON {table}
FOR EACH ROW {condition}EXECUTE FUNCTION records_refuse()
"""

POSTGRES_BODY = f"""
DECLARE filled boolean;
BEGIN
  IF EXISTS (SELECT 1 FROM records_sampleload WHERE unloading) THEN
    IF TG_OP = 'TRUNCATE' THEN RETURN NULL; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
  END IF;
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO filled;
    IF NOT filled THEN RETURN NULL; END IF;
  END IF;
  RAISE EXCEPTION '{MESSAGE}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END """

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION records_refuse() RETURNS trigger
AS $${POSTGRES_BODY}$$ LANGUAGE plpgsql
"""


@dataclass(frozen=True)
class Guard:
    """Which statements a table refuses; `condition` (SQL over OLD, may be empty) narrows it.

    `keys`: the columns by which a row is the same as another (SQLite's REPLACE removes it then).
    """

    table: str
    verbs: tuple[str, ...] = BOTH
    condition: str = ""
    keys: tuple[tuple[str, ...], ...] = ()

    @property
    def triggers(self) -> dict[str, str]:
        """{trigger name: verb} of the statements that both databases know."""
        return {f"{self.table}_no_{verb}": verb for verb in self.verbs}

    def triggers_of(self, vendor: str) -> dict[str, str]:
        """The same with what else removes rows in that database."""
        if vendor == "postgresql":
            return {**self.triggers, f"{self.table}_no_truncate": "truncate"}
        return (
            {**self.triggers, f"{self.table}_no_replace": "replace"} if self.keys else self.triggers
        )

    def _replace(self, name: str) -> str:
        same = " OR ".join(
            "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")"
            for key in self.keys
        )
        kept = f" AND {self.condition.replace('OLD.', f'{self.table}.')}" if self.condition else ""
        return SQLITE_REPLACE.format(
            name=name, table=self.table, same=same, kept=kept, message=MESSAGE
        ).strip()

    def statement(self, name: str, vendor: str) -> str:
        """The CREATE TRIGGER statement of one of its triggers."""
        if name.endswith("_no_replace"):
            return self._replace(name)
        if name.endswith("_no_truncate"):
            return POSTGRES_TRUNCATE.format(name=name, table=self.table).strip()

        if vendor == "postgresql":
            template, condition = POSTGRES, f"WHEN ({self.condition}) " if self.condition else ""
        else:
            template, condition = SQLITE, f"{self.condition} AND " if self.condition else ""
        return template.format(
            name=name,
            verb=self.triggers[name].upper(),
            table=self.table,
            condition=condition,
            message=MESSAGE,
        ).strip()


GUARDS: dict[str, Guard] = {}


def _keys_of(model) -> tuple[tuple[str, ...], ...]:
    """The columns of every key of a model by which one row can stand in for another."""
    meta = model._meta
    own = [(field.column,) for field in meta.local_fields if field.unique]
    several = [
        tuple(meta.get_field(name).column for name in constraint.fields)
        for constraint in meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.fields
    ]
    return tuple(own + several)


def append_only(model):
    """Class decorator: rows of this model can be added, never changed or deleted."""
    table = model._meta.db_table
    GUARDS[table] = Guard(table, keys=_keys_of(model))
    return model


def keep_when(condition: str):
    """Class decorator: rows for which `condition` (SQL over OLD) holds cannot be deleted."""

    def decorate(model):
        table = model._meta.db_table
        GUARDS[table] = Guard(table, ("delete",), condition, _keys_of(model))

        return model

    return decorate


@dataclass(frozen=True)
class Found:
    """A trigger as it stands in the database: its statement, and whether it is at work."""

    table: str
    name: str
    statement: str
    enabled: bool = True


COLUMN = re.compile(r"\b(?:NEW|OLD)\.(\w+)", re.IGNORECASE)
SQLITE_FOUND = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"

POSTGRES_FOUND = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled IN ('O', 'A')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND p.proname = 'records_refuse'
  AND c.relnamespace = current_schema()::regnamespace
"""

POSTGRES_FUNCTION_FOUND = """
SELECT prosrc FROM pg_proc
WHERE proname = 'records_refuse' AND pronamespace = current_schema()::regnamespace
"""


def found(connection) -> dict[str, Found]:
    """{trigger name: Found} of the guards in the database, whatever the list says."""
    query = POSTGRES_FOUND if connection.vendor == "postgresql" else SQLITE_FOUND
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = [Found(*row) for row in cursor.fetchall()]
    return {row.name: row for row in rows if row.name.endswith(ENDINGS)}


@lru_cache(maxsize=1024)
def _folded(sql: str) -> str:
    """SQL without the differences that the database makes itself: blanks, brackets, casts, case."""
    for removed in ("::text", "(", ")", "public.", '"', " ", "\n"):
        sql = sql.replace(
            removed,
            "",
        )
    return sql.lower()


def _fits(row: Found | None, guard: Guard, name: str, vendor: str) -> bool:
    if row is None or not row.enabled or row.table != guard.table:
        return False
    return _folded(row.statement) == _wanted(guard, name, vendor)


@lru_cache(maxsize=1024)
def _wanted(guard: Guard, name: str, vendor: str) -> str:
    return _folded(guard.statement(name, vendor))


def _function_fits(connection) -> bool:
    if connection.vendor != "postgresql":
        return True

    with connection.cursor() as cursor:
        cursor.execute(POSTGRES_FUNCTION_FOUND)
        row = cursor.fetchone()
    return row is not None and row[0].strip() == POSTGRES_BODY.strip()


def _standing(connection) -> list[Guard]:
    """The guards of the list whose tables exist (a database may be migrated half way)."""
    tables = set(connection.introspection.table_names())
    if "records_sampleload" not in tables:
        return []

    return [guard for guard in GUARDS.values() if guard.table in tables]


def faults(connection) -> list[str]:
    """Names of the triggers that are missing, switched off or different from the list."""
    guards, there = _standing(connection), found(connection)
    if guards and not _function_fits(connection):
        return ["records_refuse"]
    return [
        name
        for guard in guards
        for name in guard.triggers_of(connection.vendor)
        if not _fits(there.get(name), guard, name, connection.vendor)
    ]


def restore(connection) -> list[str]:
    """Make the triggers what the list says. Returns the names of those that were made anew."""
    wrong = faults(connection)
    if not wrong:
        return []
    there = found(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for guard in _standing(connection):
            for name in guard.triggers_of(connection.vendor):
                if not _fits(there.get(name), guard, name, connection.vendor):
                    cursor.execute(
                        dropping(
                            connection.vendor,
                            guard.table,
                            name,
                        )
                    )
                    cursor.execute(guard.statement(name, connection.vendor))
    return wrong


def dropping(vendor: str, table: str, name: str) -> str:
    """The DROP TRIGGER statement of one trigger; says nothing when there is none."""
    on_table = f" ON {table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{on_table}"


def lift(connection) -> list[Found]:
    """Take every guard off the database; returns them for `put_back`."""
    lifted = list(found(connection).values())
    with connection.cursor() as cursor:
        for row in lifted:
            cursor.execute(dropping(connection.vendor, row.table, row.name))

    return lifted


def put_back(connection, lifted: list[Found]) -> None:
    """Set again what `lift` took off, as it was, where the table and its columns are still there.

    What no longer fits (a migration taken back) `restore()` makes anew.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for row in lifted:
            if row.table in tables and _has_columns(connection, cursor, row):
                cursor.execute(row.statement)


def _has_columns(connection, cursor, row: Found) -> bool:
    """Are the columns there that the trigger speaks of?"""
    spoken = {name.lower() for name in COLUMN.findall(row.statement)}
    described = connection.introspection.get_table_description(cursor, row.table)
    return spoken <= {column.name.lower() for column in described}
