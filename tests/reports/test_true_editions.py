"""Editions tell the truth.

What is delivered, what counts as changed since a closing, the annual edition, the same bytes.
"""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import Department, User
from foundation.records.actions import record_change
from headquarters.reports.actions import close_month, issue_annual
from headquarters.reports.changes import compare
from headquarters.reports.editions import changes_since_closing, report_of, whole_report
from headquarters.reports.models import Edition
from headquarters.reports.workbook import assembly
from headquarters.reviews.models import Review
from kpi.models import Indicator
from kpi.setup.definitions import FIELDS, set_definition
from tests.pages import page_text
from tests.sample_town import load_town

# What a database keeps of an edition is tried on both of them in `tests.reports.test_editions`.
pytestmark = [pytest.mark.django_db, pytest.mark.standing_town, pytest.mark.pure]
NOW, BACK = "2026-11-20 01:00+00:00", "2026-09-01 01:00+00:00"
ON = date(2026, 11, 20)
SEPTEMBER, AUGUST, MARCH = date(2026, 9, 1), date(2026, 8, 1), date(2027, 3, 1)
BACKEND = "foundation.accounts.backends.MembershipBackend"


@pytest.fixture
def clerk(client):
    with time_machine.travel(NOW, tick=False):
        load_town()
        user = User.objects.get(username="jimukyoku")
        client.force_login(user, backend=BACKEND)
        yield user


def publish(by, code="1-1"):
    indicator = Indicator.objects.get(code=code)
    newest = indicator.definitions.order_by("-from_month").first()
    values = {name: getattr(newest, name) for name in FIELDS}
    set_definition(by=by, indicator=indicator, values=values, published=not indicator.published)


def kinds(month=SEPTEMBER):
    return {row.kind for row in changes_since_closing(month, on=ON)}


def test_a_closed_month_is_delivered_as_its_edition_until_the_live_figures_are_asked_for(
    clerk, client, tmp_path
):
    kept = bytes(Edition.objects.newest(SEPTEMBER).workbook)
    publish(clerk)
    url, out = reverse("reports:workbook", args=[SEPTEMBER]), tmp_path / "x.xlsx"
    assert client.get(url).content == kept
    for given in ({}, {"edition": 1}):
        call_command("export_month", "2026-09", out=str(out), verbosity=0, **given)
        assert out.read_bytes() == kept
    call_command("export_month", "2026-09", out=str(out), live=True, verbosity=0)
    live = client.get(f"{url}?live=1")
    assert live.content == out.read_bytes() != kept
    cover = load_workbook(BytesIO(live.content))["表紙"]
    assert "現在（第1版を締めた後の内容。版ではありません）" in {cell.value for cell in cover["B"]}
    with pytest.raises(CommandError, match="第7版はありません"):
        call_command("export_month", "2026-09", out=str(out), edition=7)
    with time_machine.travel("2026-10-11 01:00+00:00", tick=False):
        call_command("export_month", "last", out=str(out), verbosity=0)
    assert out.read_bytes() == kept


def signed_in(by):
    record_change(by=by, action="accounts.sign_in", subject=by, before={}, after={})


@pytest.mark.parametrize("month", [AUGUST, SEPTEMBER, date(2026, 10, 1)])
def test_a_sign_in_between_two_exports_changes_no_byte(clerk, month):
    first = assembly.workbook(whole_report(month, on=ON))
    with time_machine.travel("2026-11-20 03:00+00:00", tick=False):
        signed_in(clerk)
    assert assembly.workbook(whole_report(month, on=ON)) == first


def test_the_dates_inside_are_japanese(clerk):
    with time_machine.travel("2026-11-20 15:30+00:00", tick=False):  # the 21st in Japan
        publish(clerk)
        book = load_workbook(BytesIO(assembly.workbook(whole_report(SEPTEMBER, on=ON))))
    days = {cell.value for line in book["データ定義"].iter_rows() for cell in line}
    assert datetime(2026, 11, 21) in days  # 更新日
    assert "令和8年11月21日 00:30" in {cell.value for cell in book["表紙"]["B"]}


def renamed_department(by):
    name = report_of(Edition.objects.newest(SEPTEMBER)).measures[0].department
    department = Department.objects.get(name=name)
    department.name = "新しい課"
    department.save()
    record_change(by=by, action="accounts.department", subject=department, before={}, after={})


def graded(by):
    review = Review.objects.exclude(state="draft").first()
    review.headquarters_comment = "書き足した"
    review.save()
    record_change(by=by, action="reviews.review", subject=review, before={}, after={})


CHANGES = [(publish, "公表"), (graded, "PDCAの文"), (renamed_department, "所管課・入力課")]


@pytest.mark.parametrize("now", [NOW, BACK])
@pytest.mark.parametrize(("change", "kind"), CHANGES)
def test_what_changed_since_closing_allows_closing_again_whatever_the_clock_says(
    clerk, client, change, kind, now
):
    close_month(by=clerk, month=SEPTEMBER, on=ON, reason="シートの反映")
    page = reverse("reports:close", args=[SEPTEMBER])
    assert kinds() == set()
    assert "変わったものはありません" in page_text(client.get(page))
    assert "締め直す</button>" not in client.get(page).content.decode()
    with pytest.raises(ValidationError, match="変更はありません"):
        close_month(by=clerk, month=SEPTEMBER, on=ON, reason="x")
    with time_machine.travel(now, tick=False):
        change(clerk)
    client.force_login(clerk, backend=BACKEND)
    assert kind in kinds()
    assert kind in page_text(client.get(page))
    assert f"{kind} " in page_text(client.get(reverse("kpi:month", args=[SEPTEMBER])))
    with pytest.raises(ValidationError, match="締め直す理由"):
        close_month(by=clerk, month=SEPTEMBER, on=ON)
    row = close_month(by=clerk, month=SEPTEMBER, on=ON, reason="公表の見直し")
    since = report_of(row).since
    assert (since.label, since.reason) == ("令和8年9月 第2版", "公表の見直し")
    assert kind in {each.kind for each in since.changes}
    assert kind in row.changed
    assert kinds() == set()
    cover = load_workbook(BytesIO(bytes(row.workbook)))["表紙"]
    assert "公表の見直し" in {cell.value for cell in cover["B"]}
    text = page_text(client.get("/reports/"))
    assert "第2版から変わったところ" in text
    assert "締め直した理由：公表の見直し" in text


def test_what_nobody_changed_is_no_change_and_a_definition_of_later_months_neither(clerk):
    close_month(by=clerk, month=SEPTEMBER, on=ON, reason="シートの反映")
    signed_in(clerk)
    indicator = Indicator.objects.get(code="1-1")
    newest = indicator.definitions.order_by("-from_month").first()
    values = {name: getattr(newest, name) for name in FIELDS} | {"data_source": "新しい台帳"}
    set_definition(
        by=clerk,
        indicator=indicator,
        values=values,
        from_month=date(2026, 11, 1),
        published=indicator.published,
        reason="出典の変更",
    )
    assert kinds() == set()


def test_comparing_two_months_shows_what_moved_and_no_new_value(clerk, client):
    before, after = (report_of(Edition.objects.newest(month)) for month in (AUGUST, SEPTEMBER))
    changes = compare(before, after)
    assert not [row for row in changes if row.month and row.month > AUGUST]
    assert {"評価", "達成率"} <= {row.kind for row in changes}
    text = page_text(client.get("/reports/compare/?a=2026-08.1&b=2026-09.1"))
    assert "達成率" in text


def test_the_comparison_sees_a_step_that_was_added(clerk):
    report = whole_report(SEPTEMBER, on=ON)
    steps = tuple(row for row in report.steps if row is not report.steps[0])
    less = type(report)(**{**vars(report), "steps": steps})
    added = [row for row in compare(less, report) if row.before == "なし"]
    assert [row.kind for row in added].count("工程") == 1
    assert len(added) == 1 + len(report.steps[0].milestones)


def another(rows, place, **changed):
    """The rows with one of them changed."""
    return (*rows[:place], replace(rows[place], **changed), *rows[place + 1 :])


@pytest.mark.parametrize("made_as", [5, 4])
def test_what_is_called_otherwise_is_the_same_thing(clerk, made_as):
    """By their ids; an edition from before there were ids is read by numbers and names."""
    report = replace(whole_report(SEPTEMBER, on=ON), made_as=made_as)
    after = replace(
        report,
        indicators=another(report.indicators, 0, code="1-9"),
        steps=another(report.steps, 0, name="別の工程"),
    )
    kinds = {row.kind for row in compare(report, after)}
    named = {"定義", "工程の名称"}
    assert kinds == named if made_as == 5 else kinds > {"工程", "値"}


def test_the_annual_report_is_an_edition_by_its_own_act(clerk, client):
    page = reverse("reports:close_annual", args=[2026])
    assert client.get(page).status_code == 404
    with pytest.raises(ValidationError, match="3月分を締める"):
        issue_annual(by=clerk, year=2026, on=ON)
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        on = date(2027, 4, 20)
        client.force_login(clerk, backend=BACKEND)
        close_month(by=clerk, month=MARCH, on=on, reason="報告のため")
        url = reverse("reports:annual", args=[2026])
        made = load_workbook(BytesIO(client.get(url).content))["表紙"]
        assert "速報（締め前）" in {cell.value for cell in made["B"]}
        done = client.post(page, {}, follow=True)
        assert "年次報告 第1版を保存しました" in page_text(done)
        first = client.get(url).content
        row = Edition.objects.annual(2026).get()
        assert (first, str(row.key)) == (bytes(row.workbook), "2026.1")
        assert report_of(row).based_on == "令和9年3月 第1版"
        assert Edition.objects.newest() == Edition.objects.get(kind="month", month=MARCH)
        with pytest.raises(ValidationError, match="変更はありません"):
            issue_annual(by=clerk, year=2026, on=on, reason="x")
        graded(clerk)
        assert client.get(url).content == first
        assert "書き足した" in page_text(client.get(page))
        again = issue_annual(by=clerk, year=2026, on=on, reason="本部の評価を反映")
        assert again.number == 2
        assert client.get(url).content == bytes(again.workbook)
        assert client.get(f"{url}?edition=1").content == first
        assert client.get(f"{url}?edition=9").status_code == 404
        text = page_text(client.get("/reports/compare/?a=2026.1&b=2026.2"))
        assert "書き足した" in text
        assert "本部の評価を反映" in page_text(client.get("/reports/"))


def test_a_definition_and_a_flag_say_who_and_why(clerk, client):
    publish(clerk)
    text = page_text(client.get("/reports/compare/?a=2026-09.1&b=2026-09"))
    assert "公表" in text
    assert clerk.display_name in text
