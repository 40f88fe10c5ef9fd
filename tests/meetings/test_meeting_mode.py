"""会議モード: what each screen says; the grade, the decision and the instruction given on it."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from foundation.accounts.models import User
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.models import Meeting
from headquarters.organisation.models import ActionItem
from headquarters.reviews.choices import ReviewState
from headquarters.reviews.models import Review
from measures.models import Plan
from measures.short_names import short_names
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.standing_town,
    pytest.mark.pure,  # pages, nothing in which databases differ
]
BACKEND = "foundation.accounts.backends.MembershipBackend"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        yield


@pytest.fixture
def coming():
    load_town()
    return Meeting.objects.get(held_on=date(2026, 11, 30))


def signed_in(client, username):
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def screen(row, number):
    return f"{reverse('meetings:present', args=[row.pk])}?slide={number + 1}"


def sheet_of(number):
    return Review.objects.full().get(cycle__code="2026-mid", measure__number=number)


def grade_on(client, row, number, letter, **other):
    """Press a grade on the screen, as its button sends it."""
    sheet, page = sheet_of(number), screen(row, number)
    address = reverse("reviews:sheet_transition", args=["2026-mid", number])
    (form,) = client.forms(page, address)
    typed = {name: texts[0] for name, texts in form.sent.items()}
    assert typed["seen_version"] == str(sheet.version)
    return client.post(address, {**typed, "grade": letter, **other}, bare=True)


def test_a_grade_is_one_press_and_one_stays_on_the_screen(coming, client):
    signed_in(client, "honbu")
    answer = grade_on(client, coming, 2, "C")
    assert answer["Location"] == screen(coming, 2)
    row = sheet_of(2)
    assert (row.state, row.headquarters_grade) == (ReviewState.GRADED, "C")
    text = page_text(client.get(screen(coming, 2)))
    assert "記録済み" in text
    overview = page_text(client.get(reverse("meetings:present", args=[coming.pk])))
    assert "本部評価 <b>3</b>／10" in overview


def test_a_grade_that_was_pressed_by_mistake_is_put_right_and_nothing_is_recorded_twice(
    coming, client
):
    signed_in(client, "honbu")
    grade_on(client, coming, 2, "C")
    seen = sheet_of(2)
    grade_on(client, coming, 2, "B")
    assert sheet_of(2).headquarters_grade == "B"
    again = grade_on(client, coming, 2, "B")
    assert (again.status_code, "すでに「B」" in page_text(again)) == (422, True)
    late = grade_on(client, coming, 2, "D", seen_version=seen.version)
    assert late.status_code == 422
    text = page_text(late)
    assert "もう一度押してください" in text
    assert f'name="next" value="{screen(coming, 2)}"' in text
    assert sheet_of(2).headquarters_grade == "B"
    assert sheet_of(2).kept_facts.filter(occasion="graded").count() == 1


@pytest.mark.parametrize(
    ("username", "number", "said"),
    [
        ("honbu", 3, "事務局の確認待ち"),
        ("honbu", 6, "PDCAシートは未提出"),
        ("honbu", 10, "PDCAシートは未提出"),
        ("etsuran", 2, "未評価"),
        ("zeimu-kacho", 2, "未評価"),
        ("zeimu-kacho", 1, "記録済み"),
    ],
)
def test_the_bar_says_why_there_is_no_grade_to_give(coming, client, username, number, said):
    answer = signed_in(client, username).get(screen(coming, number))
    text = page_text(answer)
    assert said in text
    assert "data-grade" not in text


@pytest.mark.parametrize(
    ("username", "may"),
    [("honbu", True), ("jimukyoku", True), ("etsuran", False), ("zeimu-kacho", False)],
)
def test_who_decides_has_the_doors_and_the_others_read(coming, client, username, may):
    text = page_text(signed_in(client, username).get(screen(coming, 2)))
    for door in ("data-order", "data-decide", "data-grade", 'id="order"'):
        assert (door in text) == may, door
    for said in ("期待値", "年度末見込", "工程表", "原因", "R8.11.27現在", "10月末時点・速報"):
        assert said in text, said


def test_an_instruction_needs_its_text_alone(coming, client):
    signed_in(client, "honbu")
    page, address = screen(coming, 2), reverse("meetings:record", args=[coming.pk])
    (form,) = client.forms(page, address)
    typed = {name: texts[0] for name, texts in form.sent.items()} | {"text": "費用を調べること"}
    answer = client.post(address, typed, bare=True)
    assert answer["Location"] == page
    item = ActionItem.objects.get(text="費用を調べること")
    assert (item.measure.number, item.department.name) == (2, "住民環境課")
    assert item.due_on == date(2026, 12, 21)
    client.post(address, typed, bare=True)
    assert ActionItem.objects.filter(text="費用を調べること").count() == 1


def test_a_decision_on_dates_and_targets_is_preset_to_the_measure_and_comes_back(coming, client):
    signed_in(client, "jimukyoku")
    text = page_text(client.get(screen(coming, 2)))
    address = f"{reverse('meetings:decide', args=[coming.pk])}?measure="
    assert address in text
    number = sheet_of(2).measure_id
    here = screen(coming, 2)
    opened = page_text(client.get(f"{address}{number}&next={here}"))
    assert f'<option value="{number}" selected>' in opened
    assert f'name="next" value="{here}"' in opened
    assert "調査報告" in opened


def test_what_slips_and_what_became_late_since_the_last_meeting(coming, client):
    signed_in(client, "honbu")
    text = page_text(client.get(screen(coming, 2)))
    assert "＋72日（12月11日見込）" in text
    assert "前回会議の後に遅延 1" in text
    first = Meeting.objects.get(held_on=date(2026, 7, 24))
    told = page_text(client.get(screen(first, 2)))
    assert "6月末時点・第1版" in told
    assert "その後（R8.11.27現在）" in told
    assert "＋72日" not in told.split("<aside")[0]


def test_the_answer_to_the_last_time_stands_beside_the_cause(coming, client):
    signed_in(client, "honbu")
    answered = page_text(client.get(screen(coming, 4)))
    assert "前回の指示への回答" in answered
    assert "9月から役場から遠い2地区でも開催する" in answered
    waiting = page_text(client.get(screen(coming, 3)))
    assert "未回答（期限 10月16日）" in waiting
    assert "（下書き）" not in waiting  # a draft of an answer is its department's


def test_a_town_with_no_meeting_before_and_no_cycle(coming, client):
    by = User.objects.get(username="jimukyoku")
    row = create_meeting(
        by=by,
        plan=Plan.objects.get(),
        title="最初の会議",
        held_on=date(2026, 5, 15),
        place="",
        month=date(2026, 4, 1),
    )
    signed_in(client, "honbu")
    assert "評価サイクルのない会議です" in page_text(client.get(screen(row, 2)))
    for place in range(12):
        address = f"{reverse('meetings:present', args=[row.pk])}?slide={place}"
        assert client.get(address).status_code == 200


def test_a_screen_asks_a_fixed_number_of_questions(coming, client, django_assert_max_num_queries):
    first = Meeting.objects.get(held_on=date(2026, 7, 24))
    signed_in(client, "honbu")
    for row, most in ((coming, 75), (first, 30)):
        for place in range(12):
            address = f"{reverse('meetings:present', args=[row.pk])}?slide={place}"
            client.get(address)
            with django_assert_max_num_queries(most):
                client.get(address)


def test_a_measure_that_is_called_otherwise_keeps_a_short_name():
    assert short_names(["書かない窓口構築", "AIツール活用"]) == {
        "書かない窓口構築": "窓口",
        "AIツール活用": "AI",
    }
    alike = short_names(["文書電子化・電子決裁導入", "保存文書の整理", "ほか"])
    assert list(alike.values()) == ["文書電子化・", "保存文書の整", "ほか"]
