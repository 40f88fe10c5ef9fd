"""`doctor` sees each fault that is made on purpose, says how to mend it, and tells by its code."""

import hashlib
import os
import shutil
import time
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import chain
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error, connection, transaction
from django.utils import timezone

from foundation.accounts.sessions import Session
from foundation.records import guards
from foundation.records.actions import record_change
from foundation.records.models import Attachment
from headquarters.reports.models import Edition
from kpi.intake.models import ReturnedFile
from measures.models import Plan
from osaki_dx.keeping import backup, files, marks, schema, space
from osaki_dx.keeping.doctor import database_look, machine_look, records_look, settings_look
from osaki_dx.keeping.doctor.examination import examine
from osaki_dx.keeping.doctor.finding import Grade
from osaki_dx.keeping.doctor.records_look import SEALED
from tests.conftest import MONTH
from tests.keeping.places import attachments_there
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]
GOOD, WARN, BAD = Grade


@pytest.fixture(scope="module")
def taken(django_db_blocker, tmp_path_factory):
    """One backup for all tests of the module."""
    with django_db_blocker.unblock():
        return backup.take(tmp_path_factory.mktemp("taken"), at=timezone.now())


@pytest.fixture
def healthy(settings, data_dir, taken):
    """A portal in production where everything is as it should be; the sample apart."""
    load_town()
    settings.PRODUCTION = True
    settings.HTTPS = False
    settings.SQLITE_FILE = data_dir / "portal.sqlite3"
    settings.ALLOWED_HOSTS = ["dx.town.example"]
    attachments_as_handed_in()
    settings.STATIC_ROOT = data_dir / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "theme.1.css").touch()
    paths = '{"paths": {"theme.css": "theme.1.css"}}'
    (settings.STATIC_ROOT / "staticfiles.json").write_text(paths, encoding="utf-8")
    for folder in (data_dir, settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.chmod(0o700)
    now, own = timezone.now(), data_dir / "backups" / taken.path.name
    own.parent.mkdir()
    shutil.copy(taken.path, own)
    marks.note(data_dir, "backup", now, file=str(own), seal=taken.seal)
    marks.note(data_dir, "remind", now)
    return data_dir


def attachments_as_handed_in():
    attachments_there()
    for row in Attachment.objects.all():
        content = files.place_of(row.file.name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        Attachment.objects.filter(pk=row.pk).update(sha256=digest)


def found(subject=None):
    rows = list(examine(timezone.now()))
    return rows if subject is None else next(row for row in rows if row.subject == subject)


def looked_for(subject, at):
    """The first finding about a subject; what comes after it is not looked at."""
    looks = (settings_look.look, database_look.look, partial(records_look.look, at))
    rows = chain.from_iterable(look() for look in looks)
    return next(row for row in chain(rows, machine_look.look(at)) if row.subject == subject)


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def unguarded(statement):
    """Somebody with the rights of the database goes round the guards."""
    lifted = guards.lift(connection)
    sql(statement)
    guards.put_back(connection, lifted)


def test_nothing_is_wrong_but_the_sample(healthy):
    wrong = {row.subject: row.grade for row in found() if row.grade}
    deployment = wrong.pop("設定の検査", GOOD)  # of the settings of tests
    assert deployment in (GOOD, WARN)
    assert wrong == {"見本データ": BAD}
    assert len(found()) > 15


def debug_on(healthy, settings):
    settings.DEBUG = True


def trial(healthy, settings):
    settings.PRODUCTION = False


def short_key(healthy, settings):
    settings.SECRET_KEY = "short"


def every_host(healthy, settings):
    settings.ALLOWED_HOSTS = ["*"]


def https_without_proxy(healthy, settings):
    settings.HTTPS, settings.TRUSTED_PROXY = True, ""


def nothing_silenced(healthy, settings):
    settings.SILENCED_SYSTEM_CHECKS = []


def open_folder(healthy, settings):
    healthy.chmod(0o755)


def guard_gone(healthy, settings):
    sql(guards.dropping(connection.vendor, "reports_edition", "reports_edition_no_delete"))


def not_migrated(healthy, settings):
    sql("DELETE FROM django_migrations WHERE app = 'sample'")


def of_tomorrow(healthy, settings):
    at = "'2026-11-28 00:00:00+00:00'"
    columns = "(app, name, applied)"
    sql(f"INSERT INTO django_migrations {columns} VALUES ('desk', '9999_of_tomorrow', {at})")


def edition_rewritten(healthy, settings):
    unguarded("UPDATE reports_edition SET report = report || ' '")


def workbook_rewritten(healthy, settings):
    empty = "X''" if connection.vendor == "sqlite" else "''::bytea"
    unguarded(f"UPDATE reports_edition SET workbook = {empty}")


def returned_sheet_rewritten(healthy, settings):
    at, by = timezone.now(), Edition.objects.first().closed_by
    ReturnedFile.objects.create(
        month=MONTH,
        issued_at=at,
        content=b"PK",
        size=2,
        sha256="0" * 64,
        uploaded_by=by,
        uploaded_at=at,
    )


def an_attachment():
    return files.place_of(Attachment.objects.first().file.name)


def attachment_gone(healthy, settings):
    an_attachment().unlink()


def attachment_changed(healthy, settings):
    an_attachment().write_bytes(b"something else")


def little_room(healthy, settings):
    settings.free = 300 * space.MEGABYTE


def no_room(healthy, settings):
    settings.free = 1000


def style_gone(healthy, settings):
    (healthy / "static" / "theme.1.css").unlink()


def clock_behind(healthy, settings):
    record_change(
        by=None,
        action="test.change",
        subject=Plan.objects.get(),
        before={},
        after={},
        at=timezone.now() + timedelta(days=1),
    )


def clock_of_another_age(healthy, settings):
    settings.now = timezone.now() - timedelta(days=9000)
    unguarded("DELETE FROM records_historyentry")


def never_backed_up(healthy, settings):
    (healthy / "runs" / "backup.json").unlink()


def backed_up_before(days):
    def act(healthy, settings):
        last = marks.last(healthy, "backup")
        marks.note(healthy, "backup", **last | {"at": timezone.now() - timedelta(days=days)})

    act.__name__ = f"backed_up_{days}_days_ago"
    return act


def backup_gone(healthy, settings):
    next((healthy / "backups").iterdir()).unlink()


def backup_damaged(healthy, settings):
    path = next((healthy / "backups").iterdir())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def backup_of_something_else(healthy, settings):
    path = next((healthy / "backups").iterdir())
    again = backup.take(healthy / "other", at=timezone.now())
    again.path.replace(path)


def left_behind(name="f" * 64, hours=25):
    """A file as an upload writes it, of a process that was killed so long ago."""
    path = files.place_of(f"attachments/{name[:2]}/{name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


def piece_left_behind(healthy, settings):
    left_behind()


def never_reminded(healthy, settings):
    (healthy / "runs" / "remind.json").unlink()


def reminded_before(healthy, settings):
    marks.note(healthy, "remind", timezone.now() - timedelta(days=8))


def reminders_did_not_go(healthy, settings):
    marks.note(healthy, "remind", timezone.now(), failed=True)


def sessions_of_yore(healthy, settings):
    at = timezone.now() - timedelta(days=4)
    rows = [
        Session(session_key=f"{number:032}", session_data="", expire_date=at)
        for number in range(1001)
    ]
    Session.objects.bulk_create(rows)


FAULTS = (
    (debug_on, "動作モード", BAD, "DEBUG"),
    (trial, "動作モード", WARN, "本番の設定ではありません"),
    (short_key, "署名の鍵", BAD, "短すぎます"),
    (every_host, "ホスト名", BAD, "どのホスト名でも"),
    (https_without_proxy, "プロキシと https", BAD, "OSAKI_DX_TRUSTED_PROXY"),
    (nothing_silenced, "設定の検査", WARN, "security.W008"),
    (guard_gone, "追記専用の守り", BAD, "reports_edition_no_delete"),
    (not_migrated, "データベースの版", BAD, "済んでいません"),
    (of_tomorrow, "データベースの版", BAD, "より新しい版"),
    (edition_rewritten, "版", BAD, "照合値"),
    (workbook_rewritten, "版のExcel", BAD, "照合値"),
    (returned_sheet_rewritten, "取込ファイル", BAD, "照合値"),
    (attachment_gone, "添付ファイル", BAD, "見つからない"),
    (attachment_changed, "添付ファイル", BAD, "内容が違う"),
    (piece_left_behind, "登録のないファイル", WARN, "1件あります"),
    (little_room, "ディスクの空き", WARN, "空き"),
    (no_room, "ディスクの空き", BAD, "空き"),
    (style_gone, "静的ファイル", WARN, "theme.1.css"),
    (clock_behind, "時計", BAD, "最後の記録"),
    (clock_of_another_age, "時計", BAD, "プログラムの日付より前"),
    (never_backed_up, "バックアップ", BAD, "一度もありません"),
    (backed_up_before(2), "バックアップ", WARN, "時間前"),
    (backed_up_before(8), "バックアップ", BAD, "8日前"),
    (backup_gone, "バックアップ", BAD, "ファイルがありません"),
    (backup_damaged, "バックアップ", BAD, "壊れています"),
    (backup_of_something_else, "バックアップ", BAD, "置き換わって"),
    (never_reminded, "督促の定時実行", WARN, "まだ動いていません"),
    (reminded_before, "督促の定時実行", BAD, "8日前"),
    (reminders_did_not_go, "督促の定時実行", WARN, "送れなかった"),
    (sessions_of_yore, "ログインの後始末", WARN, "1,001件"),
)
if os.name != "nt":
    FAULTS += ((open_folder, "ファイルの権限", WARN, "ほかの利用者が開けます"),)


@pytest.mark.parametrize(
    ("make", "subject", "grade", "words"), FAULTS, ids=lambda given: getattr(given, "__name__", "")
)
def test_a_fault_is_seen_and_how_to_mend_it(make, subject, grade, words, healthy, monkeypatch):
    machine = SimpleNamespace(free=10**12, now=None)
    make(healthy, Settings(monkeypatch, machine))
    monkeypatch.setattr(space, "free", lambda folder: machine.free)
    row = looked_for(subject, machine.now or timezone.now())
    assert (row.grade, bool(row.mend)) == (grade, True)
    assert words in row.told


def test_only_what_was_left_behind_is_removed_and_only_when_it_is_said(healthy, monkeypatch):
    old, young = left_behind(), left_behind("e" * 64, hours=23)
    foreign = left_behind("はじめに.txt")
    kept = [files.place_of(name) for name in files.names_in(connection, [Attachment])]
    for path in kept:
        os.utime(path, (0, 0))
    assert kept and files.left_behind(timezone.now()) == [old]
    for answer in ("いいえ", ""):
        monkeypatch.setattr("builtins.input", lambda answer=answer: answer)
        with pytest.raises(CommandError, match="消していません"):
            call_command("prune_uploads", stdout=StringIO())
        assert old.exists()
    told = StringIO()
    monkeypatch.setattr("builtins.input", lambda: "はい")
    call_command("prune_uploads", stdout=told)
    assert old.name in told.getvalue() and "1件を消しました" in told.getvalue()
    assert not old.exists() and all(path.exists() for path in (young, foreign, *kept))
    assert found("登録のないファイル").grade is GOOD
    call_command("prune_uploads", "--yes", stdout=told)
    assert "登録のない添付ファイルはありません" in told.getvalue()


class Settings:
    """Django's settings, which `monkeypatch` gives back; what the machine says goes elsewhere."""

    def __init__(self, monkeypatch, machine):
        object.__setattr__(self, "places", (monkeypatch, machine))

    def __setattr__(self, name, value):
        monkeypatch, machine = self.places
        if hasattr(machine, name):
            setattr(machine, name, value)
        else:
            monkeypatch.setattr(f"django.conf.settings.{name}", value, raising=False)


def test_every_hash_is_looked_at():
    """A new column of hashes needs its line."""
    known = {(model, sha256) for _, model, _, sha256 in SEALED} | {(Attachment, "sha256")}
    kept = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("sha256")
    }
    assert kept == known


def test_a_database_that_is_broken_is_seen(healthy, monkeypatch):
    monkeypatch.setattr(database_look, "_of_sqlite", lambda: ["row 7 missing from index a"])
    monkeypatch.setattr(database_look, "_of_postgresql", lambda: ["a_index"])
    row = found("データベースの整合性")
    assert (row.grade, "復元" in row.mend) == (BAD, True)


def test_rows_that_lead_nowhere_are_seen_on_sqlite(healthy):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets none in")
    with transaction.atomic():
        first = "(SELECT min(id) FROM accounts_membership)"
        sql(f"UPDATE accounts_membership SET user_id = 999999 WHERE id = {first}")
        row = database_look.whole()
        transaction.set_rollback(True)
    assert (row.grade, "accounts_membership" in row.told) == (BAD, True)


def test_without_a_database_the_rest_is_still_told(healthy, monkeypatch):
    def away(connection):
        raise Error("no such server")

    monkeypatch.setattr(schema, "applied", away)
    rows = found()
    assert rows[-1].subject == "データベース"
    assert (rows[-1].grade, "no such server" in rows[-1].told) == (BAD, True)
    assert len(rows) > 5


def test_a_look_that_fails_is_a_finding(healthy, monkeypatch):
    def fails(at):
        raise RuntimeError("something")

    monkeypatch.setattr(machine_look, "look", fails)
    row = found("機械")
    assert (row.grade, "RuntimeError" in row.told) == (BAD, True)


@pytest.mark.parametrize("grade", Grade)
def test_the_exit_code_is_the_worst(grade, healthy, capsys, monkeypatch):
    row = database_look.Finding("題", grade, "内容", "直し方" if grade else "")
    monkeypatch.setattr("osaki_dx.management.commands.doctor.examine", lambda at: iter([row]))
    if grade is GOOD:
        call_command("doctor")
    else:
        with pytest.raises(SystemExit) as end:
            call_command("doctor")
        assert end.value.code == grade
    told = capsys.readouterr().out
    assert f"{grade.word}　題：内容" in told
    assert f"まとめ：{grade.word}" in told
    told.encode("cp932")
