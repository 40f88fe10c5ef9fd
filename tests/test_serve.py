"""The real start on an empty data folder.

Pages, static files and sample accounts are there, a second start is quick.
"""

import csv
import os
import re
import socket
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing

import pytest
from django.utils import timezone

from foundation.japanese.calendar import add_months, format_month
from headquarters.sample.source import account_names, read_source
from tests.pages import page_text
from tests.portal import PRODUCTION, Portal, command, token

SAMPLE_PEOPLE = len(account_names(read_source()))
pytestmark = pytest.mark.pure  # starts its own process with its own SQLite database


def test_from_nothing_to_a_saved_value(tmp_path):
    """One first start with sample data, seen from all sides; a second one is quick and quiet."""
    folder = tmp_path / "fresh"
    portal = Portal(folder)
    try:
        first = portal.wait()
        page = portal.get("/accounts/login/")
        assert "見本データ" in page
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert len(portal.get(path)) > 100, path
        assert seen_by_others(folder) == []
        account = sample_accounts(folder)[0]
        assert list(account) == ["username", "role", "department", "password"]
        saves_a_value(portal, account, page)
    finally:
        told = portal.stop()
    assert portal.process.returncode == 0
    passwords = [row["password"] for row in sample_accounts(folder)]
    assert len(passwords) >= 6
    assert [told.count(password) for password in passwords] == [1] * len(passwords)
    assert f"http://127.0.0.1:{portal.port}/" in told
    assert "Warning" not in told
    again = Portal(folder)
    try:
        assert again.wait() < first / 3  # a tenth on a quiet machine: 3 s
        assert [row["password"] for row in sample_accounts(folder)] == passwords
    finally:
        told = again.stop()
    assert "sample-accounts.csv" in told
    assert not [password for password in passwords if password in told]
    assert "Traceback" not in told


def sample_accounts(folder):
    """The rows of the file with the first passwords."""
    with (folder / "sample-accounts.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def saves_a_value(portal, account, page):
    """Sign in, type a value into the last month of the sample, find it on the dashboard."""
    home = portal.get(
        "/accounts/login/",
        username=account["username"],
        password=account["password"],
        csrfmiddlewaretoken=token(page),
    )
    assert "やること" in home
    month = format_month(add_months(timezone.localdate(), -1))
    grid = page_text(portal.get(f"/kpis/entry/{month}/"))
    row = grid[grid.index('id="k8-1"') :]
    version = re.search(r'name="8-1-seen_version" value="(\d+)"', row)[1]
    saved = portal.get(
        f"/kpis/entry/{month}/8-1/",
        csrfmiddlewaretoken=token(grid),
        **{"8-1-value": "３", "8-1-answer": "final", "8-1-seen_version": version},
    )
    assert "保存済み" in saved
    dashboard = portal.get(f"/dashboard/?at={month}")
    assert "8-1 職員から提起された業務改善策の数" in dashboard
    assert re.search(r"注目していただきたい点[^（]*（\d+件）", dashboard)


def test_a_stop_finishes_what_is_under_way(tmp_path, prepared):
    """Of a request half of the body has come when the stop is asked for."""
    prepared(tmp_path, sample=False)
    portal = Portal(tmp_path)
    portal.wait()
    body = urllib.parse.urlencode({"username": "x", "password": "y" * 100}).encode()
    with socket.create_connection(("127.0.0.1", portal.port), timeout=60) as line:
        line.sendall(
            b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body[:50])
        )
        assert line.recv(12) == b"HTTP/1.1 200"
        portal.process.terminate()
        while can_connect(portal.port):
            time.sleep(0.05)
        line.sendall(body[50:])
        rest = b"".join(iter(lambda: line.recv(65536), b""))
    assert b"HTTP/1.1 403" in rest
    assert rest.rstrip().endswith(b"</html>")
    portal.process.communicate(timeout=60)
    assert portal.process.returncode == 0


def can_connect(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def accounts(data):
    """User names in the SQLite database of a portal."""
    with closing(sqlite3.connect(data / "portal.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT username FROM accounts_user")]


@pytest.mark.parametrize("first", ["refused", "production"])
def test_a_portal_without_sample_stays_without(first, tmp_path, prepared):
    """Also when it is started again by somebody who forgets the option or the settings."""
    if first == "refused":
        prepared(tmp_path, sample=False)  # a first start with `--no-sample`
    for given in (PRODUCTION, PRODUCTION, {}) if first == "production" else ({}, {}):
        portal = Portal(tmp_path, **given)
        portal.wait()
        assert "create_secretariat" in portal.stop()
        assert accounts(tmp_path) == []
        assert not (tmp_path / "sample-accounts.csv").exists()


def test_two_first_starts_at_once_do_not_collide(tmp_path):
    portals = [Portal(tmp_path) for _ in range(3)]
    told = []
    try:
        for portal in portals:
            portal.wait()
            page = portal.get("/accounts/login/")
            for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
                assert len(portal.get(path)) > 100, path
    finally:
        told = [portal.stop() for portal in portals]
    assert len(accounts(tmp_path)) == SAMPLE_PEOPLE
    assert sum("見本の利用者（見本データ" in text for text in told) == 1
    assert [portal.process.returncode for portal in portals] == [0, 0, 0]


def test_static_files_never_go_from_under_a_running_portal(tmp_path, prepared):
    """Another start collects them anew; a file is there at every moment of it."""
    prepared(tmp_path, sample=False)
    portal = Portal(tmp_path)
    portal.wait()
    paths = re.findall(r'(?:href|src)="(/static/[^"]+)"', portal.get("/accounts/login/"))
    other = Portal(tmp_path, "--static-stamp", "newer")
    try:
        asked = 0
        while asked < 5 or (other.process.poll() is None and not is_up(other)):
            for path in paths:
                assert len(portal.get(path)) > 100
            asked += 1
        assert (tmp_path / "static-stamp").read_text(encoding="utf-8") == "newer"
        assert not list(tmp_path.glob("static-*/"))
    finally:
        other.stop()
        portal.stop()


def is_up(portal):
    try:
        return bool(portal.get("/healthz"))
    except (urllib.error.URLError, ConnectionError):
        return False


def is_open(path):
    try:
        return bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:  # SQLite takes its own files away at any moment
        return False


def seen_by_others(folder):
    """What of a data folder somebody else on the machine could open."""
    if os.name == "nt":  # rights of files are POSIX here
        return []
    return [path for path in (folder, *folder.rglob("*")) if is_open(path)]


@pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX here")
def test_an_older_data_folder_becomes_its_owners_alone(tmp_path):
    """That of a first start is looked at in `test_from_nothing_to_a_saved_value`."""
    older = tmp_path / "older"
    (older / "uploads" / "2026").mkdir(parents=True)
    (older / "uploads" / "2026" / "a.pdf").touch()
    (older / "portal.sqlite3").touch()
    (older / "uploads" / "2026").chmod(0o755)
    older.chmod(0o755)
    (older / "portal.sqlite3").chmod(0o644)
    portal = Portal(older, "--no-sample")
    portal.wait()
    assert "見本データ" not in portal.get("/accounts/login/")
    open_to_others = seen_by_others(older)
    assert "create_secretariat" in portal.stop()
    assert open_to_others == []
    assert accounts(older) == []
    assert not (older / "sample-accounts.csv").exists()
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "something else").touch()
    Portal(tmp_path / "shared", "--no-sample").stop()
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o755


def test_without_sample_and_with_a_taken_port(tmp_path, prepared):
    prepared(tmp_path, sample=False)
    portal = Portal(tmp_path, "--no-sample")
    try:
        portal.wait()
        assert "見本データ" not in portal.get("/accounts/login/")
        second = command(tmp_path, "serve", "--port", str(portal.port))
        assert second.returncode == 1
        assert f"ポート {portal.port} はほかのプログラムが使っています" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        told = portal.stop()
    assert "create_secretariat" in told


def test_a_command_between_an_update_and_the_start_says_what_to_do(tmp_path, prepared):
    prepared(tmp_path, sample=False)
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database:
        database.execute("DROP TABLE sample_samplechoice")
        database.execute("DELETE FROM django_migrations WHERE app = 'sample'")
        database.commit()
    told = command(tmp_path, "load_sample")
    assert told.returncode == 1
    assert "更新した後は、先に python3 run.py で起動してください" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1


def test_a_portal_that_goes_into_production_with_its_sample_says_so(tmp_path, prepared):
    prepared(tmp_path, sample=True)
    portal = Portal(tmp_path)
    portal.wait()
    assert "本番ですが" not in portal.stop()
    portal = Portal(tmp_path, **PRODUCTION)
    portal.wait()
    assert "本番ですが、見本データと見本の利用者が入っています" in portal.stop()


def test_unloading_asks_and_a_restart_brings_nothing_back(tmp_path, prepared):
    prepared(tmp_path, sample=True)
    for typed in ("", "\n", "いいえ\n", "n\n"):
        told = command(tmp_path, "unload_sample", typed=typed)
        assert told.returncode == 1
        assert f"利用者　{SAMPLE_PEOPLE}件" in told.stdout
        assert "取り外していません" in told.stderr
        assert "Traceback" not in told.stderr
    assert len(accounts(tmp_path)) == SAMPLE_PEOPLE
    assert command(tmp_path, "unload_sample", typed="はい\n").returncode == 0
    assert accounts(tmp_path) == []
    again = Portal(tmp_path)
    again.wait()
    again.stop()
    assert accounts(tmp_path) == []
    told = command(tmp_path, "load_sample", "--until", "2026-05")
    assert told.returncode == 0
    assert len(accounts(tmp_path)) == SAMPLE_PEOPLE
    told = command(tmp_path, "unload_sample", "--yes")
    assert (told.returncode, accounts(tmp_path)) == (0, [])
    assert f"利用者　{SAMPLE_PEOPLE}件" in told.stdout
