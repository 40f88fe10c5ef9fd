"""The lines of docs/operations.md, run one after the other as they stand there, and the journal."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.utils import timezone

from foundation.records import word_index
from osaki_dx.keeping import marks, schema
from tests.portal import ROOT, Portal, command, environment, token

pytestmark = pytest.mark.pure  # processes of their own, on SQLite
CHAPTER = "## 6. バックアップと復元"
ROOM_OF = {
    "remind": "headquarters.desk",
    "export_month": "headquarters.reports",
    "clearsessions": "django.contrib.sessions",
    "prune_records": "foundation.accounts",
}
PYTHON, FILE = ".venv/bin/python", "osaki-dx-20261128-013000.zip"


def document():
    return (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def blocks(text=None):
    """The code blocks of the chapter, or of a text, in their order."""
    text = text or document().split(CHAPTER)[1].split("\n## ")[0]
    found = re.findall(r"^ *```\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [[line.strip() for line in block.strip().splitlines()] for block in found]


def lines_of_a_shell():
    return [line for block in blocks() for line in block if PYTHON in line and "cd " not in line]


class Keeper:
    """Types the lines, with folders of the test in place of those of the town."""

    def __init__(self, folder, data):
        self.folder, self.data = folder, data

    def type(self, line):
        made = sorted((self.folder / "backup").glob("*.zip"))
        line = line.replace(FILE, made[-1].name if made else FILE)
        line = line.replace("/srv/", f"{self.folder}/")
        given, words = {}, shlex.split(line)
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            given[name] = value
        assert words.pop(0) == PYTHON
        env = {**environment(self.data, given), "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp932"}
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=env,
            capture_output=True,
            encoding="cp932",
            timeout=300,
            check=False,
        )


def test_the_lines_of_the_chapter_do_what_it_says(tmp_path, prepared):
    """On a console of Windows (cp932), with a name of a folder that it cannot show."""
    data = tmp_path / "데이터"
    prepared(data, sample=True)
    keeper = Keeper(tmp_path, data)
    backup, check, restore, doctor_there, doctor, prune = lines_of_a_shell()
    told = keeper.type(backup)
    assert told.returncode == 0, told.stderr
    (made,) = (tmp_path / "backup").iterdir()
    assert made.name in told.stdout
    told = keeper.type(check)
    assert told.returncode == 0, told.stderr
    assert "もとのままです" in told.stdout
    told = keeper.type(restore)
    assert told.returncode == 0, told.stderr
    assert "確かめました" in told.stdout
    assert rows(tmp_path / "practice") == rows(data) > 1000
    told = keeper.type(doctor_there)
    assert "異常　バックアップ：まだ一度もありません" in told.stdout
    assert told.returncode == 2, told.stderr
    told = keeper.type(doctor)
    assert "正常　バックアップ" in told.stdout
    assert "Traceback" not in told.stderr
    told = keeper.type(prune)
    assert told.returncode == 0, told.stderr
    assert "登録のない添付ファイルはありません" in told.stdout


def rows(data):
    """How many rows there are in all tables but that of who is signed in."""
    with closing(sqlite3.connect(data / "portal.sqlite3")) as line:
        tables = line.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        index = ("sqlite_", word_index.INDEX)  # as each database has come to keep it
        kept = {name for (name,) in tables if not name.startswith(index)}
        kept -= {"accounts_session", "django_session", "django_migrations"}
        counts = [line.execute(f"SELECT count(*) FROM {name}") for name in sorted(kept)]
        return sum(count.fetchone()[0] for count in counts)


def test_nightly_lines_are_those_that_were_tried():
    tried = {line.split(f"{PYTHON} ")[1] for line in lines_of_a_shell()}
    cron = [line for block in blocks() for line in block if " cd /srv/osaki && " in line]
    assert len(cron) == 6
    for line in cron:
        when, _, what = line.partition(" cd /srv/osaki && ")
        assert re.fullmatch(r"\d+ \d+ (\*|11) \* \*", when)
        words = what.removeprefix(f"{PYTHON} ")
        assert words in tried or words.split()[1] in ROOM_OF


def test_lines_of_windows_name_commands_that_there_are():
    text = "\n".join("\n".join(block) for block in blocks()).replace("^\n", "")
    tasks = re.findall(r'schtasks /Create .*? /TR "(.*?)"', text)
    assert len(tasks) == 5
    for task in tasks:
        assert len(task) < 261  # what /TR takes
        python, manage, name, *words = task.split()
        assert (Path(python).name, manage) == (python, "C:\\osaki\\manage.py")
        parser = load_command_class(ROOM_OF.get(name, "osaki_dx"), name).create_parser(
            "manage.py", name
        )
        parser.parse_args(words)


def test_other_lines_of_the_schedule_work_and_are_remembered(tmp_path, prepared):
    data = tmp_path / "data"
    prepared(data, sample=True)
    for line in ("clearsessions", f"export_month last --out {tmp_path}", "remind"):
        told = command(data, *line.split())
        assert told.returncode == 0, told.stderr
        assert marks.last(data, line.split()[0])["failed"] is False
    assert len(list(tmp_path.glob("*.xlsx"))) == 1
    assert command(data, "export_everything", str(tmp_path / "all")).returncode == 0
    assert (tmp_path / "all/csv/kpi_kpivalue.csv").exists()
    assert command(data, "export_month", "2025-04", "--out", str(tmp_path)).returncode == 1
    assert marks.last(data, "export_month")["failed"] is True


def test_the_file_alone_is_whole_after_a_start_and_after_a_stop(tmp_path, prepared):
    """What was written stands in the journal; whoever copies the file alone gets nothing of it."""
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    prepared(data, sample=False)
    with closing(sqlite3.connect(data / "portal.sqlite3")) as other:  # keeps the journal there
        other.execute("CREATE TABLE written_before_the_start (id)")
        other.commit()
        journal = data / "portal.sqlite3-wal"
        assert journal.stat().st_size
        portal = Portal(data)
        portal.wait()  # /healthz writes what stands there already
        copied_elsewhere(data / "portal.sqlite3", copy)
        assert "written_before_the_start" in tables_of(copy)
        wrong_password(portal)
        assert journal.stat().st_size
        portal.stop()
        assert journal.stat().st_size == 0
        shutil.copy(data / "portal.sqlite3", copy)
    with closing(sqlite3.connect(copy)) as line:
        assert line.execute("SELECT count(*) FROM axes_accessattempt").fetchone() == (1,)


def copied_elsewhere(file, copy):
    """By another process: here, closing the file would drop the locks of the line that is open."""
    words = "import shutil, sys; shutil.copy(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", words, str(file), str(copy)], check=True)


def tables_of(file):
    with closing(sqlite3.connect(file)) as line:
        return {name for (name,) in line.execute("SELECT name FROM sqlite_master")}


def wrong_password(portal):
    """A line of the log of sign-ins is written."""
    page = portal.get("/accounts/login/")
    given = {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": token(page)}
    portal.get("/accounts/login/", **given)


def of_tomorrow(data):
    with closing(sqlite3.connect(data / "portal.sqlite3")) as line:
        columns = "(app, name, applied)"
        at = "'2026-11-28 00:00:00'"
        line.execute(f"INSERT INTO django_migrations {columns} VALUES ('desk', '9999_new', {at})")
        line.commit()


def test_old_code_does_not_start_on_a_newer_database(tmp_path, prepared):
    prepared(tmp_path, sample=False)
    of_tomorrow(tmp_path)
    before = (tmp_path / "portal.sqlite3").read_bytes()
    told = command(tmp_path, "serve", "--port", "0")
    assert told.returncode == 1
    assert "このプログラムより新しい版で使われています" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert (tmp_path / "portal.sqlite3").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ["remind"],
        ["migrate"],
        ["export_month", "last", "--out", "x"],
        ["create_secretariat", "hajime"],
        ["clearsessions"],
        ["shell", "-v", "0", "-c", "from measures.models import Plan; Plan.objects.exists()"],
        ["backup"],
    ],
    ids=lambda words: words[0],
)
def test_no_command_of_old_code_works_on_a_newer_database(tmp_path, prepared, words):
    prepared(tmp_path, sample=False)
    of_tomorrow(tmp_path)
    told = command(tmp_path, *words)
    assert told.returncode == 1
    assert told.stderr.strip() == schema.DATABASE_IS_NEWER
    assert told.stdout == ""


def test_a_start_says_when_it_is_another_program(tmp_path, prepared):
    prepared(tmp_path, sample=False)
    for before, told in (("", False), ("0.0.1（2026-04-01）", True)):
        if before:
            marks.note(tmp_path, "serve", timezone.now(), program=before)
        portal = Portal(tmp_path, "--no-sample")
        portal.wait()
        said = portal.stop()
        assert ("プログラムが替わりました" in said) is told
        assert before in said


def test_a_start_after_an_update_backs_up_first(tmp_path, prepared):
    prepared(tmp_path, sample=False)
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as line:
        line.execute("DROP TABLE sample_samplechoice")
        line.execute("DELETE FROM django_migrations WHERE app = 'sample'")
        line.commit()
    portal = Portal(tmp_path, "--no-sample")
    portal.wait()
    told = portal.stop()
    (made,) = (tmp_path / "backups").iterdir()
    assert "更新する前に、バックアップを作ります" in told
    assert made.name in told
    assert command(tmp_path, "restore", "--check", str(made)).returncode == 0
    assert os.path.getsize(made) > 1000


OTHERS = {  # lines that install, and a program of Debian: where they are followed
    "python3 run.py --data /srv/next --plan next-plan.xlsx": "tests/upkeep/test_first_start.py",
    "python3 run.py bundle --out /srv/bundle": "tests/test_bundle.py",
    "sha256sum --quiet -c SHA256SUMS": "tests/test_bundle.py",
    "python3 run.py": "tests/test_serve.py",
}


def test_the_lines_of_the_other_chapters_do_what_they_say(tmp_path, prepared):
    """Each code block of the document: followed here, or in the test that is named."""
    data = tmp_path / "data"
    prepared(data, sample=False)
    keeper, followed = Keeper(tmp_path, data), 0
    own = [line for block in blocks() for line in block]
    for line in (line for block in blocks(document()) for line in block):
        if line in own or line.startswith(("schtasks", "/TR")):
            continue
        if not line.startswith(PYTHON):
            assert (ROOT / OTHERS[line]).exists(), line
            continue
        line = re.sub(r"(\S+\.xlsx)", rf"{tmp_path}/\1", line)
        told = keeper.type(line)
        assert told.returncode == 0, (line, told.stderr)
        followed += 1
    assert followed == 5
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"next-plan.xlsx", "empty-plan.xlsx"}
    assert (tmp_path / "export/csv/measures_measure.csv").exists()


def test_every_command_that_the_document_names_is_there():
    named = set(re.findall(r"manage\.py ([a-z_]+)", document()))
    assert len(named) > 12
    assert named <= set(get_commands())
