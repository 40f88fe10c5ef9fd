"""The public edition of a town.

Only what is marked 公表; nothing internal leaks; where nothing is marked, the portal says where to.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from foundation.accounts.models import User
from headquarters.reports.actions import close_month
from headquarters.reports.editions import reports_until
from headquarters.reports.public.folder import bundle
from headquarters.reports.stored import parse
from kpi.models import Indicator, KpiValue
from roadmap.models import Milestone
from tests.conftest import MONTH
from tests.pages import page_text
from tests.reports.public_files import broken, files, lines
from tests.reports.test_reports import _in_format_1, _in_format_4, _in_format_6, _in_format_7
from tests.reports.test_true_editions import publish
from tests.sample_town import load_town

# what is drawn, not what is stored
pytestmark = [pytest.mark.django_db, pytest.mark.standing_town, pytest.mark.pure]
SECRET = "内部だけの話<b>"
OCTOBER = "2026-10_1"
PUBLISHED = ["1-2", "3-1", "7-2"]


def marked(codes):
    Indicator.objects.update(published=False)
    Indicator.objects.filter(code__in=codes).update(published=True)


@pytest.fixture
def clerk(client):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield user


def closed(by, month=MONTH):
    return close_month(by=by, month=month, on=date(2026, 11, 20), reason=SECRET)


@pytest.fixture
def edition(clerk):
    marked(PUBLISHED)
    KpiValue.objects.update(note=SECRET, public_note="")
    KpiValue.objects.filter(indicator__code="1-2", month=MONTH).update(
        public_note="窓口の案内を<改めました>"
    )
    Milestone.objects.update(state_reason=SECRET)
    return closed(clerk)


KEPT = []  # the reports up to October's edition, closed once for all tests that only read them


@pytest.fixture
def reports(request):
    if not KEPT:
        KEPT.extend(reports_until(request.getfixturevalue("edition")))
    return KEPT


def made(edition):
    return files(bundle(reports_until(edition)))


def test_only_published_indicators_and_nothing_internal(edition, client):
    found = files(client.get(reverse("reports:edition_public", args=[MONTH, 1])).getvalue())
    own = {name: text for name, text in found.items() if name.startswith(OCTOBER)}
    for text in own.values():
        assert "オンライン化手続き数" not in text  # 1-1 is not published
    for text in found.values():
        assert "内部だけ" not in text
        for person in User.objects.all():
            assert person.full_name not in text
    published = {f"KPI{code}" for code in PUBLISHED}  # a spreadsheet makes a date of 1-2
    assert {row["指標番号"] for row in lines(own[f"{OCTOBER}/kpi.csv"])} == published
    data = json.loads(own[f"{OCTOBER}/kpi.json"])
    assert {row["indicator_code"] for row in data["indicators"]} == published


def test_the_page_stands_on_its_own(reports):
    text = files(bundle(reports))[f"{OCTOBER}/index.html"]
    assert '<html lang="ja">' in text
    assert "<script" not in text
    assert "http" not in text
    assert "<b>令和8年10月</b>　窓口の案内を&lt;改めました&gt;" in text  # a note and its month
    assert text.count("<h1>") == 1
    assert text.count('role="img"') == text.count("<desc") > 0
    assert text.count("<caption") == 4
    assert "見本データ" in text


def test_numbers_are_those_of_the_edition_and_zero_is_zero(reports):
    report, found = reports[-1], files(bundle(reports))
    rows = {(row["指標番号"], row["年月"]): row for row in lines(found[f"{OCTOBER}/kpi.csv"])}
    row = next(row for row in report.indicators if row.code == "7-2")
    assert row.months[-1].value == 0
    assert Decimal(rows["KPI7-2", "2026-10"]["実績値"]) == 0
    assert (
        Decimal(rows["KPI1-2", "2026-10"]["年度の値"])
        == next(row for row in report.indicators if row.code == "1-2").actual
    )
    said = {
        row["indicator_code"]: row for row in json.loads(found[f"{OCTOBER}/kpi.json"])["indicators"]
    }
    assert said["KPI7-2"]["records"][-1]["value"] == 0
    assert rows["KPI1-2", "2026-10"]["施策名"] == said["KPI1-2"]["measure_name"] != ""
    assert {row["年度（西暦）"] for row in rows.values()} == {"2026"}


def test_every_editions_data_keep_their_schema(reports):
    found = files(bundle(reports))
    listed = json.loads(found["editions.json"])
    assert len(listed) == len(reports) == 8
    for each in listed:
        assert broken(found, each["page"].partition("/")[0]) == []


def test_the_same_edition_gives_the_same_bytes_whatever_is_closed_later(edition, clerk):
    first = bundle(reports_until(edition))
    assert bundle(reports_until(edition)) == first
    publish(clerk, "7-2")
    closed(clerk)
    assert bundle(reports_until(edition)) == first


def test_a_live_month_is_not_published(reports):
    with pytest.raises(ValueError, match="締めた月の版だけ"):
        bundle([*reports, replace(reports[-1], edition=None)])


@pytest.mark.parametrize("old", [_in_format_1, _in_format_4, _in_format_6, _in_format_7])
def test_editions_of_older_formats_are_published_too(reports, old):
    report = parse(json.dumps(old(reports[-1])))
    found = files(bundle([report]))
    assert broken(found, OCTOBER) == []
    assert len(lines(found[f"{OCTOBER}/kpi.csv"])) == 3 * 7


def test_what_was_marked_by_mistake_is_taken_back_by_closing_again(edition, clerk):
    for code in ("3-1", "7-2"):
        publish(clerk, code)
    again = made(closed(clerk))
    for folder in (OCTOBER, "2026-10_2"):
        assert {row["指標番号"] for row in lines(again[f"{folder}/kpi.csv"])} == {"KPI1-2"}
    assert "第2版を見る" in again[f"{OCTOBER}/index.html"]
    assert "新しい版があります" not in again["2026-10_2/index.html"]


def test_where_nothing_was_marked_a_page_says_where_to_mark(clerk, client):
    marked([])
    closed(clerk)
    for now in ([], ["1-2", "4-1"]):
        marked(now)
        page = client.get(reverse("reports:edition_public", args=[MONTH, 1]))
        assert page["Content-Type"].startswith("text/html")
        text = page_text(page)
        assert "「公表する」とした指標がなかった" in text
        assert f">{len(now)}</b> 件です" in text
        for place in (reverse("kpi:definition_table"), reverse("reports:close", args=[MONTH])):
            assert f'href="{place}"' in text


@pytest.mark.parametrize(
    ("codes", "words"),
    [([], "いま「公表する」とした指標がありません"), (["1-2"], ">1</b> 件が入ります")],
)
def test_the_list_of_reports_says_how_many_are_marked(clerk, client, codes, words):
    marked(codes)
    page = client.get(reverse("reports:list"))
    assert words in page_text(page)
    assert f'href="{reverse("kpi:definition_table")}"' in page.content.decode()


def test_the_command_writes_the_zip_or_says_why_not(edition, tmp_path):
    path = tmp_path / "public.zip"
    call_command("publish_edition", "2026-10", "--out", str(path), verbosity=0)
    assert path.read_bytes() == bundle(reports_until(edition))
    for arguments, words in (
        (["2026-11"], "版がありません"),
        (["2026-10", "--edition", "7"], "版がありません"),
        (["x"], "月"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("publish_edition", *arguments, "--out", str(path))
    with pytest.raises(CommandError, match="書けません"):
        call_command("publish_edition", "2026-10", "--out", str(tmp_path / "none" / "x.zip"))


def test_the_command_says_where_to_mark(clerk, tmp_path):
    marked([])
    closed(clerk)
    with pytest.raises(CommandError, match="指標の定義表"):
        call_command("publish_edition", "2026-10", "--out", str(tmp_path / "x.zip"))
