"""Somebody can always manage users; names that look alike are one; passwords are shown once."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from foundation.accounts.actions import (
    create_user,
    edit_user,
    import_users,
    move_user,
    save_membership,
)
from foundation.accounts.importing import LIMIT, ImportedUser, read
from foundation.accounts.keepers import day_without_secretariat
from foundation.accounts.models import Membership, Role, User
from foundation.records.models import HistoryEntry
from tests.pages import page_text
from tests.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 6)
APRIL = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


def own(user):
    return user.memberships.get()


def end(by, user):
    row = own(user)
    row.valid_until = date(2027, 3, 31)
    save_membership(by=by, membership=row)


def demote(by, user):
    row = own(user)
    row.role = Role.VIEWER
    save_membership(by=by, membership=row)


def begin_later(by, user):
    row = own(user)
    row.valid_from = APRIL
    save_membership(by=by, membership=row)


def move(by, user):
    move_user(by=by, user=user, department=None, role=Role.VIEWER, post="", starts_on=APRIL)


def stop(by, user):
    edit_user(by=by, user=user, full_name=user.full_name, is_active=False)


DOORS = {"end": end, "demote": demote, "begin later": begin_later, "move": move, "stop": stop}


@pytest.mark.parametrize("name", DOORS)
def test_the_last_of_the_secretariat_stays(name, secretariat):
    with pytest.raises(ValidationError) as found:
        DOORS[name](secretariat, secretariat)
    words = str(found.value)
    assert "1人もいなくなり" in words or "自分自身は" in words
    assert day_without_secretariat(ON) is None


@pytest.mark.parametrize("name", DOORS)
def test_with_a_successor_everybody_may_go(name, secretariat, soumu):
    successor = make_user("jimu2", "後任 二郎", Role.SECRETARIAT, soumu)
    DOORS[name](successor, secretariat)
    assert day_without_secretariat(ON) is None


@pytest.mark.parametrize("name", ["end", "move"])
def test_a_successor_who_begins_the_day_after_is_enough(name, secretariat, soumu):
    successor = make_user("jimu2", "後任 二郎")
    Membership.objects.create(
        user=successor, role=Role.SECRETARIAT, department=soumu, valid_from=APRIL
    )
    DOORS[name](secretariat, secretariat)
    assert day_without_secretariat(ON) is None


def test_a_successor_who_begins_too_late_is_not(secretariat, soumu):
    Membership.objects.create(
        user=make_user("jimu2", "後任 二郎"),
        role=Role.SECRETARIAT,
        department=soumu,
        valid_from=date(2027, 4, 2),
    )
    with pytest.raises(ValidationError, match="令和9年4月1日から、事務局の利用者が1人も"):
        end(secretariat, secretariat)


def test_the_secretariat_moves_inside_itself(secretariat, zeimu):
    move_user(
        by=secretariat, user=secretariat, department=zeimu, role=Role.SECRETARIAT, post="",
        starts_on=APRIL,
    )  # fmt: skip
    assert day_without_secretariat(ON) is None


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("jimukyoku", True),
        ("JIMUKYOKU", True),
        ("ｊｉｍｕｋｙｏｋｕ", True),
        (" jimukyoku ", True),
        ("jimuky\u043eku", False),  # a Cyrillic о
        ("jimukyoku2", False),
    ],
)
def test_names_are_compared_in_any_width_and_case(typed, known, secretariat, client):
    data = {"username": typed, "password": PASSWORD}
    answer = client.post(reverse("accounts:login"), data)
    assert answer.status_code == (302 if known else 200)
    if known:
        with pytest.raises(ValidationError, match="すでに使われています"):
            create_user(by=secretariat, username=typed, full_name="別 人")
    elif not typed.isascii():
        with pytest.raises(ValidationError, match="使えません"):
            create_user(by=secretariat, username=typed, full_name="別 人")


def test_the_form_says_it_too(secretariat, sign_in):
    url = reverse("accounts:user_create")
    for typed in ("JIMUKYOKU", "ｊｉｍｕｋｙｏｋｕ"):
        answer = sign_in(secretariat).post(url, {"username": typed, "full_name": "別 人"})
        assert answer.status_code == 422
        assert "すでに使われています" in page_text(answer)


def test_a_made_password_works_and_is_kept_by_the_quick_hash(secretariat, client):
    user, password = create_user(by=secretariat, username="hajime", full_name="はじめ")
    assert identify_hasher(user.password).algorithm == "pbkdf2_sha256_once"
    assert not user.check_password(password + "x")
    assert user.check_password(password)
    answer = client.post(reverse("accounts:login"), {"username": "hajime", "password": password})
    assert answer.status_code == 302


def test_many_people_are_registered_without_a_slow_hash(secretariat, soumu):
    rows = [
        ImportedUser(number, f"u{number}", f"氏名 {number}", soumu, Role.STAFF, "", ON)
        for number in range(LIMIT)
    ]
    made = import_users(by=secretariat, rows=rows)
    assert len(made) == LIMIT
    assert {identify_hasher(user.password).algorithm for user, _ in made} == {"pbkdf2_sha256_once"}


def test_passwords_are_fetched_once(secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("accounts:one_time_passwords")
    for name in ("hajime", "tsugi"):
        data = {"username": name, "full_name": f"{name} さん"}
        assert client.post(reverse("accounts:user_create"), data)["Location"] == url
    shown = page_text(client.get(url))
    assert "2人分をCSVで取り出す" in shown
    assert "hajime" in page_text(client.get(url))  # a page that was lost on the way comes again
    file = client.post(url, {"file": "1"}, bare=True)
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "利用者名,氏名,一度だけ使えるパスワード"
    username, _, password = lines[1].split(",")
    assert User.objects.get(username=username).check_password(password)
    assert "表示できるパスワードはありません" in page_text(client.get(url))
    assert client.post(url, {"file": "1"}, bare=True).status_code == 302


def test_the_preview_refuses_what_the_action_would(secretariat, soumu):
    for text in ("a,b,c\rd", "\x00", "x" * 200_000, '"' * 9, "a\tb", "\n" * 600):
        rows, errors = read(text, today=ON)
        assert rows == []
        assert errors


# Commands.


def test_commands_leave_their_line(monkeypatch, soumu):
    call_command("create_secretariat", "hajime")
    kinds = list(HistoryEntry.objects.order_by("id").values_list("action", "actor_name"))
    assert kinds[-2:] == [("accounts.user", "システム"), ("accounts.membership", "システム")]
    monkeypatch.setattr("getpass.getpass", lambda *args, **options: "machi-no-yakuba-8")
    call_command("changepassword", "hajime")
    entry = HistoryEntry.objects.first()
    assert (entry.action, entry.after) == (
        "accounts.password",
        {"操作": "サーバーの管理者によるパスワードの変更"},
    )
    assert "machi" not in str(entry.after)


def test_there_is_no_superuser(db):
    with pytest.raises(CommandError, match="create_secretariat"):
        call_command("createsuperuser")
