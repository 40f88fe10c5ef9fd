"""PostgreSQL may be restarted while the portal runs: nobody is given a connection that is dead."""

import importlib
import time

import pytest
from django.db import connection

from osaki_dx.database_url import read_database_url
from osaki_dx.settings import _postgresql
from tests.keeping.places import connected

PATIENT = {"min_size": 1, "max_size": 2, "timeout": 600}

THERE = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"


def test_connections_that_the_server_has_closed_are_not_handed_out(db, database_url):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL での試験のときだけ")
    given = _postgresql(read_database_url("DATABASE_URL", database_url))
    options = {**given["OPTIONS"], "pool": PATIENT}
    with connected(**{**given, "OPTIONS": options}) as pooled:
        try:
            for _ in range(3):
                with pooled.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    number = cursor.fetchone()[0]
                pooled.close()  # back into the pool, as at the end of a request
                hang_up_on(database_url, number)
        finally:
            pooled.close()
            pooled.close_pool()


def hang_up_on(url, number):
    """End that connection, and wait until the server has done so."""
    psycopg = importlib.import_module("psycopg")
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("SELECT pg_terminate_backend(%s)", [number])
        while line.execute(THERE, [number]).fetchone():
            time.sleep(0.05)
