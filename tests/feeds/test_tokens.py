"""Tokens of departments: made once, shown once, stored as a digest, revoked, their uses counted."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import Department, Role
from foundation.accounts.permissions import Permission
from foundation.records.models import HistoryEntry, UsedToken
from headquarters.feeds.actions import issue_token, note_use, revoke_token
from headquarters.feeds.models import FeedToken, FeedUse
from headquarters.feeds.queries import offered
from headquarters.feeds.tokens import TokenText
from tests.pages import page_text
from tests.people import make_user

CREATE, LIST = "/settings/feeds/new/", "/settings/feeds/"
NOW = "2026-11-27 01:00+00:00"
WHOLE = re.compile("osaki_[0-9a-f]{8}_[0-9a-f]{64}")
once = pytest.mark.pure


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def issue(secretariat, soumu):
    def make(purpose="進捗管理表", department=None, **said):
        return issue_token(by=secretariat, department=department or soumu, purpose=purpose, **said)

    return make


@once
def test_a_token_is_random_found_by_its_number_and_takes_a_double_click():
    made = [TokenText.new() for _ in range(50)]
    assert len({text.whole for text in made}) == 50
    for text in made:
        assert WHOLE.fullmatch(text.whole)
        assert re.fullmatch(r"\w+", text.whole)
        assert TokenText.read(text.whole) == text
        assert text.fits(text.digest)
        assert not text.fits(made[0].digest) or text is made[0]


# Made and shown once.


@once
@pytest.mark.django_db
def test_it_is_shown_on_the_answer_to_the_press_and_never_again(sign_in, secretariat, soumu):
    client = sign_in(secretariat)
    data = {"department": soumu.pk, "purpose": "進捗管理表", "expires_on": "R9.3.31"}
    sent = {**client.filled(CREATE, **data), **data}
    answer = client.post(CREATE, sent, bare=True)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (whole,) = set(WHOLE.findall(answer.content.decode()))
    assert f'value="Bearer {whole}"' in page_text(answer)
    token = FeedToken.objects.get()
    assert token.digest == TokenText.read(whole).digest
    assert token.expires_on == date(2027, 3, 31)
    again = client.post(CREATE, sent, bare=True, follow=True)  # the page is loaded anew
    assert "記録済みです" in page_text(again)
    for page in (again, client.get(LIST), client.get(CREATE), client.get("/history/")):
        assert not WHOLE.search(page.content.decode())
    assert FeedToken.objects.count() == 1
    assert not stored_anywhere(whole)


def stored_anywhere(whole):
    """Does the secret stand in any row of any table, sessions and used forms included?"""
    secret = whole.rpartition("_")[2]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(secret in str(cell) for row in cursor.fetchall() for cell in row):
                return table
    return ""


@once
@pytest.mark.django_db
def test_the_history_tells_both_and_holds_neither_token_nor_digest(issue, secretariat):
    token, text = issue(expires_on=date(2027, 3, 31))
    revoke_token(by=secretariat, token=token, reason="担当が変わった")
    revoked, issued = HistoryEntry.objects.of_action("feeds.token")
    assert issued.after == {
        "操作": "発行",
        "課": "総務課",
        "使いみち": "進捗管理表",
        "キーの番号": text.number,
        "有効期限": "令和9年3月31日",
    }
    assert [str(line) for line in revoked.lines] == [
        "状態：使用中 → 取消済み",
        "取り消した理由：担当が変わった",
    ]
    assert revoked.department == "総務課"
    told = repr([entry.__dict__ for entry in (issued, revoked)])
    assert text.digest not in told
    assert text.whole[15:] not in told


@once
@pytest.mark.django_db
def test_who_may_not_makes_and_revokes_none(issue, head, headquarters, viewer, soumu):
    token, _ = issue()
    for person in (head, headquarters, viewer):
        with pytest.raises(PermissionDenied, match=Permission.MANAGE_FEEDS.value):
            issue_token(by=person, department=soumu, purpose="別の表")
        with pytest.raises(PermissionDenied):
            revoke_token(by=person, token=token, reason="x")


REFUSED = {
    "an end before today": ({"expires_on": "R8.11.26"}, "から"),
    "an end far away": ({"expires_on": "R20.1.1"}, "から"),
    "no purpose": ({"purpose": " "}, "使いみち"),
    "a purpose too long": ({"purpose": "長" * 61}, "60"),
    "a department that has ended": ({"department": "ended"}, "課"),
    "no department": ({"department": ""}, "課"),
}


@once
@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_words(name, sign_in, secretariat, soumu):
    ended = Department.objects.create(code="kyu", name="旧課", valid_until=date(2026, 3, 31))
    typed, word = REFUSED[name]
    data = {"department": soumu.pk, "purpose": "表", "expires_on": "", **typed}
    data = {key: ended.pk if value == "ended" else value for key, value in data.items()}
    answer = sign_in(secretariat).post(CREATE, data)
    assert answer.status_code == 422
    assert word in page_text(answer).split("dx-errsum")[1][:600]
    assert not FeedToken.objects.exists()


@once
@pytest.mark.django_db
def test_the_same_purpose_once_until_the_first_is_revoked_or_over(issue, secretariat, zeimu):
    token, _ = issue()
    with pytest.raises(ValidationError, match="同じ内容の接続キー"):
        issue()
    issue(department=zeimu)
    issue("別の表", expires_on=date(2026, 11, 27))
    revoke_token(by=secretariat, token=token, reason="替える")
    issue()
    with time_machine.travel("2026-11-28 01:00+00:00"):
        issue("別の表")


@once
@pytest.mark.django_db
def test_revoking_asks_why_and_what_was_seen(issue, sign_in, secretariat):
    token, _ = issue()
    client, page = sign_in(secretariat), reverse("feeds:token_revoke", args=[token.pk])
    assert client.post(page, {"reason": ""}).status_code == 422
    sent = {**client.filled(page), "reason": "使わなくなった"}
    assert client.post(page, sent, bare=True).status_code == 302
    late = client.post(page, sent, bare=True)
    assert late.status_code in (302, 409, 422)
    with pytest.raises(ValidationError, match="すでに取り消されて"):
        revoke_token(by=secretariat, token=token, reason="もう一度")
    token.refresh_from_db()
    assert (token.revoked_by, token.revoked_because) == (secretariat, "使わなくなった")


# The list.


@once
@pytest.mark.django_db
def test_the_list_says_state_and_uses(issue, sign_in, secretariat, zeimu):
    token, _ = issue()
    over, _ = issue("終わった表", expires_on=date(2026, 11, 27))
    other, _ = issue("税務の表", department=zeimu)
    Department.objects.filter(pk=zeimu.pk).update(valid_until=date(2026, 11, 28))
    at = timezone.make_aware(datetime(2026, 11, 27, 9, 5))
    for _ in range(3):
        used(token, "kpi.csv", at)
    used(over, "kpi.json", at, allowed=False)
    with time_machine.travel("2026-11-29 01:00+00:00"):
        client = sign_in(secretariat)
        text = page_text(client.get(LIST))
    assert "3回" in text
    assert "kpi.csv （10.1.2.3）" in text
    assert "使えなくなった後の試み 1回" in text
    for state in ("使用中", "期限切れ", "課の廃止で停止"):
        assert state in text
    for row in (token, over, other):
        assert row.number in text


def used(token, feed, at, *, allowed=True):
    note_use(token=token, feed=feed, allowed=allowed, address="10.1.2.3", at=at)


@once
@pytest.mark.django_db
def test_the_list_asks_the_database_as_often_whatever_it_holds(
    issue, sign_in, secretariat, django_assert_num_queries
):
    client = sign_in(secretariat)
    issue("最初の表")
    client.get(LIST)
    with connection.execute_wrapper(counted := Counted()):
        client.get(LIST)
    few = counted.number
    for number in range(12):
        token, _ = issue(f"表{number}")
        used(token, "kpi.csv", timezone.now())
    with django_assert_num_queries(few):
        client.get(LIST)
    assert few <= 6


class Counted:
    """How many statements went to the database."""

    number = 0

    def __call__(self, execute, *given):
        self.number += 1
        return execute(*given)


STEPS = ("HTTP 要求ヘッダー", "Authorization", "Bearer", "匿名", "組織", "プロキシ", "証明書")


@once
@pytest.mark.django_db
def test_the_steps_name_the_address_under_which_the_portal_is_seen(sign_in, viewer, settings):
    settings.ALLOWED_HOSTS = ["dx.town.example"]
    seen = {"secure": True, "headers": {"host": "dx.town.example"}}
    answer = sign_in(viewer).get("/reports/excel/", **seen)
    text = answer.content.decode()
    for feed in ("kpi.csv", "kpi.json", "milestones.csv", "milestones.json"):
        assert f"https://dx.town.example/feeds/{feed}" in text
    for word in STEPS:
        assert word in text
    assert not WHOLE.search(text)


@once
def test_the_query_for_excel_is_whole():
    for each in offered("https://dx.town.example/"):
        assert each.query.count("{") == each.query.count("}")
        assert each.query.count("(") == each.query.count(")")
        assert each.query.count('"') % 2 == 0
        assert f'"{each.csv}"' in each.query
        assert "\n    型\n" not in each.query.replace("in\n    型", "")


# At once, on both databases.


@pytest.mark.django_db(transaction=True)
def test_uses_at_once_are_all_counted(committed, secretariat, soumu):
    token, _ = issue_token(by=secretariat, department=soumu, purpose="進捗管理表")
    together, at = Barrier(4), timezone.now()

    def use(_):
        together.wait()
        try:
            for _ in range(5):
                used(token, "kpi.csv", at)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        list(people.map(use, range(4)))
    assert FeedUse.objects.get().count == 20


@once
@pytest.mark.django_db
def test_what_came_with_the_sample_leaves_with_it():
    """Unloading restores the town to the letter: tokens and uses of before, and no others."""
    soumu = Department.objects.create(code="honmono", name="本物の課", sort_order=1)
    secretariat = make_user("honmono", "本物 一郎", Role.SECRETARIAT, soumu)
    before, _ = issue_token(by=secretariat, department=soumu, purpose="前からの表")
    used(before, "kpi.csv", timezone.now())
    call_command("load_sample", until="2026-04", verbosity=0)
    later, _ = issue_token(by=secretariat, department=soumu, purpose="見本の間の表")
    used(before, "kpi.csv", timezone.now())
    used(later, "kpi.csv", timezone.now())
    call_command("unload_sample", verbosity=0)
    assert list(FeedToken.objects.all()) == [before]
    assert FeedUse.objects.get().count == 1
    assert not UsedToken.objects.exists()
