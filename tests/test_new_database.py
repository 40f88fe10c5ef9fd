"""An empty database that gets its tables at once is the one that every migration has made."""

import os
from collections import Counter
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from osaki_dx import new_database
from tests.keeping.places import connected, sqlite_in
from tests.portal import another_database

pytestmark = pytest.mark.django_db
LITE = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
HERE = "current_schema()::regnamespace"
SERVER = {
    "columns": f"""
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
  pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = {HERE} AND c.relkind = 'r'
""",
    "everything with a name": f"""
SELECT relkind::text, relname FROM pg_class WHERE relnamespace = {HERE}
""",
    "constraints": f"""
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
FROM pg_constraint WHERE connamespace = {HERE}
""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "triggers": f"""
SELECT c.relname, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = {HERE}
""",
    "functions": f"""
SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {HERE}
""",
}


@contextmanager
def an_empty_one(folder):
    """The default connection is to an empty database for a while."""
    if connection.vendor == "postgresql":
        with another_database(os.environ["DATABASE_URL"]) as name, connected(NAME=name):
            yield
        return
    folder.mkdir()
    (folder / "portal.sqlite3").touch()
    with sqlite_in(folder):
        yield


def by_every_migration():
    """As Django's own `migrate`: one after the other."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(0, False, "default")


def parts_of(statement):
    """A CREATE statement as its parts; the order of columns, which no program asks for, is not
    told: a column that came later stands last in PostgreSQL, and in its place in SQLite.
    """
    if not statement.startswith("CREATE TABLE"):
        return {statement: 1}
    parts, depth = [""], 0
    for sign in statement:
        depth += (sign == "(") - (sign == ")")
        if sign in ",()" and depth == (sign != ")"):
            parts.append("")
        else:
            parts[-1] += sign
    return Counter(part.strip() for part in parts)


def structure():
    """What there is in the database besides rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(LITE)
            return {row[:3]: parts_of(row[3]) for row in cursor.fetchall()}
        told = {}
        for name, question in SERVER.items():
            cursor.execute(question)
            told[name] = sorted(map(repr, cursor.fetchall()))
        return told


def rows():
    """What each table holds before anybody has used it, but for numbers and moments."""
    told = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }
    kinds = ContentType.objects.values_list("app_label", "model")
    rights = Permission.objects.values_list("content_type__app_label", "codename", "name")
    noted = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return told, sorted(kinds), sorted(rights), sorted(noted)


def test_made_at_once_is_what_all_migrations_have_made(tmp_path, django_db_blocker):
    with an_empty_one(tmp_path / "long"):
        by_every_migration()
        long = structure(), rows()
    with an_empty_one(tmp_path / "short"):
        call_command("migrate", verbosity=0)
        short = structure(), rows()
    for at_once, one_after_the_other in zip(short, long, strict=True):
        assert at_once == one_after_the_other
    assert len(str(short)) > 50_000, "something was looked at"


def test_only_an_empty_database_is_made_at_once(tmp_path, monkeypatch):
    """One of an older release, or one that has stopped on its way, goes through what waits."""
    waited = []
    with an_empty_one(tmp_path / "half"):
        new_database.make(connection, [("sessions", "0001_initial")])
        assert connection.introspection.table_names() == ["django_migrations", "django_session"]
        monkeypatch.setattr(new_database, "make", None)
        monkeypatch.setattr(MigrationExecutor, "migrate", note_into(waited))
        call_command("migrate", verbosity=0, interactive=False)
    assert ("kpi", "0001_initial") in waited
    assert ("sessions", "0001_initial") not in waited


def note_into(waited):
    def migrate(self, targets, plan, state, **_):
        waited.extend((migration.app_label, migration.name) for migration, _ in plan)
        return state

    return migrate
