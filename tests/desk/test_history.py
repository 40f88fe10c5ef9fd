"""`/history/` downloads what it shows, however long it is."""

import csv
import io
from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from foundation.records.actions import record_change
from foundation.records.models import HistoryEntry
from foundation.sheets.reopening import reopen
from headquarters.desk import history_files
from kpi.models import Indicator
from tests.pages import page_text
from tests.reports.machine_rules import dicts

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
ADDRESS = "/history/"


def record(soumu, number, **given):
    facts = {
        "before": {"有効": "True", "基準値": "12.0000"},
        "after": {"有効": False, "基準値": "12"},
    }
    return record_change(
        by=None, action="kpi.value", subject=soumu, label=f"{number} 件数", **{**facts, **given}
    )


@pytest.fixture
def entries(soumu):
    record(soumu, "１－１", reason="=1+1\n二行目", month=date(2026, 10, 1), department="総務課")
    record(soumu, "1-2", reason="メモ\ufffe_x000D_")
    record(soumu, "9-9", after={})


def csv_rows(answer):
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_what_is_shown(entries, viewer, sign_in):
    answer = sign_in(viewer).get(ADDRESS, {"format": "csv", "words": "1-1"})
    (row,) = csv_rows(answer)
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    assert (row["対象"], row["項目"], row["前"], row["後"], row["区分"]) == (
        "１－１ 件数",
        "有効",
        "はい",
        "いいえ",
        "KPI",
    )
    assert (row["理由"], row["年月"], row["課"]) == ("'=1+1\n二行目", "2026-10", "総務課")
    assert (row["だれが"], len(row["日時"])) == ("システム", 16)


def test_the_workbook_holds_what_is_shown(entries, viewer, sign_in):
    answer = sign_in(viewer).get(ADDRESS, {"format": "xlsx", "area": "kpi"})
    reopen(answer.content)
    sheet = load_workbook(io.BytesIO(answer.content))["変更履歴"]
    rows = dicts(sheet)
    assert [row["対象"] for row in rows] == ["9-9 件数"] * 2 + ["1-2 件数", "１－１ 件数"]
    assert [row["理由"] for row in rows] == [None, None, "メモ_x000D_", "=1+1 二行目"]
    gone = [(row["項目"], row["前"], row["後"], row["消去"]) for row in rows[:2]]
    assert gone == [("有効", "はい", None, "はい"), ("基準値", "12", None, "はい")]
    assert isinstance(rows[0]["日時"], datetime)


def test_a_number_of_an_indicator_is_no_date(viewer, sign_in):
    record(
        Indicator.objects.get(code="2-1"),
        "番号の変更",
        before={"番号": "1-1"},
        after={"番号": "3-2"},
    )
    rows = csv_rows(sign_in(viewer).get(ADDRESS, {"format": "csv"}))
    assert {row["指標番号"] for row in rows if row["項目"] == "番号"} == {"KPI2-1"}
    assert [(row["前"], row["後"]) for row in rows if row["項目"] == "番号"] == [
        ("KPI1-1", "KPI3-2")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("34／46", "35／46", [("値の分子", "34", "35"), ("値の分母", "46", "46")]),
        ("", "－／46", [("値の分子", "", "－"), ("値の分母", "", "46")]),
        ("対象外", "1／4", [("値の分子", "対象外", "1"), ("値の分母", "対象外", "4")]),
        ("12", "13", [("値", "12", "13")]),
        ("窓口／電話", "電話", [("値", "窓口／電話", "電話")]),
    ],
)
def test_one_datum_stands_in_one_cell(soumu, viewer, sign_in, before, after, said):
    record(soumu, "割合", before={"値": before}, after={"値": after})
    rows = csv_rows(sign_in(viewer).get(ADDRESS, {"format": "csv", "words": "割合"}))
    assert [(row["項目"], row["前"], row["後"]) for row in rows] == said


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_found_gives_the_heads_alone(entries, viewer, sign_in, kind):
    answer = sign_in(viewer).get(ADDRESS, {"format": kind, "words": "ありません"})
    assert answer.status_code == 200
    if kind == "csv":
        assert csv_rows(answer) == []


def test_a_wrong_filter_gives_the_page_and_no_file(entries, viewer, sign_in):
    answer = sign_in(viewer).get(ADDRESS, {"format": "csv", "since": "いつか"})
    assert answer["Content-Type"].startswith("text/html")


def test_the_csv_reads_a_bounded_number_of_rows_at_a_time(
    soumu, monkeypatch, django_assert_max_num_queries
):
    for number in range(30):
        record(soumu, number)
    held = []
    told = HistoryEntry.lines.fget
    monkeypatch.setattr(HistoryEntry, "lines", property(lambda row: held.append(row) or told(row)))
    rows = history_files.HistoryRows(HistoryEntry.objects.search())
    assert len(list(islice(rows, 3))) == 3
    assert len(held) == 3  # the others are not even looked at
    with django_assert_max_num_queries(1):
        list(history_files.HistoryRows(HistoryEntry.objects.search()))


def test_the_workbook_is_bounded_and_the_page_says_so(entries, viewer, sign_in, monkeypatch):
    monkeypatch.setattr(history_files, "BOOK_LIMIT", 2)
    monkeypatch.setattr("headquarters.desk.views.BOOK_LIMIT", 2)
    client = sign_in(viewer)
    content = client.get(ADDRESS, {"format": "xlsx"}).content
    assert load_workbook(io.BytesIO(content))["変更履歴"].max_row == 4  # two entries, three things
    assert "Excelは新しい2件まで" in page_text(client.get(ADDRESS))


def test_the_links_keep_the_filters(entries, viewer, sign_in):
    page = page_text(sign_in(viewer).get(ADDRESS, {"words": "1-1", "page": "1", "area": "kpi"}))
    for kind in ("csv", "xlsx"):
        link = next(part for part in page.split('href="') if f"format={kind}" in part.split('"')[0])
        address = link.split('"')[0]
        assert "words=1-1" in address
        assert "area=kpi" in address
        assert "page=" not in address


def test_the_pager_leads_to_the_next_page(soumu, viewer, sign_in, monkeypatch):
    monkeypatch.setattr("headquarters.desk.views.PER_PAGE", 2)
    for number in range(5):
        record(soumu, f"項目{number}")
    client = sign_in(viewer)
    first = page_text(client.get(ADDRESS, {"words": "項目"}))
    link = next(
        part.split('"')[0] for part in first.split('href="') if "page=2" in part.split('"')[0]
    )
    second = page_text(client.get(ADDRESS + link.replace("&amp;", "&")))
    assert ("項目4" in first, "項目2" in first) == (True, False)
    assert ("項目4" in second, "項目2" in second) == (False, True)


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/roadmap/?measure=1", "view=table"),
        ("/kpis/?measure=1", "format=xlsx"),
        ("/kpis/?measure=1", "format=csv"),
        ("/kpis/?measure=1", "format=cp932"),
    ],
)
def test_links_that_keep_the_filters_change_one_part(viewer, sign_in, address, wanted):
    page = page_text(sign_in(viewer).get(address))
    links = [part.split('"')[0] for part in page.split('href="')]
    assert any(wanted in link and "measure=1" in link for link in links), wanted


@pytest.mark.parametrize("days", [0, 1])
def test_days_are_kept_too(entries, viewer, sign_in, days):
    since = timezone.localdate() + timedelta(days=days)
    answer = sign_in(viewer).get(ADDRESS, {"format": "csv", "since": since.isoformat()})
    assert bool(csv_rows(answer)) is (days == 0)


def test_each_day_has_a_heading_and_its_entries_the_time(soumu, viewer, sign_in):
    for day, *clock in ((5, 8, 30), (5, 16, 5), (6, 9)):
        at = datetime(2026, 11, day, *clock)
        record(soumu, f"{at:%H:%M} の値", at=timezone.make_aware(at))
    text = page_text(sign_in(viewer).get(ADDRESS, {"area": "kpi"}))
    days = ("令和8年11月6日（金）", "令和8年11月5日（木）")
    assert [text.count(day) for day in days] == [1, 1]
    places = [text.index(words) for words in (days[0], "9:00", days[1], "16:05", "8:30")]
    assert places == sorted(places)
