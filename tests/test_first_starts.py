"""Several first starts at once, and settings that one start and every command read alike."""

import os
import signal
import sys

import pytest

from tests.portal import PRODUCTION, ROOT, Portal, command, environment, free_port


def test_first_starts_in_two_folders_on_one_database(tmp_path, database_url):
    """On PostgreSQL only: with SQLite two folders are two portals."""
    if not database_url:
        pytest.skip("PostgreSQL での試験のときだけ")
    portals = [Portal(tmp_path / name, DATABASE_URL=database_url) for name in "abc"]
    for portal in portals:
        portal.wait()
    told = [portal.stop() for portal in portals]
    assert sum("見本の利用者（見本データ" in text for text in told) == 1
    assert sum("見本データを読み込んでいます。" in text for text in told) == 2
    assert [portal.process.returncode for portal in portals] == [0, 0, 0]
    assert sum((tmp_path / name / "sample-accounts.csv").exists() for name in "abc") == 1


def test_every_command_reads_the_file_that_the_start_reads(tmp_path, database_url):
    """The documented lines, with nothing in the environment but the data folder."""
    data = tmp_path / "data"
    data.mkdir()
    given = {**PRODUCTION, "DATABASE_URL": database_url}
    lines = [f"{name}={text}" for name, text in given.items()]
    (data / "osaki.env").write_text("\n".join(lines), encoding="utf-8")
    portal = Portal(data)
    portal.wait()
    portal.stop()
    made = command(data, "create_secretariat", "hajime")
    assert made.returncode == 0, made.stderr
    assert "パスワード" in made.stdout
    told = command(data, "export_month", "2026-10", "--out", str(tmp_path / "monthly.xlsx"))
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "monthly.xlsx").read_bytes().startswith(b"PK")
    assert (data / "portal.sqlite3").exists() is not bool(database_url)
    elsewhere = command(tmp_path / "typo", "export_month", "last", "--out", str(tmp_path / "x"))
    assert elsewhere.returncode == 1
    assert not (tmp_path / "typo").exists()
    by_name = command(tmp_path / "typo", "check", "--deploy", "--config", str(data / "osaki.env"))
    assert by_name.returncode == 0, by_name.stderr


@pytest.mark.pure
@pytest.mark.skipif(os.name == "nt", reason="there a stop goes to both processes")
def test_a_signal_to_run_py_reaches_the_portal(tmp_path, prepared):
    """It becomes the portal: a supervisor knows one process only."""
    prepared(tmp_path, sample=False)
    portal = Portal.__new__(Portal)
    port = free_port()
    words = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)]
    words += ["--static-stamp", "x", "--no-sample"]
    program = f"import os, run; run.hand_over({words!r}, dict(os.environ))"
    portal.start(port, [sys.executable, "-c", program], environment(tmp_path, {}))
    portal.wait()
    portal.process.send_signal(signal.SIGTERM)
    assert "Traceback" not in portal.process.communicate(timeout=30)[0]
    assert portal.process.returncode == 0
    with pytest.raises(OSError):
        portal.get("/healthz")
