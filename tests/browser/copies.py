"""The database of a process as it was, kept whole and brought back: no row is put in by itself."""

import sqlite3

from django.db import connection

START = "start"  # migrated, with the plan


class Copies:
    """Copies of the database, by name. Of SQLite, on which the browser tests run."""

    def __init__(self):
        self.kept = {}

    def keep(self, name):
        """As it is now."""
        connection.ensure_connection()
        self.kept[name] = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.kept[name])

    def bring(self, name, make=None):
        """As it was then; what nobody has made yet is made."""
        if name not in self.kept:
            make()
            self.keep(name)
        else:
            connection.ensure_connection()
            self.kept[name].backup(connection.connection)

    def forget(self):
        """The process ends."""
        for copy in self.kept.values():
            copy.close()
