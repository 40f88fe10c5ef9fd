"""Sample data shows every state and leaves without a trace."""

import csv
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from foundation.accounts.actions import create_user
from foundation.accounts.models import Membership, User
from foundation.records.actions import attach_file, sample_loaded
from foundation.records.models import SampleLoad
from foundation.records.uploads import checked
from headquarters.reports.monthly import gather
from headquarters.sample import snapshot
from headquarters.sample.choice import wants_sample
from headquarters.sample.models import SampleChoice
from headquarters.sample.people import accounts_path
from headquarters.sample.source import account_names, read_source
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue, Submission, Target
from kpi.rules.checks import Entry
from tests.conftest import AFTER, MONTH
from tests.sample_town import load_town

pytestmark = pytest.mark.django_db


def test_unloading_restores_what_was_there_to_the_letter(secretariat, soumu):
    before = snapshot.take()
    call_command("load_sample", until="2026-10", verbosity=0)
    assert snapshot.take() != before
    row = KpiValue.objects.get(indicator__code="1-2", month=MONTH)
    record_value(
        by=secretariat,
        indicator=row.indicator,
        month=MONTH,
        seen_version=row.version,
        entry=Entry(value=Decimal(1), note="x"),
        on=MONTH,
    )
    soumu.name = "変えた名前"
    soumu.save()
    call_command("unload_sample", verbosity=0)
    assert snapshot.take() == before
    assert not sample_loaded()
    assert not accounts_path().exists()


@pytest.fixture(autouse=True)
def other_names(secretariat):
    """The tests' people must not bear the sample's user names."""
    User.objects.filter(pk=secretariat.pk).update(username="jimukyoku-x")


@pytest.mark.pure
def test_the_same_month_gives_the_same_figures():
    call_command("load_sample", until="2026-05", verbosity=0)
    first = list(
        KpiValue.objects.order_by("indicator", "month").values_list(
            "month", "value", "numerator", "missing_reason"
        )
    )
    call_command("unload_sample", verbosity=0)
    call_command("load_sample", until="2026-05", verbosity=0)
    again = list(
        KpiValue.objects.order_by("indicator", "month").values_list(
            "month", "value", "numerator", "missing_reason"
        )
    )
    assert first == again
    assert max(row[0] for row in first).month == 5


@pytest.mark.pure
def test_every_state_is_on_show():
    nobody()
    load_town()
    report = gather(MONTH, on=AFTER)
    assert report.sample
    assert all(report.counts[letter] for letter in "ABCD－")
    kinds = {row.kind for row in report.attention}
    assert {"D", "C", "late", "slipping", "stale", "missing"} <= kinds
    states = {cell.state for row in report.indicators for cell in row.months}
    assert {"入力済み", "測定時期前", "未入力", "値なし（理由あり）"} <= states
    assert KpiValue.objects.filter(value=0).exists()
    assert set(Submission.objects.values_list("state", flat=True)) == {
        "submitted",
        "returned",
        "confirmed",
    }
    assert Target.objects.filter(version=2).count() == 1


@pytest.mark.pure
def test_accounts_are_written_and_work(client):
    nobody()
    load_town()
    with accounts_path().open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["role"] for row in rows[:6]] == ["事務局", "課長", "課長", "担当者", "本部", "閲覧"]
    moved = next(row for row in rows if row["username"] == "hoken-tanto")
    assert moved["department"] == "保健福祉課"
    for row in rows:
        assert client.login(request=_request(), username=row["username"], password=row["password"])
        assert client.get("/").status_code == 200


def _request():
    return RequestFactory().post("/accounts/login/")


@pytest.mark.pure
def test_refused_where_real_values_or_names_exist(secretariat, soumu):
    indicator = Indicator.objects.get(code="1-1")
    KpiValue.objects.create(
        indicator=indicator, month=MONTH, value=3, version=1, updated_at="2026-11-01T00:00:00Z"
    )
    with pytest.raises(CommandError, match="実際の値"):
        call_command("load_sample", until="2026-10")
    KpiValue.objects.all().delete()
    for until in ("2026-13", "2025-04", "x"):
        with pytest.raises(CommandError):
            call_command("load_sample", until=until)
    with pytest.raises(CommandError, match="読み込まれていません"):
        call_command("unload_sample")
    call_command("load_sample", until="2026-05", verbosity=0)
    with pytest.raises(CommandError, match="すでに"):
        call_command("load_sample", until="2026-05")


def nobody():
    """A portal where nobody is registered."""
    Membership.objects.all().delete()
    User.objects.all().delete()


def register(**named):
    user, _ = create_user(by=None, at=timezone.now(), **named)
    return user


@pytest.mark.pure
def test_unloading_shows_what_goes(capsys, secretariat):
    call_command("load_sample", until="2026-05", verbosity=0)
    register(username="yamada", full_name="山田 花子")
    register(username="sato", full_name="佐藤 次郎")
    shown = snapshot.leaving(SampleLoad.objects.get())
    assert shown.rows["利用者"] == len(account_names(read_source())) + 2
    assert shown.rows["実績値"] == KpiValue.objects.count()
    assert shown.people == ("山田 花子（yamada）", "佐藤 次郎（sato）")
    call_command("unload_sample")
    told = capsys.readouterr().out
    assert f"利用者　{shown.rows['利用者']}件" in told
    assert "（2人）" in told
    assert "山田 花子（yamada）" in told
    assert "佐藤 次郎（sato）" in told
    assert "事務局 太郎" not in told  # was there before, stays
    assert "jimukyoku（" not in told


def test_files_leave_with_their_rows(secretariat, data_dir, django_capture_on_commit_callbacks):
    subject, at = Indicator.objects.get(code="1-1"), timezone.now()
    upload = partial(attach_file, by=secretariat, subject=subject, at=at)
    kept = upload(file=checked("前.txt", b"before"))
    call_command("load_sample", until="2026-05", verbosity=0)
    gone = upload(file=checked("後.txt", b"after"))
    paths = [Path(row.file.path) for row in (kept, gone)]
    with django_capture_on_commit_callbacks(execute=True):
        call_command("unload_sample", verbosity=0)
    assert [path.exists() for path in paths] == [True, False]


@pytest.mark.pure
def test_nothing_goes_that_was_not_shown():
    call_command("load_sample", until="2026-05", verbosity=0)
    load = SampleLoad.objects.get()
    shown = snapshot.leaving(load)
    register(username="yamada", full_name="山田 花子")
    with pytest.raises(snapshot.Changed):
        snapshot.bring_back(load, shown=shown, at=timezone.now())
    assert sample_loaded()
    assert User.objects.filter(username="yamada").exists()


@pytest.mark.pure
def test_the_sample_stays_away_once_it_was_taken_out(secretariat):
    call_command("load_sample", until="2026-05", verbosity=0)
    assert SampleChoice.objects.get().wanted
    assert not wants_sample(refused=False, production=False, at=timezone.now())
    call_command("unload_sample", verbosity=0)
    assert not SampleChoice.objects.get().wanted
    nobody()
    assert not wants_sample(refused=False, production=False, at=timezone.now())


CHOICES = (  # (refused, production, somebody is registered) → does it come at the first start?
    (False, False, False, True),
    (True, False, False, False),
    (False, True, False, False),
    (False, False, True, False),
    (True, True, True, False),
)


@pytest.mark.parametrize(("refused", "production", "people", "comes"), CHOICES)
def test_the_first_start_decides_for_those_that_follow(refused, production, people, comes):
    nobody()
    if people:
        register(username="yamada", full_name="山田 花子")
    assert wants_sample(refused=refused, production=production, at=timezone.now()) is comes
    nobody()
    assert wants_sample(refused=False, production=False, at=timezone.now()) is comes
