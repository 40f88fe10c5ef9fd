"""What every change leaves: history, revision, append-only tables, attachments."""

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction

from foundation.records import word_index
from foundation.records.actions import attach_file, current_revision, next_revision, record_change
from foundation.records.models import Attachment, HistoryEntry
from foundation.records.uploads import LIMIT, checked
from roadmap.models import Baseline
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db


def test_a_change_leaves_who_what_when_and_moves_the_revision(secretariat, soumu):
    before = current_revision()
    number = record_change(
        by=secretariat,
        action="test.change",
        subject=soumu,
        before={"名": "a"},
        after={"名": "b"},
        reason="試験",
    )
    entry = HistoryEntry.objects.about(soumu)[0]
    assert (entry.actor_name, entry.before, entry.after, entry.reason) == (
        "事務局 太郎",
        {"名": "a"},
        {"名": "b"},
        "試験",
    )
    assert number == entry.revision == current_revision() == before + 1


def test_the_record_shares_the_fate_of_the_change(secretariat, soumu):
    before, count = current_revision(), HistoryEntry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
        raise RuntimeError
    assert (current_revision(), HistoryEntry.objects.count()) == (before, count)


def test_the_revision_cannot_move_outside_a_transaction(committed):
    with pytest.raises(RuntimeError):
        next_revision()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_append_only_table_has_its_triggers(table):
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=%s",
        "postgresql": (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        found = {row[0] for row in cursor.fetchall() if not row[0].startswith(word_index.INDEX)}
    besides = {"sqlite": "replace", "postgresql": "truncate"}[connection.vendor]
    assert found == {f"{table}_no_{verb}" for verb in ("update", "delete", besides)}


@pytest.mark.parametrize("how", ["update", "delete", "save"])
def test_history_cannot_be_changed_through_the_orm(secretariat, soumu, how):
    record_change(by=secretariat, action="test.change", subject=soumu, before={}, after={})
    rows = HistoryEntry.objects.filter(action="test.change")
    attempts = {
        "update": lambda: rows.update(actor_name="x"),
        "delete": lambda: rows.delete(),
        "save": lambda: rows[0].save(),
    }
    with pytest.raises(Error), transaction.atomic():
        attempts[how]()
    assert rows.get().actor_name == "事務局 太郎"


def test_a_baseline_cannot_be_changed_by_sql(secretariat):
    plan = Baseline._meta.get_field("plan").related_model.objects.get()
    Baseline.objects.create(
        plan=plan,
        number=1,
        name="計画策定時",
        approved_on="2026-04-24",
        decision="決定",
        created_at="2026-04-24T00:00:00Z",
    )
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE roadmap_baseline SET name = 'x'")
    assert Baseline.objects.get().name == "計画策定時"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.pdf", b"MZ"),
        ("a.xlsm", b"PK\x03\x04"),
        ("a.txt", b"a\x00b"),
        ("a", b"x"),
        ("../../a.html", b"<b>"),
    ],
)
def test_files_of_a_wrong_kind_are_refused(name, content):
    with pytest.raises(ValidationError):
        checked(name, content)


def test_names_lose_paths_and_control_characters():
    assert checked('..\\..\\c:/x/証拠\r\n".pdf', b"%PDF-1.7").name == "証拠.pdf"


LONG = "長い" * 100


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("証拠.pdf", "証拠.pdf"),
        ("証拠.PDF", "証拠.PDF"),
        ("証拠.ＰＤＦ", "証拠.PDF"),
        ("証拠．ＰＤＦ", "証拠.PDF"),
        ("証拠．pdf", "証拠.pdf"),
        ("証拠.pdf　", "証拠.pdf"),
        ("証拠.pdf.", "証拠.pdf"),
        ("令和8年10月．集計．pdf", "令和8年10月．集計.pdf"),
        (f"{LONG}.pdf", f"{LONG[:146]}.pdf"),
        (f"{LONG}.ＰＤＦ", f"{LONG[:146]}.PDF"),
        (f"{'a' * 146}.pdf", f"{'a' * 146}.pdf"),
        (f"{'a' * 147}.pdf", f"{'a' * 146}.pdf"),
        ("証拠\u202efdp.pdf", "証拠fdp.pdf"),
        ("証拠\ufffe.pdf", "証拠.pdf"),
        ("が.pdf", "が.pdf"),
        ("２０２６.pdf", "２０２６.pdf"),
    ],
)
def test_a_name_keeps_its_ending(name, stored):
    file = checked(name, b"%PDF-1.7")
    assert (file.name, file.content_type) == (stored, "application/pdf")
    assert len(file.name) <= 150


@pytest.mark.parametrize(
    "name", ["a.ＥＸＥ", "a．ｅｘｅ", "a.pdf\u202e.exe", "a.", ".", "．", "　"]
)
def test_an_ending_in_full_width_is_no_way_round(name):
    with pytest.raises(ValidationError) as refused:
        checked(name, b"%PDF-1.7")
    assert "のどれかにしてください" in refused.value.messages[0]


def test_a_file_is_stored_by_its_hash(secretariat, soumu):
    kept = attach_file(by=secretariat, subject=soumu, file=checked("証拠.pdf", b"%PDF-1.7 x"))
    assert kept.sha256 in kept.file.name
    assert Attachment.objects.get().file.read() == b"%PDF-1.7 x"
    assert HistoryEntry.objects.about(soumu)[0].after["ファイル"] == "証拠.pdf"
    assert LIMIT == 10 * 1024 * 1024
