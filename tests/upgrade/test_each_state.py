"""A database of any landed version comes up to today's code.

What a version keeps is written while the database is of that version: before each migration that
makes tables or changes them, the tables that are empty get a row. So each later migration meets
rows in every table that it may find, whichever version made them.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps as today
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from foundation.records import guards
from tests.upgrade.first_release import as_tests_begin, of_the_first_release

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 3, tzinfo=UTC)
PLAIN = (  # the first kind that a field is of; the value that it gets
    (models.BooleanField, False),
    (models.DecimalField, Decimal(1)),
    (models.IntegerField, 1),
    (models.DateTimeField, AT),
    (models.DateField, date(2026, 11, 1)),
    (models.BinaryField, b"x"),
    (models.JSONField, {}),
    (models.CharField, "x"),
    (models.TextField, "x"),
    (models.FileField, "x"),
)
FITTING = {  # one of two ways to say it
    "kpi.yearendforecast": {"value": Decimal(1)},
    "meetings.heldnumbers": {"report": "{}"},
    "organisation.teammember": {"name": "x"},
}


def states():
    """The models of each state in which there are tables that the one before did not have."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = [migration for migration, _ in executor.migration_plan(leaves)]
    for migration in plan:
        if any(isinstance(step, CreateModel) for step in migration.operations):
            executor = MigrationExecutor(connection)
            executor.migrate([(migration.app_label, migration.name)])
            loader = MigrationLoader(connection)  # it knows what stands now
            yield loader.project_state(sorted(loader.applied_migrations)).apps


def fill(apps, made):
    """A row in each table that has none."""
    for model in apps.get_models():
        if not model._base_manager.exists():
            made[model._meta.label_lower] = row_of(model)


def row_of(model):
    """One row: what has a default keeps it, what leads elsewhere leads to the first row there."""
    given = FITTING.get(model._meta.label_lower, {})
    values = {
        field.attname: given.get(field.name, value_of(field))
        for field in model._meta.concrete_fields
        if field.name in given or is_asked(field)
    }
    made = model(**values)
    with transaction.atomic():
        made.save_base(raw=True, force_insert=True)
    return made.pk


def is_asked(field):
    own = field.primary_key and not field.is_relation
    return not (own or field.null or field.has_default() or field.generated)


def value_of(field):
    if field.is_relation:
        there = field.related_model._base_manager.order_by("pk").first()
        return there.pk if there else row_of(field.related_model)
    if field.blank and field.get_internal_type() in ("CharField", "TextField"):
        return ""
    if field.choices:
        return field.choices[0][0]
    return next(value for kind, value in PLAIN if isinstance(field, kind))


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """{model: row} of what each version made, in a database that has come up to today."""
    found: dict[str, int] = {}
    with django_db_blocker.unblock():
        try:
            of_the_first_release()
            for apps in states():
                fill(apps, found)
            call_command("migrate", verbosity=0)
            yield found
        finally:
            as_tests_begin()


def test_rows_of_every_state_come_up_to_today(made):
    assert len(made) > 20
    assert [name for name, pk in made.items() if not is_there(name, pk)] == []
    assert [model._meta.label for model in tables() if not rows(model).exists()] == []
    connection.check_constraints()
    assert guards.faults(connection) == []


def is_there(name, pk):
    """A row that was made by an older version; a table may have gone since."""
    try:
        model = today.get_model(name)
    except LookupError:
        return True
    return rows(model).filter(pk=pk).exists()


def rows(model):
    return model._base_manager


def tables():
    """Today's, but for those that whoever signs in fills."""
    apart = ("admin", "axes", "sessions", "auth")
    return [model for model in today.get_models() if model._meta.app_label not in apart]
