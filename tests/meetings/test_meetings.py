"""Meetings: an agenda out of exceptions, decisions that act, instructions carried until closed,
one screen a measure.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse
from openpyxl import load_workbook

from foundation.accounts.models import Department, User
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from headquarters.meetings.actions import (
    add_agenda_item,
    change_agenda,
    create_meeting,
    write_minutes,
)
from headquarters.meetings.agenda import changes_since
from headquarters.meetings.deciding import Revision, record_decision
from headquarters.meetings.mode.tabs import tabs
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.actions import (
    answer_action_item,
    close_action_item,
    record_action_item,
)
from headquarters.organisation.models import ActionItem
from headquarters.reports.actions import close_month
from headquarters.reports.monthly import gather
from kpi import reading
from kpi.models import Indicator, Target
from kpi.setup.targets import NewTarget
from measures.models import Measure, Plan
from roadmap.models import Baseline, BaselineEntry, Milestone
from tests.browsing import seen
from tests.conftest import AFTER, MONTH
from tests.people import lead
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ
ON = date(2026, 11, 20)
DUE = date(2026, 12, 11)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        yield


def meet(by, title="第2回本部会議", held_on=ON, month=MONTH, cycle=None):
    return create_meeting(
        by=by,
        plan=Plan.objects.get(),
        title=title,
        held_on=held_on,
        place="庁議室",
        month=month,
        cycle=cycle,
    )


@pytest.fixture
def town():
    """The sample town: (secretariat, headquarters, 税務課長)."""
    load_town()
    return [User.objects.get(username=name) for name in ("jimukyoku", "honbu", "zeimu-kacho")]


def test_the_agenda_proposes_itself_from_the_exceptions(town):
    clerk = town[0]
    first = meet(clerk, "第1回本部会議", date(2026, 7, 10), date(2026, 6, 1))
    record_action_item(
        by=clerk,
        meeting=first,
        text="待ち時間を測ること",
        department=Department.objects.first(),
        due_on=DUE,
    )
    row = meet(clerk)
    titles = list(row.agenda.values_list("title", flat=True))
    assert titles[:2] == ["前回までの指示事項の確認", "10月末の進捗の総括"]
    assert titles[2].startswith("施策2 書かない窓口構築")
    assert titles[-1] == "その他"
    worst = {
        measure.number
        for measure in gather(MONTH, on=AFTER).measures
        if measure.verdict in ("C", "D")
    }
    assert {item.measure.number for item in row.agenda.exclude(measure=None)} == worst


def test_the_agenda_is_edited(secretariat, head):
    row = meet(secretariat)
    item = add_agenda_item(by=secretariat, meeting=row, title="報告", note="国の動き")
    with pytest.raises(PermissionDenied):
        add_agenda_item(by=head, meeting=row, title="x")
    change_agenda(by=secretariat, item=item, what="up")
    assert [each.title for each in row.agenda.all()][-2:] == ["報告", "その他"]
    change_agenda(by=secretariat, item=item, what="remove")
    assert "報告" not in [each.title for each in row.agenda.all()]
    assert [each.order for each in row.agenda.all()] == list(range(1, row.agenda.count() + 1))


def test_minutes_lose_nothing(secretariat, viewer, sign_in):
    row = meet(secretariat)
    client, url = sign_in(secretariat), reverse("meetings:meeting", args=[row.pk])
    carried = client.get(url).context["minutes_form"].drawn()
    write_minutes(by=secretariat, meeting=row, attendance="町長ほか", minutes="開会")
    with pytest.raises(Conflict):
        write_minutes(
            by=secretariat,
            meeting=row,
            seen=seen(attendance="", minutes=""),
            attendance="",
            minutes="別の文",
        )
    answer = client.post(url, {"attendance": "x", "minutes": "別の文", "seen": carried})
    assert answer.status_code == 409
    assert "別の文" in answer.content.decode()
    assert "開会" in answer.content.decode()
    assert Meeting.objects.get().minutes == "開会"
    assert (
        "開会" in sign_in(viewer).get(reverse("meetings:minutes", args=[row.pk])).content.decode()
    )


def test_a_decision_revises_a_target_and_old_months_keep_the_old_one(town):
    clerk, *_ = town
    row, indicator = meet(clerk), Indicator.objects.get(code="1-2")
    old = reading.load(date(2026, 9, 1), on=date(2028, 1, 1), indicator=indicator)[0].progress_at(
        date(2026, 9, 1)
    )
    made = record_decision(
        by=clerk,
        meeting=row,
        text="目標を1,000件に改める",
        on=ON,
        revisions=[
            Revision(indicator, NewTarget(2026, value=Decimal(1000), from_month=date(2026, 11, 1)))
        ],
    )
    target = made.revised.get().target
    assert (target.version, target.decided_where, target.reason) == (
        2,
        "第2回本部会議",
        "目標を1,000件に改める",
    )
    facts = reading.load(date(2026, 11, 1), on=date(2028, 1, 1), indicator=indicator)[0]
    assert facts.progress_at(date(2026, 9, 1)) == old
    assert facts.progress_at(date(2026, 11, 1)).target == 1000


def test_a_wrong_target_records_no_decision(town):
    clerk, *_ = town
    with pytest.raises(ValidationError):
        record_decision(
            by=clerk,
            meeting=meet(clerk),
            text="x",
            on=ON,
            revisions=[
                Revision(
                    Indicator.objects.get(code="1-2"),
                    NewTarget(2026, value=Decimal(-1), from_month=date(2026, 11, 1)),
                )
            ],
        )
    assert not Decision.objects.filter(text="x").exists()
    assert Target.objects.filter(indicator__code="1-2", fiscal_year=2026).count() == 1


def test_a_decision_approves_a_new_baseline_from_the_page(town, client):
    clerk, *_ = town
    row = meet(clerk)
    client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
    late = Milestone.objects.get(name="eL-QRの運用開始")
    url = reverse("meetings:decide", args=[row.pk])
    ticked = {"text": "調査報告の期日を改める", f"pick-m{late.pk}": "on"}
    client.post(url, client.previewed(url, ticked), bare=True)
    made = Decision.objects.get(text="調査報告の期日を改める").baseline
    assert made == Baseline.objects.get(number=3)
    assert BaselineEntry.objects.get(baseline=made, milestone=late).due_on == late.forecast_on
    with pytest.raises(Error), transaction.atomic():
        Decision.objects.update(text="別の決定")


def test_the_secretariat_records_for_the_headquarters(secretariat, headquarters, head):
    row = meet(secretariat)
    record_decision(by=secretariat, meeting=row, text="甲", on=ON)
    record_decision(by=headquarters, meeting=row, text="乙", on=ON)
    with pytest.raises(PermissionDenied):
        record_decision(by=head, meeting=row, text="丙", on=ON)
    entries = HistoryEntry.objects.filter(action="meetings.decision").order_by("id")
    assert [entry.on_behalf_of for entry in entries] == ["推進本部", ""]


def test_an_instruction_is_answered_by_the_department_and_closed_by_the_secretariat(
    secretariat, headquarters, head, staff, other_head, soumu, sign_in
):
    lead(1, soumu)
    row = meet(secretariat)
    item = record_action_item(
        by=headquarters,
        meeting=row,
        text="導入費用を調べること",
        department=soumu,
        due_on=DUE,
        measure=Measure.objects.get(number=1),
    )
    assert "導入費用を調べること" in sign_in(head).get("/").content.decode()
    assert "導入費用を調べること" not in sign_in(other_head).get("/").content.decode()
    item = answer_action_item(by=staff, item=item, answer="下書き", final=False)
    with pytest.raises(PermissionDenied):
        answer_action_item(by=staff, item=item, answer="回答", final=True)
    with pytest.raises(PermissionDenied):
        answer_action_item(by=other_head, item=item, answer="回答", final=True)
    with pytest.raises(Conflict):
        answer_action_item(by=head, item=item, seen=seen(answer=""), answer="回答", final=True)
    with pytest.raises(ValidationError, match="回答済みの"):
        close_action_item(by=secretariat, item=item)
    item = answer_action_item(
        by=head, item=item, seen=seen(answer="下書き"), answer="2団体を調べた", final=True
    )
    assert item.state == "answered"
    later = meet(secretariat, "第3回本部会議", date(2027, 2, 1), date(2027, 1, 1))
    assert ActionItem.objects.carried().get() == item
    assert later.agenda.first().title == "前回までの指示事項の確認"
    close_action_item(by=secretariat, item=item)
    assert not ActionItem.objects.carried().exists()
    with pytest.raises(ValidationError, match="完結した"):
        answer_action_item(
            by=head,
            item=item,
            answer="x",
            final=True,
        )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"department": None}, "department"),
        ({"due_on": date(2026, 11, 19)}, "due_on"),
        ({"due_on": None}, "due_on"),
    ],
)
def test_an_instruction_is_complete(secretariat, soumu, given, field):
    with pytest.raises(ValidationError) as found:
        record_action_item(
            by=secretariat,
            meeting=meet(secretariat),
            **{"text": "x", "department": soumu, "due_on": DUE, **given},
        )
    assert field in found.value.message_dict


def test_what_changed_since_the_last_meeting(town):
    clerk, *_ = town
    before, row = Meeting.objects.get(held_on=date(2026, 7, 24)), meet(clerk)
    assert Meeting.objects.before(row.held_on, row.pk).first() == before
    grades, moved = changes_since(row, before, gather(MONTH, on=AFTER), on=ON)
    assert {change.code for change in grades}
    assert "eL-QRの運用開始" in {change.name.split("：")[-1] for change in moved}
    assert changes_since(before, None, gather(MONTH, on=AFTER), on=ON) == ([], [])


def test_every_measure_has_a_screen_in_the_plans_order_with_the_exceptions_marked(town):
    report = gather(MONTH, on=AFTER)
    found = tabs(report, late={3})
    assert [tab.kind for tab in found[:2]] == ["overview", "changes"]
    assert [tab.number for tab in found[2:]] == list(range(1, 11))
    verdicts = {row.number: row.verdict for row in report.measures}
    for tab in found[2:]:
        letter = verdicts[tab.number]
        assert tab.letter == (letter if letter in ("C", "D") else "")
        assert tab.is_exception == (bool(tab.letter) or tab.number == 3)


def test_the_screen_shows_the_meetings_month_and_says_so(town, client):
    clerk, honbu, _ = town
    row = meet(clerk)
    closed = meet(clerk, "第3回本部会議", month=date(2026, 6, 1))
    client.force_login(honbu, backend="foundation.accounts.backends.MembershipBackend")
    url = reverse("meetings:present", args=[row.pk])
    text = client.get(url).content.decode()
    assert "10月末の進捗" in text
    assert "速報" in text
    of_june = client.get(reverse("meetings:present", args=[closed.pk])).content.decode()
    assert "6月末の進捗" in of_june
    assert "速報" not in of_june
    for n in range(12):
        assert client.get(f"{url}?slide={n}").status_code == 200
    assert client.get(f"{url}?slide=12").status_code == 404
    assert "R8.11.20現在" in client.get(f"{url}?slide=2").content.decode()


def test_recording_from_the_screen_comes_back_to_it_and_keeps_what_was_typed(town, client):
    clerk, honbu, _ = town
    row = meet(clerk)
    client.force_login(honbu, backend="foundation.accounts.backends.MembershipBackend")
    back = f"{reverse('meetings:present', args=[row.pk])}?slide=2"
    url = reverse("meetings:record", args=[row.pk])
    answer = client.post(
        url,
        {"kind": "action", "text": "近隣町の例を調べること", "due_on": "", "next": back},
        page=back,
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "近隣町の例を調べること" in text
    assert "所管課" in text
    assert f'name="next" value="{back}"' in text
    measure = Measure.objects.get(number=2)
    client.post(
        url,
        {
            "kind": "action",
            "text": "近隣町の例を調べること",
            "due_on": "R8.12.11",
            "next": back,
            "measure": measure.pk,
            "department": Department.objects.get(name="住民環境課").pk,
        },
        page=back,
    )
    assert ActionItem.objects.get(text="近隣町の例を調べること").measure == measure
    outside = client.post(url, {"kind": "action", "text": "x", "next": "https://example.com/"})
    assert outside.status_code == 422


def test_the_papers_leave_the_house(town, client):
    clerk, *_ = town
    row = meet(clerk)
    record_decision(by=clerk, meeting=row, text="=1+1", on=ON)
    client.force_login(clerk, backend="foundation.accounts.backends.MembershipBackend")
    agenda = load_workbook(
        BytesIO(client.get(reverse("meetings:agenda", args=[row.pk]) + "?format=xlsx").getvalue())
    ).active
    numbers = [cell.value for cell in agenda["A"] if str(cell.value).isdigit()]
    assert len(numbers) == row.agenda.count()
    sheet = load_workbook(
        BytesIO(client.get(reverse("meetings:minutes", args=[row.pk]) + "?format=xlsx").getvalue())
    ).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any("1+1" in str(cell.value) for cell in cells)


def test_a_closed_months_meeting_looks_at_its_edition_whatever_comes_later(town, client):
    clerk, honbu, _ = town
    row = meet(clerk)
    close_month(by=clerk, month=MONTH, on=ON, reason="報告のため")
    Indicator.objects.filter(code="2-3").update(name="別の名前")
    client.force_login(honbu, backend="foundation.accounts.backends.MembershipBackend")
    every = tabs(gather(MONTH, on=AFTER))
    place = next(tab.place for tab in every if tab.number == 2)
    url = reverse("meetings:present", args=[row.pk])
    assert "第1版" in client.get(url).content.decode()
    text = client.get(f"{url}?slide={place}").content.decode()
    assert "10月末時点・第1版" in text
    assert "手続きにかかる職員の工数削減時間" in text
    assert "別の名前" not in text
    Measure.objects.filter(number=2).update(number=12)
    assert (
        "書かない窓口構築" in client.get(f"{url}?slide={place}").content.decode()
    )  # renumbered since: its numbers stay readable
