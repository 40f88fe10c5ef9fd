"""Editions: a closed month is kept byte for byte, whatever happens afterwards.

Two can be compared, with who and why.
"""

import hashlib
import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.db import Error, transaction
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import Department, User
from headquarters.reports.actions import close_month
from headquarters.reports.changes import Move, compare, moves
from headquarters.reports.editions import corrected_before, report_of
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from headquarters.reports.stored import dump, parse
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue, ReportingMonth
from kpi.month.closing import changes_since_closing, set_due_on
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.months import MonthState
from kpi.rules.checks import Entry
from measures.models import Measure
from tests.conftest import AFTER, MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def clerk(client):
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        yield user


def close(by, month=MONTH, at="2026-11-20 02:00+00:00"):
    with time_machine.travel(at, tick=False):
        return close_month(by=by, month=month, on=ON, reason="報告のため")


def correct(by, code, month, number, at):
    """By exception: ask, allow, correct."""
    indicator = Indicator.objects.get(code=code)
    with time_machine.travel(at, tick=False):
        asked = request_reopening(by=by, indicator=indicator, month=month, reason="支所の分の漏れ")
        decide_reopening(by=by, pk=asked.pk, allow=True, on=ON, until=date(2026, 11, 25))
        seen = KpiValue.objects.get(indicator=indicator, month=month).version
        record_value(
            by=by,
            indicator=indicator,
            month=month,
            seen_version=seen,
            entry=Entry(value=Decimal(number), note="訂正"),
            on=ON,
            reason="支所の分の漏れ",
        )


def test_closing_keeps_the_report_and_the_workbook_with_their_hashes(clerk):
    row = close(clerk)
    assert (row.number, row.reason, row.closed_by) == (1, "報告のため", clerk)
    assert hashlib.sha256(row.report.encode()).hexdigest() == row.report_sha256
    assert hashlib.sha256(bytes(row.workbook)).hexdigest() == row.workbook_sha256
    assert report_of(row).edition == 1
    assert dump(parse(row.report)) == row.report
    assert "第1版" in row.workbook_name
    cover = load_workbook(BytesIO(bytes(row.workbook)))["表紙"]
    assert {clerk.display_name, row.short_hash} <= {
        cell.value for cell in cover["B"]
    }  # the paper tells which edition it is
    assert load_workbook(BytesIO(bytes(row.workbook))).sheetnames[0] == "表紙"


def test_an_edition_cannot_be_changed_or_removed(clerk):
    close(clerk)
    for change in (
        lambda: Edition.objects.update(number=9),
        lambda: Edition.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert Edition.objects.get(month=MONTH).number == 1


def test_it_is_served_byte_for_byte_after_renames_endings_and_new_values(clerk, client):
    row = close(clerk)
    before = bytes(row.workbook)
    Indicator.objects.filter(code="1-2").update(name="別の名前", valid_until=SEPTEMBER)
    Department.objects.update(name="別の課")
    Measure.objects.filter(number=10).update(valid_until=date(2026, 4, 1))
    url = reverse("reports:edition", args=[MONTH, 1])
    assert client.get(url).getvalue() == before
    assert client.get(f"{url}?format=json").getvalue().decode() == row.report
    text = client.get("/dashboard/?at=2026-10.1").content.decode()
    assert "オンライン申請件数" in text
    assert "別の名前" not in text
    assert "第1版" in text
    assert client.get(reverse("reports:edition", args=[MONTH, 2])).status_code == 404
    assert client.get("/dashboard/?at=2026-10.2").status_code == 404


@pytest.mark.pure
def test_without_a_month_the_last_closed_months_newest_edition_is_shown(clerk, client):
    text = client.get("/dashboard/").content.decode()
    assert ("9月分 <b>第1版</b>" in text, "令和8年9月30日時点・" in text) == (True, True)
    assert reverse("reports:edition", args=[SEPTEMBER, 1]) in text
    assert "10月分 <b>速報</b>" in client.get("/dashboard/?at=2026-10").content.decode()
    close(clerk)
    assert "10月分 <b>第1版</b>" in client.get("/dashboard/").content.decode()
    assert "10月分 <b>現在</b>" in client.get("/dashboard/?at=2026-10").content.decode()


@pytest.mark.pure
def test_a_portal_without_an_edition_shows_the_running_figures(secretariat, sign_in):
    assert "<b>速報</b>" in sign_in(secretariat).get("/dashboard/").content.decode()


def test_closing_again_makes_the_next_edition_and_the_first_stays(clerk, client):
    first = bytes(close(clerk).workbook)
    correct(clerk, "1-2", MONTH, 200, "2026-11-20 03:00+00:00")
    second = close(clerk, at="2026-11-20 04:00+00:00")
    assert second.number == 2
    assert client.get(reverse("reports:edition", args=[MONTH, 1])).getvalue() == first
    changes = compare(
        *(report_of(row) for row in Edition.objects.filter(month=MONTH).order_by("number"))
    )
    value = next(row for row in changes if row.kind == "値")
    assert (value.subject, value.after) == ("1-2 オンライン申請件数（R8.10）", "200")
    text = client.get("/reports/compare/?a=2026-10.1&b=2026-10.2").content.decode()
    assert "支所の分の漏れ" in text
    assert "見本 事務局" in text
    assert (
        "違いはありません"
        in client.get("/reports/compare/?a=2026-10.2&b=2026-10.2").content.decode()
    )
    assert client.get("/reports/compare/?a=2026-10.9&b=2026-10").status_code == 404


@pytest.mark.pure
def test_later_months_say_that_an_earlier_one_was_corrected(clerk, client):
    october = close(clerk, MONTH, "2026-11-20 03:00+00:00")
    august = Edition.objects.get(month=date(2026, 8, 1))  # July was corrected after it
    assert corrected_before(Edition.objects.all()) == {august.pk}
    correct(clerk, "1-2", SEPTEMBER, 130, "2026-11-20 04:00+00:00")
    close(clerk, SEPTEMBER, "2026-11-20 05:00+00:00")
    assert corrected_before(Edition.objects.all()) == {august.pk, october.pk}
    assert "前月の訂正あり" in client.get("/reports/").content.decode()


@pytest.mark.pure
def test_a_failing_workbook_closes_nothing(clerk, monkeypatch):
    monkeypatch.setattr(
        "headquarters.reports.drawn.assembly.workbook",
        lambda report: (_ for _ in ()).throw(OSError("disk full")),
    )
    with pytest.raises(OSError, match="disk full"):
        close(clerk)
    assert not Edition.objects.filter(month=MONTH).exists()
    assert gather(MONTH, on=AFTER).edition is None
    KpiValue.objects.filter(month=MONTH).first()


@pytest.mark.pure
def test_a_renamed_indicator_keeps_who_and_why_and_its_changes_since_closing(clerk, client):
    close(clerk)
    correct(clerk, "1-2", MONTH, 130, "2026-11-20 03:00+00:00")
    Indicator.objects.filter(code="1-2").update(name="オンライン申請の件数")
    client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
    text = page_text(client.get("/reports/compare/?a=2026-10.1&b=2026-10"))
    assert "支所の分の漏れ" in text
    assert "見本 事務局" in text
    # 1-2, and 1-3 whose numerator it is
    assert changes_since_closing(ReportingMonth.objects.get(month=MONTH)) == 2


@pytest.mark.pure
def test_the_same_two_reports_differ_in_nothing(clerk):
    report = gather(MONTH, on=AFTER, whole_plan=True)
    assert compare(report, report) == []


@pytest.mark.pure
def test_closing_on_the_screen_says_which_edition_was_made(clerk, client):
    answer = client.post(
        reverse("reports:close", args=[MONTH]), {"reason": "報告のため"}, follow=True
    )
    assert "令和8年10月分を締め、第1版を保存しました" in answer.content.decode()
    newest = Edition.objects.newest(MONTH)
    assert newest.short_hash in client.get("/reports/").content.decode()


def test_the_annual_report_comes_from_the_march_edition(clerk, client):
    assert client.get(reverse("reports:annual", args=[2026])).status_code == 404
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        close_month(by=clerk, month=date(2027, 3, 1), on=date(2027, 4, 20), reason="報告のため")
        client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
        assert "令和8年度の年次報告（Excel）" in client.get("/reports/").content.decode()
        answer = client.get(reverse("reports:annual", args=[2026]))
    made = load_workbook(BytesIO(answer.getvalue()))
    assert made["表紙"]["A1"].value == "年次進捗報告書"
    assert "評価一覧" in made.sheetnames
    assert client.get(reverse("reports:annual", args=[99999])).status_code in (302, 404)


@pytest.mark.pure
def test_the_dashboard_says_what_moved_since_the_edition_before_and_offers_every_edition(
    clerk, client
):
    assert "前の版" not in client.get("/dashboard/?at=2026-04").content.decode()
    correct(clerk, "1-2", SEPTEMBER, 130, "2026-11-20 03:00+00:00")
    close(clerk, SEPTEMBER, "2026-11-20 04:00+00:00")
    text = page_text(client.get("/dashboard/?at=2026-10"))
    old, new = report_of(Edition.objects.newest(SEPTEMBER)), gather(MONTH, on=AFTER)
    moved = moves({row.code: row.grade for row in old.indicators}, new)
    assert (moved.improved, moved.worsened) == (1, 2)
    assert moved.rows[0] == Move("5-1", "AIツールの活用業務数", "B", "C")
    assert [move.kind for move in moved.rows] == ["悪化", "悪化", "改善"]
    assert re.search(r"<b>B</b>\s*</span>\s*から\s*<span[^>]*>\s*<b>C</b>", text)
    assert "注目していただきたい点" in text
    assert moved.same + moved.new + len(moved.rows) == new.judged
    assert "前の版（9月末 第2版）から" in text
    assert f"新たに評価 <b>{moved.new}</b>" in text
    assert f"変化なし <b>{moved.same}</b>" in text
    for value in ("2026-09.1", "2026-09", "2026-10"):
        assert f'href="/dashboard/?at={value}"' in text
    shown = client.get("/dashboard/?at=2026-09.1").content.decode()
    assert "9月分 <b>第1版</b>" in shown
    assert "9月分 第2版に戻す" in shown
    for wrong in ("2026-09.9", "2026-09.x", "2026-13", "2026-10.1"):
        assert client.get(f"/dashboard/?at={wrong}").status_code == 404, wrong


@pytest.mark.pure
def test_the_cover_says_what_changed_since_the_edition_before(clerk):
    assert report_of(Edition.objects.get(month=date(2026, 4, 1))).since is None
    correct(clerk, "1-2", SEPTEMBER, 130, "2026-11-20 03:00+00:00")
    row = close(clerk, at="2026-11-20 04:00+00:00")
    report = report_of(row)
    assert report.since.label == "令和8年9月 第1版"
    assert [(each.subject, each.after) for each in report.since.changes if each.kind == "値"] == [
        ("1-2 オンライン申請件数（R8.9）", "130"),
        ("1-3 オンライン申請割合（R8.9）", "130／585"),  # its numerator is 1-2's value
    ]  # October's figures are new, not changed
    assert dump(parse(row.report)) == row.report
    cover = load_workbook(BytesIO(bytes(row.workbook)))["表紙"]
    texts = [cell.value for line in cover.iter_rows() for cell in line if cell.value]
    assert any("令和8年9月 第1版から変わったところ" in text for text in texts)
    assert any(text.startswith("1-2 オンライン申請件数（R8.9）：") for text in texts)


def test_the_dashboard_takes_ten_queries_however_many_editions(
    clerk, client, django_assert_max_num_queries
):
    counts = set()
    for closed in (None, MONTH):
        if closed:
            close(clerk, closed)
        client.get("/dashboard/?at=2026-10")
        with django_assert_max_num_queries(10) as captured:
            assert client.get("/dashboard/?at=2026-10").status_code == 200
        counts.add(len(captured))
        with django_assert_max_num_queries(10):
            client.get("/dashboard/")
    assert len(counts) == 1


@pytest.mark.pure
def test_departments_and_the_due_day_are_those_of_the_month(clerk):
    state = MonthState.load(MONTH)
    names = {
        row.department.name if row.department else "所管課未定": row.get_state_display()
        for row in state.submissions.values()
    }
    report = gather(MONTH, on=AFTER)
    assert {row.name: row.state for row in report.departments} == {
        row.name: names.get(row.name, "未提出") for row in report.departments
    }
    assert len({row.state for row in report.departments}) > 1
    set_due_on(by=clerk, month=MONTH, due_on=date(2026, 11, 17))
    assert {row.due_on for row in gather(MONTH, on=AFTER).attention if row.kind == "missing"} <= {
        date(2026, 11, 17)
    }
