"""The home by role: where the plan stands, what waits for a grade, and one's own work."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from foundation.accounts.models import User
from headquarters.desk.tasks import ACTS
from headquarters.reports.pages.matrix import headline
from headquarters.reports.pages.sentence import in_one_sentence
from headquarters.reports.pages.viewpoint import viewpoint_of
from measures.models import Plan
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
MOST_QUERIES = {"honbu": 12, "etsuran": 9, "jumin-kacho": 17, "jimukyoku": 16}


@pytest.fixture
def town(client):
    """The sample town; `town(username)` → that person's home as text, and its context."""
    load_town()

    def home(username):
        client.force_login(
            User.objects.get(username=username),
            backend="foundation.accounts.backends.MembershipBackend",
        )
        return client.get("/")

    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield home


def test_headquarters_and_readers_see_the_figures_of_the_dashboard(town):
    report = viewpoint_of("", plan=Plan.objects.get(), today=date(2026, 11, 6)).report
    for username in ("honbu", "etsuran"):
        page = town(username)
        text = page_text(page)
        assert in_one_sentence(report) in text
        assert f'data-count="{report.judged}"' in page.content.decode()
        assert page.context["home"].headline == headline(report)


def test_the_headquarters_is_led_to_the_sheets_that_wait_for_its_grade(town):
    page = town("honbu")
    home = page.context["home"]
    assert home.sheets
    for sheet in home.sheets:
        address = f'href="{sheet.review.get_absolute_url()}">評価する'
        assert address in page.content.decode()
        assert sheet.facts.verdict in "ABCD"
    assert home.meetings.coming.title in page_text(page)
    assert "会議モード" in page_text(page)


def test_who_only_reads_is_offered_nothing_to_do(town):
    page = town("etsuran")
    assert page.context["home"].sheets == []
    main = page.content.decode().split("<main")[1].split("dx-homehead")[1].split("</main>")[0]
    assert "<form" not in main
    assert "評価する" not in main
    assert "閲覧の権限です" in main


@pytest.mark.parametrize("username", MOST_QUERIES)
def test_no_home_takes_more_queries_than_allowed(
    town, client, username, django_assert_max_num_queries
):
    town(username)
    with django_assert_max_num_queries(MOST_QUERIES[username]):
        assert client.get("/").status_code == 200


def test_before_anything_is_closed_the_month_is_shown_as_it_stands(headquarters, sign_in):
    page = page_text(sign_in(headquarters).get("/"))
    assert "速報" in page
    assert "評価できるものはまだありません" in page
    assert "本部評価を待つシートはありません" in page


def test_without_a_plan_it_says_so(headquarters, viewer, sign_in, monkeypatch):
    monkeypatch.setattr("headquarters.desk.overview.plan_now", lambda: None)
    for person in (headquarters, viewer):
        assert "計画が読み込まれていません" in page_text(sign_in(person).get("/"))


def test_a_department_answers_for_its_milestones_on_the_spot(town, client):
    page = town("jumin-kacho")
    task = next(task for task in page.context["work"].milestones if task.may_go_on)
    edit = reverse("roadmap:milestone_edit", args=[task.milestone.row.pk])
    text = page.content.decode()
    assert f'href="{edit}?answer=done&amp;next=/"' in text
    assert f'href="{edit}?answer=moves&amp;next=/"' in text
    before = task.milestone.row.updates.count()
    page = client.post(edit, client.filled("/", action=edit), follow=True)
    assert page.redirect_chain[-1][0] == "/"
    assert task.milestone.row.updates.count() == before + 1
    assert f"今日「{task.on_track_words}」と記録" in page_text(page)
    assert f'href="{edit}?saved=1&amp;next=/"' in page.content.decode()


@pytest.mark.parametrize("answer", ["done", "moves"])
def test_a_link_from_home_opens_the_form_with_its_answer_chosen(town, client, answer):
    task = town("jumin-kacho").context["work"].milestones[0]
    edit = reverse("roadmap:milestone_edit", args=[task.milestone.row.pk])
    form = client.get(f"{edit}?answer={answer}&next=/").context["form"]
    assert form.chosen == answer


def test_the_secretariat_sees_the_months_in_hand_and_the_board(town):
    page = town("jimukyoku")
    lines = [(line.month.month, line.label) for line in page.context["work"].lines]
    assert lines == [(9, "締め済み"), (10, "受付中"), (11, "受付前")]
    text = page_text(page)
    board = page.context["work"].board
    assert f"{len(board)}課" in text
    for row in board:
        assert row.name in text
    work = page.context["work"]
    assert len(work.late) + len(work.arrived) + len(work.coming) == len(work.tasks)
    assert {task.kind for task in work.tasks} <= set(ACTS)


@pytest.mark.parametrize("username", ["jumin-kacho", "soumu-kacho", "zeimu-kacho"])
def test_every_task_of_a_department_stands_under_one_heading(town, username):
    work = town(username).context["work"]
    told = [*work.of_month, *work.milestones, *work.others]
    assert sorted(map(id, told)) == sorted(map(id, work.tasks))
    assert not work.lines
