"""A database of the first release, with sample data and a closed month, in the tables of its time.

`first-release.json.gz` was dumped by that release. It is put in through the models of the
migrations, so it goes into both databases.
"""

import gzip
import json
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from foundation.records.word_index import INDEX

DUMP = Path(__file__).with_name("first-release.json.gz")
ROWS = json.loads(gzip.decompress(DUMP.read_bytes()))
FIRST_RELEASE = [
    ("records", "0002_append_only"),
    ("accounts", "0001_initial"),
    ("measures", "0002_revisions"),
    ("kpi", "0002_append_only"),
    ("roadmap", "0003_added_steps"),
    ("reviews", "0002_keep"),
    ("reports", "0002_append_only"),
    ("meetings", "0002_append_only"),
    ("desk", "0002_reminder_what"),
]


def nothing_left():
    """Take everything out of the database, its tables too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    else:
        with connection.schema_editor(atomic=True) as editor:
            tables = connection.introspection.table_names(include_views=False)
            for table in sorted(tables, key=lambda name: name != INDEX):
                editor.execute(f'DROP TABLE IF EXISTS "{table}"', params=None)
    ContentType.objects.clear_cache()


def as_tests_begin():
    """The database that every other test begins with."""
    nothing_left()
    call_command("migrate", verbosity=0)
    call_command("load_plan", verbosity=0)


def field_values(model, fields: dict, kinds: dict) -> dict:
    """A row of the dump as keyword arguments; content types by their id of today."""
    values = {}
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if field.many_to_many:
            continue
        if field.is_relation and field.related_model._meta.model_name == "contenttype":
            value = kinds.get(value)
        values[field.attname] = value if field.is_relation else field.to_python(value)
    return values


def insert(apps):
    """The rows of the dump, through the models of their own time."""
    old_kinds = {
        row["pk"]: (row["fields"]["app_label"], row["fields"]["model"])
        for row in ROWS
        if row["model"] == "contenttypes.contenttype"
    }
    kinds = {
        pk: ContentType.objects.get_or_create(app_label=app, model=model)[0].pk
        for pk, (app, model) in old_kinds.items()
    }
    many = []
    with transaction.atomic():
        for row in ROWS:
            if row["model"] == "contenttypes.contenttype":
                continue
            model = apps.get_model(row["model"])
            made = model(pk=row["pk"], **field_values(model, row["fields"], kinds))
            made.save_base(raw=True, force_insert=True)
            many += [
                (made, field.name, row["fields"][field.name])
                for field in model._meta.many_to_many
                if row["fields"].get(field.name)
            ]
        for made, name, keys in many:
            getattr(made, name).set(keys)
        count_on(apps)


def count_on(apps):
    """PostgreSQL gives the next number after those that came with the dump."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


def of_the_first_release():
    """The dump in the tables of its time, made by the migrations of its time."""
    nothing_left()
    executor = MigrationExecutor(connection)
    executor.migrate(FIRST_RELEASE)
    insert(executor.loader.project_state(FIRST_RELEASE).apps)
