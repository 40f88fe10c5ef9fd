"""A backup of the sample town, restored, is the sample town: every row, every file, every guard.

On PostgreSQL the way goes to SQLite and from there to another PostgreSQL.
"""

import os
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import Error, connection, transaction
from django.test import override_settings
from django.utils import timezone

from foundation.accounts.models import Department
from foundation.records import guards
from foundation.records.models import Attachment
from osaki_dx.keeping import backup, files, restore
from osaki_dx.keeping.package import Package
from tests.keeping import places
from tests.portal import another_database

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]


@dataclass
class Place:
    """What was found in one place."""

    rows: dict
    attached: list
    triggers: set
    refused: bool
    next_number: int
    modes: set
    told: list


@contextmanager
def on_postgresql(_folder):
    """Another, empty database beside that of the tests."""
    with another_database(os.environ["DATABASE_URL"]) as name, places.connected(NAME=name) as line:
        yield line


def refuses_to_delete():
    """Do the guards work, and not only stand?"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_historyentry")
    except Error as error:
        return guards.MESSAGE in str(error)
    return False


def as_stored():
    """A JSON column to the letter: what changed is shown in the order in which it was told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(before AS text) FROM records_historyentry ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def look(folder):
    """What is in a place now."""
    attached = [files.place_of(row.file.name).read_bytes() for row in Attachment.objects.all()]
    rows = places.everything()
    return Place(
        rows,
        attached,
        places.guards_of(connection),
        refuses_to_delete(),
        Department.objects.create(code="new", name="新しい課").pk,
        {oct(path.stat().st_mode & 0o777) for path in (folder, *folder.rglob("*"))},
        as_stored(),
    )


def travel(made, folder, door):
    """Restore a backup through a door; what is there then, and a backup of it."""
    with override_settings(**places.place_in(folder)), door(folder):
        with Package(made.path) as package:
            restore.restore(package)
        again = backup.take(folder / "backups", at=timezone.now())
        return look(folder), again


@dataclass
class Journey:
    """A town that was backed up and restored, once or from database to database."""

    before: dict
    told: list
    gone: int
    stations: list
    backups: list


def journey(tmp_path_factory):
    """The sample town with rows that are hard to carry, on its way."""
    made_in = tmp_path_factory.mktemp("made")
    doors = [places.sqlite_in]
    with override_settings(**places.place_in(made_in)):
        doors += [on_postgresql] if connection.vendor == "postgresql" else []
        gone = places.hard_rows()
        places.attachments_there()
        before, told = places.everything(), as_stored()
        backups, stations = [backup.take(made_in / "backups", at=timezone.now())], []
        for number, door in enumerate(doors):
            folder = tmp_path_factory.mktemp(f"station{number}")
            station, made = travel(backups[-1], folder, door)
            stations.append(station)
            backups.append(made)
        return Journey(before, told, gone, stations, backups)


def test_a_town_that_was_restored_is_what_it_was(tmp_path_factory):
    """One test, because the way takes seconds."""
    there = journey(tmp_path_factory)
    for station in there.stations:
        every_row_is_what_it_was(there, station)
        attachments_are_there(there, station)
        guards_stand_and_work(station)
        no_number_is_given_twice(there, station)
        all_is_its_owners_alone(station)
    json_is_the_same_to_the_letter_in_the_same_kind_of_database(there)
    a_backup_of_what_was_restored_says_the_same(there)
    who_was_signed_in_is_not_told(there)


def every_row_is_what_it_was(there, station):
    assert sum(map(len, there.before.values())) > 1500
    assert set(station.rows) == set(there.before)
    for table, rows in there.before.items():
        assert station.rows[table] == rows, table


def json_is_the_same_to_the_letter_in_the_same_kind_of_database(there):
    last = 0 if connection.vendor == "sqlite" else 1
    assert there.stations[last].told == there.told


def a_backup_of_what_was_restored_says_the_same(there):
    first, *others = [made.manifest.tables for made in there.backups]
    for tables in others:
        assert tables == first


def attachments_are_there(there, station):
    names = [row["name"].encode() for row in there.before["records_attachment"]]
    assert station.attached == names
    assert len(names) > 1


def guards_stand_and_work(station):
    assert len(station.triggers) > 40
    assert station.refused


def no_number_is_given_twice(there, station):
    """The history speaks of a department that is gone by its number."""
    assert station.next_number == there.gone + 1


def all_is_its_owners_alone(station):
    if os.name != "nt":
        assert station.modes <= {"0o700", "0o600"}


def who_was_signed_in_is_not_told(there):
    for made in there.backups:
        assert "accounts_session" not in {table.name for table in made.manifest.tables}
