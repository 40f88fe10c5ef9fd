"""Everything unfinished is one click from the home of who must finish it, and the click leads to
the very place.
"""

import re
from datetime import date

import pytest
import time_machine
from django.utils import timezone

from foundation.accounts.models import User
from headquarters.desk.tasks import ACTS
from headquarters.meetings.models import Meeting
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import CycleState, ReviewState
from headquarters.reviews.models import Review, ReviewCycle
from kpi.choices import ReopeningState
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator, Reopening
from measures.models import Plan
from tests.kpi.returned_sheets import sheet_of
from tests.pages import page_text
from tests.reports.forms_of_towns import a_kept_form
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
NOW = "2026-11-28 01:00+00:00"
OCTOBER = date(2026, 10, 1)
UNFINISHED = [  # who must finish it, what the home calls it, where one click leads
    ("jumin-kacho", "入力", "/kpis/entry/2026-10/?show=all#k2-3"),
    ("kikaku-tanto", "入力", "/kpis/entry/2026-10/?show=all#k8-1"),
    ("kikaku-tanto", "取込", "/kpis/intake/files/"),
    ("soumu-kacho", "後で確認", "/kpis/entry/2026-10/?show=all#k5-2"),
    ("zeimu-kacho", "差戻し", "/kpis/entry/2026-10/?show=all#k3-1"),
    ("soumu-kacho", "提出", "/kpis/entry/2026-10/"),
    ("soumu-kacho", "節目", "/roadmap/milestones/"),
    ("soumu-kacho", "PDCA", "/reviews/2026-mid/10/"),
    ("soumu-kacho", "差戻し", "/reviews/2026-mid/6/"),
    ("soumu-kacho", "指示事項", "/meetings/items/"),
    ("zeimu-kacho", "指示事項", "/meetings/items/"),
    ("zeimu-kacho", "訂正", "/kpis/entry/2026-09/3-1/"),
    ("jimukyoku", "回答", "/meetings/items/"),
    ("jimukyoku", "確認", "/reviews/2026-mid/3/"),
    ("jimukyoku", "確認", "/kpis/months/2026-10/"),
    ("jimukyoku", "差戻し", "/reviews/2026-mid/7/"),
    ("jimukyoku", "締め", "/reports/2026-10/close/"),
    ("jimukyoku", "締め直し", "/reports/2026-09/close/"),
    ("jimukyoku", "申請", "/kpis/months/2026-09/#requests"),
    ("jimukyoku", "会議", "/meetings/"),
    ("jimukyoku", "会議録", "/meetings/"),
    ("jimukyoku", "照会", "/reviews/2026-q3/"),
    ("jimukyoku", "終了", "/reviews/2025-end/"),
    ("jimukyoku", "町の様式", "/reports/form/"),
]
ELSEWHERE = {"コメント", "年度末見込", "本部評価"}  # tests of the months; the table of the overview


def user(name):
    return User.objects.get(username=name)


def lay_files():
    """A sheet that was read and not confirmed; a form of the town that was only handed in."""
    content = sheet_of("企画調整課")
    ReturnedFile.objects.create(
        month=OCTOBER,
        department="企画調整課",
        issued_at=timezone.now(),
        name="10月.xlsx",
        uploaded_by=user("kikaku-tanto"),
        uploaded_at=timezone.now(),
        content=content,
        size=len(content),
        sha256="x" * 64,
    )
    a_kept_form(user("jimukyoku"))


def lay_cycles():
    """A cycle whose day has come; one all of whose sheets are graded."""
    plan = Plan.objects.get()
    days = {"asked_on": date(2026, 11, 20), "due_on": date(2026, 12, 1)}
    common = {"plan": plan, "fiscal_year": 2026, "fixed_on": date(2026, 12, 10), **days}
    ReviewCycle.objects.create(
        code="2026-q3", name="第3四半期", as_of=OCTOBER, state=CycleState.PLANNED, **common
    )
    done = ReviewCycle.objects.create(
        code="2025-end", name="前年度", as_of=date(2026, 3, 1), state=CycleState.OPEN, **common
    )
    sheet = Review.objects.first()
    Review.objects.create(
        cycle=done,
        measure=sheet.measure,
        state=ReviewState.GRADED,
        self_grade="A",
        headquarters_grade="A",
    )


def lay_the_rest():
    """A meeting that nobody recorded; exceptions asked for and allowed."""
    coming = Meeting.objects.order_by("-held_on").first()
    Meeting.objects.create(
        plan=coming.plan, title="臨時会議", held_on=date(2026, 11, 20), month=OCTOBER
    )
    head, now = user("zeimu-kacho"), timezone.now()
    asked = {"month": date(2026, 9, 1), "reason": "数え直し", "requested_by": head}
    Reopening.objects.create(indicator=Indicator.objects.get(code="4-1"), requested_at=now, **asked)
    Reopening.objects.create(
        indicator=Indicator.objects.get(code="3-1"),
        requested_at=now,
        state=ReopeningState.ALLOWED,
        decided_by=user("jimukyoku"),
        decided_at=now,
        decided_revision=10**6,
        expires_at=now + timezone.timedelta(hours=5),
        **asked,
    )


@pytest.fixture
def town(client):
    """`town(username)` → that person's home, everything unfinished lying about."""
    load_town()
    with time_machine.travel(NOW, tick=False):
        lay_files()
        lay_cycles()
        lay_the_rest()

        def home(username):
            client.force_login(
                user(username), backend="foundation.accounts.backends.MembershipBackend"
            )
            return client.get("/")

        yield home


def lands(client, address):
    """Does the page open, and is the place in it that the address names?"""
    page, _, place = address.partition("#")
    answer = client.get(page, follow=True)
    assert answer.status_code == 200, address
    if place:
        assert f'id="{place}"' in answer.content.decode(), address


def test_everything_unfinished_is_one_click_from_home(town, client):
    for username in sorted({who for who, _, _ in UNFINISHED}):
        page = town(username)
        tasks = page.context["work"].tasks
        html = page.content.decode()
        for _, kind, place in (row for row in UNFINISHED if row[0] == username):
            found = [task for task in tasks if task.kind == kind and task.url.startswith(place)]
            assert found, (username, kind, place, [(row.kind, row.url) for row in tasks])
            lands(client, found[0].url)
        for task in tasks:
            shown = task.row or f'href="{task.url.replace("&", "&amp;")}"' in html
            assert shown, (username, task.url)


def test_the_table_names_every_kind():
    assert {kind for _, kind, _ in UNFINISHED} | ELSEWHERE == set(ACTS)


def test_what_the_plan_left_open_is_counted_on_the_home_of_the_secretariat(town, client):
    page = town("jimukyoku")
    assert page.context["work"].waiting_points > 0
    assert 'href="/plan/checks/"' in page.content.decode()


def test_a_file_is_asked_about_until_it_is_confirmed_or_another_one_came(town, client):
    first = ReturnedFile.objects.get()
    kinds = [task.kind for task in town("kikaku-tanto").context["work"].tasks]
    assert kinds.count("取込") == 1
    values = {field.attname: getattr(first, field.attname) for field in first._meta.fields}
    newer = ReturnedFile.objects.create(**{**values, "id": None, "name": "新しい.xlsx"})
    (task,) = [row for row in town("kikaku-tanto").context["work"].tasks if row.kind == "取込"]
    assert task.url == f"/kpis/intake/files/{newer.pk}/"
    assert "取込" not in [row.kind for row in town("kikaku-kacho").context["work"].tasks]


def test_a_value_is_typed_on_the_home_and_one_is_home_again(town, client):
    page = town("jumin-kacho")
    (task,) = [row for row in page.context["work"].of_month if row.row]
    address = "/kpis/entry/2026-10/2-3/"
    assert f'action="{address}"' in page.content.decode()
    typed = {
        "alone": "1",
        "next": "/",
        "2-3-seen_version": "0",
        "2-3-answer": "final",
        "2-3-value": "９.5",
    }
    page = client.post(address, typed, follow=True)
    assert page.redirect_chain[-1][0] == "/"
    assert re.search("2-3 .*を保存しました", page_text(page))
    assert not [row for row in page.context["work"].of_month if row.row]
    refused = client.post(address, {**typed, "2-3-value": "たくさん", "2-3-seen_version": "1"})
    assert refused.status_code == 422


def test_a_department_sees_how_its_measures_are_judged(town):
    grades = town("soumu-kacho").context["work"].grades
    assert [row.number for row in grades.rows] == [5, 6, 7, 10]
    assert all(row.verdict in (*"ABCD", None) for row in grades.rows)
    assert any(row.sheet and row.sheet.self_grade for row in grades.rows)
    assert town("jimukyoku").context["work"].grades is None


def test_what_the_last_meeting_decided_stands_on_the_home(town):
    for username in ("honbu", "etsuran"):
        text = page_text(town(username))
        assert "前回の会議で決まったこと" in text
        for row in ActionItem.objects.filter(meeting__title__contains="第1回"):
            assert row.text in text
