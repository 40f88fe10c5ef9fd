"""What a run of the tests makes once: the first process that asks makes it, the others wait.

Here: the migrated database with the plan, of which each process gets a copy.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from measures.models import Plan
from tests.in_turn import made_once

SIDE = ("-wal", "-shm")  # what SQLite keeps beside its file


@pytest.fixture(scope="session")
def of_this_run(tmp_path_factory, worker_id) -> Path:
    """A folder that the workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def of_all_parts(of_this_run) -> Path:
    """A folder that the parts of the suite share, one after the other."""
    shared = os.environ.get("TOWN_PICTURES")
    return Path(shared) if shared else of_this_run


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker, of_this_run, of_all_parts):
    """The migrations and the plan; every test starts from them."""
    for before in ("django_test_environment", "django_db_modify_db_settings"):
        request.getfixturevalue(before)
    lite = connection.vendor == "sqlite"
    copies = _Lite() if lite else _Server()
    with django_db_blocker.unblock():
        known = []

        def make(draft: Path) -> None:
            known.append(setup_databases(verbosity=0, interactive=False))
            call_command("load_plan", verbosity=0)
            copies.keep(draft)

        made = made_once(of_all_parts if lite else of_this_run, "migrated", make)
        if not known:
            copies.bring(made)
            known.append(setup_databases(verbosity=0, interactive=False, keepdb=True))
        if not Plan.objects.exists():
            call_command("load_plan", verbosity=0)
    yield
    with django_db_blocker.unblock():
        teardown_databases(known[0], verbosity=0)
        copies.forget()


class _Lite:
    """The database is a file."""

    def keep(self, draft: Path) -> None:
        """Put a copy of this process's database into a file."""
        with closing(sqlite3.connect(draft)) as copy:
            connection.connection.backup(copy)

    def bring(self, made: Path) -> None:
        """Make this process's database a copy of it."""
        name = connection.creation._get_test_db_name()
        for end in SIDE:
            Path(f"{name}{end}").unlink(missing_ok=True)
        shutil.copyfile(made, name)

    def forget(self) -> None:
        """The file lies in a folder that goes by itself."""


class _Server:
    """The database is one of a server's, and the copy is another one there."""

    mine: str = ""  # the copy, where this process has made it

    def keep(self, draft: Path) -> None:
        """Copy this process's database on the server; the file says how the copy is called."""
        name = connection.settings_dict["NAME"]
        self.mine = f"{name}_migrated"
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.mine}"')
            cursor.execute(f'CREATE DATABASE "{self.mine}" TEMPLATE "{name}"')
        draft.write_text(self.mine, encoding="utf-8")

    def bring(self, made: Path) -> None:
        """Make this process's database a copy of it; where it has gone, it is migrated anew."""
        name = connection.creation._get_test_db_name()
        kept = made.read_text(encoding="utf-8")
        with connection._nodb_cursor() as cursor, suppress(Exception):
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')

    def forget(self) -> None:
        """The copy goes with the process that has made it."""
        if self.mine:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{self.mine}"')
