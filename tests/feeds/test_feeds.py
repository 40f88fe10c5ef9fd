"""Feeds for Excel: who may read them, what they hold, and that the same is not sent twice."""

import csv
import io
import json
import logging
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from foundation.accounts.models import Department, User
from foundation.records.models import DataRevision, HistoryEntry
from headquarters.feeds import access, queries
from headquarters.feeds.actions import issue_token, revoke_token
from headquarters.feeds.columns import FEEDS
from headquarters.feeds.models import FeedToken, FeedUse
from headquarters.feeds.tokens import TokenText
from headquarters.feeds.writing import literal
from headquarters.reports.models import Edition
from headquarters.reports.monthly import gather
from headquarters.reports.pages.viewpoint import NO_PLAN
from headquarters.reports.workbook.data_sheets import KPI_DATA, STEP_DATA, data_columns
from kpi.actions import record_value
from kpi.models import Definition, Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.conftest import AFTER, MONTH
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.standing_town,
    pytest.mark.pure,  # what is told, not what is stored; use at once: test_uses
]
ADDRESSES = ("/feeds/kpi.csv", "/feeds/kpi.json", "/feeds/milestones.csv", "/feeds/milestones.json")
NOW = "2026-11-27 01:00+00:00"
INTERNAL = {KPI_DATA: {"note"}, STEP_DATA: {"reason"}}  # what people write to each other
CLOSED, LIVE = "2026-09.1", "2026-10"


@pytest.fixture(autouse=True)
def town():
    load_town()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk():
    return User.objects.get(username="jimukyoku")


@pytest.fixture
def issued(clerk):
    """A token of a department and its text."""
    place = Department.objects.on(date(2026, 11, 27)).first()
    return issue_token(by=clerk, department=place, purpose="進捗管理表")


@pytest.fixture
def fetch(issued):
    """`fetch(address, …)`: as Excel does, with the token in the header."""
    text = issued[1].whole

    def get(address, bearer=text, **headers):
        sent = {"authorization": f"Bearer {bearer}", **headers}
        return Client().get(address, headers=sent)

    return get


# Who may.

NO_TOKEN = {
    "nothing": {},
    "another way": {"authorization": "Basic b3Nha2k6cGFzcw=="},
    "no value": {"authorization": "Bearer "},
    "no way": {"authorization": "osaki_00000000"},
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_token_401_says_how(address, clerk):
    for name, headers in NO_TOKEN.items():
        answer = Client().get(address, headers=headers)
        assert answer.status_code == 401, name
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert "接続キーがありません" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["token", "access_token", "key", "Authorization", "bearer"])
def test_a_token_in_the_address_is_none(name, issued):
    answer = Client().get("/feeds/kpi.csv", {name: issued[1].whole, "at": CLOSED})
    assert answer.status_code == 401
    assert not FeedUse.objects.exists()


def one_off(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


WRONG = {
    "another secret": lambda row, text: one_off(text.whole),
    "another number": lambda row, text: text.whole.replace(row.number, "ffffffff"),
    "one that never was": lambda row, text: TokenText.new().whole,
    "the number alone": lambda row, text: f"osaki_{row.number}",
    "its digest": lambda row, text: f"osaki_{row.number}_{row.digest}",
    "capitals": lambda row, text: text.whole.upper(),
    "more behind": lambda row, text: f"{text.whole}0",
    "two": lambda row, text: f"{text.whole}, Bearer {text.whole}",
    "Japanese digits": lambda row, text: text.whole.replace(row.number, "０１２３４５６７"),
    "a NUL": lambda row, text: f"{text.whole}\x00",
    "long": lambda row, text: "osaki_" + "0" * 9000,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_token_is_403_and_logged_without_it(name, issued, fetch, caplog):
    wrong = WRONG[name](*issued)
    with caplog.at_level(logging.WARNING, logger=access.__name__):
        answer = fetch("/feeds/kpi.csv", bearer=wrong)
    assert answer.status_code == 403
    assert "接続キーが正しくありません" in answer.content.decode()
    assert [record.getMessage() for record in caplog.records if record.name == access.__name__] == [
        "feed kpi.csv: 403, token -"
    ]
    assert issued[1].whole[20:] not in caplog.text
    assert not FeedUse.objects.exists()


def revoked(clerk, token):
    revoke_token(by=clerk, token=token, reason="担当が変わった")


def expired(clerk, token):
    FeedToken.objects.update(expires_on=date(2026, 11, 26))


def ended(clerk, token):
    Department.objects.filter(pk=token.department_id).update(valid_until=date(2026, 11, 26))


STOPS = {
    "revoked": (revoked, "取り消されています"),
    "expired": (expired, "期限が切れています"),
    "department": (ended, "いまはありません"),
}


@pytest.mark.parametrize("name", STOPS)
def test_a_stopped_token_is_403_says_why_and_is_counted(name, issued, clerk, fetch, caplog):
    stop, sentence = STOPS[name]
    assert fetch("/feeds/kpi.csv").status_code == 200
    stop(clerk, issued[0])
    with caplog.at_level(logging.WARNING, logger=access.__name__):
        answer = fetch("/feeds/kpi.csv", **{"if-none-match": "*"})
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert f"feed kpi.csv: 403, token {issued[0].number}" in caplog.text
    assert {row.allowed: row.count for row in FeedUse.objects.all()} == {True: 1, False: 1}


def test_the_last_day_of_a_token_and_of_a_department_still_counts(issued, fetch):
    today = date(2026, 11, 27)
    FeedToken.objects.update(expires_on=today)
    Department.objects.filter(pk=issued[0].department_id).update(valid_until=today)
    assert fetch("/feeds/kpi.csv").status_code == 200
    with time_machine.travel("2026-11-27 15:00+00:00"):  # midnight in Japan
        assert fetch("/feeds/kpi.csv").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
def test_a_feed_is_only_read(method, issued, fetch):
    headers = {"authorization": f"Bearer {issued[1].whole}"}
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)("/feeds/kpi.csv", headers=headers)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_head_says_what_get_would(issued, fetch):
    got = fetch("/feeds/kpi.json")
    head = Client().head("/feeds/kpi.json", headers={"authorization": f"bearer {issued[1].whole}"})
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == got["ETag"]


# Sessions play no part.


@pytest.mark.parametrize("who", ["jimukyoku", "etsuran"])
def test_a_session_neither_opens_nor_changes_nor_begins(who, issued, client):
    user = User.objects.get(username=who)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
    client.cookies["csrftoken"] = "malformed"
    before = dict(client.session.items())
    assert client.get("/feeds/kpi.csv").status_code == 401
    headers = {"authorization": f"Bearer {issued[1].whole}"}
    answer = client.get("/feeds/kpi.csv", headers=headers)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Vary"] == "Authorization"
    assert dict(client.session.items()) == before


# What they hold.


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("at", ["", CLOSED, LIVE])
def test_csv_and_json_say_the_same(name, at, fetch):
    asked = f"?at={at}" if at else ""
    text, data = fetch(f"/feeds/{name}.csv{asked}"), fetch(f"/feeds/{name}.json{asked}")
    assert text["Content-Type"] == "text/csv; charset=utf-8"
    assert data["Content-Type"] == "application/json"
    table, told = rows_of(text), json.loads(data.content, parse_float=Decimal)
    assert len(table) == len(told["rows"]) > 20
    assert list(table[0]) == [column["name"] for column in told["columns"]]
    for line, row in zip(table, told["rows"], strict=True):
        assert {head: as_text(value) for head, value in row.items()} == line
    kinds = {column["name"]: column["kind"] for column in told["columns"]}
    numbers = [row[head] for row in told["rows"] for head, kind in kinds.items() if kind == "数値"]
    assert all(value is None or isinstance(value, int | Decimal) for value in numbers)


def as_text(value):
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def test_the_head_of_the_json_says_of_what_it_is(fetch):
    told = json.loads(fetch(f"/feeds/kpi.json?at={CLOSED}").content)
    assert (told["schema"], told["feed"], told["at"]) == (1, "kpi", CLOSED)
    assert (told["version"], told["edition"], told["as_of"]) == ("第1版", 1, "2026-09-30")
    assert told["is_sample"] is True
    assert told["municipality_code"] == told["rows"][0]["全国地方公共団体コード"]
    assert told["rows"][0]["指標番号"].startswith("KPI")
    live = json.loads(fetch(f"/feeds/kpi.json?at={LIVE}").content)
    assert (live["version"], live["edition"]) == ("速報", None)


def test_without_at_and_by_its_month_a_closed_month_is_its_newest_edition(fetch):
    newest = Edition.objects.listed().first()
    for asked in ("", f"?at={newest.month:%Y-%m}", f"?at={newest.key}"):
        told = json.loads(fetch(f"/feeds/kpi.json{asked}").content)
        assert told["at"] == str(newest.key), asked


REFUSED = {
    "x": 400,
    "2026-13": 400,
    "2026-10.x": 400,
    "2026-10.0": 400,
    "\x00": 400,
    "=1+1": 400,
    "2026-12": 404,
    "2025-03": 404,
    "2040-01": 404,
    "2026-09.99": 404,
    "2026-10.1": 404,
    "2026-09.70000": 404,
    "2026-09.99999999999999999999": 400,
}


@pytest.mark.parametrize("at", REFUSED)
def test_what_cannot_be_read_or_is_not_there_is_told_in_words(at, fetch):
    answer = fetch("/feeds/kpi.json?" + "at=" + at.replace("\x00", "%00").replace("+", "%2B"))
    assert answer.status_code == REFUSED[at]
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().strip().endswith("。")
    assert "ETag" not in answer


def test_while_no_plan_is_loaded_it_says_so(fetch, monkeypatch):
    monkeypatch.setattr("headquarters.feeds.source.plan_now", lambda: None)
    answer = fetch("/feeds/kpi.csv")
    assert (answer.status_code, answer.content.decode()) == (404, f"{NO_PLAN}\n")


def test_every_column_of_the_data_sheets_was_decided_on():
    """A column that the sheets get is in the feed, or is named here as internal."""
    columns = data_columns(gather(MONTH, on=AFTER))
    for sheet, feed in ((KPI_DATA, FEEDS["kpi"]), (STEP_DATA, FEEDS["milestones"])):
        names = [column.name for column in columns[sheet]]
        assert len(set(names)) == len(names)
        assert [name for name in names if name not in INTERNAL[sheet]] == list(feed.names)


def test_nothing_internal_leaves(fetch):
    """Notes of values, comments and reasons of milestones, texts of PDCA sheets, live or frozen."""
    secret = "内部のメモ：町長には言わないこと"
    KpiValue.objects.update(note=secret, public_note=secret)
    assert secret in repr(gather(MONTH, on=AFTER))
    frozen = Edition.objects.get(month=date(2026, 9, 1), number=1).report
    written = {
        value
        for text in ("note", "public_note", "reason", "comment", "analysis", "next_action")
        for value in found_in(json.loads(frozen), text)
        if len(value) > 8
    }
    assert written
    for address in ADDRESSES:
        for at in (LIVE, CLOSED):
            told = fetch(f"{address}?at={at}").content.decode()
            assert secret not in told
            assert not [text for text in written if text in told], address


def found_in(data, name):
    """Every text under that name, wherever it stands."""
    if isinstance(data, list):
        return [text for each in data for text in found_in(each, name)]
    if not isinstance(data, dict):
        return []
    own = [data[name]] if isinstance(data.get(name), str) else []
    return own + [text for each in data.values() for text in found_in(each, name)]


def test_hostile_texts_leave_as_texts(fetch):
    hostile = "=cmd|' /C calc'!A0\"\r\n<script>\u202e\x0b,髙😀"
    leaves = "=cmd|' /C calc'!A0\"\n<script>,髙😀"
    Definition.objects.filter(indicator__code="1-1").update(data_source=hostile)
    line = rows_of(fetch(f"/feeds/kpi.csv?at={LIVE}"))[0]
    row = json.loads(fetch(f"/feeds/kpi.json?at={LIVE}").content)["rows"][0]
    assert (line["指標番号"], line["出典"]) == ("KPI1-1", f"'{leaves}")
    assert (row["指標番号"], row["出典"]) == ("KPI1-1", leaves)


NUMBERS = ("0.1", "33.3333333333333333333333333", "1E+3", "-0.50", "999999999999.99", "0", "0E-8")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_as_exact_as_it_is_stored(number):
    told = literal([Decimal(number)])
    assert json.loads(told, parse_float=Decimal) == [Decimal(number)]
    assert "E" not in told


# The same is not sent twice.


def tag_of(fetch, address=f"/feeds/kpi.csv?at={LIVE}"):
    return fetch(address)["ETag"]


MATCHING = {
    "itself": lambda tag: tag,
    "strong": lambda tag: tag.removeprefix("W/"),
    "in a list": lambda tag: f'"other", {tag} , W/"third"',
    "whatever": lambda tag: "*",
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", MATCHING)
def test_what_was_fetched_already_is_304_before_any_work(name, address, fetch, monkeypatch):
    first = fetch(address)
    assert first["Cache-Control"] == "private, no-cache"
    monkeypatch.setattr("headquarters.feeds.feed.written", None)  # would fail
    again = fetch(address, **{"if-none-match": MATCHING[name](first["ETag"])})
    assert (again.status_code, again.content) == (304, b"")
    for header in ("ETag", "Vary", "Cache-Control"):
        assert again[header] == first[header]


@pytest.mark.parametrize("sent", ['"other"', "x", 'W/""', ""])
def test_another_tag_gets_the_whole(sent, fetch):
    assert fetch("/feeds/kpi.csv", **{"if-none-match": sent}).status_code == 200


def test_a_304_is_for_tokens_alone(issued, clerk, fetch):
    tag = tag_of(fetch)
    headers = {"if-none-match": tag}
    assert Client().get("/feeds/kpi.csv", headers=headers).status_code == 401
    revoked(clerk, issued[0])
    assert fetch("/feeds/kpi.csv", **headers).status_code == 403


def changed_value(clerk):
    indicator = Indicator.objects.get(code="1-1")
    stored = KpiValue.objects.filter(indicator=indicator, month=MONTH).first()
    record_value(
        by=clerk,
        indicator=indicator,
        month=MONTH,
        seen_version=stored.version if stored else 0,
        entry=Entry(value=Decimal(77)),
        on=date(2026, 11, 27),
    )


def test_the_tag_of_a_month_that_is_not_closed_moves_with_it(clerk, fetch):
    tag = tag_of(fetch)
    assert tag_of(fetch) == tag
    changed_value(clerk)
    moved = tag_of(fetch)
    assert moved != tag
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert tag_of(fetch) != moved


def test_the_tag_of_an_edition_stays(clerk, fetch):
    tag = tag_of(fetch, f"/feeds/kpi.csv?at={CLOSED}")
    changed_value(clerk)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert tag_of(fetch, f"/feeds/kpi.csv?at={CLOSED}") == tag


def test_each_feed_form_and_viewpoint_has_a_tag_of_its_own(fetch):
    asked = [f"{address}?at={at}" for address in ADDRESSES for at in (CLOSED, LIVE, "2026-08.1")]
    assert len({tag_of(fetch, address) for address in asked}) == len(asked)


def test_the_same_tag_means_the_same_bytes(fetch):
    for address in ADDRESSES:
        first, second = fetch(f"{address}?at={LIVE}"), fetch(f"{address}?at={LIVE}")
        assert (first["ETag"], first.content) == (second["ETag"], second.content)


@pytest.mark.parametrize("at, most", [("", 5), (CLOSED, 5), (LIVE, 25)])
def test_a_feed_asks_the_database_as_often_whatever_it_holds(
    at, most, fetch, django_assert_max_num_queries, django_assert_num_queries
):
    address = f"/feeds/kpi.json?at={at}"
    tag = tag_of(fetch, address)  # the first use of a day makes its row
    with django_assert_max_num_queries(most):
        fetch(address)
    with django_assert_num_queries(4):  # token, plan, edition, use
        fetch(address, **{"if-none-match": tag})


# Uses.


def test_uses_are_counted_by_day_and_feed_and_change_no_report(issued, fetch):
    before = DataRevision.objects.get().number, HistoryEntry.objects.count()
    for address in ("/feeds/kpi.csv", "/feeds/kpi.csv", "/feeds/kpi.json"):
        fetch(address)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        fetch("/feeds/kpi.csv")
    counted = [(str(row.day), row.feed, row.count) for row in FeedUse.objects.order_by("pk")]
    assert counted == [
        ("2026-11-27", "kpi.csv", 2),
        ("2026-11-27", "kpi.json", 1),
        ("2026-11-28", "kpi.csv", 1),
    ]
    assert {row.last_address for row in FeedUse.objects.all()} == {"127.0.0.1"}
    assert (DataRevision.objects.get().number, HistoryEntry.objects.count()) == before


def test_a_use_that_cannot_be_counted_costs_no_answer(fetch, monkeypatch, caplog):
    def away(**_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(access, "note_use", away)
    assert fetch("/feeds/kpi.csv").status_code == 200
    assert "not counted" in caplog.text


def test_the_queries_for_excel_name_columns_as_they_are(fetch):
    for name in FEEDS:
        told = json.loads(fetch(f"/feeds/{name}.json").content)
        kinds = {column["name"]: column["kind"] for column in told["columns"]}
        named = {"数値": queries.NUMBERS[name], "日付": queries.DAYS[name]}
        for wanted, heads in named.items():
            assert [head for head, kind in kinds.items() if kind == wanted] == list(heads)
