"""Meetings that can be run: corrected, called off, proposed anew, attended, settled; instructions
corrected, withdrawn, carried, looked at; papers that print.
"""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import Role
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from headquarters.meetings import excel
from headquarters.meetings.actions import (
    add_agenda_item,
    change_agenda,
    create_meeting,
    edit_agenda_item,
    propose_again,
    write_minutes,
)
from headquarters.meetings.attendance import record_attendance, seats_of
from headquarters.meetings.changing import (
    call_off,
    change_meeting,
    reopen_minutes,
    settle_minutes,
)
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.deciding import record_decision
from headquarters.meetings.members import members_on
from headquarters.meetings.models import Meeting
from headquarters.organisation.actions import (
    answer_action_item,
    close_action_item,
    record_action_item,
)
from headquarters.organisation.correcting import correct_action_item, withdraw_action_item
from headquarters.organisation.models import ActionItem
from measures.models import Plan
from tests.browsing import seen
from tests.pages import page_text
from tests.people import make_user

pytestmark = pytest.mark.django_db
ON, DUE, MONTH = date(2026, 11, 20), date(2026, 12, 11), date(2026, 10, 1)
HELD, PREPARING = MeetingState.HELD, MeetingState.PREPARING
SETTLED, OFF = MeetingState.SETTLED, MeetingState.CALLED_OFF


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


def meet(by, title="第2回本部会議", held_on=ON):
    return create_meeting(
        by=by, plan=Plan.objects.get(), title=title, held_on=held_on, place="庁議室", month=MONTH
    )


@pytest.fixture
def meeting(secretariat):
    return meet(secretariat)


def as_(row, state):
    Meeting.objects.filter(pk=row.pk).update(state=state, minutes="開会")
    row.refresh_from_db()
    return row


def ask(by, meeting, department, text="調べること", due_on=DUE):
    return record_action_item(
        by=by, meeting=meeting, text=text, department=department, due_on=due_on
    )


def changed(row, **given):
    values = {name: getattr(row, name) for name in ("title", "held_on", "place", "month", "cycle")}
    return {**values, **given}


# A meeting is corrected and called off.


@pytest.mark.parametrize(
    ("state", "given", "reason", "wrong"),
    [
        (PREPARING, {"title": "第3回本部会議"}, "", None),
        (PREPARING, {"held_on": date(2026, 12, 1)}, "", None),
        (PREPARING, {"month": date(2026, 9, 1)}, "", None),
        (PREPARING, {"held_on": date(2036, 12, 1)}, "", "held_on"),
        (HELD, {"place": "大会議室"}, "", "reason"),
        (HELD, {"place": "大会議室"}, "書き誤り", None),
        (HELD, {"held_on": date(2026, 11, 19)}, "書き誤り", None),
        (HELD, {"held_on": date(2026, 11, 21)}, "書き誤り", "held_on"),
        (HELD, {"month": date(2026, 9, 1)}, "書き誤り", "month"),
        (SETTLED, {"place": "大会議室"}, "書き誤り", "確定した"),
        (OFF, {"place": "大会議室"}, "書き誤り", "取りやめた"),
        (SETTLED, {}, "", "確定した"),
    ],
)
def test_a_meeting_is_corrected(secretariat, meeting, state, given, reason, wrong):
    as_(meeting, state)
    act = {"by": secretariat, "meeting": meeting, "reason": reason, **changed(meeting, **given)}
    if wrong is None:
        change_meeting(**act)
        meeting.refresh_from_db()
        assert {name: getattr(meeting, name) for name in given} == given
        assert HistoryEntry.objects.about(meeting).first().reason == reason
    else:
        with pytest.raises(ValidationError) as found:
            change_meeting(**act)
        assert wrong in getattr(found.value, "error_dict", {}) or wrong in found.value.messages[0]


def test_two_people_correct_it_and_the_second_is_told(secretariat, head, meeting):
    with pytest.raises(PermissionDenied):
        change_meeting(by=head, meeting=meeting, **changed(meeting, title="x"))
    drawn = seen(**changed(meeting))
    change_meeting(by=secretariat, meeting=meeting, seen=drawn, **changed(meeting, title="甲"))
    with pytest.raises(Conflict):
        change_meeting(by=secretariat, meeting=meeting, seen=drawn, **changed(meeting, title="乙"))
    meet(secretariat, "丙")
    with pytest.raises(ValidationError, match="同じ内容の会議"):
        change_meeting(by=secretariat, meeting=meeting, **changed(meeting, title="丙"))


def test_the_day_of_what_was_decided_and_asked_stays(secretariat, meeting, soumu):
    ask(secretariat, meeting, soumu, due_on=date(2026, 11, 25))
    with pytest.raises(ValidationError, match="指示事項"):
        later = changed(meeting, held_on=date(2026, 12, 1))
        change_meeting(by=secretariat, meeting=meeting, **later)


def test_a_meeting_is_called_off_when_nothing_stands_in_it(secretariat, meeting, soumu):
    item = ask(secretariat, meeting, soumu)
    with pytest.raises(ValidationError, match="それらを取り消して"):
        call_off(by=secretariat, meeting=meeting, reason="日程が合わない")
    withdraw_action_item(by=secretariat, item=item, reason="会議を取りやめるため")
    with pytest.raises(ValidationError, match="理由"):
        call_off(by=secretariat, meeting=meeting, reason="")
    call_off(by=secretariat, meeting=meeting, reason="日程が合わない")
    third = meet(secretariat, "第3回", date(2026, 12, 1))
    assert not Meeting.objects.before(third.held_on, third.pk).exists()
    assert meet(secretariat).pk != meeting.pk  # the same title on the same day is free again
    for act in (
        lambda: ask(secretariat, meeting, soumu, "別のこと"),
        lambda: record_decision(by=secretariat, meeting=meeting, text="甲", on=ON),
        lambda: add_agenda_item(by=secretariat, meeting=meeting, title="甲"),
        lambda: write_minutes(by=secretariat, meeting=meeting, attendance="", minutes="甲"),
    ):
        with pytest.raises(ValidationError, match="取りやめた"):
            act()


def test_settled_minutes_stand_still_until_they_are_opened_with_a_reason(secretariat, meeting):
    with pytest.raises(ValidationError, match="準備中"):
        settle_minutes(by=secretariat, meeting=meeting)
    as_(meeting, HELD)
    settle_minutes(by=secretariat, meeting=meeting)
    with pytest.raises(ValidationError, match="確定した"):
        write_minutes(by=secretariat, meeting=meeting, attendance="", minutes="別の文")
    with pytest.raises(ValidationError):
        reopen_minutes(by=secretariat, meeting=meeting, reason="")
    reopen_minutes(by=secretariat, meeting=meeting, reason="書き漏れ")
    write_minutes(by=secretariat, meeting=meeting, attendance="", minutes="別の文")
    assert Meeting.objects.get().minutes == "別の文"


# The agenda.


def test_an_agenda_is_proposed_anew_and_keeps_what_was_written_by_hand(secretariat, meeting):
    own = add_agenda_item(by=secretariat, meeting=meeting, title="意見交換")
    edited = meeting.agenda.get(title="その他")
    edit_agenda_item(by=secretariat, item=edited, title="その他", note="次回の日程", measure=None)
    moved = changed(meeting, month=date(2026, 9, 1))
    change_meeting(by=secretariat, meeting=meeting, **moved)
    drawn = seen(agenda="、".join(meeting.agenda.values_list("title", flat=True)))
    propose_again(by=secretariat, meeting=meeting, seen=drawn)
    titles = list(meeting.agenda.values_list("title", flat=True))
    assert "9月末の進捗の総括" in titles
    assert "10月末の進捗の総括" not in titles
    assert titles[-2:] == ["その他", own.title]
    assert meeting.agenda.get(title="その他").note == "次回の日程"
    assert [row.order for row in meeting.agenda.all()] == list(range(1, len(titles) + 1))
    with pytest.raises(Conflict):
        propose_again(by=secretariat, meeting=meeting, seen=drawn)


@pytest.mark.parametrize("state", [PREPARING, HELD, SETTLED])
def test_the_agenda_of_a_held_meeting_changes_with_a_reason(secretariat, meeting, state):
    item = as_(meeting, state).agenda.first()
    acts = (
        lambda **why: add_agenda_item(by=secretariat, meeting=meeting, title=f"甲{why}", **why),
        lambda **why: change_agenda(by=secretariat, item=item, what="down", **why),
        lambda **why: edit_agenda_item(
            by=secretariat, item=item, title=f"乙{why}", note="", measure=None, **why
        ),
    )
    for act in acts:
        if state == PREPARING:
            act()
            continue
        with pytest.raises(ValidationError):
            act()
        if state == HELD:
            act(reason="その場で加えた")
        else:
            with pytest.raises(ValidationError):
                act(reason="その場で加えた")
    if state != PREPARING:
        with pytest.raises(ValidationError, match="準備中"):
            propose_again(by=secretariat, meeting=meeting)


# Who was there.


def test_attendance_is_asked_of_the_headquarters_and_the_heads(
    secretariat, headquarters, head, other_head, staff, meeting
):
    names = [row.name for row in members_on(ON)]
    assert names == [headquarters.display_name, head.display_name, other_head.display_name]
    seats = [
        type(seat)(seat.member, presence, note)
        for seat, presence, note in zip(
            seats_of(meeting), ("present", "deputy", ""), ("", "係長", ""), strict=True
        )
    ]
    record_attendance(by=secretariat, meeting=meeting, seats=seats, others="教育長")
    assert [str(row.presence) for row in meeting.attendees.all()] == ["present", "deputy"]
    newcomer = make_user(
        "shin-kacho", "新任 課長", Role.DEPARTMENT_HEAD, head.memberships.get().department
    )
    found = {seat.member.name: seat.presence for seat in seats_of(meeting)}
    assert found[newcomer.display_name] == found[other_head.display_name] == ""
    assert found[headquarters.display_name] == "present"
    with pytest.raises(PermissionDenied):
        record_attendance(by=head, meeting=meeting, seats=[], others="")
    as_(meeting, SETTLED)
    with pytest.raises(ValidationError, match="確定した"):
        record_attendance(by=secretariat, meeting=meeting, seats=[], others="")


def test_attendance_is_entered_and_stands_in_the_minutes(
    secretariat, headquarters, meeting, sign_in
):
    client, url = sign_in(secretariat), reverse("meetings:attendance", args=[meeting.pk])
    key = seats_of(meeting)[0].key
    filled = client.filled(url)
    data = {**filled, f"{key}-presence": "deputy", f"{key}-note": "副町長", "attendance": "教育長"}
    assert client.post(url, data, bare=True).status_code == 302
    for name in ("meetings:minutes", "meetings:meeting"):
        page = page_text(client.get(reverse(name, args=[meeting.pk])))
        assert all(word in page for word in (headquarters.display_name, "代理", "副町長", "教育長"))
    stale = client.post(url, {**data, "attendance": "別の人"}, bare=True)
    assert stale.status_code == 409


# Instructions.


def test_an_instruction_is_corrected_with_a_reason(
    secretariat, headquarters, meeting, soumu, zeimu
):
    item = ask(secretariat, meeting, soumu)
    right = {"text": "調べて報告すること", "department": zeimu, "due_on": date(2027, 1, 29)}
    for wrong, field in (
        ({"reason": ""}, "reason"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"due_on": date(2030, 1, 1)}, "due_on"),
    ):
        with pytest.raises(ValidationError) as found:
            correct_action_item(by=headquarters, item=item, **{**right, "reason": "誤り", **wrong})
        assert field in found.value.message_dict
    correct_action_item(by=headquarters, item=item, **right, reason="所管課を誤った")
    item.refresh_from_db()
    assert {name: getattr(item, name) for name in right} == right
    assert HistoryEntry.objects.about(item).first().reason == "所管課を誤った"
    answer_action_item(by=secretariat, item=item, answer="調べた", final=True)
    with pytest.raises(ValidationError, match="回答済み"):
        correct_action_item(by=headquarters, item=item, **right, reason="もう一度")


def test_an_instruction_is_withdrawn_and_asks_nobody_any_more(
    secretariat, head, staff, other_head, meeting, soumu, sign_in
):
    item = ask(secretariat, meeting, soumu)
    answer_action_item(by=staff, item=item, answer="書きかけ", final=False)
    with pytest.raises(PermissionDenied):
        withdraw_action_item(by=head, item=item, reason="誤り")
    with pytest.raises(ValidationError):
        withdraw_action_item(by=secretariat, item=item, reason="")
    withdraw_action_item(by=secretariat, item=item, reason="誤り")
    assert not ActionItem.objects.carried().exists()
    assert "調べること" not in page_text(sign_in(head).get("/"))
    url = reverse("organisation:action_item", args=[item.pk])
    assert "書きかけ" not in page_text(sign_in(other_head).get(url))  # a draft stays a draft
    assert "調べること" not in page_text(
        sign_in(head).get(reverse("meetings:minutes", args=[meeting.pk]))
    )
    for act in (
        lambda: answer_action_item(by=head, item=item, answer="調べた", final=True),
        lambda: withdraw_action_item(by=secretariat, item=item, reason="もう一度"),
        lambda: close_action_item(by=secretariat, item=item),
    ):
        with pytest.raises(ValidationError):
            act()


def test_the_instructions_of_earlier_meetings_are_those_of_earlier_meetings(
    secretariat, meeting, soumu, sign_in
):
    earlier = meet(secretariat, "第1回本部会議", date(2026, 7, 10))
    ask(secretariat, earlier, soumu, "前の指示", date(2026, 9, 1))
    ask(secretariat, meeting, soumu, "今回の指示")
    later = meet(secretariat, "第3回本部会議", date(2027, 2, 1))
    found = [
        [item.text for item in ActionItem.objects.carried().given_before(row)]
        for row in (earlier, meeting, later)
    ]
    assert found == [[], ["前の指示"], ["前の指示", "今回の指示"]]
    page = page_text(sign_in(secretariat).get(reverse("meetings:meeting", args=[meeting.pk])))
    assert page.index("前回までの指示事項") < page.index("前の指示") < page.index("今回の指示")
    assert later.agenda.first().note == "未完結 2件"
    assert not earlier.agenda.filter(title="前回までの指示事項の確認").exists()


def test_an_answer_reaches_the_secretariats_home_until_it_is_closed(
    secretariat, head, meeting, soumu, sign_in
):
    item = ask(secretariat, meeting, soumu)
    assert "総務課が回答しました" not in page_text(sign_in(secretariat).get("/"))
    answer_action_item(by=head, item=item, answer="調べた", final=True)
    assert "総務課が回答しました" in page_text(sign_in(secretariat).get("/"))
    assert "総務課が回答しました" not in page_text(sign_in(head).get("/"))
    close_action_item(by=secretariat, item=item)
    assert "総務課が回答しました" not in page_text(sign_in(secretariat).get("/"))


def test_the_next_meeting_is_on_everybodys_home(
    secretariat, headquarters, head, staff, viewer, sign_in
):
    meet(secretariat, "過ぎた会議", date(2026, 11, 19))
    meet(secretariat, "次の次の会議", date(2027, 2, 1))
    coming = meet(secretariat, "次の本部会議", date(2026, 11, 27))
    for user in (secretariat, headquarters, head, staff, viewer):
        page = page_text(sign_in(user).get("/"))
        assert "次の本部会議" in page
        assert "過ぎた会議" not in page or "次の次の会議" not in page
    call_off(by=secretariat, meeting=coming, reason="日程が合わない")
    assert "次の本部会議" not in page_text(sign_in(viewer).get("/"))


# Papers.

LONG = "事務局から進捗を説明した。委員から質問があり、所管課が答えた。" * 80  # 2,400 characters


def sheet(content):
    return load_workbook(BytesIO(content)).active


def text_of(page):
    return "".join(str(cell.value) for line in page.iter_rows() for cell in line if cell.value)


def test_long_text_flows_over_rows_that_a_sheet_can_show(secretariat, meeting):
    unbroken = "あ" * 2400
    for text in (LONG, unbroken):
        write_minutes(by=secretariat, meeting=meeting, attendance="町長", minutes=text)
        meeting.refresh_from_db()
        page = sheet(excel.minutes(meeting))
        heights = [page.row_dimensions[row].height for row in range(1, page.max_row + 1)]
        assert max(filter(None, heights)) <= 250
        assert text in text_of(page)


@pytest.mark.parametrize("name", ["agenda", "minutes"])
def test_the_papers_say_what_where_and_when(secretariat, meeting, soumu, name):
    record_decision(by=secretariat, meeting=meeting, text="=1+1", on=ON)
    ask(secretariat, meeting, soumu)
    page = sheet(getattr(excel, name)(meeting))
    text = text_of(page)
    for words in ("第2回本部会議", "令和8年11月20日", "庁議室", "その他"):
        assert words in text
    assert page.page_setup.orientation == "portrait"
    assert page.page_setup.fitToWidth == 1
    assert not [cell for line in page.iter_rows() for cell in line if cell.data_type == "f"]
    if name == "minutes":
        assert all(words in text for words in ("=1+1", "調べること", "総務課", "R8.12.11"))
