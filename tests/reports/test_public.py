"""The public edition.

Only what is marked 公表; nothing internal leaks; plain pages that stand on their own.
"""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from foundation.accounts.models import User
from headquarters.reports import public
from headquarters.reports.actions import close_month
from headquarters.reports.editions import report_of
from headquarters.reports.monthly import gather
from kpi.models import Indicator, KpiValue
from roadmap.models import Milestone
from tests.conftest import AFTER, MONTH
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # what is drawn, not what is stored
SECRET = "内部だけの話<b>"


@pytest.fixture
def edition(client):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        Indicator.objects.update(published=False)
        Indicator.objects.filter(code__in=["1-2", "3-1", "7-2"]).update(published=True)
        KpiValue.objects.update(note=SECRET, public_note="")
        KpiValue.objects.filter(indicator__code="1-2", month=MONTH).update(
            public_note="窓口の案内を<改めました>"
        )
        Milestone.objects.update(state_reason=SECRET)
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield close_month(by=user, month=MONTH, on=date(2026, 11, 20), reason=SECRET)


def files(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_only_published_indicators_and_nothing_internal(edition, client):
    found = files(client.get(reverse("reports:edition_public", args=[MONTH, 1])).getvalue())
    assert set(found) == {"index.html", "style.css", "kpi.csv", "kpi.json"}
    for text in found.values():
        assert "内部だけ" not in text
        assert "オンライン化手続き数" not in text  # 1-1 is not published
        for person in User.objects.all():
            assert person.full_name not in text
    published = {"KPI1-2", "KPI3-1", "KPI7-2"}  # a spreadsheet makes a date of 1-2
    assert {row["指標番号"] for row in csv.DictReader(io.StringIO(found["kpi.csv"]))} == published
    assert {row["指標番号"] for row in json.loads(found["kpi.json"])} == published


def test_the_page_stands_on_its_own(edition):
    text = public.page(report_of(edition))
    assert '<html lang="ja">' in text
    assert "<script" not in text
    assert "http" not in text
    assert "窓口の案内を&lt;改めました&gt;" in text
    assert text.count("<h1>") == 1
    assert text.count('role="img"') == text.count("<desc")
    assert text.count("<caption>") == 3
    assert "見本データ" in text


def test_numbers_are_those_of_the_edition_and_zero_is_zero(edition):
    report = report_of(edition)
    rows = {
        (row["指標番号"], row["年月"]): row
        for row in csv.DictReader(io.StringIO(files(public.bundle(report))["kpi.csv"]))
    }
    row = next(row for row in report.indicators if row.code == "7-2")
    assert row.months[-1].value == 0
    assert Decimal(rows["KPI7-2", "2026-10"]["実績値"]) == 0
    assert (
        Decimal(rows["KPI1-2", "2026-10"]["年度の値"])
        == next(row for row in report.indicators if row.code == "1-2").actual
    )


def test_the_same_edition_gives_the_same_bytes(edition):
    assert public.bundle(report_of(edition)) == public.bundle(report_of(edition))


def test_a_live_month_is_not_published(edition):
    with pytest.raises(ValueError, match="締めた月の版だけ"):
        public.bundle(gather(MONTH, on=AFTER))
    with pytest.raises(ValueError, match="締めた月の版だけ"):
        public.bundle(replace(report_of(edition), edition=None))


def test_the_command_writes_the_zip_or_says_why_not(edition, tmp_path):
    path = tmp_path / "public.zip"
    call_command("publish_edition", "2026-10", "--out", str(path), verbosity=0)
    assert "kpi.csv" in files(path.read_bytes())
    for arguments, words in (
        (["2026-11"], "版がありません"),
        (["2026-10", "--edition", "7"], "版がありません"),
        (["x"], "月"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("publish_edition", *arguments, "--out", str(path))
    with pytest.raises(CommandError, match="書けません"):
        call_command("publish_edition", "2026-10", "--out", str(tmp_path / "none" / "x.zip"))
