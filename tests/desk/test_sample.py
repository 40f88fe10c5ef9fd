"""Sample data shows every state and leaves without a trace."""

import csv
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from foundation.accounts.models import User
from foundation.records.actions import sample_loaded
from headquarters.reports.monthly import gather
from headquarters.sample import snapshot
from headquarters.sample.people import accounts_path
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue, Submission, Target
from kpi.rules.checks import Entry
from tests.conftest import MONTH

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


def test_the_same_month_gives_the_same_figures():
    call_command("load_sample", until="2026-08", verbosity=0)
    first = list(
        KpiValue.objects.order_by("indicator", "month").values_list(
            "month", "value", "numerator", "missing_reason"
        )
    )
    call_command("unload_sample", verbosity=0)
    call_command("load_sample", until="2026-08", verbosity=0)
    again = list(
        KpiValue.objects.order_by("indicator", "month").values_list(
            "month", "value", "numerator", "missing_reason"
        )
    )
    assert first == again
    assert max(row[0] for row in first).month == 8


def test_every_state_is_on_show():
    call_command("load_sample", until="2026-10", verbosity=0)
    report = gather(MONTH)
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


def test_accounts_are_written_and_work(client):
    call_command("load_sample", until="2026-10", verbosity=0)
    with accounts_path().open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["role"] for row in rows] == ["事務局", "課長", "課長", "担当者", "本部", "閲覧"]
    for row in rows:
        assert client.login(request=_request(), username=row["username"], password=row["password"])
        assert client.get("/").status_code == 200


def _request():
    return RequestFactory().post("/accounts/login/")


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
