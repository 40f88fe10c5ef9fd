"""Open points are settled in place, through the doors of the rooms.

The plan changes by decisions; notes are handed over.
"""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from foundation.records.models import HistoryEntry
from headquarters.upkeep.settling import BY_DECISION, FORMS, form_of
from headquarters.upkeep.setup import setup_list
from kpi import reading
from kpi.models import Indicator, KpiValue, ReportingMonth, Target
from measures.actions import unsettle, write_handover_note
from measures.models import HandoverNote, Measure, OpenPoint
from roadmap.models import Step
from tests.pages import page_text
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


def point(kind, field, label=""):
    return OpenPoint.objects.filter(
        subject_type__model=kind, field=field, subject_label__contains=label
    ).first()


def settle(client, row, **data):
    return client.post(
        reverse("upkeep:check_settle", args=[row.pk]),
        {f"p{row.pk}-{name}": value for name, value in data.items()},
    )


def test_every_kind_of_point_has_a_form_that_opens(secretariat, sign_in):
    client, seen = sign_in(secretariat), set()
    for row in OpenPoint.objects.select_related("subject_type"):
        kind = (row.subject_type.model, row.field)
        if kind in seen:
            continue
        seen.add(kind)
        page = client.get(reverse("upkeep:check_settle", args=[row.pk]))
        if kind in BY_DECISION:
            assert page.url.startswith(reverse("upkeep:settings"))
            continue
        text = page.content.decode()
        assert "このとおり確認済にする" in text, kind
    assert len(seen) == 19
    assert {form_of(row).__class__ for row in OpenPoint.objects.all()} >= set(FORMS.values())


@pytest.mark.parametrize(
    ("kind", "field", "label", "data", "check", "words"),
    [
        (
            "basicpolicy",
            "target",
            "1 ",
            {"answer": "municipality"},
            lambda s: s.target == "municipality",
            "自治体",
        ),
        (
            "step",
            "span",
            "",
            {"answer": "2026-10", "last_month": "2027-03"},
            lambda s: s.first_month == date(2026, 10, 1),
            "令和8年10月～令和9年3月",
        ),
        (
            "indicator",
            "unit",
            "1-2",
            {"answer": "件数", "decimals": "1"},
            lambda s: s.definitions.get().unit == "件数",
            "件数",
        ),
        (
            "indicator",
            "accumulation",
            "8-1",
            {"answer": "latest"},
            lambda s: s.definitions.get().accumulation == "latest",
            "最新値",
        ),
        (
            "indicator",
            "frequency",
            "8-1",
            {"answer": "yearly", "due_month": "7"},
            lambda s: s.definitions.get().due_month == 7,
            "年1回",
        ),
        (
            "indicator",
            "formula_text",
            "1-2",
            {"answer": "台帳の件数", "data_source": "台帳"},
            lambda s: s.definitions.get().data_source == "台帳",
            "台帳",
        ),
        (
            "indicator",
            "baseline_value",
            "1-2",
            {"answer": "１２", "year": "2025"},
            lambda s: s.definitions.get().baseline_value == 12,
            "12件",
        ),
        (
            "indicator",
            "baseline_value",
            "1-2",
            {"answer": "", "year": ""},
            lambda s: s.definitions.get().baseline_value is None,
            "基準値なし",
        ),
        ("indicator", "published", "1-2", {"answer": "1"}, lambda s: s.published, "公表する"),
        ("plan", "indicators", "", {"answer": "23で数える"}, lambda s: True, "23で数える"),
    ],
)
def test_settling_goes_through_the_door_of_the_room(
    secretariat, sign_in, kind, field, label, data, check, words
):
    row = point(kind, field, label)
    assert settle(sign_in(secretariat), row, **data).status_code == 302
    row.refresh_from_db()
    assert row.settled_by == secretariat
    assert words in row.settled_value
    assert check(type(row.subject).objects.get(pk=row.subject_id))
    assert (
        HistoryEntry.objects.filter(action="plan.check").get().after["確認した内容"]
        == row.settled_value
    )


def test_a_wrong_answer_stays_in_the_form_and_settles_nothing(secretariat, sign_in, head):
    row = point("step", "span")
    answer = settle(sign_in(secretariat), row, answer="2027-03", last_month="2026-10")
    assert answer.status_code == 422
    assert 'value="2027-03"' in answer.content.decode()
    assert "終了月は開始月以後" in answer.content.decode()
    row.refresh_from_db()
    assert row.settled_at is None
    assert settle(sign_in(head), row, answer="2026-10", last_month="2026-12").status_code == 403


def test_a_lead_is_named_and_a_point_can_be_opened_again(secretariat, viewer, soumu, sign_in):
    client = sign_in(secretariat)
    row = point("measure", "lead_department", "3 ")
    settle(client, row, answer=soumu.pk, starts_on="R8.4.1")
    assert Measure.objects.get(number=3).lead_department == soumu
    client.post(
        reverse("upkeep:check_settle", args=[row.pk]),
        {"reopen": "1"},
        page="/plan/checks/?show=settled",
    )
    row.refresh_from_db()
    assert row.settled_at is None
    assert HistoryEntry.objects.filter(action="plan.check").count() == 2
    with pytest.raises(PermissionDenied):
        unsettle(by=viewer, point=row)


def test_targets_are_settled_only_when_all_years_have_one(secretariat, sign_in):
    row = point("indicator", "targets", "1-2")
    assert (
        "R8・R9・R10・R11の目標がありません"
        in settle(sign_in(secretariat), row, answer="確認").content.decode()
    )
    for year in range(2026, 2030):
        Target.objects.create(
            indicator=row.subject,
            fiscal_year=year,
            from_month=date(year, 4, 1),
            value=1,
            created_at=timezone.now(),
        )
    assert settle(sign_in(secretariat), row, answer="確認").status_code == 302


def test_an_indicator_with_values_is_changed_on_its_own_page(secretariat, sign_in):
    row = point("indicator", "accumulation", "8-1")
    KpiValue.objects.create(
        indicator=row.subject, month=date(2026, 9, 1), value=1, version=1, updated_at=timezone.now()
    )
    assert "定義を変える" in settle(sign_in(secretariat), row, answer="latest").content.decode()
    assert (
        settle(sign_in(secretariat), row, answer="year_sum").status_code == 302
    )  # what already stands is confirmed


def test_the_list_downloads_and_counts(secretariat, viewer, sign_in):
    settle(sign_in(secretariat), point("plan", "indicators"), answer="よい")
    client = sign_in(viewer)
    assert "1</b>／212件" in client.get("/plan/checks/").content.decode()
    sheet = load_workbook(BytesIO(client.get("/plan/checks/?format=xlsx").getvalue())).active
    assert sheet.max_row == 213
    content = client.get("/plan/checks/?format=csv").getvalue()
    assert content.decode("utf-8-sig").count("\r\n") >= 213


def test_the_setup_list_counts_from_the_data(secretariat):
    items = {
        item.label: (item.done, item.total) for item in setup_list(list(OpenPoint.objects.all()))
    }
    assert items["施策の所管課を決める"] == (0, 10)
    assert items["年度目標を決める"] == (0, 92)
    assert items["工程の期間を決める"][1] == 29
    assert items["読み取れなかった工程表を入力する"] == (0, 2)
    lead(1, secretariat.memberships.get().department)
    assert {item.label: item.done for item in setup_list([])}["施策の所管課を決める"] == 1


def test_a_handover_note_is_written_by_the_department_and_loses_nothing(
    soumu, head, other_head, secretariat, sign_in
):
    lead(1, soumu)
    measure = Measure.objects.with_people().get(number=1)
    url = reverse("measures:handover", args=[1])
    carried = sign_in(head).get(url).context["form"].drawn()
    sign_in(head).post(url, {"text": "業者との協議は10月から"})
    assert "業者との協議は10月から" in sign_in(other_head).get("/measures/1/").content.decode()
    with pytest.raises(PermissionDenied):
        write_handover_note(by=other_head, measure=measure, text="x")
    answer = sign_in(secretariat).post(url, {"text": "別の文", "seen": carried})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "総務 花子さんが" in text
    assert "別の文" in text
    assert HandoverNote.objects.get().text == "業者との協議は10月から"


WHY = {"reason": "国の方針の変更", "decision": "第2回本部会議"}


def change(client, kind, **data):
    return client.post(f"{reverse('upkeep:plan_changes')}?kind={kind}", {**WHY, **data})


def test_a_measure_and_an_indicator_join_from_a_day(secretariat, sign_in, viewer):
    client = sign_in(secretariat)
    policy = Measure.objects.get(number=1).policy
    change(
        client,
        "add-measure",
        policy=policy.pk,
        number="11",
        name="新しい施策",
        summary="概要",
        effective_on="R9.4.1",
    )
    row = Measure.objects.get(number=11)
    change(
        client,
        "add-indicator",
        measure=row.pk,
        code="11-1",
        name="新しい指標",
        unit="件",
        accumulation="year_sum",
        month="2027-04",
    )
    assert Indicator.objects.get(code="11-1").valid_from == date(2027, 4, 1)
    assert len(reading.load(date(2027, 3, 1), on=date(2028, 1, 1))) == 23
    assert len(reading.load(date(2027, 4, 1), on=date(2028, 1, 1))) == 24
    assert client.get("/measures/11/").status_code == 200
    text = sign_in(viewer).get(reverse("upkeep:plan_changes")).content.decode()
    assert "指標の追加：11-1 新しい指標" in text
    assert "国の方針の変更" in text


def test_a_measure_ends_with_its_indicators_and_steps_and_the_past_keeps_them(secretariat, sign_in):
    measure = Measure.objects.get(number=1)
    change(sign_in(secretariat), "end-measure", measure=measure.pk, effective_on="R9.3.31")
    assert len(reading.load(date(2027, 3, 1), on=date(2028, 1, 1))) == 23
    assert len(reading.load(date(2027, 4, 1), on=date(2028, 1, 1))) == 20
    assert not Step.objects.filter(measure=measure, valid_until=None).exists()
    assert Measure.objects.on(date(2027, 3, 31)).count() == 10
    assert Measure.objects.on(date(2027, 4, 1)).count() == 9


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (
            "end-indicator",
            {"indicator": "1-2", "month": "2026-08"},
            "それより後の月の値が入力されています",
        ),
        ("end-indicator", {"indicator": "1-2", "month": "2026-07"}, "8月以降の月から"),
        (
            "renumber-indicator",
            {"indicator": "1-2", "code": "1-3", "month": "2026-10"},
            "すでに使われています",
        ),
        ("end-indicator", {"indicator": "1-2", "month": "2026-12", "decision": ""}, "必須"),
    ],
)
def test_a_change_that_would_touch_the_past_is_refused(secretariat, sign_in, kind, data, words):
    row = Indicator.objects.get(code="1-2")
    KpiValue.objects.create(
        indicator=row, month=date(2026, 9, 1), value=1, version=1, updated_at=timezone.now()
    )
    ReportingMonth.objects.create(month=date(2026, 7, 1), locked_at=timezone.now())
    answer = change(sign_in(secretariat), kind, **{**data, "indicator": row.pk})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    row.refresh_from_db()
    assert (row.valid_until, row.code) == (None, "1-2")


def test_a_number_changes_and_the_address_follows(secretariat, sign_in, head):
    client, row = sign_in(secretariat), Indicator.objects.get(code="1-2")
    change(client, "renumber-indicator", indicator=row.pk, code="1-9", month="2026-11")
    november = client.get("/kpis/1-9/?at=2026-11")
    assert '<span class="dx-num">1-9</span>' in page_text(november)
    assert client.get("/kpis/1-2/?at=2026-11")["Location"] == "/kpis/1-9/?at=2026-11"
    assert client.get("/kpis/1-9/?at=2026-10")["Location"] == "/kpis/1-2/?at=2026-10"
    measure = Measure.objects.get(number=10)
    change(client, "renumber-measure", measure=measure.pk, number="12", effective_on="R8.12.1")
    assert client.get("/measures/12/")["Location"] == "/measures/10/"  # until 30 November
    with time_machine.travel("2026-12-01 01:00+00:00", tick=False):
        sign_in(secretariat)
        assert client.get("/measures/12/").status_code == 200
        assert client.get("/measures/10/kpis/")["Location"] == "/measures/12/kpis/"
    assert (
        change(
            sign_in(head),
            "renumber-measure",
            measure=measure.pk,
            number="13",
            effective_on="R8.12.1",
        ).status_code
        == 403
    )


def test_nothing_half_done(secretariat, sign_in):
    """The measure's indicator cannot end (a value stands later), so nothing of the measure ends."""
    measure = Measure.objects.get(number=1)
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-3"),
        month=date(2026, 12, 1),
        numerator=1,
        denominator=2,
        version=1,
        updated_at=timezone.now(),
    )
    assert (
        change(
            sign_in(secretariat), "end-measure", measure=measure.pk, effective_on="R8.11.30"
        ).status_code
        == 422
    )
    assert not Indicator.objects.exclude(valid_until=None).exists()
    assert Measure.objects.get(number=1).valid_until is None
