"""A database of the first release, with sample data and a closed month, comes up to today."""

import os
from datetime import date, datetime

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import override_settings
from django.utils import timezone

from foundation.accounts.models import AccessRecord, User
from foundation.records import guards
from foundation.records.models import Attachment, HistoryEntry, SampleLoad
from foundation.round_trip.models import SheetBatch, SheetFile, SheetUndo
from headquarters.meetings.models import (
    AgendaItem,
    Decision,
    DecisionWithdrawal,
    HeldNumbers,
    Meeting,
    RevisedTarget,
)
from headquarters.organisation.models import ActionItem
from headquarters.reports.models import Edition, FilledForm, TownForm, TownFormUse
from headquarters.reports.stored import parse
from headquarters.reviews.models import KeptFacts, Review, ReviewCycle
from kpi.choices import Maturity
from kpi.intake.models import Batch, BatchUndo, ReturnedFile
from kpi.models import (
    Definition,
    Indicator,
    KpiValue,
    Reopening,
    ReturnReply,
    Submission,
    Target,
)
from measures.models import OpenPoint, Plan
from measures.setting import PlanSetting
from measures.settings_of import SettingKind
from osaki_dx.keeping import backup, restore
from osaki_dx.keeping.package import Package
from roadmap.models import Baseline, BaselineWithdrawal, Milestone, Step
from tests.keeping.places import connected, everything, place_in
from tests.portal import another_database
from tests.test_permissions import RULES, address
from tests.upgrade import five_years
from tests.upgrade.first_release import ROWS, as_tests_begin, of_the_first_release

# numbered by each database for itself: rights and kinds of content that came with an update
YOUNGER = {"django_content_type", "auth_permission"}
pytestmark = [pytest.mark.usefixtures("upgraded"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def upgraded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The dump in today's tables; each test begins with it, what it does is rolled back.

    Given is a backup from before the update.
    """
    with django_db_blocker.unblock():
        of_the_first_release()
        made = backup.take(tmp_path_factory.mktemp("backups"), at=timezone.now())
        call_command("migrate", verbosity=0)
    yield made
    with django_db_blocker.unblock():
        as_tests_begin()


def places() -> dict:
    """What the addresses of the permission table name, out of the rows that are there."""
    return {
        "user": User.objects.first().pk,
        "membership": User.objects.first().memberships.first().pk,
        "department": User.objects.filter(memberships__department__isnull=False)
        .first()
        .memberships.first()
        .department_id,
        "milestone": Milestone.objects.first().pk,
        "reopening": Reopening.objects.first().pk,
        "step": Step.objects.first().pk,
        "cycle": ReviewCycle.objects.first().code,
        "meeting": Meeting.objects.first().pk,
        "agenda": AgendaItem.objects.first().pk,
        "decision": Decision.objects.first().pk,
        "baseline": Baseline.objects.first().pk,
        "form": 0,  # of the town's forms, which start empty
        "item": ActionItem.objects.first().pk,
        "point": OpenPoint.objects.first().pk,
        "measure": Step.objects.first().measure_id,
        # of 推進体制, which starts empty
        **dict.fromkeys(("post", "holding", "project", "team", "member", "sitting"), 0),
        "token": 0,  # so do those of the feeds
    }


def rows_of_younger_tables():
    """What the first release did not keep yet."""
    at = HistoryEntry.objects.first().at
    KeptFacts.objects.create(
        review=Review.objects.first(), round=0, format_version=1, facts="{}", kept_at=at
    )
    HeldNumbers.objects.get_or_create(
        meeting=Meeting.objects.first(), defaults={"report": "{}", "kept_at": at}
    )
    AccessRecord.objects.create(at=at, event="signed_in", name="jimukyoku")
    taken_back(at)
    a_form(at)
    ReturnReply.objects.create(
        submission=Submission.objects.first(), round=1, reply="返答", replied_at=at
    )
    returned_sheet(at)
    another_sheet(at)
    PlanSetting.objects.create(
        plan=Plan.objects.get(),
        kind=SettingKind.FIRST_MONTH,
        value={},
        from_month=date(2026, 4, 1),
        created_at=at,
    )


def returned_sheet(at):
    """An entry sheet that came back, was taken over and taken back."""
    by = User.objects.first()
    file = ReturnedFile.objects.create(
        month=date(2026, 10, 1),
        issued_at=at,
        content=b"PK",
        size=2,
        uploaded_by=by,
        uploaded_at=at,
    )
    batch = Batch.objects.create(number=1, file=file, cells=[], applied_by=by, applied_at=at)
    BatchUndo.objects.create(batch=batch, undone_by=by, undone_at=at)


def another_sheet(at):
    """A sheet of another kind, the same way."""
    by = User.objects.first()
    given = {"document": "x", "title": "x", "issued_at": at, "content": b"PK", "size": 2}
    file = SheetFile.objects.create(uploaded_by=by, uploaded_at=at, **given)
    batch = SheetBatch.objects.create(
        document="x", number=1, file=file, cells=[], applied_by=by, applied_at=at
    )
    SheetUndo.objects.create(batch=batch, undone_by=by, undone_at=at)


def a_form(at):
    """The town's own form, filled with an edition."""
    by = User.objects.first()
    form = TownForm.objects.create(
        name="様式.xlsx", content=b"x", size=1, sha256="0" * 64, uploaded_by=by, uploaded_at=at
    )
    TownFormUse.objects.create(form=form, decided_by=by, decided_at=at)
    FilledForm.objects.create(edition=Edition.objects.first(), form=form, name="様式.xlsx")


def taken_back(at):
    """A decision and a baseline that were recorded by mistake."""
    by, decision = User.objects.first(), Decision.objects.first()
    RevisedTarget.objects.get_or_create(target=Target.objects.first(), decision=decision)
    DecisionWithdrawal.objects.create(
        decision=decision, reason="誤り", withdrawn_by=by, withdrawn_at=at
    )
    BaselineWithdrawal.objects.create(
        baseline=Baseline.objects.last(),
        effective_on=date(2026, 11, 20),
        reason="誤り",
        withdrawn_by=by,
        withdrawn_at=at,
    )


def test_every_guarded_table_refuses_plain_sql():
    """There are rows in each of them; a trigger on an empty table would refuse nothing."""
    rows_of_younger_tables()
    statements = {"update": "UPDATE {table} SET id = id", "delete": "DELETE FROM {table}"}
    for table, guard in guards.GUARDS.items():
        for verb in guard.verbs:
            with (
                pytest.raises(Error, match=guards.MESSAGE),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statements[verb].format(table=table))


def test_every_page_answers_guards_stand_and_records_are_the_same(client):
    assert guards.faults(connection) == []
    client.force_login(
        User.objects.get(username="jimukyoku"),
        backend="foundation.accounts.backends.MembershipBackend",
    )
    known = places()
    for name in sorted(set(RULES) - {"accounts:logout"}):
        url = address(name, known)
        assert client.get(url).status_code < 500, url
    for address_ in ("/dashboard/", "/kpis/", "/kpis/1-1/", "/roadmap/", "/history/", "/"):
        assert client.get(address_).status_code == 200, address_
    stored = {
        (row["fields"]["month"], row["fields"]["number"]): row["fields"]
        for row in ROWS
        if row["model"] == "reports.edition"
    }
    for edition in Edition.objects.all():
        was = stored[f"{edition.month}", edition.number]
        assert edition.report == was["report"]
        assert parse(edition.report).format_version > was["format_version"]


def test_history_knows_its_months_and_a_renamed_indicator_keeps_it():
    kind = ContentType.objects.get_for_model(Indicator)
    values = HistoryEntry.objects.filter(action="kpi.value", subject_type=kind)
    assert values.exists()
    assert not values.filter(month__isnull=True).exists()
    for entry in values:
        assert f"令和{entry.month.year - 2018}年{entry.month.month}月" in entry.subject_label
    entry = values.order_by("id").last()
    Indicator.objects.filter(pk=entry.subject_id).update(name="名称を変えた指標")
    key = (entry.subject_id, entry.month)
    assert HistoryEntry.objects.newest_of(Indicator, "kpi.value", [key]) == {key: entry}


def test_entries_from_before_get_the_readers_of_their_object():
    entries = HistoryEntry.objects.all()
    assert set(entries.filter(action="reviews.review").values_list("readers", flat=True)) == {
        "reviews.sheet"
    }
    people = entries.filter(action__in=("accounts.user", "accounts.sign_in", "accounts.password"))
    assert set(people.values_list("readers", flat=True)) <= {"accounts.person"}
    drafts = [row for row in entries if row.readers == "meetings.answer"]
    assert all(row.after["状態"] == "未回答" for row in drafts)
    assert set(entries.filter(action="kpi.value").values_list("readers", flat=True)) == {""}


def test_words_that_were_renamed_are_read_by_their_names_of_today():
    texts = {
        row["pk"]: row["fields"]["definition"] for row in ROWS if row["model"] == "kpi.definition"
    }
    assert dict(Definition.objects.values_list("pk", "formula_text")) == texts
    assert set(KpiValue.objects.values_list("maturity", flat=True)) <= set(Maturity.values)
    assert not OpenPoint.objects.filter(field="definition").exists()
    assert OpenPoint.objects.filter(field="formula_text").count() == 23


def test_the_sample_of_the_first_release_can_still_be_taken_out():
    history = list(HistoryEntry.objects.filter(action="plan.load").values())
    call_command("unload_sample", verbosity=0)
    assert list(HistoryEntry.objects.filter(action="plan.load").values()) == history
    assert OpenPoint.objects.filter(field="formula_text").count() == 23
    assert set(Definition.objects.values_list("formula_text", flat=True)) == {""}
    assert not SampleLoad.objects.exists()
    assert Plan.objects.get().title == "大崎町DX推進計画"
    assert Indicator.objects.count() == 23
    assert guards.faults(connection) == []


def test_evidence_of_values_belongs_to_their_month():
    (file,) = Attachment.objects.of_months(Indicator.objects.get(code="1-1"))
    assert (file.name, file.month) == ("集計表.csv", date(2026, 10, 1))
    (other,) = Attachment.objects.of_kind(Review)
    assert (other.name, other.month) == ("研修資料.csv", None)


def test_a_backup_from_before_the_update_is_restored_and_brought_up_to_today(upgraded, tmp_path):
    """On PostgreSQL alone, where it is one transaction: it fails when a check is left waiting."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite a restore migrates as every start does")
    here = everything()
    given = place_in(tmp_path), another_database(os.environ["DATABASE_URL"])
    with override_settings(**given[0]), given[1] as name, connected(NAME=name) as other:
        with Package(upgraded.path) as package:
            restore.restore(package)
        there = everything()
        assert guards.faults(other) == []
    assert {name: len(rows) for name, rows in there.items()} == {
        name: len(rows) for name, rows in here.items()
    }
    since = datetime.fromisoformat(upgraded.manifest.made_at)
    for name in set(here) - YOUNGER:
        assert of_then(there[name], since) == of_then(here[name], since), name


def test_five_years_from_the_first_release_to_the_plan_after(client, tmp_path):
    for year, figure in zip(five_years.YEARS, five_years.REACHED, strict=True):
        five_years.a_year(year, figure, client)
    told = five_years.judged()
    assert {year: grade for year, (grade, _) in told.items()} == {
        2026: "A",
        2027: "A",
        2028: "B",
        2029: "A",
    }
    assert guards.faults(connection) == []
    with time_machine.travel(five_years.moment_of(date(2030, 4, 9)), tick=False):
        made = backup.take(tmp_path / "backups", at=timezone.now())
        there, faults = five_years.moved(made, tmp_path / "elsewhere")
        assert faults == []
        assert there == everything()
        assert five_years.begun_anew(tmp_path / "after") == five_years.TITLE
    assert five_years.judged() == told


def of_then(rows, since):
    """Rows without the moments at which an update has run."""
    return [
        {
            name: "later" if isinstance(value, datetime) and value >= since else value
            for name, value in row.items()
        }
        for row in rows
    ]
