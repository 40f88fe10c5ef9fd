"""All that the town owns leaves in forms that need no portal; what opens doors stays."""

import csv
import hashlib
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.models import Attachment
from headquarters.feeds.models import FeedToken
from headquarters.reports.models import Edition
from kpi.models import KpiValue
from osaki_dx.keeping import way_out
from osaki_dx.wrong import Wrong
from tests.keeping.places import TEXT, attachments_there, hard_rows
from tests.people import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.standing_town]


def test_everything_of_a_town_whose_rows_are_hard_to_carry(tmp_path):
    """One test, because the way takes seconds."""
    hard_rows()
    attachments_there()
    folder = tmp_path / "out"
    said = StringIO()
    call_command("export_everything", str(folder), stdout=said)
    assert "README.txt" in said.getvalue()
    every_table_is_there_twice_with_all_its_rows(folder)
    values_are_what_they_were(folder)
    workbooks_and_attachments_are_files_under_the_names_that_rows_say(folder)
    every_column_is_in_the_dictionary(folder)
    the_sums_are_of_every_file(folder)
    what_opens_doors_stays(folder)


@pytest.fixture(autouse=True)
def long_fields():
    """A month that is closed is one long text."""
    usual = csv.field_size_limit(10**8)
    yield
    csv.field_size_limit(usual)


def rows_of(folder, table):
    """A table as CSV and as JSON."""
    with (folder / f"csv/{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    return lines, json.loads((folder / f"json/{table}.json").read_text(encoding="utf-8"))


def every_table_is_there_twice_with_all_its_rows(out):
    for model in way_out.tables():
        lines, rows = rows_of(out, model._meta.db_table)
        assert len(lines) == len(rows) == model._base_manager.count(), model
        if rows:
            assert list(lines[0]) == list(rows[0])


def values_are_what_they_were(out):
    written = {row["id"]: row for row in rows_of(out, "kpi_kpivalue")[1]}
    for value in KpiValue.objects.all():
        row = written[value.pk]
        assert row["value"] == (None if value.value is None else f"{value.value:f}")
        assert row["updated_at"] == timezone.localtime(value.updated_at).isoformat()
        assert row["month"] == f"{value.month}"
    texts = (out / "json/records_historyentry.json").read_text(encoding="utf-8")
    assert TEXT in {row["subject_label"] for row in json.loads(texts)}


def workbooks_and_attachments_are_files_under_the_names_that_rows_say(out):
    written = {row["id"]: row for row in rows_of(out, "reports_edition")[1]}
    for edition in Edition.objects.all():
        assert (out / written[edition.pk]["workbook"]).read_bytes() == bytes(edition.workbook)
    files = list(Attachment.objects.all())
    assert files
    for attachment in files:
        with attachment.file.open() as file:
            assert (out / "attachments" / attachment.file.name).read_bytes() == file.read()


def every_column_is_in_the_dictionary(out):
    with (out / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {(row["表"], row["列"]): row for row in csv.DictReader(file)}
    for model in way_out.tables():
        table = model._meta.db_table
        heads = (out / f"csv/{table}.csv").read_text(encoding="utf-8-sig").splitlines()[0]
        for column in heads.split(","):
            assert (table, column) in known
    assert known["kpi_kpivalue", "maturity"]["値と意味"]
    assert known["kpi_kpivalue", "indicator_id"]["つながる表"] == "kpi_indicator"


def the_sums_are_of_every_file(out):
    said = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    files = {path for path in out.rglob("*") if path.is_file()} - {out / "SHA256SUMS"}
    assert len(said) == len(files)
    for line in said:
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def what_opens_doors_stays(out):
    files = [path for path in out.rglob("*") if path.suffix in (".csv", ".json")]
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    assert User.objects.first().password not in texts
    assert not (out / "csv/accounts_session.csv").exists()
    for model, name in ((User, "password"), (FeedToken, "digest")):
        assert name not in {field.name for field in way_out.columns(model)}
        assert model._meta.get_field(name)


@pytest.mark.parametrize("word", ["password", "digest", "secret", "token"])
def test_a_column_that_sounds_like_a_secret_is_left_out_or_known(word):
    fine = {
        ("accounts_user", "must_change_password"),
        ("measures_plan", "secretariat"),
        ("feeds_feeduse", "token"),  # its number
        ("records_usedtoken", "token"),  # of a form that was sent once
    }
    kept = {
        (model._meta.db_table, field.name)
        for model in way_out.tables()
        for field in way_out.columns(model)
        if word in field.name
    }
    assert kept <= fine


def test_a_cell_that_looks_like_a_formula_is_none(tmp_path):
    make_user("hara", "=1+1")
    way_out.export(tmp_path / "out", at=timezone.now())
    lines, rows = rows_of(tmp_path / "out", "accounts_user")
    assert [row["full_name"] for row in lines if row["username"] == "hara"] == ["'=1+1"]
    assert [row["full_name"] for row in rows if row["username"] == "hara"] == ["=1+1"]


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "there").write_text("x", encoding="utf-8")
    with pytest.raises(Wrong, match="すでに何かがあります"):
        way_out.export(tmp_path, at=timezone.now())
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_fails_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(way_out, "_copy_attachments", fails)
    with pytest.raises(OSError):
        way_out.export(tmp_path / "out", at=timezone.now())
    assert list(tmp_path.iterdir()) == []
