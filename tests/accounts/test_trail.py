"""Who came in, who was kept out, who left, who took which file; and how such lines end."""

import ast
import csv
import io
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.trail.actions import end_records, record_access
from foundation.accounts.trail.choices import Event
from foundation.accounts.trail.middleware import Downloads, file_name
from foundation.accounts.trail.models import AccessRecord
from foundation.records.guards import faults
from foundation.records.models import HistoryEntry
from tests.pages import page_text
from tests.people import PASSWORD
from tests.test_permissions import RULES, address
from tests.test_permissions import people as people

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sign-ins/"
HERE = "10.1.0.5"
ROOT = Path(__file__).resolve().parents[2]
TOPS = ("foundation", "measures", "kpi", "roadmap", "headquarters", "osaki_dx")
HANDED_OUT = {  # where an answer becomes a file, and how that is written down
    "foundation/sheets/download.py": "the middleware sees it",
    "foundation/records/uploads.py": "the middleware sees it",
    "headquarters/feeds/feed.py": "by a key, not by a person: counted, and a line of the log",
}


def enter(client, username="soumu-kacho", password=PASSWORD):
    data = {"username": username, "password": password}
    return client.post(reverse("accounts:login"), data, REMOTE_ADDR=HERE)


def told():
    """(what, who, from where) of every line, the oldest first."""
    rows = AccessRecord.objects.order_by("id")
    return [(row.event, row.name, row.address) for row in rows]


def an_old_line(days):
    at = timezone.now() - timedelta(days=days)
    return record_access(event=Event.REFUSED, person=None, name="x", address=HERE, at=at)


# Signing in and out.


def test_coming_in_failing_and_leaving_are_written_down(client, head):
    enter(client, password="falsch")
    enter(client)
    client.post(reverse("accounts:logout"), REMOTE_ADDR=HERE)
    client.post(reverse("accounts:logout"), REMOTE_ADDR=HERE)  # nobody was there any more
    assert told() == [
        (Event.REFUSED, "soumu-kacho", HERE),
        (Event.SIGNED_IN, "soumu-kacho", HERE),
        (Event.SIGNED_OUT, "soumu-kacho", HERE),
    ]
    assert all(row.person == head for row in AccessRecord.objects.all())


def test_who_is_locked_out_is_told_from_who_only_failed(client, head):
    for _ in range(5):
        enter(client, password="falsch")
    enter(client)
    assert [event for event, *_ in told()] == [Event.REFUSED] * 4 + [Event.LOCKED] * 2


def test_a_wrong_old_password_is_a_failure_of_that_person(client, head):
    enter(client)
    data = {"old_password": "falsch", "new_password1": "a", "new_password2": "a"}
    client.post(reverse("accounts:password_change"), data, REMOTE_ADDR=HERE)
    newest = AccessRecord.objects.first()
    assert (newest.event, newest.person, newest.place) == (
        Event.REFUSED,
        head,
        "/accounts/password/",
    )


def test_what_was_typed_into_the_name_by_mistake_is_kept_nowhere(client, head):
    secret = "himitsu-no-kotoba-7"
    for _ in range(2):
        enter(client, username=secret)
    assert told() == [(Event.REFUSED, f"登録のない名前（{len(secret)}字）", HERE)] * 2
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 2
    for row in (attempt, *AccessRecord.objects.all()):
        kept = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
        assert secret not in " ".join(kept)


def test_the_history_of_the_town_does_not_tell_of_sign_ins(client, head):
    before = HistoryEntry.objects.count()
    enter(client)
    assert HistoryEntry.objects.count() == before


def test_each_person_sees_ones_own_and_nobody_elses(client, sign_in, head, staff):
    enter(client, password="falsch")
    assert "ログインの失敗" in page_text(sign_in(head).get(reverse("accounts:profile")))
    assert "ログインの失敗" not in page_text(sign_in(staff).get(reverse("accounts:profile")))


def test_a_line_is_neither_changed_nor_removed(client, head):
    enter(client)
    for act in (lambda rows: rows.update(name="x"), lambda rows: rows.delete()):
        with pytest.raises(Error), transaction.atomic():
            act(AccessRecord.objects.all())
    assert AccessRecord.objects.count() == 1


# Downloads.


def test_a_file_that_is_taken_is_written_down_with_its_name(client, head):
    enter(client)
    b"".join(
        client.get(
            f"/history/?format=csv&words={quote('窓口')}", REMOTE_ADDR=HERE
        ).streaming_content
    )
    row = AccessRecord.objects.first()
    assert (row.event, row.person, row.address) == (Event.DOWNLOADED, head, HERE)
    assert row.detail.startswith("変更履歴_")
    assert row.detail.endswith(".csv")
    assert row.place == "/history/?format=csv&words=窓口"


@pytest.mark.parametrize("sign", ["%00", "%0A", "%ED%A0%80", "%FF", "%E2%80%AE"])
def test_signs_that_no_page_can_hold_are_not_kept(sign, client, head):
    enter(client)
    client.get(f"/history/?format=csv&page=a{sign}b", REMOTE_ADDR=HERE)
    row = AccessRecord.objects.first()
    assert row.event == Event.DOWNLOADED
    assert row.place.isprintable()


def test_neither_a_page_nor_a_head_nor_a_refusal_is_a_download(client, viewer, sign_in):
    client = sign_in(viewer)
    client.get("/history/")
    client.head("/history/?format=csv")
    client.get("/history/?format=csv&since=いつか")
    assert told() == []


FILES = {  # doors that hand out a file to the secretariat in the small town of `tests.people`
    *("accounts:sign_ins", "desk:history", "reports:indicator_list", "upkeep:checks"),
    *("reports:milestones", "reports:submissions", "reports:workbook", "intake:sheet"),
}


def asked(client, name, places, kind):
    """The answer of a door, and the lines that it has left."""
    newest = AccessRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
    answer = client.get(address(name, places), {"format": kind, "anyway": "1"})
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer, list(AccessRecord.objects.filter(id__gt=newest))


@pytest.mark.pure
def test_every_door_of_the_portal_that_hands_out_a_file_tells_of_it(people, sign_in):  # noqa: F811
    users, places = people
    client, found = sign_in(users["secretariat"]), set()
    names = sorted(set(RULES) - {"feeds:feed"})
    with time_machine.travel(timezone.now(), tick=False):  # a workbook is drawn once
        for name, kind in product(names, ("csv", "xlsx")):
            answer, left = asked(client, name, places, kind)
            file = "Content-Disposition" in answer.headers
            assert [row.detail for row in left] == ([file_name(answer)] if file else []), name
            found |= {name} if file else set()
    assert found >= FILES


def with_file(kind):
    answer = kind(b"x")
    answer["Content-Disposition"] = "attachment; filename*=utf-8''%E7%89%88.xlsx"
    return answer


@pytest.mark.parametrize("kind", [HttpResponse, StreamingHttpResponse])
def test_a_door_that_nobody_has_thought_of_yet_is_seen_as_well(kind, rf, head):
    request = rf.get("/new/door/", REMOTE_ADDR=HERE)
    request.user = head
    Downloads(lambda _: with_file(kind))(request)
    row = AccessRecord.objects.get()
    assert (row.detail, row.place, row.address) == ("版.xlsx", "/new/door/", HERE)


def test_what_cannot_be_written_down_is_not_handed_out(client, head, monkeypatch):
    def broken(**given):
        raise RuntimeError

    enter(client)
    monkeypatch.setattr("foundation.accounts.trail.middleware.record_access", broken)
    client.raise_request_exception = False
    answer = client.get("/history/?format=csv")
    assert answer.status_code == 500
    assert "attachment" not in answer.get("Content-Disposition", "")


def makes_files(path):
    """Does this file make an answer that browsers keep as a file?"""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value == "Content-Disposition":
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FileResponse":
            return True
    return False


@pytest.mark.pure
def test_an_answer_becomes_a_file_in_few_places(settings):
    paths = (path for top in TOPS for path in (ROOT / top).rglob("*.py"))
    found = {path.relative_to(ROOT).as_posix() for path in paths if makes_files(path)}
    assert found - {"foundation/accounts/trail/middleware.py"} == set(HANDED_OUT)
    order = settings.MIDDLEWARE
    own = order.index("foundation.accounts.trail.middleware.Downloads")
    assert own > order.index("foundation.accounts.middleware.Person")


# The page and its file.


@pytest.fixture
def lines(client, head, staff):
    enter(client, password="falsch")
    enter(client, username="=cmd|1")
    enter(client, username="soumu-tanto")
    b"".join(client.get("/history/?format=csv").streaming_content)


def rows_on(page):
    return [str(row) for row in page.context["page"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 4),
        ({"event": "refused"}, 2),
        ({"event": "downloaded"}, 1),
        ({"person": "担当"}, 2),
        ({"person": "soumu-kacho"}, 1),
        ({"words": HERE}, 3),
        ({"words": "変更履歴"}, 1),
        ({"since": "令和8年4月1日", "until": "2099-12-31"}, 4),
        ({"until": "2020-01-01"}, 0),
    ],
)
def test_the_page_is_narrowed_down(lines, secretariat, sign_in, asked, found):
    page = sign_in(secretariat).get(PAGE, asked)
    assert len(rows_on(page)) == found


def test_a_day_that_is_none_is_said(lines, secretariat, sign_in):
    page = sign_in(secretariat).get(PAGE, {"since": "いつか", "format": "csv"})
    assert page["Content-Type"].startswith("text/html")
    assert "invalid-feedback" in page.content.decode()


def test_the_file_holds_what_is_shown_and_no_formula(lines, secretariat, sign_in):
    AccessRecord.objects.create(
        at=timezone.now(), event=Event.DOWNLOADED, name="=1+1", detail="@SUM(A1)"
    )
    answer = sign_in(secretariat).get(PAGE, {"format": "csv"})
    assert answer.streaming
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert len(rows) >= 5
    assert {row["種類"] for row in rows} == {"ログイン", "ログインの失敗", "ファイルの取り出し"}
    mine = next(row for row in rows if "SUM" in row["内容"])
    assert (mine["利用者名"], mine["内容"]) == ("'=1+1", "'@SUM(A1)")


def test_many_lines_come_page_by_page(secretariat, sign_in, django_assert_max_num_queries):
    for _ in range(120):
        an_old_line(1)
    client = sign_in(secretariat)
    assert [len(rows_on(client.get(PAGE, {"page": number}))) for number in (1, 3)] == [50, 20]
    with django_assert_max_num_queries(6):
        client.get(PAGE)


# Their end.


def test_lines_end_when_their_time_is_over_and_the_history_says_so(head, settings):
    settings.RECORD_DAYS = 400
    an_old_line(401)
    young = [an_old_line(days).pk for days in (399, 0)]
    history = HistoryEntry.objects.count()
    call_command("prune_records", "--dry-run", verbosity=0)
    assert AccessRecord.objects.count() == 3
    call_command("prune_records", verbosity=0)
    assert sorted(AccessRecord.objects.values_list("pk", flat=True)) == young
    assert HistoryEntry.objects.count() == history + 1
    entry = HistoryEntry.objects.first()
    assert (entry.action, entry.before["件数"]) == ("accounts.records_ended", 1)
    call_command("prune_records", verbosity=0)  # nothing left to end, nothing to tell
    assert HistoryEntry.objects.count() == history + 1


def test_the_guards_stand_again_afterwards(head):
    an_old_line(5000)
    left = an_old_line(1)
    end_records(before=timezone.localdate() - timedelta(days=100))
    assert faults(connection) == []
    with pytest.raises(Error), transaction.atomic():
        AccessRecord.objects.filter(pk=left.pk).delete()


@pytest.mark.parametrize("day", ["2099-01-01", "きのう"])
def test_a_slip_of_the_pen_ends_nothing(head, day):
    an_old_line(1)
    with pytest.raises(CommandError):
        call_command("prune_records", "--before", day, verbosity=0)
    assert AccessRecord.objects.count() == 1


def test_the_command_says_what_it_will_remove(head, capsys):
    an_old_line(5000)
    call_command("prune_records", "--before", "2020-01-01")
    out = capsys.readouterr().out
    assert "令和2年1月1日より前の、ログインと取り出しの記録は1件です。" in out
    assert "1件を消しました。変更履歴は消していません。" in out


def test_errors_that_lock_nobody_out_are_forgotten(client, head):
    enter(client, password="falsch")
    AccessAttempt.objects.update(attempt_time=datetime.fromisoformat("2026-01-05T09:00:00+09:00"))
    call_command("prune_records", verbosity=0)
    assert not AccessAttempt.objects.exists()
