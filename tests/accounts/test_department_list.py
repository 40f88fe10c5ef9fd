"""The departments of the town as a list copied from Excel: looked at first, all or nothing."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from foundation.accounts.actions import save_department
from foundation.accounts.department_codes import proposed_code
from foundation.accounts.department_list import read_departments, register_departments
from foundation.accounts.models import Department
from foundation.records.models import HistoryEntry
from tests.browsing import forms_in
from tests.pages import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # reading, nothing databases differ in
URL = "/accounts/departments/import/"
TODAY = date(2026, 11, 6)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


def read(text):
    return read_departments(text, today=TODAY)


def codes(listed):
    return [(row.name, row.code) for row in listed.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("総務課\n税務課\n", [("総務課", "soumu"), ("税務課", "zeimu")]),
        ("総務課\tsomu\n税務課\t\n", [("総務課", "somu"), ("税務課", "zeimu")]),
        ("総務課,somu\n税務課\n", [("総務課", "somu"), ("税務課", "zeimu")]),
        ("課名\t課コード\n総務課\tsomu\n", [("総務課", "somu")]),
        ("コード\t課　名\n", []),
        ("課コード\t課名\nsomu\t総務課\n", [("総務課", "somu")]),
        ("内線\t所属名\n101\t総務課\n", [("総務課", "soumu")]),
        ("課名\n総務課\n課名\n税務課\n", [("総務課", "soumu"), ("税務課", "zeimu")]),
        ("somu\t総務課\nzeimu\t税務課\n", [("総務課", "somu"), ("税務課", "zeimu")]),
        ("\n\n総務課\n\n　\n税務課\n\n", [("総務課", "soumu"), ("税務課", "zeimu")]),
        ("総務課\tｓｏｕｍｕ\r\n", [("総務課", "soumu")]),
        ("農林振興課\n大崎課\n永田課\n", [("農林振興課", "nourin-shinkou"), ("大崎課", "ka-1"),
                                    ("永田課", "ka-2")]),
        ("総務課\n総務係\n", [("総務課", "soumu"), ("総務係", "soumu-2")]),
        ("総務課\n経理課\tsoumu\n", [("総務課", "soumu-2"), ("経理課", "soumu")]),
        ("﻿総務課\n", [("総務課", "soumu")]),
    ],
)  # fmt: skip
def test_a_list_is_read(text, expected):
    listed = read(text)
    assert codes(listed) == expected
    assert bool(listed.problems) == (not expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "登録する課がありません"),
        ("課名\t課コード\n", "登録する課がありません"),
        ("総務課\n税務課\n総務課\n", "3行目「総務課」：1行目と同じ課名です"),
        ("総務課\n総務 課\n", "2行目「総務 課」：1行目と同じ課名です"),
        ("総務課\na\n税務課\ta b\n", "3行目「税務課」：課コード「a b」は使えません"),
        ("総務課\tabc\n税務課\tABC\n", "課コード「ABC」は1行目の「総務課」が使っています"),
        ("\tsoumu\n総務課\t\n", "1行目「」：課名がありません"),
        ("課" * 51, "課名は50字までにしてください（いま51字）"),
        ('"総務\n課"\tsoumu\n', "セルの中に改行があります"),
        ("総務課\t" + "a" * 21, "20字までにするか、空けてください"),
        ("\n".join(f"第{number}課" for number in range(501)), "一度に登録できるのは500課まで"),
    ],
)
def test_what_is_wrong_is_said_by_line(text, words):
    problems = read(text).problems
    assert words in "".join(problems)
    assert bool(problems) == bool(words)


def test_300_lines_are_read_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        listed = read("\n".join(f"第{number}係" for number in range(300)))
    assert len({row.code for row in listed.new}) == 300
    assert listed.problems == []


def test_every_proposal_can_be_a_code():
    for name in ("上下水道管理調整推進都市振興課", "課", "", "ＤＸ推進室", "○△課"):
        for taken in (set(), {"dx-suishin", "ka-1"}):
            code = proposed_code(name, taken.__contains__)
            Department(code=code, name="x").full_clean()
            assert code not in taken


def test_what_is_registered_stays_as_it_is(secretariat, zeimu):
    listed = read("総務課\n税務課\tzeimu\n住民課\n")
    assert [row.registered for row in listed.rows] == [True, True, False]
    assert "課コード「ZEIMU」は「税務課」が使っています" in read("住民課\tZEIMU").problems[0]
    assert "課コード「zeimu」で登録済みです" in read("税務課\tzei").problems[0]
    assert "2課とも登録済みです" in read("総務課\n税務課\n").problems[0]


def test_a_name_that_ended_may_be_registered_again(secretariat, zeimu):
    zeimu.valid_until = date(2026, 10, 31)
    save_department(by=secretariat, department=zeimu)
    listed = read("税務課")
    assert listed.problems == []
    assert listed.rows[0].code == "zeimu-2"


def test_pasted_looked_at_and_registered(secretariat, sign_in):
    client, text = sign_in(secretariat), "課名\t内線\n総務課\t100\n農林振興課\t101\n大崎課\t102\n"
    page = client.post(URL, {"text": text})
    assert page.status_code == 200
    words = page_text(page)
    assert "この2課を登録します。まだ登録していません" in words
    assert "「内線」の列は使いません" in words
    assert "登録済み（変えません）" in words
    assert "nourin-shinkou" in words
    assert Department.objects.count() == 1
    done = client.post(URL, client.previewed(URL, {"text": text}), bare=True)
    assert done.status_code == 302
    assert "2課を登録しました。" in page_text(client.get(done["Location"]))
    assert {*Department.objects.values_list("code", flat=True)} == {
        "soumu",
        "nourin-shinkou",
        "ka-1",
    }
    orders = [*Department.objects.order_by("pk").values_list("sort_order", flat=True)]
    assert orders == sorted(orders)
    assert HistoryEntry.objects.filter(action="accounts.department").count() == 2


def test_a_repeated_press_registers_once(secretariat, sign_in):
    client = sign_in(secretariat)
    sent = client.previewed(URL, {"text": "税務課"})
    assert client.post(URL, sent, bare=True).status_code == 302
    again = client.post(URL, sent, bare=True)
    assert again.status_code == 302
    assert "記録済みです" in page_text(client.get(again["Location"]))
    assert Department.objects.filter(name="税務課").count() == 1


def test_one_wrong_line_and_nothing_is_registered_and_nothing_lost(secretariat, sign_in):
    text = "税務課\n住民課\n税務課\n"
    answer = sign_in(secretariat).post(URL, {"text": text})
    assert answer.status_code == 422
    words = page_text(answer)
    assert "まだ1課も登録していません" in words
    assert "3行目「税務課」：1行目と同じ課名です" in words
    assert "住民課" in answer.content.decode()
    assert Department.objects.count() == 1
    assert sign_in(secretariat).post(URL, {"text": text, "confirm": "1"}).status_code == 422
    assert Department.objects.count() == 1


def test_another_member_registered_them_in_between(secretariat, zeimu, sign_in):
    client = sign_in(secretariat)
    partly = client.previewed(URL, {"text": "税務課\tzeimu\n住民課\tjuumin"})
    assert client.post(URL, partly, bare=True).status_code == 302
    answer = client.post(URL, {"text": "税務課\tzeimu", "confirm": "1"})
    assert answer.status_code == 422
    assert "登録済みです" in page_text(answer)
    with pytest.raises(ValidationError, match="使っています"):
        register_departments(by=secretariat, text="建設課\tzeimu")


def test_what_moved_since_the_preview_is_shown_again(secretariat, sign_in):
    client = sign_in(secretariat)
    seen = client.previewed(URL, {"text": "税務課\tzeimu\n住民課\tjuumin"})
    register_departments(by=secretariat, text="税務課\tzeimu")
    answer = client.post(URL, seen, bare=True)
    assert answer.status_code == 409
    assert "内容が変わりました。まだ何も登録していません" in page_text(answer)
    assert "この1課を登録します。まだ登録していません" in page_text(answer)
    assert not Department.objects.filter(name="住民課").exists()
    (now,) = (form for form in forms_in(answer, URL) if "confirm" in form.names)
    assert client.post(URL, now.sent, bare=True).status_code == 302
    assert Department.objects.filter(name="住民課").exists()


def test_who_may(head, viewer, sign_in):
    for person in (head, viewer):
        assert sign_in(person).get(URL).status_code == 404
        assert sign_in(person).post(URL, {"text": "税務課"}).status_code == 404
        with pytest.raises(PermissionDenied):
            register_departments(by=person, text="税務課")
