"""A closed month looks closed, on every page and for everybody; an open one asks for what it lacks.

And what has changed since the closing is counted alike wherever it is counted.
"""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.actions import record_change
from foundation.records.models import DataRevision
from headquarters.reports.actions import close_month
from headquarters.reports.models import Edition
from kpi.models import Indicator, KpiValue, Reopening, ReportingMonth
from kpi.month.reopenings import decide_reopening, request_reopening
from tests.conftest import MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.pure,  # pages; the guards of their tables are tried in records/test_guards
]
NOW = "2026-11-27 01:00+00:00"
TODAY = date(2026, 11, 27)
AUGUST, SEPTEMBER, NOVEMBER = (date(2026, number, 1) for number in (8, 9, 11))
BACKEND = "foundation.accounts.backends.MembershipBackend"
PAGES = (
    ("kpi:entry", ""),
    ("kpi:entry", "?show=all"),
    ("kpi:month", ""),
    ("kpi:missing", ""),
    ("kpi:paste", ""),
    ("kpi:value_edit", ""),
)
COUNTDOWN = re.compile(r"提出期限 \d+月\d+日|あと\d+日|\d日超過")
ASKS = re.compile(r"提出する|未提出|差し戻す|確認済にする|速報|保存する")
PASTE = re.compile(r"貼り付け")


@pytest.fixture
def town():
    with time_machine.travel(NOW, tick=False):
        load_town()
        yield


@pytest.fixture
def visit(client):
    def enter(username):
        client.force_login(User.objects.get(username=username), backend=BACKEND)
        return client

    return enter


def place(name, month):
    return reverse(name, args=[month, "1-1"] if name == "kpi:value_edit" else [month])


def words_of(answer):
    """What a page says to the eye, without the frame around it."""
    main = page_text(answer).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


@pytest.mark.parametrize("who", ["jimukyoku", "kikaku-kacho", "etsuran"])
def test_a_closed_month_asks_for_nothing_anywhere(town, visit, who):
    clerk = User.objects.get(username="jimukyoku")
    close_month(by=clerk, month=MONTH, on=TODAY, reason="報告を急ぐため")
    client = visit(who)
    for month in (SEPTEMBER, MONTH):
        for name, query in PAGES:
            text = words_of(client.get(place(name, month) + query))
            for never in (COUNTDOWN, ASKS, PASTE):
                assert not never.search(text), (name, month, never.search(text))
            assert "締め済み" in text, name
    home = words_of(client.get("/"))
    assert not COUNTDOWN.search(home)
    assert "未提出" not in home
    listed = words_of(client.get(reverse("kpi:months")))
    assert "速報" not in listed
    assert not COUNTDOWN.search(listed)


@pytest.mark.parametrize("month", [MONTH, NOVEMBER])
def test_an_open_month_asks_and_counts_down(town, visit, month):
    client = visit("jimukyoku")
    for name in ("kpi:entry", "kpi:month", "kpi:missing"):
        assert COUNTDOWN.search(words_of(client.get(place(name, month)))), name
    assert PASTE.search(words_of(client.get(place("kpi:entry", month))))
    assert "速報" in words_of(client.get(place("kpi:month", month)))
    listed = words_of(client.get(reverse("kpi:months")))
    assert "10月 確認 0／6課 11月 月の途中" in listed


def test_it_says_once_which_edition_and_leads_on(town, visit):
    text = visit("kikaku-kacho").get(place("kpi:entry", SEPTEMBER)).content.decode()
    assert text.count("変わりません") == text.count("締め済み　第1版") == 1
    assert reverse("reports:edition", args=[SEPTEMBER, 1]) in text
    assert "入力中の10月分へ" in text
    assert "月次締め済みです" not in text
    assert "例外を申請する" in text
    heads = re.findall(r'<th scope="col" class="is-num[^"]*">\s*(\S+月)\s*</th>', text)
    assert heads == ["7月", "8月", "9月"]


@pytest.mark.parametrize("name", ["kpi:month", "kpi:entry"])
def test_who_closed_it_is_called_by_name(town, visit, name):
    (settled,) = ReportingMonth.objects.filter(month=AUGUST).select_related("locked_by")
    told = words_of(visit("etsuran").get(place(name, AUGUST)))
    assert settled.locked_by.full_name in told
    assert settled.locked_by.username not in told


def test_only_who_may_is_offered_what_can_be_done(town, visit):
    for who, asks, closes in (
        ("etsuran", False, False),
        ("kikaku-kacho", True, False),
        ("jimukyoku", True, True),
    ):
        text = words_of(visit(who).get(place("kpi:entry", SEPTEMBER)))
        assert ("例外を申請する" in text, "締め直す 第1版は残ります" in text) == (asks, closes), who


def test_a_page_drawn_before_the_closing_keeps_what_was_typed(town, visit):
    value = KpiValue.objects.get(indicator__code="1-1", month=SEPTEMBER)
    answer = visit("jimukyoku").post(
        place("kpi:value_edit", SEPTEMBER),
        {"1-1-value": "4321", "1-1-answer": "final", "1-1-seen_version": value.version},
    )
    assert answer.status_code == 423
    assert "入力した内容：4321" in words_of(answer)
    block = {"text": "4321", "start": "1-1"}
    answer = visit("jimukyoku").post(place("kpi:paste", SEPTEMBER), block)
    assert (answer.status_code, "4321" in answer.content.decode()) == (423, True)


def allowed(head, clerk):
    """An exception for one cell of September."""
    row = Indicator.objects.get(code="1-1")
    asked = request_reopening(by=head, indicator=row, month=SEPTEMBER, reason="漏れ")
    decide_reopening(by=clerk, pk=asked.pk, allow=True, on=TODAY, until=date(2026, 12, 2))


def test_an_allowed_cell_is_corrected_by_its_row_and_marked(town, visit):
    head, clerk = (User.objects.get(username=name) for name in ("kikaku-kacho", "jimukyoku"))
    allowed(head, clerk)
    page = place("kpi:value_edit", SEPTEMBER)
    client = visit("kikaku-kacho")
    text = words_of(client.get(place("kpi:entry", SEPTEMBER)))
    assert text.count("訂正する") == 1
    assert "12月2日 17:15まで" in text
    assert "9月分の例外の申請が許可されました" in words_of(client.get("/"))
    value = KpiValue.objects.get(indicator__code="1-1", month=SEPTEMBER)
    typed = {"1-1-value": "36", "1-1-answer": "final", "1-1-seen_version": value.version}
    with time_machine.travel("2026-11-27 01:10+00:00", tick=False):
        assert client.post(page, typed | {"alone": "1"}).status_code == 302
        text = words_of(client.get(place("kpi:entry", SEPTEMBER)))
        assert "締めた後に訂正 1" in text
        assert "値 1件" in text
        assert "例外の申請が許可されました" not in words_of(client.get("/"))


def publish(clerk):
    row = Indicator.objects.get(code="1-1")
    row.published = not row.published
    row.save()
    record_change(by=clerk, action="kpi.definition", subject=row, before={}, after={})


def correct(clerk):
    KpiValue.objects.filter(indicator__code="1-1", month=AUGUST).update(value=1)
    row = Indicator.objects.get(code="1-1")
    record_change(by=clerk, action="kpi.value", subject=row, month=AUGUST, before={}, after={})


def count_on_page(client, month):
    text = words_of(client.get(place("kpi:month", month)))
    found = re.search(r"締め後の変更 (\d+)件", text)
    return int(found[1]) if found else 0


def counts_in_strip(client):
    """{month name: changes} of the strip."""
    text = client.get(reverse("kpi:months")).content.decode().split("</ol>")[0]
    cells = re.findall(r"<b>(\d+月)</b>(.*?)</a>", text, re.S)
    return {name: int((re.findall(r"変更 (\d+)", cell) or [0])[0]) for name, cell in cells}


@pytest.mark.parametrize(("change", "reaches"), [(publish, range(4, 10)), (correct, (8, 9))])
def test_every_place_counts_the_same_kinds(town, visit, change, reaches):
    client, clerk = visit("jimukyoku"), User.objects.get(username="jimukyoku")
    before = counts_in_strip(client)
    change(clerk)
    after = counts_in_strip(client)
    for number in range(4, 10):
        month = date(2026, number, 1)
        name = f"{number}月"
        assert after[name] == count_on_page(client, month), name
        assert (after[name] > before[name]) == (number in reaches), name
    home = words_of(client.get("/"))
    assert f"9月分の締め直し 締めた後に変わったもの {after['9月']}件" in home


def test_twelve_closed_months_cost_no_more_queries_than_one(secretariat, sign_in):
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        client, counts = sign_in(secretariat), []
        address = reverse("kpi:months")
        for months in ([date(2026, 4, 1)], [date(2026 + n // 13, n % 12 + 1, 1) for n in ALL]):
            for month in months:
                close_cheaply(month, secretariat)
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[0] == counts[1]


ALL = [*range(4, 12), *range(12, 15)]


def close_cheaply(month, by):
    """Closed, with an edition, without making its workbook."""
    revision = DataRevision.objects.get().number
    settled = {"locked_at": timezone.now(), "locked_by": by, "locked_revision": revision}
    ReportingMonth.objects.update_or_create(month=month, defaults=settled)
    facts = {"format_version": 1, "report": "{}", "report_sha256": "x", "workbook": b""}
    names = {"workbook_name": "x", "workbook_sha256": "x", "closed_by": by}
    Edition.objects.create(month=month, number=1, closed_at=timezone.now(), **facts, **names)


def test_the_grid_names_its_months_and_how_far_it_is_judged(town, visit):
    client = visit("jimukyoku")
    text = words_of(client.get(place("kpi:entry", MONTH)))
    assert "7月 8月 9月 推移" in text
    assert "前の3か月" not in text
    assert "期待値 年度目標 10月分の値" in text
    assert "期待値 60.0時間 年度目標 120.0時間" in text
    assert "年度の値 45.1時間 9月までで評価" in text
    assert "期待値 35手続 年度目標 40手続" in text
    assert "年度の値 36手続" in text
    assert "7月 " in words_of(client.get(place("kpi:value_edit", MONTH)))


def test_the_year_is_asked_for(town, visit):
    client, address = visit("etsuran"), reverse("kpi:months")
    assert "令和8年度" in words_of(client.get(f"{address}?year=2026"))
    for year in ("2025", "2027", "x", "99999999"):
        assert client.get(f"{address}?year={year}").status_code == 404, year
    assert Reopening.objects.months() == [date(2026, 7, 1)]
