"""A closed month stays closed through every door.

It is corrected by exception, with a reason and an expiry.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation.records.models import HistoryEntry
from foundation.records.uploads import checked
from headquarters.reports.actions import close_month
from kpi.actions import Locked, attach_evidence, record_value
from kpi.models import (
    Definition,
    Indicator,
    KpiValue,
    Reopening,
    ReportingMonth,
    Submission,
    Target,
)
from kpi.month.closing import changes_since_closing, checklist, lock_month, set_due_on
from kpi.month.reopenings import decide_reopening, request_reopening
from kpi.rules.checks import Entry
from kpi.setup.definitions import FIELDS, set_definition
from kpi.setup.targets import NewTarget, set_target
from kpi.submissions import TRANSITIONS, change_submission
from tests.conftest import MONTH
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)
NOW = "2026-11-20 01:00+00:00"
LATER = "2026-11-20 01:30+00:00"
UNTIL = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def row():
    return Indicator.objects.get(code="1-2")


def save(by, row, number, seen=0):
    return record_value(
        by=by,
        indicator=row,
        month=MONTH,
        seen_version=seen,
        entry=Entry(value=Decimal(number)),
        on=ON,
    )


@pytest.fixture
def closed(soumu, head, secretariat, row):
    """総務課 leads measure 1; one value, and the month closed in spite of what is missing."""
    lead(1, soumu)
    save(head, row, 118)
    close_month(by=secretariat, month=MONTH, on=ON, reason="速やかに報告するため")
    return ReportingMonth.objects.get()


def test_closing_needs_the_right_the_end_of_the_month_and_a_reason_for_what_is_open(
    soumu, head, secretariat, row
):
    lead(1, soumu)
    with pytest.raises(PermissionDenied):
        lock_month(by=head, month=MONTH, on=ON, reason="x")
    with pytest.raises(ValidationError, match="まだ終わっていません"):
        lock_month(by=secretariat, month=MONTH, on=date(2026, 10, 31), reason="x")
    with pytest.raises(
        ValidationError,
        match=r"終わっていない項目があります（締めていない前の月 1か月、未入力 \d+件",
    ):
        lock_month(by=secretariat, month=MONTH, on=date(2026, 11, 1))
    assert not ReportingMonth.objects.exists()
    settled = lock_month(by=secretariat, month=MONTH, on=date(2026, 11, 1), reason="報告を急ぐため")
    assert (settled.locked_by, settled.reason) == (secretariat, "報告を急ぐため")
    with pytest.raises(ValidationError, match="すでに締めています"):
        lock_month(by=secretariat, month=MONTH, on=ON, reason="x")


def test_a_month_with_nothing_open_needs_no_reason(secretariat):
    month = date(2026, 4, 1)
    for definition in Definition.objects.select_related("indicator"):
        number = {"numerator": 1, "denominator": 1} if definition.kind == "ratio" else {"value": 1}
        KpiValue.objects.create(
            indicator=definition.indicator,
            month=month,
            version=1,
            updated_at=timezone.now(),
            note="確認済",
            **number,
        )
    for name in ("submit", "confirm"):
        change_submission(by=secretariat, department=None, month=month, name=name)
    assert checklist(month).unfinished == []
    assert lock_month(by=secretariat, month=month, on=date(2026, 5, 11)).locked_at


def test_the_checklist_names_what_is_open(soumu, head, secretariat, row):
    lead(1, soumu)
    save(head, row, 118)
    KpiValue.objects.filter(indicator=row).update(follow_up=True, maturity="provisional")
    checks = {check.label: check.texts for check in checklist(MONTH).checks}
    assert str(row) not in checks["未入力がない"]
    assert "1-1 オンライン化手続き数" in checks["未入力がない"]
    assert checks["「後で確認」の印がない"] == checks["暫定の値がない"] == (str(row),)
    assert "総務課" in checks["全課が提出している"]


def test_what_is_open_says_so_and_is_counted(soumu, secretariat, sign_in, row):
    """「○ 未入力がない」 reads as fulfilled; the two pages say 「未：未入力 22件」."""
    lead(1, soumu)
    opened = {check.open_label: check for check in checklist(MONTH).checks}
    missing = opened["未入力"]
    assert missing.sentence == f"未：未入力 {len(missing.texts)}件"
    assert opened["差戻し中"].sentence == "済：差戻し中の課がない"
    assert opened["暫定の値"].sentence == "済：暫定の値がない"
    for name in ("reports:close", "kpi:month"):
        page = sign_in(secretariat).get(reverse(name, args=[MONTH])).content.decode()
        assert missing.sentence in page
        assert "済：差戻し中の課がない" in page
        assert "未入力がない" not in page


def door_form(client, row):
    client.post(
        reverse("kpi:value_edit", args=[MONTH, "1-2"]),
        {
            "1-2-value": "5",
            "1-2-answer": "final",
            "1-2-seen_version": KpiValue.objects.get().version,
        },
    )


def door_all_rows(client, row):
    client.post(
        reverse("kpi:entry", args=[MONTH]),
        {
            "1-2-value": "5",
            "1-2-answer": "final",
            "1-2-seen_version": KpiValue.objects.get().version,
            "1-2-was": "118|final||",
        },
    )


def door_paste(client, row):
    client.post(
        f"{reverse('kpi:paste', args=[MONTH])}?show=all",
        {"text": "5", "start": "1-2", "apply": "1", "seen-1-2": KpiValue.objects.get().version},
    )


def door_evidence(client, row):
    client.post(
        reverse("kpi:evidence_add", args=[MONTH, "1-2"]),
        {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")},
    )


def door_submission(client, row):
    client.post(
        reverse("kpi:submission_edit", args=[MONTH]), {"department": "", "transition": "submit"}
    )


def door_due(client, row):
    client.post(reverse("kpi:month", args=[MONTH]), {"due_on": "2026-12-01"})


def door_target(client, row):
    client.post(
        reverse("kpi:targets", args=["1-2"]),
        {"fiscal_year": "2026", "value": "5", "from_month": "2026-10", "reason": "x"},
    )


def door_target_table(client, row):
    client.post(
        reverse("kpi:target_table"),
        {
            "code": "1-2",
            "1-2-y2026": "5",
            "1-2-seen2026": "0",
            "from_month": "2026-04",
            "reason": "x",
        },
    )


def door_definition(client, row):
    client.post(
        reverse("kpi:definition", args=["1-2"]),
        {
            "unit": "人",
            "decimals": "0",
            "kind": "number",
            "direction": "increase",
            "accumulation": "year_sum",
            "frequency": "monthly",
            "due_month": "3",
            "method": "target_ratio",
            "from_month": "2026-04",
            "reason": "x",
        },
    )


@pytest.mark.pure  # asked before anything is written
@pytest.mark.parametrize(
    "door",
    [
        door_form,
        door_all_rows,
        door_paste,
        door_evidence,
        door_submission,
        door_due,
        door_target,
        door_target_table,
        door_definition,
    ],
)
@pytest.mark.parametrize("who", ["head", "secretariat"])
def test_the_lock_holds_through_every_door(request, closed, row, sign_in, door, who):
    def everything():
        return [
            list(model.objects.order_by("pk").values())
            for model in (KpiValue, Submission, ReportingMonth, Target, Definition)
        ]

    before, entries = everything(), HistoryEntry.objects.count()
    door(sign_in(request.getfixturevalue(who)), row)
    assert everything() == before
    assert HistoryEntry.objects.count() == entries


def test_the_lock_holds_for_commands_and_is_not_in_the_admin(closed, row, secretariat):
    value = KpiValue.objects.get()
    with pytest.raises(Locked):
        record_value(
            by=None,
            indicator=row,
            month=MONTH,
            seen_version=value.version,
            entry=Entry(value=Decimal(5)),
            on=ON,
        )
    with pytest.raises(Locked):
        attach_evidence(
            by=secretariat,
            indicator=row,
            month=MONTH,
            file=checked("a.pdf", b"%PDF-1.4"),
            on=ON,
        )
    for name in TRANSITIONS:
        with pytest.raises(ValidationError):
            change_submission(by=secretariat, department=None, month=MONTH, name=name, reason="x")
    registered = {model.__name__ for model in admin.site._registry}
    assert not registered & {
        "KpiValue",
        "Submission",
        "ReportingMonth",
        "Target",
        "Definition",
        "Reopening",
    }


def test_targets_and_definitions_hold_from_the_first_open_month(closed, secretariat, row):
    target = set_target(
        by=secretariat,
        indicator=row,
        new=NewTarget(2026, value=Decimal(1200), reason="締めた後に決定"),
    )
    assert target.from_month == date(2026, 11, 1)
    values = {name: getattr(row.definitions.get(), name) for name in FIELDS} | {
        "data_source": "申請台帳"
    }
    with pytest.raises(ValidationError, match="11月以降の月"):
        set_definition(
            by=secretariat, indicator=row, values=values, published=False, reason="出典の明記"
        )
    made = set_definition(
        by=secretariat,
        indicator=row,
        values=values,
        published=False,
        reason="出典の明記",
        from_month=date(2026, 11, 1),
    )
    assert (made.from_month, row.definitions.count()) == (date(2026, 11, 1), 2)
    assert row.definitions.earliest("from_month").data_source == ""


def test_an_exception_is_asked_for_allowed_and_ends(
    closed, row, soumu, head, other_head, staff, secretariat, sign_in
):
    seen = KpiValue.objects.get().version
    for person in (staff, other_head):
        with pytest.raises(PermissionDenied):
            request_reopening(by=person, indicator=row, month=MONTH, reason="漏れ")
    page = sign_in(head).get(reverse("kpi:entry", args=[MONTH])).content.decode()
    assert "例外を申請する" in page
    sign_in(head).post(
        reverse("kpi:reopening_request", args=[MONTH, "1-2"]),
        {"reason": "支所の3件が漏れていたため"},
    )
    asked = Reopening.objects.get()
    with pytest.raises(ValidationError, match="すでに出ています"):
        request_reopening(by=head, indicator=row, month=MONTH, reason="もう一度")
    with pytest.raises(PermissionDenied):
        decide_reopening(by=head, pk=asked.pk, allow=True, on=ON, until=UNTIL)
    with pytest.raises(Locked):
        save(head, row, 121, seen)
    assert (
        "支所の3件が漏れていたため"
        in sign_in(secretariat).get(reverse("kpi:months")).content.decode()
    )
    assert "例外の申請：支所の3件" in sign_in(secretariat).get("/").content.decode()
    sign_in(secretariat).post(
        reverse("kpi:reopening_decide", args=[asked.pk]),
        {"decision": "allow", "until": "R8.11.25", "cells": asked.pk},
        page=reverse("kpi:month", args=[MONTH]),
    )
    assert (
        "11月25日 17:15まで"
        in sign_in(head).get(reverse("kpi:entry", args=[MONTH])).content.decode()
    )
    with time_machine.travel(LATER, tick=False):
        save(head, row, 121, seen)
    with pytest.raises(Locked):  # one cell, not the month
        record_value(
            by=head,
            indicator=Indicator.objects.get(code="1-1"),
            month=MONTH,
            seen_version=0,
            entry=Entry(value=Decimal(1)),
            on=ON,
        )
    assert changes_since_closing(closed) == 1
    assert (
        "締め後の変更 1件"
        in sign_in(secretariat).get(reverse("kpi:month", args=[MONTH])).content.decode()
    )
    with (
        time_machine.travel("2026-11-25 08:15+00:00", tick=False),
        pytest.raises(Locked),
    ):  # 17:15 in Japan
        save(head, row, 122, KpiValue.objects.get().version)


def test_closing_again_ends_what_is_allowed_and_counts_from_there(closed, row, head, secretariat):
    asked = request_reopening(by=head, indicator=row, month=MONTH, reason="漏れ")
    decide_reopening(by=secretariat, pk=asked.pk, allow=True, on=ON, until=UNTIL)
    with time_machine.travel(LATER, tick=False):
        save(head, row, 121, KpiValue.objects.get().version)
    with time_machine.travel("2026-11-20 02:00+00:00", tick=False):
        assert close_month(by=secretariat, month=MONTH, on=ON, reason="訂正の反映").number == 2
        assert changes_since_closing(ReportingMonth.objects.get()) == 0
    with time_machine.travel("2026-11-20 03:00+00:00", tick=False), pytest.raises(Locked):
        save(head, row, 122, KpiValue.objects.get().version)
    assert [entry.after["状態"] for entry in HistoryEntry.objects.filter(action="kpi.month")] == [
        "再度締め済み",
        "締め済み",
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"allow": False}, "許可しない理由"),
        ({"allow": True}, "いつまで"),
        ({"allow": True, "until": ON - timedelta(1)}, "今日以降"),
        ({"allow": True, "until": ON + timedelta(32)}, "31日以内"),
    ],
)
def test_an_answer_is_complete(closed, row, head, secretariat, given, words):
    asked = request_reopening(by=head, indicator=row, month=MONTH, reason="漏れ")
    with pytest.raises(ValidationError, match=words):
        decide_reopening(by=secretariat, pk=asked.pk, on=ON, **given)
    assert Reopening.objects.get().state == "requested"


def test_a_refusal_is_final_and_shown(closed, row, head, secretariat, sign_in):
    asked = request_reopening(by=head, indicator=row, month=MONTH, reason="漏れ")
    decide_reopening(
        by=secretariat, pk=asked.pk, allow=False, on=ON, answer="翌月に調整してください"
    )
    with pytest.raises(ValidationError, match="すでに「不許可」"):
        decide_reopening(by=secretariat, pk=asked.pk, allow=True, on=ON, until=UNTIL)
    assert (
        "翌月に調整してください"
        in sign_in(head).get(reverse("kpi:month", args=[MONTH])).content.decode()
    )


def test_an_open_month_needs_no_exception(soumu, head, row):
    lead(1, soumu)
    with pytest.raises(ValidationError, match="まだ締めていません"):
        request_reopening(by=head, indicator=row, month=MONTH, reason="x")


def test_the_due_day(secretariat, head):
    with pytest.raises(PermissionDenied):
        set_due_on(by=head, month=MONTH, due_on=date(2026, 11, 12))
    with pytest.raises(ValidationError, match="終わった後の日"):
        set_due_on(by=secretariat, month=MONTH, due_on=date(2026, 10, 31))
    assert set_due_on(by=secretariat, month=MONTH, due_on=date(2026, 11, 13)).due_on == date(
        2026, 11, 13
    )
    assert set_due_on(by=secretariat, month=MONTH, due_on=None).due_on is None
    assert [row.after["提出期限"] for row in HistoryEntry.objects.filter(action="kpi.month")] == [
        "11月10日（火）",
        "11月13日（金）",
    ]


def test_the_printable_list_names_departments_and_what_they_lack(
    soumu, zeimu, secretariat, viewer, sign_in
):
    lead(1, soumu)
    lead(3, zeimu)
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="3-1"),
        month=MONTH,
        seen_version=0,
        on=ON,
        entry=Entry(numerator=Decimal(3), denominator=Decimal(9)),
    )
    change_submission(by=secretariat, department=zeimu, month=MONTH, name="submit")
    text = sign_in(viewer).get(reverse("kpi:missing", args=[MONTH])).content.decode()
    assert "総務課" in text
    assert "1-2 オンライン申請件数 が未入力です" in text
    assert "税務課" not in text


def test_the_year_change_lists_what_is_provisional_and_which_targets_are_missing(
    secretariat, sign_in
):
    row = Indicator.objects.get(code="1-2")
    KpiValue.objects.create(
        indicator=row,
        month=date(2027, 3, 1),
        value=3,
        maturity="provisional",
        version=1,
        updated_at=timezone.now(),
    )
    Target.objects.create(
        indicator=row,
        fiscal_year=2027,
        from_month=date(2027, 4, 1),
        value=5,
        created_at=timezone.now(),
    )
    with time_machine.travel("2027-04-20 01:00+00:00", tick=False):
        text = sign_in(secretariat).get(reverse("kpi:months")).content.decode()
        assert "前年度までの暫定の値（1件）" in text
        assert "令和9年3月分　1-2" in text
        assert "目標がない指標（22件）" in text
        record_value(
            by=secretariat,
            indicator=row,
            month=date(2027, 3, 1),
            seen_version=1,
            entry=Entry(value=Decimal(3)),
            on=date(2027, 4, 20),
        )
        assert "暫定の値" not in sign_in(secretariat).get(reverse("kpi:months")).content.decode()
