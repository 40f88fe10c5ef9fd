"""Writers wait in line: first come, first served, for a bounded time (docs/adr/0037)."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from foundation.accounts.models import Department, Membership, Role
from osaki_dx.sqlite.turns import TooLong, Turns, turns_of

pytestmark = pytest.mark.pure
NOT_LONG, LONG = 0.05, 60


def until(true):
    """Wait for it to be so."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


# The line.


def test_the_first_who_came_is_the_first_who_writes():
    turns, order = Turns(), []
    turns.take(LONG)

    def write(n):
        turns.take(LONG)
        order.append(n)
        turns.leave()

    with ThreadPoolExecutor(20) as pool:
        for n in range(20):
            pool.submit(write, n)
            until(lambda n=n: len(turns) == n + 1)
        turns.leave()
    assert order == list(range(20))


def test_one_alone_at_a_time():
    turns, inside, most = Turns(), [], []

    def write(_):
        turns.take(LONG)
        inside.append(1)
        most.append(len(inside))
        time.sleep(0)
        inside.pop()
        turns.leave()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(400)))
    assert most == [1] * 400


def test_who_waited_too_long_goes_and_holds_up_nobody():
    turns = Turns()
    turns.take(LONG)
    with pytest.raises(TooLong):
        turns.take(NOT_LONG)
    assert len(turns) == 0
    turns.leave()
    assert NOT_LONG / 2 < turns.take(NOT_LONG) <= NOT_LONG  # nobody before: all of it is left


def test_the_time_in_line_is_part_of_the_patience():
    turns = Turns()
    turns.take(LONG)
    threading.Timer(0.2, turns.leave).start()
    assert turns.take(LONG) < LONG - 0.1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
def test_a_child_process_waits_for_no_thread_of_its_parent():
    code = (
        "import os, sys; from osaki_dx.sqlite.turns import turns_of;"
        "turns_of('x').take(1); pid = os.fork();"
        "turns_of('x').take(0.05) if pid == 0 else sys.exit(os.waitpid(pid, 0)[1])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The backend.


def _line():
    return turns_of(str(connection.settings_dict["NAME"]))


def _is_free():
    """Nobody has the turn: it is given at once."""
    _line().take(0)
    _line().leave()
    return True


class Failure(Exception):
    """Something goes wrong between BEGIN and COMMIT."""


def _saved():
    with transaction.atomic():
        Department.objects.create(name="企画課")


def _undone():
    with pytest.raises(Failure), transaction.atomic():
        Department.objects.create(name="企画課")
        raise Failure


def _undone_within():
    with transaction.atomic():
        with pytest.raises(Failure), transaction.atomic():
            raise Failure
        Department.objects.create(name="企画課")


def _cut_off():
    with transaction.atomic():
        connection.close()
    connection.close()


def _refused_at_the_end():
    """What only COMMIT finds: a key that leads nowhere."""
    with pytest.raises(Exception, match="FOREIGN KEY"), transaction.atomic():
        Membership.objects.create(user_id=0, role=Role.VIEWER, valid_from=date(2026, 4, 1))


def _by_itself():
    Department.objects.bulk_create([Department(name="企画課")])
    Department.objects.update(name="総務課")


def _wrongly_by_itself():
    with pytest.raises(OperationalError):
        connection.cursor().execute("UPDATE nowhere SET x = 1")


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize(
    "write",
    [_saved, _undone, _undone_within, _cut_off, _refused_at_the_end, _by_itself]
    + [_wrongly_by_itself],
    ids=lambda each: each.__name__,
)
def test_after_every_transaction_the_turn_is_handed_on(write):
    write()
    assert _is_free()


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("write", [_saved, _by_itself], ids=lambda each: each.__name__)
def test_every_writer_stands_in_line(write):
    _line().take(LONG)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_alone, write)
        until(lambda: len(_line()) == 1)
        assert not Department.objects.exists()  # a reader does not wait
        _line().leave()
        writing.result()
    assert Department.objects.exists()


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("write", [_saved, _by_itself], ids=lambda each: each.__name__)
def test_who_waits_too_long_is_told_as_by_sqlite_itself(write, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", NOT_LONG)
    _line().take(LONG)
    with pytest.raises(OperationalError, match="database is locked"):
        write()
    _line().leave()
    monkeypatch.undo()
    write()
    assert Department.objects.exists()


def _alone(write):
    try:
        write()
    finally:
        connection.close()


def test_what_was_acknowledged_survives_a_power_cut(tmp_path):
    """2 is FULL; the tests themselves run without."""
    code = (
        "import django; django.setup();"
        "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "DJANGO_SETTINGS_MODULE": "osaki_dx.settings",
            "OSAKI_DX_DATA_DIR": str(tmp_path),
            "PATH": "",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    ).stdout
    assert "synchronous=FULL" in said
