"""The guards of append-only tables survive migrations, and are missed when they are gone."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor

from foundation.records import guards
from foundation.records.actions import record_change
from foundation.records.append_only import AppendOnly, KeepWhen, Unguarded
from foundation.records.guards import GUARDS, Guard, faults, found, lift, restore
from foundation.records.models import HistoryEntry, SampleLoad
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db

TABLE = "records_historyentry"
LISTED = {
    "accounts_accessrecord": ("update", "delete"),
    "intake_returnedfile": ("update", "delete"),
    "intake_batch": ("update", "delete"),
    "intake_batchundo": ("update", "delete"),
    "kpi_target": ("update", "delete"),
    "round_trip_sheetfile": ("update", "delete"),
    "round_trip_sheetbatch": ("update", "delete"),
    "round_trip_sheetundo": ("update", "delete"),
    "kpi_returnreply": ("update", "delete"),
    "measures_plansetting": ("update", "delete"),
    "meetings_decision": ("update", "delete"),
    "meetings_decisionwithdrawal": ("update", "delete"),
    "meetings_heldnumbers": ("update", "delete"),
    "meetings_revisedtarget": ("update", "delete"),
    "records_historyentry": ("update", "delete"),
    "reports_edition": ("update", "delete"),
    "reports_filledform": ("update", "delete"),
    "reports_townform": ("update", "delete"),
    "reports_townformuse": ("update", "delete"),
    "reviews_keptfacts": ("update", "delete"),
    "reviews_review": ("delete",),
    "roadmap_baseline": ("update", "delete"),
    "roadmap_baselineentry": ("update", "delete"),
    "roadmap_baselinewithdrawal": ("update", "delete"),
    "roadmap_milestoneupdate": ("update", "delete"),
}
ADD_A_FIELD = migrations.AddField(
    "historyentry", "extra", models.CharField("試し", max_length=10, default="")
)


@pytest.fixture
def applied(committed):
    """`applied(operation)`: a migration operation as `migrate` runs it; taken back afterwards."""
    before = MigrationExecutor(connection).loader.project_state()
    done = []

    def run(operation):
        after = before.clone()
        operation.state_forwards("records", after)
        with connection.schema_editor(atomic=True) as editor:
            operation.database_forwards("records", editor, before, after)
        done.append((operation, after))

    yield run
    for operation, after in reversed(done):
        with connection.schema_editor(atomic=True) as editor:
            operation.database_backwards("records", editor, after, before)
    restore(connection)


def drop(name):
    with connection.cursor() as cursor:
        cursor.execute(guards.dropping(connection.vendor, TABLE, name))


def every_trigger():
    vendor = connection.vendor
    return {name for guard in GUARDS.values() for name in guard.triggers_of(vendor)}


def make(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_list_is_this_one():
    """A guard that a model loses by mistake fails here, not at an inspection."""
    assert {table: guard.verbs for table, guard in GUARDS.items()} == LISTED
    assert GUARDS["reviews_review"].condition == "(OLD.state <> 'draft' OR OLD.round > 0)"


def test_the_fixtures_name_the_same_append_only_tables():
    assert set(APPEND_ONLY) == {table for table, guard in GUARDS.items() if not guard.condition}


def test_list_and_database_agree_after_all_migrations():
    assert faults(connection) == []
    assert set(found(connection)) == every_trigger()


def test_an_ordinary_field_takes_the_guards_away_on_sqlite(applied):
    applied(ADD_A_FIELD)
    lost = [f"{TABLE}_no_update", f"{TABLE}_no_delete", f"{TABLE}_no_replace"]
    assert faults(connection) == (lost if connection.vendor == "sqlite" else [])


def test_the_same_field_inside_unguarded_keeps_them(applied):
    applied(Unguarded([ADD_A_FIELD]))
    assert faults(connection) == []


def test_unguarded_lets_a_migration_fill_old_rows(applied, secretariat, soumu):
    with transaction.atomic():
        record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})

    def fill(apps, schema_editor):
        apps.get_model("records", "HistoryEntry").objects.update(department="総務課")

    applied(Unguarded([migrations.RunPython(fill, migrations.RunPython.noop)]))
    assert HistoryEntry.objects.get(action="test.change").department == "総務課"
    assert faults(connection) == []


@pytest.mark.parametrize(
    "operation", [AppendOnly("kpi_target"), KeepWhen("reviews_review", "(OLD.round > 0)")]
)
def test_the_first_migrations_go_forward_again_over_triggers_that_stand(applied, operation):
    """`migrate kpi 0001` keeps the table, so `post_migrate` makes its triggers before 0002."""
    applied(operation)
    assert set(found(connection)) == every_trigger()


@pytest.mark.parametrize("how", ["missing", "other body", "never at work"])
def test_a_wrong_guard_is_found_told_and_mended(how, client, secretariat):
    name = f"{TABLE}_no_delete"
    drop(name)
    if how == "other body":
        make(Guard(TABLE, ("delete",), "OLD.id < 0").statement(name, connection.vendor))
    if how == "never at work":
        make(Guard(TABLE, ("delete",), "OLD.id IS NULL").statement(name, connection.vendor))
    assert faults(connection) == [name]
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "guards")
    told = StringIO()
    call_command("check", databases=["default"], stdout=told, stderr=told)
    assert name in told.getvalue()
    assert "manage.py migrate" in told.getvalue()
    call_command("migrate", verbosity=0)
    assert faults(connection) == []
    assert client.get("/healthz").status_code == 200


def test_a_guard_that_stands_but_does_not_work_is_found():
    if connection.vendor == "sqlite":  # its triggers cannot be switched off, only replaced
        statement = GUARDS[TABLE].statement(f"{TABLE}_no_update", "sqlite")
        drop(f"{TABLE}_no_update")
        make(statement.replace("unloading = 1", "unloading = 0 OR 1 = 1"))
        assert faults(connection) == [f"{TABLE}_no_update"]
    else:
        make(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_no_update")
        assert faults(connection) == [f"{TABLE}_no_update"]
        make(
            "CREATE OR REPLACE FUNCTION records_refuse() RETURNS trigger"
            " AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        assert faults(connection) == ["records_refuse"]
    restore(connection)
    assert faults(connection) == []


def test_a_database_without_the_tables_has_no_faults(monkeypatch):
    monkeypatch.setitem(guards.GUARDS, "not_there", Guard("not_there"))
    assert faults(connection) == []
    assert restore(connection) == []


def test_lifted_guards_are_gone_until_they_are_put_back():
    lifted = lift(connection)
    assert found(connection) == {}
    guards.put_back(connection, lifted)
    assert faults(connection) == []


@pytest.mark.parametrize("verb", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_history_refuses_plain_sql(verb, secretariat, soumu):
    record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
    with pytest.raises(Error), transaction.atomic():
        make(verb.format(table=TABLE))
    assert HistoryEntry.objects.filter(action="test.change").exists()


def test_only_the_unloading_of_sample_data_opens_them(secretariat, soumu):
    record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
    SampleLoad.objects.all().delete()
    SampleLoad.objects.create(
        loaded_at="2026-04-01T00:00:00Z", until=date(2026, 10, 1), snapshot={}, unloading=True
    )
    assert HistoryEntry.objects.filter(action="test.change").delete()[0] == 1


def row_of(table):
    """The columns and values of one row of a table, as the database gives them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")  # noqa: S608
        return [column[0] for column in cursor.description], list(cursor.fetchone())


def replacing(table, columns, values):
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            values,
        )


@pytest.mark.parametrize("key", ["id", "revision"])
def test_replacing_a_row_is_no_way_round_on_sqlite(key, secretariat, soumu):
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    with transaction.atomic():
        record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
    columns, values = row_of(TABLE)
    count, before = HistoryEntry.objects.count(), HistoryEntry.objects.order_by("id").first()
    forged = dict(zip(columns, values, strict=True)) | {"actor_name": "だれか"}
    if key == "revision":
        forged["id"] = 999_999
    with pytest.raises(Error), transaction.atomic():
        replacing(TABLE, list(forged), list(forged.values()))
    assert HistoryEntry.objects.count() == count
    assert HistoryEntry.objects.order_by("id").first().actor_name == before.actor_name
    forged |= {"id": 999_998, "revision": 999_998}
    replacing(TABLE, list(forged), list(forged.values()))  # a new row is welcome
    assert HistoryEntry.objects.count() == count + 1


def test_emptying_a_table_is_no_way_round_on_postgresql(committed, secretariat, soumu):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    with transaction.atomic():
        record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
    count = HistoryEntry.objects.count()
    for statement in (f"TRUNCATE {TABLE}", f"TRUNCATE {TABLE} CASCADE"):
        with pytest.raises(Error), transaction.atomic():
            make(statement)
    with pytest.raises(CommandError, match="be flushed"):
        call_command("flush", interactive=False, verbosity=0)
    assert HistoryEntry.objects.count() == count
    with transaction.atomic():
        make("TRUNCATE meetings_heldnumbers")  # empty: nothing is lost
