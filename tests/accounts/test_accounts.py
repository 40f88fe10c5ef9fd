"""People: signing in and out, passwords, memberships by date, screens of the secretariat."""

from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from foundation.accounts.models import Department, Membership, Role, User
from foundation.accounts.navigation import back_to
from foundation.accounts.permissions import (
    OWN_DEPARTMENT,
    ROLE_PERMISSIONS,
    Permission,
    has_permission,
    on_behalf_of,
)
from foundation.accounts.trail.choices import Event
from foundation.accounts.trail.models import AccessRecord
from foundation.records.models import HistoryEntry
from tests.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def enter(client, username="soumu-kacho", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password, **extra})


def test_sign_in_and_out_with_the_last_time_shown(client, head):
    assert enter(client)["Location"] == "/"
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302
    enter(client)
    assert "前回のログイン" in client.get("/").content.decode()
    assert AccessRecord.objects.filter(event=Event.SIGNED_IN).count() == 2


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/kpis/", "/kpis/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_stays_inside(client, head, target, goes):
    assert enter(client, next=target)["Location"] == goes


def test_wrong_password_says_what_to_do_and_locks_after_five(client, head):
    for _ in range(4):
        answer = enter(client, password="wrong")
        assert answer.status_code == 200
        assert "利用者名またはパスワードが違います" in answer.content.decode()
    answer = enter(client, password="wrong")
    assert answer.status_code == 429
    assert "15分間" in answer.content.decode()
    assert enter(client).status_code == 429  # the right password does not help now


def test_unknown_and_inactive_get_the_same_answer(client, head):
    head.is_active = False
    head.save()
    texts = [
        enter(client, username=name).content.decode() for name in ("soumu-kacho", "dare-mo-inai")
    ]
    assert all("利用者名またはパスワードが違います" in text for text in texts)


def test_first_sign_in_changes_the_password(client, head):
    head.must_change_password = True
    head.save()
    enter(client)
    assert client.get("/kpis/")["Location"] == reverse("accounts:password_change")
    url = reverse("accounts:password_change")
    bad = [
        (
            {
                "old_password": "x",
                "new_password1": "atarashii-2026",
                "new_password2": "atarashii-2026",
            },
            "いまのパスワードが違います",
        ),
        (
            {"old_password": PASSWORD, "new_password1": "mijikai1", "new_password2": "mijikai1"},
            "短すぎます",
        ),
        (
            {
                "old_password": PASSWORD,
                "new_password1": "12345678901",
                "new_password2": "12345678901",
            },
            "数字",
        ),
        (
            {
                "old_password": PASSWORD,
                "new_password1": "atarashii-2026",
                "new_password2": "chigau-2026",
            },
            "2回で違っています",
        ),
        (
            {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD},
            "いまのパスワードと同じ",
        ),
    ]
    for data, word in bad:
        assert word in client.post(url, data).content.decode(), word
    good = {
        "old_password": PASSWORD,
        "new_password1": "atarashii-2026",
        "new_password2": "atarashii-2026",
    }
    assert client.post(url, good).status_code == 302
    assert client.get("/kpis/").status_code == 200  # still signed in
    assert PASSWORD not in str(list(HistoryEntry.objects.values_list("after", flat=True)))


def test_the_session_ends_after_thirty_idle_minutes(client, head):
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False) as clock:
        enter(client)
        clock.shift(29 * 60)
        assert client.get("/").status_code == 200
        clock.shift(29 * 60)
        assert client.get("/").status_code == 200  # touched in between
        clock.shift(31 * 60)
        assert client.get("/").status_code == 302


# --- has_permission -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_table_of_rights(role, permission, soumu, zeimu):
    user = make_user("dareka", "だれか", role, soumu)
    listed = permission in ROLE_PERMISSIONS[role]
    everywhere = listed and (permission not in OWN_DEPARTMENT or role == Role.SECRETARIAT)
    assert has_permission(user, permission, department=soumu) is listed
    assert has_permission(user, permission, department=zeimu) is everywhere
    assert has_permission(user, permission) is everywhere


RULES_9 = {  # docs/rules.md §9, row by row: who may (own department where the table says so)
    Permission.READ: {"viewer", "staff", "department_head", "headquarters", "secretariat"},
    Permission.ENTER_VALUES: {"staff", "department_head", "secretariat"},
    Permission.UPDATE_MILESTONES: {"staff", "department_head", "secretariat"},
    Permission.SUBMIT_VALUES: {"department_head", "secretariat"},
    Permission.REQUEST_REOPENING: {"department_head", "secretariat"},
    Permission.CONFIRM: {"secretariat"},
    Permission.DEFINE: {"secretariat"},
    Permission.GRADE: {"headquarters", "secretariat"},
    Permission.DECIDE: {"headquarters", "secretariat"},
    Permission.ORGANISE: {"secretariat"},
    Permission.CARRY_PROJECTS: {"department_head", "secretariat"},
    Permission.MANAGE_FEEDS: {"secretariat"},
    Permission.MANAGE_PEOPLE: {"secretariat"},
}


@pytest.mark.parametrize("permission", RULES_9)
def test_the_roles_are_those_of_the_rules(permission):
    assert {
        role.value for role, granted in ROLE_PERMISSIONS.items() if permission in granted
    } == RULES_9[permission]


def test_memberships_count_from_their_first_to_their_last_day(soumu):
    user = make_user("ido", "異動 する")
    Membership.objects.create(
        user=user,
        role=Role.STAFF,
        department=soumu,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
    )
    for day, may in (
        (date(2026, 3, 31), False),
        (date(2026, 4, 1), True),
        (date(2027, 3, 31), True),
        (date(2027, 4, 1), False),
    ):
        assert has_permission(user, Permission.ENTER_VALUES, department=soumu, on=day) is may


def test_rights_are_the_union_of_memberships(soumu, zeimu):
    user = make_user("kenmu", "兼務 する", Role.STAFF, soumu)
    Membership.objects.create(
        user=user, role=Role.DEPARTMENT_HEAD, department=zeimu, valid_from=date(2026, 4, 1)
    )
    user = User.objects.get(pk=user.pk)
    assert has_permission(user, Permission.SUBMIT_VALUES, department=zeimu)
    assert not has_permission(user, Permission.SUBMIT_VALUES, department=soumu)
    assert has_permission(user, Permission.ENTER_VALUES, department=soumu)


def test_a_deactivated_user_may_nothing(head, soumu):
    head.is_active = False
    assert not has_permission(head, Permission.READ)


def test_acting_from_outside_is_on_behalf(secretariat, soumu, zeimu):
    assert on_behalf_of(secretariat, zeimu) == "税務課"
    assert on_behalf_of(secretariat, soumu) == ""


# --- screens of the secretariat -----------------------------------------------------------------


def test_a_user_is_made_with_a_one_time_password(sign_in, secretariat, client):
    page = (
        sign_in(secretariat)
        .post(
            reverse("accounts:user_create"),
            {"username": "atarashii", "full_name": "新しい 人"},
            follow=True,
        )
        .content.decode()
    )
    password = page.split('class="dx-num">')[1].split("<")[0]
    user = User.objects.get(username="atarashii")
    assert user.must_change_password
    assert user.check_password(password)
    assert password not in str(list(HistoryEntry.objects.values_list("after", flat=True)))
    again = client.post(
        reverse("accounts:user_create"), {"username": "atarashii", "full_name": "x"}
    ).content.decode()
    assert "すでに使われています" in again


def test_nobody_locks_the_town_out(sign_in, secretariat, head):
    client = sign_in(secretariat)
    url = reverse("accounts:user_edit", args=[secretariat.pk])
    assert "自分自身は利用停止にできません" in client.post(url, {"full_name": "x"}).content.decode()
    other = make_user("jimu2", "事務局 二人目", Role.SECRETARIAT)
    client.force_login(other, backend="foundation.accounts.backends.MembershipBackend")
    assert client.post(url, {"full_name": "事務局 太郎"}).status_code == 302
    secretariat.refresh_from_db()
    assert not secretariat.is_active


def test_reset_gives_a_new_one_time_password(sign_in, secretariat, head):
    page = (
        sign_in(secretariat)
        .post(
            reverse("accounts:user_reset", args=[head.pk]),
            page=reverse("accounts:user_edit", args=[head.pk]),
            follow=True,
        )
        .content.decode()
    )
    head.refresh_from_db()
    assert head.must_change_password
    assert head.check_password(page.split('class="dx-num">')[1].split("<")[0])


def test_memberships_and_departments_keep_their_dates(sign_in, secretariat, head, soumu):
    client = sign_in(secretariat)
    url = reverse("accounts:membership_create", args=[head.pk])
    bad = client.post(url, {"role": "staff", "valid_from": "R8.4.1"}).content.decode()
    assert "課を選んでください" in bad
    bad = client.post(
        url,
        {"role": "staff", "department": soumu.pk, "valid_from": "R9.4.1", "valid_until": "R8.4.1"},
    ).content.decode()
    assert "開始日以後" in bad
    assert (
        client.post(
            url, {"role": "staff", "department": soumu.pk, "valid_from": "R9.4.1"}
        ).status_code
        == 302
    )
    bad = client.post(
        reverse("accounts:department_create"), {"code": "soumu", "name": "総務課", "sort_order": 1}
    )
    assert bad.status_code == 422
    assert (
        client.post(
            reverse("accounts:department_edit", args=[soumu.pk]),
            {"code": "soumu", "name": "総務課", "sort_order": 1, "valid_until": "R9.3.31"},
        ).status_code
        == 302
    )
    assert list(Department.objects.on(date(2027, 4, 1))) == []


GOOD = (
    "利用者名,氏名,課,役割,職名,開始日\n"
    "kato,加藤 一,総務課,担当者,主事,R8.4.1\n"
    "ito,伊藤 二,,閲覧,,\n"
)


def test_bulk_import_shows_then_makes_all(sign_in, secretariat):
    client = sign_in(secretariat)
    url = reverse("accounts:user_import")
    assert "この2人を登録します" in client.post(url, {"text": GOOD}).content.decode()
    assert not User.objects.filter(username="kato").exists()
    seen = client.previewed(url, {"text": GOOD})
    page = client.post(url, seen, bare=True, follow=True).content.decode()
    assert User.objects.get(username="kato").memberships.get().valid_from == date(2026, 4, 1)
    assert "ito" in page


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("kato,加藤,総務課,係長", "役割「係長」はありません"),
        ("kato,加藤,ない課,担当者", "課「ない課」は登録されていません"),
        ("加藤 一,加藤,総務課,担当者", "使えません"),
        ("jimukyoku,加藤,総務課,担当者", "すでに使われています"),
        ("kato,,総務課,担当者", "氏名がありません"),
        ("kato,加藤,,担当者", "課が必要です"),
        ("kato,加藤,総務課,担当者,,来月", "日付として読めません"),
        ("kato,加藤", "列が足りません"),
        ("ＫＡＴＯ,加藤,総務課,担当者", "すでに使われています"),
        ("JIMUKYOKU,加藤,総務課,担当者", "すでに使われています"),
        ("kat\u043e,加藤,総務課,担当者", "使えません"),
        ("x" * 151 + ",加藤,総務課,担当者", "150字まで"),
        ("sato," + "あ" * 101 + ",総務課,担当者", "氏名は100字まで"),
        ("sato,佐藤,総務課,担当者," + "長" * 51, "職名は50字まで"),
        ("sato,佐藤,総務課,担当者,主事,1026/4/1", "開始日は"),
    ],
)
def test_one_mistake_makes_nobody(sign_in, secretariat, line, word):
    before = User.objects.count()
    page = (
        sign_in(secretariat)
        .post(reverse("accounts:user_import"), {"text": GOOD + line, "confirm": "1"})
        .content.decode()
    )
    assert word in page
    assert "4行目" in page
    assert "kato,加藤 一" in page  # what was typed stays
    assert User.objects.count() == before


def test_create_secretariat_prints_a_password_that_must_be_changed(capsys, client):
    call_command("create_secretariat", "hajime")
    password = capsys.readouterr().out.split("パスワード　: ")[1].split("\n")[0]
    assert enter(client, "hajime", password).status_code == 302
    assert client.get("/")["Location"] == reverse("accounts:password_change")
    with pytest.raises(CommandError):
        call_command("create_secretariat", "hajime")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("/kpis/?at=2026-10", "/kpis/?at=2026-10"),
        ("//example.com/", ""),
        ("https://example.com/", ""),
        ("0", ""),
        ("kpis/", ""),
        ("javascript:alert(1)", ""),
        ("/\\example.com", ""),
        ("", ""),
    ],
)
def test_one_is_sent_back_only_inside_the_portal(rf, given, found):
    assert back_to(rf.post("/", {"next": given})) == found
    assert back_to(rf.get("/", {"next": given})) == found
