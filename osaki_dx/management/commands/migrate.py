"""`manage.py migrate`: Django's, but that an empty database gets its tables at once."""

from django.core.management.commands import migrate
from django.db import connections

from osaki_dx import new_database

ASKED = ("app_label", "check_unapplied", "fake", "fake_initial", "plan", "prune")


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if not any(options[name] for name in ASKED) and new_database.is_empty(connection):
            new_database.make(connection)
        super().handle(*args, **options)
