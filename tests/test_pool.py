"""PostgreSQL may be restarted while the portal runs: nobody is given a connection that is dead."""

import time

import pytest

from tests.portal import Portal


def test_connections_that_the_server_has_closed_are_not_handed_out(tmp_path, database_url):
    if not database_url:
        pytest.skip("PostgreSQL での試験のときだけ")
    import psycopg

    portal = Portal(tmp_path, "--no-sample", DATABASE_URL=database_url)
    portal.wait()
    try:
        for _ in range(3):
            assert "ログイン" in portal.get("/accounts/login/")
            assert portal.get("/healthz")
            with psycopg.connect(database_url, autocommit=True) as line:
                hang_up_on_all_others(line)
        assert portal.get("/healthz")
    finally:
        told = portal.stop()
    assert "Traceback" not in told


def hang_up_on_all_others(line):
    """End every other connection, and wait until the server has done so."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    ended = line.execute(
        f"SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    ).fetchall()
    assert ended
    pids = [pid for pid, _ in ended]
    while line.execute("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", [pids]).fetchone():
        time.sleep(0.05)
