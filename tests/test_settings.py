"""Settings in production mode, health, headers, error pages, and the pure parts of run.py."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

import run
from osaki_dx import machine
from tests import suite

ROOT = Path(__file__).resolve().parent.parent


def manage(*command, **env):
    whole = {
        **{
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("OSAKI_DX", "DATABASE"))
        },
        **env,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=whole,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


GOOD = {
    "OSAKI_DX_PRODUCTION": "1",
    "OSAKI_DX_SECRET_KEY": "x7" * 30 + "Qz!",
    "OSAKI_DX_ALLOWED_HOSTS": "dx.town.example",
}


@pytest.mark.pure
def test_production_names_each_missing_variable():
    told = manage("check", OSAKI_DX_PRODUCTION="1").stderr
    assert "OSAKI_DX_SECRET_KEY、OSAKI_DX_ALLOWED_HOSTS を設定してください" in told.splitlines()[-1]
    told = manage("check", **{**GOOD, "OSAKI_DX_ALLOWED_HOSTS": ""}).stderr
    assert "OSAKI_DX_SECRET_KEY" not in told.splitlines()[-1]


@pytest.mark.pure
def test_check_deploy_is_clean(tmp_path):
    told = manage(
        "check", "--deploy", "--fail-level", "WARNING", OSAKI_DX_DATA_DIR=str(tmp_path), **GOOD
    )
    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout


@pytest.mark.django_db
def test_health(client):
    """A database that has not seen the newest migration is told, also when it had been well."""
    assert client.get("/healthz").json() == {"status": "ok"}
    MigrationRecorder.Migration.objects.filter(app="sample").last().delete()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "migrations")


@pytest.mark.django_db
def test_headers_of_pages_and_errors(sign_in, head, client):
    sign_in(head)
    for path in ("/", "/nothing/", "/accounts/users/", "/dashboard/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
    assert "ページが見つかりません" in client.get("/nothing/").content.decode()


@pytest.mark.django_db
def test_a_form_without_token_is_refused_in_japanese(head):
    client = Client(enforce_csrf_checks=True)
    client.force_login(head, backend="foundation.accounts.backends.MembershipBackend")
    answer = client.post("/accounts/password/", {"old_password": "x"})
    assert answer.status_code == 403
    assert "有効期限" in answer.content.decode()


@pytest.mark.django_db
def test_static_files_are_three_packages_and_ours_only(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    top = {path.name for path in settings.STATIC_ROOT.iterdir()}
    assert top == {
        "admin",
        "again.js",
        "app.js",
        "making.js",
        "menu.js",
        "charts.js",
        "entry.js",
        "follow.js",
        "held.js",
        "htmx",
        "table.js",
        "dates.js",
        "milestones.js",
        "plotly",
        "plotly-base.css",
        "moves.js",
        "present.js",
        "sheet.js",
        "theme.css",
    }
    assert [path.name for path in (settings.STATIC_ROOT / "plotly").iterdir()] == ["plotly.min.js"]


@pytest.mark.pure
def test_run_says_what_is_wrong():
    with pytest.raises(run.Stop, match="3.11 以上"):
        run.check_python((3, 10))
    run.check_python((3, 13))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.Stop, match=f"ポート {port} は"):
            run.check_port(port)


@pytest.mark.pure
def test_run_reports_failure_when_a_part_ran_no_test(capsys):
    fine = [
        ("SQLite での試験", True, 5, 0),
        ("PostgreSQL での試験", True, 5, 0),
        ("ブラウザーでの試験", True, 2, 0),
    ]
    assert suite.report(fine) == 0
    assert "12 passed, 0 failed" in capsys.readouterr().out
    assert suite.report([*fine[:2], ("ブラウザーでの試験", True, 0, 0)]) == 1
    assert suite.report([*fine[:2], ("ブラウザーでの試験", False, 1, 1)]) == 1
    assert "1 failed" in capsys.readouterr().out


@pytest.mark.pure
def test_deep_is_asked_for_in_full_and_for_fewer(monkeypatch):
    monkeypatch.delenv("TEST_DEEP", raising=False)
    ((title, command, env),) = suite.deep_parts({"DATABASE_URL": "x"}, ["-x"])
    assert "10000" in title
    assert env == {"TEST_DEEP": "10000"}
    assert "-x" in command
    monkeypatch.setenv("TEST_DEEP", "7")
    assert suite.deep_parts({}, [])[0][2] == {"TEST_DEEP": "7"}
    assert suite.report([(title, True, 2, 0)], deep=True) == 0


@pytest.mark.pure
@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_the_suite_tells_what_it_does_without_beginning(asked, capsys, monkeypatch):
    monkeypatch.setattr(suite, "install", None)
    assert suite.main([asked]) == 0
    said = capsys.readouterr().out
    assert "pytest tests/kpi" in said
    assert "DATABASE_URL" in said


def test_the_stamp_changes_with_the_files(tmp_path):
    file = tmp_path / "a"
    file.write_text("1", encoding="utf-8")
    first = machine.stamp_of(file)
    assert machine.stamp_of(file) == first
    file.write_text("2", encoding="utf-8")
    assert machine.stamp_of(file) != first
