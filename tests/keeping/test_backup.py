"""A backup is whole or not there, of one moment while people type, and tells no secret."""

import errno
import json
import os
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from foundation.accounts.models import Department
from foundation.records.actions import record_change
from foundation.records.models import Attachment, HistoryEntry
from osaki_dx import configuration
from osaki_dx.keeping import backup, marks, package, rows, schema, space
from osaki_dx.keeping.package import Package
from osaki_dx.keeping.rows import Table
from osaki_dx.variables import VARIABLES
from osaki_dx.wrong import Wrong
from tests.keeping.files import small

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
SECRETS = {
    "OSAKI_DX_SECRET_KEY": "x7" * 30 + "Geheim",
    "DATABASE_URL": "postgres://portal:Pa%3Ass@db.town:5432/dx?sslmode=require&sslpassword=Key1",
}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def unpacked(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


class Typist(threading.Thread):
    """Somebody who saves again and again, each time a department and its history at once."""

    def __init__(self, between):
        super().__init__(daemon=True)
        self.between, self.saved, self.stopping = between, 0, False

    def run(self):
        try:
            while not self.stopping:
                self.save()
                self.between.set()
                time.sleep(0.001)
        finally:
            connections.close_all()

    def save(self):
        with transaction.atomic():
            code = f"d{self.saved}"
            place = Department.objects.create(code=code, name=code)
            record_change(
                by=None,
                action="test.typed",
                subject=place,
                before={},
                after={},
                at=timezone.now(),
            )
        self.saved += 1


@pytest.mark.django_db(transaction=True)
def test_a_backup_while_people_type_is_of_one_moment(committed, folder, monkeypatch):
    """Before each table is read somebody has saved once more."""
    between = threading.Event()
    typist = Typist(between)
    usual = Table.read

    def read(self, line):
        between.clear()
        assert between.wait(60)
        return usual(self, line)

    monkeypatch.setattr(Table, "read", read)
    typist.start()
    try:
        made = backup.take(folder, at=AT)
    finally:
        typist.stopping = True
        typist.join(60)
    inside = unpacked(made.path)
    departments = inside["database/accounts_department.jsonl"].splitlines()
    history = inside["database/records_historyentry.jsonl"].splitlines()
    typed = [row for row in map(json.loads, history) if "test.typed" in row]
    (revision,) = map(json.loads, inside["database/records_datarevision.jsonl"].splitlines())
    assert len(departments) == len(typed)
    assert max(row[2] for row in map(json.loads, history)) == revision[1]
    assert typist.saved > len(typed) + 50  # nobody had to wait for the backup


def test_a_disk_that_gets_full_leaves_the_older_backups_and_nothing_else(folder, monkeypatch):
    first = backup.take(folder, at=AT)
    usual = os.fdopen

    def narrow(*given):
        file = usual(*given)
        write, room = file.write, [20_000]

        class Narrow:
            def __getattr__(self, name):
                return getattr(file, name)

            def write(self, content):
                room[0] -= len(content)
                if room[0] < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return write(content)

        return Narrow()

    monkeypatch.setattr(package.os, "fdopen", narrow)
    with pytest.raises(Wrong, match="いっぱいに"):
        backup.take(folder, at=AT)
    assert files_in(folder) == [first.path.name]


def test_room_is_looked_for_first(folder, monkeypatch):
    monkeypatch.setattr(space, "free", lambda folder: space.RESERVE)
    with pytest.raises(Wrong, match="空きが足りません"):
        backup.take(folder, at=AT)
    assert files_in(folder) == []


def test_a_backup_that_cannot_be_read_again_gets_no_name(folder, monkeypatch):
    def broken(self):
        raise Wrong("壊れています")

    monkeypatch.setattr(Package, "check_content", broken)
    with pytest.raises(Wrong):
        backup.take(folder, at=AT)
    assert files_in(folder) == []


def test_the_command_says_what_it_made_and_keeps_the_newest(folder, data_dir, capsys):
    folder.mkdir()
    (folder / "osaki-dx-memo.zip").touch()
    (folder / "other.zip").touch()
    for number in range(3):
        small(folder / f"osaki-dx-2026110{number + 1}-013000.zip")
    small(folder / "osaki-dx-20990101-013000.zip")  # the clock was wrong that day
    call_command("backup", to=str(folder), keep=2)
    told = capsys.readouterr().out
    made = marks.last(data_dir, "backup")
    assert made["file"] in told
    assert made["seal"] in told
    assert files_in(folder) == sorted(
        ["osaki-dx-memo.zip", "other.zip", "osaki-dx-20990101-013000.zip"]
        + [os.path.basename(made["file"])]
    )
    assert "古いバックアップ osaki-dx-20261101-013000.zip を消しました" in told


def test_names_tell_japanese_time_and_are_never_used_twice(folder):
    names = [backup.take(folder, at=AT).path.name for _ in range(2)]
    assert names == ["osaki-dx-20261128-013000.zip", "osaki-dx-20261128-013000-1.zip"]
    assert [path.name for path in backup.backups_in(folder)] == names[::-1]


@pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX here")
def test_a_backup_is_its_owners_alone(folder):
    made = backup.take(folder, at=AT)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_backup_left_goes_after_a_day(folder):
    folder.mkdir()
    old, young = (folder / f".osaki-dx-2026112{day}-013000.zip.7.part" for day in (1, 2))
    old.touch()
    young.touch()
    long_ago = time.time() - timedelta(days=2).total_seconds()
    os.utime(old, (long_ago, long_ago))
    made = backup.take(folder, at=AT)
    assert files_in(folder) == sorted([young.name, made.path.name])


@pytest.mark.parametrize("keep", ["0", "-1", "x"])
def test_a_number_to_keep_is_at_least_one(keep, folder):
    with pytest.raises((CommandError, SystemExit)):
        call_command("backup", "--to", str(folder), "--keep", keep)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises((CommandError, OSError)):
        call_command("backup", to=str(tmp_path / "file" / "below"))


def test_no_secret_is_in_it(folder, client, secretariat, settings, tmp_path):
    client.force_login(secretariat, backend="foundation.accounts.backends.MembershipBackend")
    (tmp_path / "sample-accounts.csv").write_text("first-password", encoding="utf-8")
    given = {**SECRETS, "OSAKI_DX_LOG_LEVEL": "INFO"}
    settings.GIVEN = configuration.load(given, look=False)
    inside = unpacked(backup.take(folder, at=AT).path)
    told = inside["settings.env"].decode()
    assert "DATABASE_URL=postgres://portal@db.town:5432/dx?sslmode=require\n" in told
    assert "OSAKI_DX_LOG_LEVEL=INFO\n" in told
    hidden = ["Geheim", "Pa%3Ass", "Pa:ss", "Key1", settings.SECRET_KEY, "first-password"]
    hidden.append(client.session.session_key)
    for name, content in inside.items():
        for secret in hidden:
            assert secret.encode() not in content, (name, secret)


def test_a_setting_that_is_called_secret_is_one():
    for variable in VARIABLES:
        words = ("SECRET", "PASSWORD", "TOKEN", "_KEY")
        if any(word in variable.name for word in words):
            assert variable.open("geheim") == "", variable.name


def test_every_field_of_every_model_has_a_way_into_the_file():
    models = apps.get_models(include_auto_created=True)
    kept = {table.name for table in map(Table, models)}
    assert len(kept) == len(models) > 70


def test_an_unknown_kind_of_field_is_not_passed_over():
    class Unknown:
        is_relation = False

    with pytest.raises(LookupError):
        rows.kind_of(Unknown())


def test_old_code_does_not_back_up_a_newer_database(folder, monkeypatch):
    tomorrow = {*schema.applied(connection), ("desk", "9999_of_tomorrow")}
    monkeypatch.setattr(schema, "applied", lambda connection: tomorrow)
    with pytest.raises(Wrong, match="新しい版"):
        backup.take(folder, at=AT)


def test_an_attachment_that_is_lost_is_named_and_the_rest_is_kept(folder, secretariat, capsys):
    subject = HistoryEntry.objects.latest("id")
    Attachment.objects.create(
        subject=subject,
        file="attachments/aa/lost",
        name="なくした.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_by=secretariat,
        uploaded_at=AT,
    )
    call_command("backup", to=str(folder))
    assert "添付ファイル1件が見つからず" in capsys.readouterr().err
    (path,) = folder.iterdir()
    with Package(path) as found:
        assert found.manifest.missing == ["attachments/aa/lost"]
