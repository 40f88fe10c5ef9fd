"""Users in bulk: roles by their Japanese names, and sentences without code words."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.accounts.importing import read
from foundation.accounts.models import Membership, Role, User
from foundation.japanese.calendar import parse_date
from tests.browsing import forms_in
from tests.pages import page_text

pytestmark = pytest.mark.django_db
TODAY = parse_date("2026-11-20")
CODES = re.compile("|".join(f"{role.value}\\b" for role in Role))


def line(role="課長", place="総務課", name="sato", start="R8.4.1"):
    return f"{name},佐藤 一,{place},{role},総務課長,{start}"


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("課長", Role.DEPARTMENT_HEAD),
        ("担当者", Role.STAFF),
        ("事務局", Role.SECRETARIAT),
        ("本部", Role.HEADQUARTERS),
        ("閲覧", Role.VIEWER),
        ("　課長 ", Role.DEPARTMENT_HEAD),
        ("department_head", Role.DEPARTMENT_HEAD),
    ],
)
def test_a_role_is_read_by_its_name(soumu, typed, role):
    rows, errors = read(line(typed), today=TODAY)
    assert (errors, [row.role for row in rows]) == ([], [role])


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            ["sato", "佐藤", "総務課", "部長", "", ""],
            "役割「部長」はありません。事務局・本部・課長",
        ),
        (["sato", "佐藤", "", "課長", "", ""], "課長・担当者には課が必要です"),
        (["sato", "佐藤", "財務課", "課長", "", ""], "課「財務課」は登録されていません"),
        (["sato", "", "総務課", "課長", "", ""], "氏名がありません"),
        (["佐 藤", "佐藤", "総務課", "課長", "", ""], "利用者名「佐 藤」は使えません"),
        (["sato", "佐藤", "総務課", "課長", "", "1027/1/15"], "開始日は、昭和56年11月20日から"),
        (["sato", "佐藤", "総務課", "課長", "", "いつか"], "日付として読めません"),
        (["sato", "佐藤"], "列が足りません"),
    ],
)
def test_what_is_wrong_is_said_without_code_words(soumu, separator, cells, words):
    rows, errors = read(separator.join(cells), today=TODAY)
    assert rows == []
    assert words in errors[0]
    assert errors[0].startswith("1行目：")
    assert not CODES.search(" ".join(errors))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('sato\t"佐藤\t総務課\t課長\nito\t伊藤\t総務課\t担当者', ["sato", "ito"]),
        ("sato,佐藤,総務課,課長\r\nito,伊藤,総務課,担当者\r\n", ["sato", "ito"]),
        ("\ufeff利用者名,氏名,課,役割\nsato,佐藤,総務課,課長", ["sato"]),
        ("ｓａｔｏ,佐藤,総務課,課長", ["sato"]),
        ('"sato","佐藤, 一","総務課","課長"', ["sato"]),
        ("sato,佐藤,総務課,課長,,11/3", ["sato"]),
    ],
)
def test_rows_as_excel_gives_them(soumu, text, names):
    rows, errors = read(text, today=TODAY)
    assert errors == []
    assert [row.username for row in rows] == names


@pytest.mark.parametrize(
    "text", ['sato,"佐藤,総務課,課長\nito,伊藤,総務課,担当者', f'sato,"{"あ" * 200_000}']
)
def test_a_lone_quote_mark_does_not_swallow_the_rows_below(soumu, text):
    rows, errors = read(text, today=TODAY)
    assert rows == []
    assert errors


def test_the_page_shows_the_name_of_the_role(soumu, secretariat, sign_in):
    client = sign_in(secretariat)
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        url = reverse("accounts:user_import")
        page = page_text(client.post(url, {"text": line()}))
        assert "<td>課長</td>" in page
        client.post(url, client.previewed(url, {"text": line()}), bare=True)
    assert not CODES.search(page.split("<main")[1].split("</main>")[0])
    assert Membership.objects.get(user__username="sato").role == Role.DEPARTMENT_HEAD
    assert "department_head" not in page_text(client.get("/history/"))


def test_what_moved_since_the_preview_is_shown_again(soumu, secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("accounts:user_import")
    with time_machine.travel("2026-11-20 14:59+00:00", tick=False):
        seen = client.previewed(url, {"text": line(start="")})
    with time_machine.travel("2026-11-20 15:01+00:00", tick=False):  # midnight has passed here
        answer = client.post(url, seen, bare=True)
        assert answer.status_code == 409
        assert "内容が変わりました。まだ何も登録していません" in page_text(answer)
        assert "<td>R8.11.21</td>" in page_text(answer)
        assert not User.objects.filter(username="sato").exists()
        (now,) = (form for form in forms_in(answer, url) if "confirm" in form.names)
        done = client.post(url, now.sent, bare=True)
        assert done.status_code == 302
        again = client.post(url, now.sent, bare=True)
    assert again.status_code == 302, "the button once more"
    assert Membership.objects.get(user__username="sato").valid_from == date(2026, 11, 21)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=80), st.sampled_from([",", "\t", '"', "\n"]))
def test_any_text_is_read_or_refused_in_japanese(soumu, text, between):
    rows, errors = read(between.join([text] * 5), today=TODAY)
    assert all(re.search("[ぁ-ん]", error) for error in errors)
    assert bool(errors) or all(row.role in Role for row in rows)
    assert not User.objects.filter(username="x").exists()


def test_the_last_sign_in_is_of_the_town_s_day(secretariat, staff, sign_in):
    staff.last_login = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # one o'clock in the night
    staff.save()
    assert "R8.11.20" in page_text(sign_in(secretariat).get(reverse("accounts:users")))
