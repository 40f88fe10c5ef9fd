"""構成員名簿: empty as loaded, entered by the town, filling attendance and chart."""

import io
from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from foundation.records.models import HistoryEntry
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.attendance import record_attendance, seats_of
from headquarters.meetings.changing import settle_minutes
from headquarters.meetings.members import members_on
from headquarters.organisation.chart import drawing
from headquarters.organisation.drawing import wrapped
from headquarters.organisation.roster.actions import add_post, add_posts_of, end_post
from headquarters.organisation.roster.holders import (
    correct_holding,
    record_holder,
    withdraw_holding,
)
from headquarters.organisation.roster.models import Holding, Post
from headquarters.organisation.roster.reading import posts_of_the_plan, roster
from measures.models import Plan
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead
from tests.reports.machine_rules import dicts

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
APRIL, OCTOBER = date(2026, 4, 1), date(2026, 10, 1)
HERE = "/plan/organisation/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


@pytest.fixture
def mayor(secretariat):
    return add_post(by=secretariat, duty="head", title="町長", name="甲野 一郎", starts_on=APRIL)


@pytest.fixture
def planner(secretariat):
    return add_post(
        by=secretariat, duty="member", title="企画調整課長", name="戊村 四郎", starts_on=APRIL
    )


def held(post):
    """[(name, from, until)] of a post, the newest first."""
    rows = post.holdings.all()
    return [(row.name, row.valid_from, row.valid_until) for row in rows]


@pytest.mark.pure
def test_the_roster_is_empty_as_loaded_and_says_what_the_plan_says(secretariat, viewer, sign_in):
    assert not Post.objects.exists()
    planned = posts_of_the_plan(Plan.objects.get())
    assert [(row.duty.label, row.title) for row in planned] == [
        ("本部長", "町長"),
        ("副本部長", "副町長"),
        ("委員", "課長等"),
        ("事務局", "総務課デジタル推進係"),
    ]
    text = page_text(sign_in(secretariat).get(HERE))
    assert text.count("未登録") == 4
    for said in ("課の一覧から選ぶ", "氏名を登録", "どの課長かは計画書にありません"):
        assert said in text
    text = page_text(sign_in(viewer).get(HERE))
    assert "氏名を登録" not in text


@pytest.mark.pure
def test_a_name_is_registered_from_the_line_of_the_plan(secretariat, sign_in):
    client = sign_in(secretariat)
    asked = urlencode({"duty": "head", "title": "町長", "part": "attends"})
    url = f"{reverse('organisation:post_create')}?{asked}"
    typed = {**client.filled(url), "name": "甲野 一郎", "starts_on": "R8.4.1"}
    answer = client.post(url, typed, follow=True)
    assert "甲野 一郎" in page_text(answer)
    assert held(Post.objects.get(duty="head", title="町長")) == [("甲野 一郎", APRIL, None)]
    refused = client.post(url, client.filled(url))
    assert "すでに名簿にあります" in page_text(refused)


def test_a_succession_ends_the_old_holder_the_day_before(secretariat, planner):
    record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=OCTOBER)
    assert held(planner) == [
        ("丁田 花子", OCTOBER, None),
        ("戊村 四郎", APRIL, date(2026, 9, 30)),
    ]
    shown = [(line.holding.name, line.kind) for line in roster(ON, past=True)[0].lines]
    assert shown == [("丁田 花子", "now"), ("戊村 四郎", "past")]
    assert [line.holding.name for line in roster(ON)[0].lines] == ["丁田 花子"]
    assert [line.kind for line in roster(date(2026, 9, 1))[0].lines] == ["now", "coming"]
    entry = HistoryEntry.objects.about(planner).first()
    assert entry.before == {"氏名": "戊村 四郎"}
    assert entry.after["前任の最後の日"] == "令和8年9月30日"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 1), None),  # open, over everything
        (date(2026, 3, 1), APRIL),  # one day in common, at the beginning
        (date(2026, 9, 30), date(2026, 9, 30)),  # the last day
        (OCTOBER, None),  # the successor's first day
        (date(2026, 12, 1), date(2026, 12, 31)),  # while the successor is there
    ],
)
def test_two_people_never_hold_a_post_on_one_day(secretariat, planner, first, last):
    record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=OCTOBER)
    third = add_post(by=secretariat, duty="member", title="別の職", name="己", starts_on=APRIL)
    row = third.holdings.get()
    Holding.objects.filter(pk=row.pk).update(
        post=planner, valid_from="2020-01-01", valid_until="2020-12-31"
    )
    with pytest.raises(ValidationError, match="重なっています"):
        correct_holding(by=secretariat, holding=row, name="己", valid_from=first, valid_until=last)


def test_the_database_refuses_a_second_open_holding(planner):
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(post=planner, name="だれか", valid_from=OCTOBER)


def test_an_earlier_holder_cannot_come_on_a_later_ones_days(secretariat, planner):
    for day in (APRIL, date(2026, 3, 1)):
        with pytest.raises(ValidationError, match="重なっています"):
            record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=day)
    assert held(planner) == [("戊村 四郎", APRIL, None)]


def test_a_predecessor_is_entered_afterwards(secretariat, planner):
    row, until = planner.holdings.get(), date(2026, 3, 31)
    past = {"name": "前任 者", "starts_on": date(2024, 4, 1)}
    for day in (None, APRIL, date(2024, 3, 1)):
        with pytest.raises(ValidationError):
            record_holder(by=secretariat, post=planner, **past, ends_on=day)
    record_holder(by=secretariat, post=planner, **past, ends_on=until)
    assert held(planner) == [(row.name, APRIL, None), ("前任 者", date(2024, 4, 1), until)]


def test_a_mistaken_holding_is_withdrawn_and_the_history_keeps_it(secretariat, planner):
    row = planner.holdings.get()
    withdraw_holding(by=secretariat, holding=row, reason="別の職の人だった")
    assert held(planner) == []
    entry = HistoryEntry.objects.about(planner).first()
    assert "戊村 四郎" in str(entry.before)
    assert entry.reason == "別の職の人だった"


def test_a_post_is_given_up_with_its_holder(secretariat, planner):
    with pytest.raises(ValidationError, match="より前"):
        end_post(by=secretariat, post=planner, ends_on=date(2026, 3, 1), reason="機構改革")
    end_post(by=secretariat, post=planner, ends_on=date(2026, 10, 31), reason="機構改革")
    assert roster(ON) == []
    assert [line.kind for line in roster(ON, past=True)[0].lines] == ["past"]
    assert members_on(date(2026, 10, 31))[0].name == "戊村 四郎"
    with pytest.raises(ValidationError, match="名簿から外した役職"):
        record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=OCTOBER)
    add_post(by=secretariat, duty="member", title="企画調整課長")  # a new one of that name may be


def test_members_are_chosen_from_the_departments(secretariat, soumu, zeimu):
    rows = add_posts_of(by=secretariat, departments=[soumu, zeimu])
    assert [row.title for row in rows] == ["総務課長", "税務課長"]
    with pytest.raises(ValidationError, match="すでに名簿にあります"):
        add_posts_of(by=secretariat, departments=[soumu])


# Attendance.


@pytest.fixture
def meeting(secretariat):
    return create_meeting(
        by=secretariat,
        plan=Plan.objects.get(),
        title="第2回会議",
        held_on=ON,
        place="",
        month=MONTH,
    )


@pytest.mark.pure
def test_without_a_roster_the_memberships_attend(head, headquarters):
    assert [(row.post, row.name) for row in members_on(ON)] == [
        ("本部長（町長）", "町長 四郎"),
        ("総務課長", "総務 花子"),
    ]


def test_the_roster_of_the_day_attends(secretariat, head, mayor, planner, meeting):
    record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=OCTOBER)
    add_post(
        by=secretariat, duty="office", title="係長", part="explains", name="癸谷", starts_on=APRIL
    )
    seats = seats_of(meeting)
    assert [(seat.member.name, seat.note) for seat in seats] == [
        ("甲野 一郎", ""),
        ("丁田 花子", ""),
        ("癸谷", "説明"),
    ]
    assert [row.name for row in members_on(date(2026, 9, 1))][1] == "戊村 四郎"


def test_a_meeting_with_confirmed_minutes_stands_still(secretariat, mayor, meeting):
    (seat,) = seats_of(meeting)
    present = type(seat)(seat.member, "present", "")
    record_attendance(by=secretariat, meeting=meeting, seats=[present], others="")
    type(meeting).objects.filter(pk=meeting.pk).update(state="held", minutes="開会")
    meeting.refresh_from_db()
    settle_minutes(by=secretariat, meeting=meeting)
    row = mayor.holdings.get()
    correct_holding(by=secretariat, holding=row, name="別人", valid_from=APRIL, valid_until=None)
    assert [row.name for row in meeting.attendees.all()] == ["甲野 一郎"]
    assert Post.objects.get().holder_on(ON).name == "別人"


# Excel and chart.


@pytest.mark.pure
def test_the_roster_as_data(secretariat, sign_in, mayor, planner):
    record_holder(by=secretariat, post=planner, name="丁田 花子", starts_on=OCTOBER)
    add_post(by=secretariat, duty="member", title="=農林振興課長")
    client = sign_in(secretariat)
    answer = client.get(f"{HERE}?format=xlsx")
    rows = dicts(load_workbook(io.BytesIO(answer.content))["推進本部名簿"])
    assert [(row["役"], row["職"], row["氏名"], row["在任の状態"]) for row in rows] == [
        ("本部長", "町長", "甲野 一郎", "在任中"),
        ("委員", "企画調整課長", "丁田 花子", "在任中"),
        ("委員", "企画調整課長", "戊村 四郎", "前任"),
        ("委員", "=農林振興課長", None, "未登録"),
    ]
    assert rows[2]["いつまで"].date() == date(2026, 9, 30)
    assert rows[0]["役コード"] == "head"
    assert client.get(f"{HERE}?format=xlsx").content == answer.content


@pytest.mark.pure
def test_the_chart_says_who_carries_the_plan(secretariat, mayor, planner, soumu, zeimu):
    lead(5, soumu)
    lead(6, soumu)
    drawn = drawing(Plan.objects.get(), ON)
    said = [label.text for label in drawn.labels]
    for text in ("本部長　町長", "甲野 一郎", "企画調整課長", "戊村 四郎", "総務課", "施策 5・6"):
        assert text in said
    assert drawn.height < 700


@pytest.mark.pure
def test_the_empty_chart_draws_the_plans_own_words(viewer, sign_in):
    text = page_text(sign_in(viewer).get(f"{HERE}chart/"))
    for said in (
        "本部長　町長",
        "副本部長　副町長",
        "課長等",
        "（未登録）",
        "課はまだ登録されていません",
    ):
        assert said in text


@pytest.mark.pure
@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 25])
def test_however_many_members_nothing_leaves_the_sheet_or_lies_upon_another(secretariat, count):
    for number in range(count):
        add_post(by=secretariat, duty="member", title=f"とても長い名前の課の第{number:02}係の課長")
    boxes = [box for box in drawing(Plan.objects.get(), ON).boxes if box.look != "frame"]
    assert all(box.x >= 0 and box.x + box.width <= 1040 for box in boxes)
    for one in boxes:
        for other in boxes:
            apart = (
                one is other
                or one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
            assert apart, (one, other)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("総務課長", ["総務課長"]),
        ("教育委員会管理課長", ["教育委員会", "管理課長"]),
        ("教育委員 管理課長", ["教育委員", "管理課長"]),
        ("教委 管理課長", ["教委", "管理課長"]),
        ("ABCDEFGH", ["ABCDEFGH"]),
        ("ABCDEFGHIJ", ["ABCDEFGH", "IJ"]),
        ("", [""]),
    ],
)
def test_a_title_is_wrapped_and_never_cut(text, lines):
    assert wrapped(text, 5) == lines


@pytest.mark.pure
@pytest.mark.parametrize(("path", "most"), [("", 12), ("?past=1", 12), ("chart/", 15)])
def test_how_often_the_database_is_asked(
    path, most, secretariat, sign_in, mayor, planner, django_assert_max_num_queries
):
    client = sign_in(secretariat)
    client.get(HERE)
    with django_assert_max_num_queries(most):
        assert client.get(f"{HERE}{path}").status_code == 200
