"""The line to PostgreSQL breaks while something is committed: whether it was done is not known, and
nobody says that it was not. What the server itself refuses, it has not done.
"""

import socket
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from osaki_dx.postgresql.line import Cut, Line
from osaki_dx.postgresql.patience import is_unanswered

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="その間に線があるのは PostgreSQL です"
    ),
]
TABLE = "cut_while_it_was_committed"
NAMES = ("host", "port", "user", "password", "dbname")


def given():
    """How the database of the tests is reached."""
    known = connection.get_connection_params().items()
    return {name: str(text) for name, text in known if name in NAMES and text}


def server_line():
    """A line to the server as the tests have one."""
    host, port = given().get("host", "127.0.0.1"), given().get("port", "5432")
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)))
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(Path(host) / f".s.PGSQL.{port}"))
    return line


@contextmanager
def cutter(passes):
    """The port of a door to the server that breaks at the word COMMIT, whether the server has heard
    it (`passes`) or not.
    """
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_serve, args=(door, passes), daemon=True)
        thread.start()
        yield door.getsockname()[1]
    thread.join(10)


def _serve(door, passes):
    person, _ = door.accept()
    with person, server_line() as server:
        back = threading.Thread(target=_copy, args=(server, person), daemon=True)
        back.start()
        while said := person.recv(65536):
            if b"COMMIT" not in said:
                server.sendall(said)
                continue
            person.shutdown(socket.SHUT_RDWR)  # whatever the server answers is heard by nobody
            if passes:
                server.sendall(said)
            server.shutdown(socket.SHUT_WR)
            break
        back.join(10)


def _copy(server, person):
    with suppress(OSError):
        while answer := server.recv(65536):
            with suppress(OSError):
                person.sendall(answer)


@pytest.fixture
def counted():
    """`counted()` → how many rows were committed."""
    with psycopg.connect(**given(), autocommit=True) as line:
        line.execute(f"CREATE TABLE {TABLE} (number int)")
        yield lambda: line.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]
        line.execute(f"DROP TABLE {TABLE}")


@pytest.mark.parametrize("passes", [True, False], ids=["heard", "not heard"])
def test_a_commit_without_an_answer_is_not_called_undone(counted, passes):
    with cutter(passes) as port:
        line = Line.connect(**given() | {"host": "127.0.0.1", "port": str(port)}, sslmode="disable")
        line.execute(f"INSERT INTO {TABLE} VALUES (1)")
        with pytest.raises(Cut) as told:
            line.commit()
        line.close()
    assert is_unanswered(told.value)
    assert counted() == passes


def test_what_the_server_refuses_was_not_done(counted):
    line = Line.connect(**given())
    line.execute(f"INSERT INTO {TABLE} VALUES (1)")
    with psycopg.connect(**given(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [line.info.backend_pid])
    with pytest.raises(psycopg.OperationalError) as told:
        line.commit()
    assert not is_unanswered(told.value)
    assert counted() == 0
