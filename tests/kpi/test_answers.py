"""A return is answered, a confirmation taken back, all that wait confirmed at once; exceptions for
several cells.
"""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import User
from foundation.japanese.calendar import fiscal_months
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from headquarters.desk.work import work_list
from headquarters.reports.actions import close_month
from kpi.actions import record_value
from kpi.choices import ReopeningState
from kpi.choices import SubmissionState as S
from kpi.models import (
    Indicator,
    KpiValue,
    Reopening,
    ReportingMonth,
    ReturnReply,
    Submission,
)
from kpi.month.beside import plan_with_month, plan_with_months
from kpi.month.reopenings import (
    asked_together,
    decide_reopenings,
    request_reopenings,
)
from kpi.months import MonthState
from kpi.rules.checks import Entry
from kpi.submissions import change_submission, confirm_all
from measures.models import Plan
from tests.browsing import seen
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
NOW = "2026-11-06 01:00+00:00"
ON = date(2026, 11, 6)
UNTIL = date(2026, 11, 13)
BEFORE = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(soumu, zeimu, head, other_head, secretariat):
    """税務課 has 3-1, 総務課 has 8-1; both values are there."""
    lead(3, zeimu)
    lead(8, soumu)
    fill(secretariat, "3-1", numerator=Decimal(398), denominator=Decimal(3305))
    fill(secretariat, "8-1", value=Decimal(36))


def cell(code):
    return KpiValue.objects.filter(indicator__code=code, month=MONTH).first()


def fill(by, code, reason="", **numbers):
    stored = cell(code)
    return record_value(
        by=by,
        indicator=Indicator.objects.get(code=code),
        month=MONTH,
        seen_version=stored.version if stored else 0,
        on=ON,
        reason=reason,
        entry=Entry(note="確かめた", **numbers),
    )


def act(by, department, name, **given):
    return change_submission(by=by, department=department, month=MONTH, name=name, **given)


def sent_back(by, zeimu, head, **reasons):
    act(head, zeimu, "submit")
    act(by, zeimu, "return", **(reasons or {"row_reasons": {"3-1": "分母の範囲を確認"}}))


def state_of(department):
    return Submission.objects.get(department=department, month=MONTH).state


ANSWERS = [  # what the return says, what is done, whether it can be handed in again
    ({"row_reasons": {"3-1": "分母"}}, "", "", False),
    ({"row_reasons": {"3-1": "分母"}}, "", "介護保険料を含む", True),
    ({"row_reasons": {"3-1": "分母"}}, "412", "", True),
    ({"reason": "全体を確認"}, "", "", False),
    ({"reason": "全体を確認"}, "412", "", True),
    ({"reason": "全体を確認"}, "", "確かめました", True),
    ({"row_reasons": {"3-1": "分母"}}, "398", "", False),  # the same number again
]


@pytest.mark.parametrize(("reasons", "number", "reply", "goes"), ANSWERS)
def test_a_return_is_answered_by_a_changed_value_or_a_reply(
    town, zeimu, other_head, secretariat, reasons, number, reply, goes
):
    sent_back(secretariat, zeimu, other_head, **reasons)
    if number:
        fill(other_head, "3-1", numerator=Decimal(number), denominator=Decimal(3305))
    if not goes:
        with pytest.raises(ValidationError, match="差戻しに答えてから"):
            act(other_head, zeimu, "submit", reply=reply)
        assert state_of(zeimu) == S.RETURNED
        return
    act(other_head, zeimu, "submit", reply=reply)
    assert state_of(zeimu) == S.SUBMITTED
    assert [row.reply for row in ReturnReply.objects.all()] == ([reply] if reply else [])


def test_what_was_changed_before_the_return_is_no_answer(town, zeimu, other_head, secretariat):
    fill(other_head, "3-1", numerator=Decimal(399), denominator=Decimal(3305))
    sent_back(secretariat, zeimu, other_head)
    with pytest.raises(ValidationError, match="3-1：分母の範囲を確認"):
        act(other_head, zeimu, "submit")


def test_the_story_from_return_to_closing(
    town, soumu, zeimu, head, other_head, secretariat, sign_in
):
    board = reverse("kpi:month", args=[MONTH])
    at_zeimu = f"{board}?department={zeimu.pk}"
    edit = reverse("kpi:submission_edit", args=[MONTH])
    sent_back(secretariat, zeimu, other_head)
    lines = [row.detail for row in work_list(fresh(other_head), on=ON, now=timezone.now()).tasks]
    assert any("分母の範囲を確認" in line for line in lines)
    assert not any("そろいました" in line for line in lines)
    client = sign_in(other_head)
    again = {"department": zeimu.pk, "transition": "submit", "board": "1", "reply": ""}
    answer = client.post(edit, again, page=at_zeimu)
    assert answer.status_code == 422
    assert 'name="reply"' in answer.content.decode()
    fill(other_head, "3-1", numerator=Decimal(412), denominator=Decimal(3305))
    client.post(edit, {**again, "reply": "突合で14件増えた"}, page=at_zeimu)
    assert state_of(zeimu) == S.SUBMITTED
    text = page_text(sign_in(secretariat).get(at_zeimu))
    for shown in (
        "再提出",
        "分母の範囲を確認",
        "突合で14件増えた",
        "398／3,305",
        "412／3,305",
        "変更",
    ):
        assert shown in text, shown
    confirm = {"department": zeimu.pk, "transition": "confirm", "board": "1"}
    client.post(edit, confirm, page=at_zeimu)
    assert state_of(zeimu) == S.CONFIRMED
    undo = {"department": zeimu.pk, "transition": "reconsider", "board": "1", "reason": ""}
    assert client.post(edit, undo, page=at_zeimu).status_code == 422
    client.post(edit, {**undo, "reason": "8-1と合わせて見る"}, page=at_zeimu)
    assert state_of(zeimu) == S.SUBMITTED
    act(head, soumu, "submit")
    both = {"departments": [soumu.pk, zeimu.pk]}
    answer = client.post(reverse("kpi:submissions_confirm", args=[MONTH]), both, page=board)
    assert answer["Location"] == board
    assert state_of(soumu) == state_of(zeimu) == S.CONFIRMED
    close_month(by=secretariat, month=MONTH, on=ON, reason="ほかの課は未提出")
    with pytest.raises(ValidationError, match="締め済み"):
        act(secretariat, zeimu, "reconsider", reason="遅い")
    told = HistoryEntry.objects.filter(action="kpi.submission", department="税務課")
    assert [row.after["状態"] for row in told.order_by("id")] == [
        "提出",
        "差戻し",
        "提出",
        "確認済",
        "提出",
        "確認済",
    ]


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_confirming_all_is_one_act_or_none(town, soumu, zeimu, head, other_head, secretariat):
    act(head, soumu, "submit")
    for keys in ([soumu.pk, zeimu.pk], [], [99999]):
        with pytest.raises(ValidationError):
            confirm_all(by=secretariat, month=MONTH, keys=keys)
    assert state_of(soumu) == S.SUBMITTED
    for person in (head, other_head):
        with pytest.raises(PermissionDenied):
            confirm_all(by=person, month=MONTH, keys=[soumu.pk])
    act(other_head, zeimu, "submit")
    done = confirm_all(by=secretariat, month=MONTH, keys=[soumu.pk, zeimu.pk])
    assert [row.state for row in done] == [S.CONFIRMED] * 2


def test_one_confirms_the_values_that_one_has_seen(
    town, zeimu, other_head, secretariat, client, sign_in
):
    act(other_head, zeimu, "submit")
    board, client = reverse("kpi:month", args=[MONTH]), sign_in(secretariat)
    one = reverse("kpi:submission_edit", args=[MONTH])
    every = reverse("kpi:submissions_confirm", args=[MONTH])
    press = {"department": str(zeimu.pk), "transition": "confirm"}
    drawn = client.filled(board, one, **press)
    drawn_all = client.filled(board, every, departments=zeimu.pk)
    fill(
        secretariat,
        "3-1",
        "電話で確かめた",
        numerator=Decimal(400),
        denominator=Decimal(3305),
    )
    answer = client.post(one, {**drawn, **press}, bare=True)
    assert answer.status_code in (302, 409)
    assert client.post(every, drawn_all, bare=True).status_code == 409
    assert state_of(zeimu) == S.SUBMITTED
    client.post(one, press, page=board)
    assert state_of(zeimu) == S.CONFIRMED


def test_the_board_asks_for_a_department_that_reports(town, secretariat, viewer, sign_in):
    board = reverse("kpi:month", args=[MONTH])
    for person in (secretariat, viewer):
        assert sign_in(person).get(board).status_code == 200
        assert sign_in(person).get(f"{board}?department=99999").status_code == 404
        confirms = 'name="departments"' in page_text(sign_in(person).get(board))
        assert not confirms  # nothing waits
    assert "そろった" not in page_text(sign_in(viewer).get(board))


# Exceptions.


def indicators(*codes):
    return [Indicator.objects.get(code=code) for code in codes]


@pytest.fixture
def asked(town, secretariat):
    """Two cells of a closed month, asked for in one act."""
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")
    rows = indicators("3-1", "8-1")
    return request_reopenings(by=secretariat, indicators=rows, month=MONTH, reason="突合で増えた")


def test_several_cells_are_asked_for_together_or_not_at_all(town, other_head, secretariat):
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")
    with pytest.raises(PermissionDenied):
        request_reopenings(
            by=other_head, indicators=indicators("3-1", "8-1"), month=MONTH, reason="突合"
        )
    assert not Reopening.objects.exists()
    request_reopenings(by=other_head, indicators=indicators("3-1"), month=MONTH, reason="突合")
    with pytest.raises(ValidationError, match="3-1"):
        request_reopenings(
            by=secretariat, indicators=indicators("8-1", "3-1"), month=MONTH, reason="突合"
        )
    assert Reopening.objects.count() == 1


def test_what_comes_with_the_plan_is_what_the_tables_say(town, head, soumu, secretariat):
    act(head, soumu, "submit")
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")
    request_reopenings(
        by=secretariat, indicators=indicators("3-1", "8-1"), month=MONTH, reason="突合"
    )
    months = tuple(fiscal_months(2026))
    with CaptureQueriesContext(connection) as captured:
        beside = plan_with_months(months)
    assert len(captured) == 1
    assert beside.plan == Plan.objects.get()
    stored = {row.month: row for row in ReportingMonth.objects.all()}
    assert list(stored) == [MONTH]
    for name in ("pk", "month", "due_on", "locked_at", "locked_by", "locked_revision", "reason"):
        told = {month: getattr(row, name) for month, row in beside.settled.items()}
        assert told == {month: getattr(row, name) for month, row in stored.items()}, name
    assert beside.settled[MONTH].locked_by.display_name == secretariat.display_name
    states = Submission.objects.values_list("month", "state")
    told = {(month, state) for month, found in beside.states.items() for state in found}
    assert told == {*states} == {(MONTH, S.SUBMITTED)}
    waiting = list(Reopening.objects.waiting())
    assert len(waiting) == 2
    for name in ("pk", "month", "state", "reason", "requested_at", "asked_revision"):
        assert [getattr(row, name) for row in beside.waiting] == [
            getattr(row, name) for row in waiting
        ], name
    shown = [(row.indicator.code, row.requested_by.display_name) for row in beside.waiting]
    assert shown == [(row.indicator.code, row.requested_by.display_name) for row in waiting]
    others = plan_with_months(tuple(fiscal_months(2027)))
    assert (others.settled, sum(map(len, others.states.values()))) == ({}, 0)
    assert len(others.waiting) == 2  # whatever their month


def test_what_locks_a_month_comes_with_the_plan_too(
    town, head, other_head, soumu, zeimu, secretariat
):
    act(head, soumu, "submit")
    sent_back(secretariat, zeimu, other_head)
    state = MonthState.load(MONTH)
    assert (state.locked, state.corrections) == (False, {})
    stored = {row.department_id: row for row in Submission.objects.filter(month=MONTH)}
    assert {*state.submissions} == {*stored} == {soumu.pk, zeimu.pk}
    for name in (field.attname for field in Submission._meta.concrete_fields):
        for pk, row in state.submissions.items():
            assert getattr(row, name) == getattr(stored[pk], name), name
    back = state.submissions[zeimu.pk]
    assert back.submitted_by.display_name == other_head.display_name
    assert back.returned_by.display_name == secretariat.display_name
    assert [(row.indicator.code, row.reason) for row in state.returns] == [
        ("3-1", "分母の範囲を確認")
    ]


def test_exceptions_and_corrections_come_with_the_plan_too(asked, secretariat):
    first, second = asked
    decide_reopenings(by=secretariat, pks=[first.pk], allow=True, on=ON, until=UNTIL)
    fill(secretariat, "3-1", numerator=Decimal(401), denominator=Decimal(3305))
    with CaptureQueriesContext(connection) as captured:
        state = MonthState.load(MONTH)
        assert (state.locked, state.corrections) == (True, {first.indicator_id: 1})
    assert len(captured) == 1
    assert {*state.reopened} == {first.indicator_id}
    assert {*state.requests} == {second.indicator_id}
    assert {*MonthState.load(BEFORE).exceptions} == {second}  # of another month: what waits
    stored = {row.pk: row for row in Reopening.objects.all()}
    assert [row.pk for row in state.exceptions] == [first.pk, second.pk]
    for name in (field.attname for field in Reopening._meta.concrete_fields):
        for row in state.exceptions:
            assert getattr(row, name) == getattr(stored[row.pk], name), name
    (allowed,) = state.reopened.values()
    assert allowed.decided_by.display_name == secretariat.display_name
    assert (allowed.requested_by, str(allowed.indicator)) == (secretariat, str(first.indicator))


def test_the_board_of_a_month_asks_for_its_year_and_its_locks_at_once(asked):
    with CaptureQueriesContext(connection) as captured:
        beside = plan_with_month(MONTH)
        state = MonthState.load(MONTH, told=beside.plan)
    assert len(captured) == 1
    assert beside.settled == plan_with_months(tuple(fiscal_months(2026))).settled
    assert [beside.is_closed(month) for month in (BEFORE, MONTH)] == [False, True]
    assert {*state.exceptions} == {*asked}


def test_they_are_answered_in_one_go_or_cell_by_cell(asked, secretariat, sign_in):
    (act_of_both,) = asked_together(Reopening.objects.waiting())
    assert act_of_both.codes == "3-1・8-1"
    first, second = asked
    decide = reverse("kpi:reopening_decide", args=[first.pk])
    given = {"decision": "allow", "until": "R8.11.13", "cells": [first.pk]}
    page = reverse("kpi:month", args=[MONTH])
    client = sign_in(secretariat)
    assert client.post(decide, given, page=page)["Location"] == page
    states = dict(Reopening.objects.values_list("indicator__code", "state"))
    assert states == {"3-1": ReopeningState.ALLOWED, "8-1": ReopeningState.REQUESTED}
    refuse = {"decision": "refuse", "answer": "紙で足りる", "cells": [second.pk]}
    client.post(reverse("kpi:reopening_decide", args=[second.pk]), refuse, page=page)
    assert Reopening.objects.get(pk=second.pk).state == ReopeningState.REFUSED


def test_two_who_answer_at_once_do_not_take_each_other_back(asked, secretariat, sign_in):
    first, second = asked
    client, page = sign_in(secretariat), reverse("kpi:month", args=[MONTH])
    url = reverse("kpi:reopening_decide", args=[first.pk])
    drawn = client.filled(page, url, decision="refuse")
    decide_reopenings(by=secretariat, pks=[second.pk], allow=True, on=ON, until=UNTIL)
    late = {**drawn, "decision": "refuse", "answer": "不要"}
    assert client.post(url, late, bare=True).status_code == 409
    assert Reopening.objects.get(pk=second.pk).state == ReopeningState.ALLOWED
    assert Reopening.objects.get(pk=first.pk).state == ReopeningState.REQUESTED
    with pytest.raises(ValidationError, match="8-1"):
        decide_reopenings(by=secretariat, pks=[first.pk, second.pk], allow=True, on=ON, until=UNTIL)


def test_the_head_hears_of_the_answer_and_the_correction_says_why(
    asked, head, other_head, secretariat, sign_in
):
    first, second = asked
    decide_reopenings(by=secretariat, pks=[first.pk], allow=True, on=ON, until=UNTIL)
    decide_reopenings(by=secretariat, pks=[second.pk], allow=False, on=ON, answer="紙で足りる")
    home = page_text(sign_in(other_head).get("/"))
    assert "11月13日 17:15まで" in home
    assert "紙で足りる" not in home
    assert "不許可" in page_text(sign_in(head).get("/"))
    assert "紙で足りる" in page_text(sign_in(head).get("/"))
    fill(other_head, "3-1", numerator=Decimal(412), denominator=Decimal(3305))
    entry = HistoryEntry.objects.filter(action="kpi.value").latest("id")
    assert entry.reason == "例外の申請：突合で増えた"
    with time_machine.travel("2026-11-21 01:00+00:00", tick=False):
        assert "例外の申請への回答" not in page_text(sign_in(head).get("/"))


def test_a_closed_row_is_ticked_and_asked_for(town, other_head, secretariat, sign_in):
    close_month(by=secretariat, month=MONTH, on=ON, reason="報告を急ぐため")
    entry, url = reverse("kpi:entry", args=[MONTH]), reverse("kpi:reopenings_request", args=[MONTH])
    client = sign_in(other_head)
    text = page_text(client.get(entry))
    assert 'value="3-1" form="ask"' in text
    assert 'value="8-1" form="ask"' not in text
    for wrong in (
        {"reason": "突合"},
        {"indicators": ["3-1"]},
        {"indicators": ["8-1"], "reason": "x"},
    ):
        assert client.post(url, wrong, page=entry).status_code == 422
    client.post(url, {"indicators": ["3-1"], "reason": "突合"}, page=entry)
    assert Reopening.objects.get().reason == "突合"
    assert "例外を申請中" in page_text(client.get(entry))


# The grid.


def test_one_opens_the_grid_on_the_own_rows(town, other_head, secretariat, viewer, sign_in):
    entry = reverse("kpi:entry", args=[MONTH])
    KpiValue.objects.filter(indicator__code="3-1").delete()
    for person, query, own, focus in (
        (other_head, "", True, 1),
        (other_head, "?department=", False, 1),
        (other_head, "?show=all", True, 1),
        (other_head, "?show=missing&department=own", True, 1),
        (secretariat, "", False, 0),
        (viewer, "", False, 0),
    ):
        text = page_text(sign_in(person).get(entry + query))
        assert 'id="k3-1"' in text
        assert ('id="k8-1"' not in text) == own or "missing" in query, (person, query)
        grid = text.split('class="dx-entry"')[1].split("</table>")[0]
        assert grid.count(" autofocus") == focus, (person, query)
    assert "すべての課を表示" in page_text(sign_in(other_head).get(entry))


def test_a_conflict_is_told_by_whom(town, zeimu, other_head, secretariat):
    act(other_head, zeimu, "submit")
    with pytest.raises(Conflict):
        act(secretariat, zeimu, "confirm", seen=seen(state="submitted", figures="1:1"))
