"""Milestones: the one door, dated reading, baselines, screens."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, transaction
from django.urls import reverse

from foundation.records.conflict import Conflict, SavedAlready
from foundation.records.models import HistoryEntry
from measures.models import Plan
from roadmap import reading
from roadmap.actions import Update, update_milestone
from roadmap.baselines import create_baseline
from roadmap.milestone_planning import create_milestone
from roadmap.models import BaselineEntry, Milestone, MilestoneUpdate, Step
from roadmap.planning import set_span
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 8, 20)
PLANNED = date(2026, 9, 30)


@pytest.fixture
def row(soumu, secretariat):
    """A milestone of measure 1, led by 総務課, in the first baseline."""
    lead(1, soumu)
    step = Step.objects.get(measure__number=1, order=1)
    made = create_milestone(by=secretariat, step=step, name="調査報告", planned_on=PLANNED)
    create_baseline(
        by=secretariat,
        plan=Plan.objects.get(),
        name="計画策定時",
        approved_on=date(2026, 4, 24),
        decision="承認",
    )
    return made


def update(by, row, on=ON, **given):
    row.refresh_from_db()
    return update_milestone(
        by=by,
        milestone=row,
        seen_version=row.version,
        on=on,
        update=Update(**{"state": "in_progress", **given}),
    )


def facts(row, on):
    return next(
        item for step in reading.load(on) for item in step.milestones if item.row.pk == row.pk
    )


def test_an_update_is_recorded_and_dated(row, head):
    assert update(
        head, row, forecast_on=date(2026, 11, 20), reason="製品の追加", comment="説明会は10月"
    )
    found = MilestoneUpdate.objects.get()
    assert (found.effective_on, found.by, found.postponed, found.state_before) == (
        ON,
        head,
        True,
        "not_started",
    )
    entry = HistoryEntry.objects.about(row)[0]
    assert (entry.after["見込日"], entry.reason, entry.department) == (
        "令和8年11月20日",
        "製品の追加",
        "総務課",
    )
    assert not update(head, row, forecast_on=date(2026, 11, 20))  # nothing new: no second update
    assert MilestoneUpdate.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"state": "completed"}, "completed_on"),
        ({"state": "completed", "completed_on": date(2026, 8, 21)}, "completed_on"),
        ({"completed_on": date(2026, 8, 1)}, "completed_on"),
        ({"state": "cancelled"}, "reason"),
        ({"state": "revised"}, "reason"),
        ({"forecast_on": date(2026, 10, 1)}, "reason"),
    ],
)
def test_what_the_rules_refuse(row, head, given, field):
    with pytest.raises(ValidationError) as found:
        update(head, row, **given)
    assert field in found.value.message_dict
    assert not MilestoneUpdate.objects.exists()


def test_an_earlier_forecast_needs_no_reason(row, head):
    assert update(head, row, forecast_on=date(2026, 9, 1))
    assert not MilestoneUpdate.objects.get().postponed
    with pytest.raises(ValidationError):
        update(head, row, forecast_on=date(2026, 9, 2))  # later than the last forecast


def test_rights(row, head, other_head, viewer, headquarters, secretariat):
    for user in (other_head, viewer, headquarters):
        with pytest.raises(PermissionDenied):
            update(user, row)
    assert update(secretariat, row)
    with pytest.raises(PermissionDenied):
        create_milestone(by=head, step=row.step, name="x", planned_on=PLANNED)
    with pytest.raises(PermissionDenied):
        create_baseline(by=head, plan=Plan.objects.get(), name="x", approved_on=ON, decision="x")


def test_two_heads_on_one_milestone(row, head, secretariat):
    seen = row.version
    update(secretariat, row, comment="先に更新")
    with pytest.raises(Conflict) as found:
        update_milestone(
            by=head, milestone=row, seen_version=seen, on=ON, update=Update("in_progress")
        )
    assert "事務局 太郎さん" in found.value.sentence


SAME = {"state": "in_progress", "forecast_on": date(2026, 12, 11), "reason": "部品待ち"}


@pytest.mark.parametrize(
    ("second", "met"),
    [
        (SAME, SavedAlready),
        ({**SAME, "reason": ""}, SavedAlready),
        ({**SAME, "comment": "来週届く"}, Conflict),
        ({**SAME, "reason": "別の理由"}, Conflict),
        ({**SAME, "forecast_on": date(2026, 12, 12)}, Conflict),
    ],
)
def test_two_heads_who_say_the_same(row, head, secretariat, second, met):
    update(secretariat, row, **SAME)
    with pytest.raises(met) as found:
        update_milestone(
            by=head, milestone=row, update=Update(**second), seen_version=row.version, on=ON
        )
    assert type(found.value) is met
    assert "事務局 太郎さん" in found.value.sentence
    assert MilestoneUpdate.objects.count() == 1


def test_the_same_update_is_no_conflict_on_the_page(row, head, secretariat, sign_in):
    seen = row.version
    update(secretariat, row, **SAME)
    typed = {"state": "in_progress", "forecast_on": "R8.12.11", "reason": "部品待ち"}
    url = reverse("roadmap:milestone_edit", args=[row.pk])
    data = {**typed, "seen_version": seen}
    answer = sign_in(head).post(url, data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "事務局 太郎さんが同じ内容を保存済みです" in answer.content.decode()


def test_a_past_day_sees_the_past_state(row, head):
    update(head, row, on=date(2026, 8, 20))
    update(head, row, on=date(2026, 9, 16), forecast_on=date(2026, 11, 20), reason="追加")
    update(head, row, on=date(2026, 11, 25), state="completed", completed_on=date(2026, 11, 24))
    states = [
        facts(row, day).facts.state
        for day in (date(2026, 8, 19), date(2026, 8, 20), date(2026, 11, 24), date(2026, 11, 25))
    ]
    assert states == ["not_started", "in_progress", "in_progress", "completed"]
    assert facts(row, date(2026, 9, 30)).health.late is False
    assert facts(row, date(2026, 10, 1)).health.late is True
    assert facts(row, date(2026, 11, 30)).health.late is False
    assert facts(row, date(2026, 9, 15)).facts.forecast_on is None
    assert facts(row, date(2026, 11, 30)).facts.postponements == 1


def test_a_new_baseline_moves_the_approved_date_and_keeps_the_original(row, headquarters):
    create_baseline(
        by=headquarters,
        plan=Plan.objects.get(),
        name="第1回改定",
        approved_on=date(2026, 9, 1),
        decision="決定",
        dates={row.pk: date(2026, 12, 11)},
    )
    before, after = facts(row, date(2026, 8, 31)).facts, facts(row, date(2026, 10, 1))
    assert (before.approved_on, before.original_on) == (PLANNED, PLANNED)
    assert (after.facts.approved_on, after.facts.original_on) == (date(2026, 12, 11), PLANNED)
    assert not after.health.late


def test_a_milestone_added_later_has_no_original_date(row, secretariat):
    late = create_milestone(
        by=secretariat, step=row.step, name="追加", planned_on=date(2026, 10, 1)
    )
    found = facts(late, date(2026, 10, 2))
    assert (found.facts.original_on, found.facts.approved_on, found.health.late) == (
        None,
        date(2026, 10, 1),
        True,
    )


@pytest.mark.parametrize("table", [BaselineEntry, MilestoneUpdate])
def test_append_only(row, head, table):
    update(head, row)
    for attempt in (lambda: table.objects.all().delete(), lambda: table.objects.update(id=999)):
        with pytest.raises(Error), transaction.atomic():
            attempt()
    assert table.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "completed"},
        {"completed_on": date(2026, 8, 1)},
        {"state": "cancelled"},
    ],
)
def test_the_database_refuses_what_goes_round_the_door(row, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=row.pk).update(**changes)


def test_spans(row, secretariat):
    with pytest.raises(ValidationError):
        set_span(
            by=secretariat,
            step=row.step,
            first_month=date(2026, 9, 1),
            last_month=date(2026, 8, 1),
            on=ON,
        )
    set_span(
        by=secretariat,
        step=row.step,
        first_month=date(2026, 4, 1),
        last_month=date(2026, 9, 1),
        on=ON,
    )
    assert Step.objects.get(pk=row.step.pk).last_month == date(2026, 9, 1)


# --- screens ------------------------------------------------------------------------------------


def post(client, row, **data):
    row.refresh_from_db()
    given = {
        "seen_version": row.version,
        "state": "in_progress",
        "next": "/roadmap/milestones/?all=1",
        **data,
    }
    return client.post(reverse("roadmap:milestone_edit", args=[row.pk]), given)


@time_machine.travel("2026-11-06 01:00+00:00", tick=False)
def test_update_on_the_page_goes_back_to_where_one_was(row, head, sign_in):
    answer = post(sign_in(head), row, state="completed", completed_on="R8.11.5")
    assert answer["Location"] == "/roadmap/milestones/?all=1"
    assert Milestone.objects.get().completed_on == date(2026, 11, 5)
    assert (
        post(sign_in(head), row, state="completed", completed_on="R8.11.5", next="//evil.example/")[
            "Location"
        ]
        == "/roadmap/milestones/"
    )


@time_machine.travel("2026-11-06 01:00+00:00", tick=False)
@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"state": "completed"}, "完了日を入力してください"),
        ({"state": "completed", "completed_on": "R8.11.7"}, "先の日付は入力できません"),
        ({"forecast_on": "年末"}, "日付として読めません"),
        ({"forecast_on": "R8.12.11"}, "延期の理由"),
        ({"state": "cancelled"}, "理由を1文"),
        ({"state": "x"}, "選択"),
    ],
)
def test_wrong_input_keeps_what_was_typed(row, head, sign_in, data, word):
    answer = post(sign_in(head), row, comment="書きかけ", **data)
    text = answer.content.decode()
    assert word in text
    assert "書きかけ" in text
    assert data.get("forecast_on", "") in text
    assert not MilestoneUpdate.objects.exists()


def test_a_conflict_shows_the_other_side_and_lets_choose(row, head, secretariat, sign_in):
    seen = row.version
    update(secretariat, row, comment="先に")
    client = sign_in(head)
    answer = client.post(
        reverse("roadmap:milestone_edit", args=[row.pk]),
        {"seen_version": seen, "state": "in_progress", "comment": "後から"},
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "事務局 太郎さん" in text
    assert "後から" in text
    row.refresh_from_db()
    assert f'value="{row.version}"' in text


def test_filters_and_the_table_of_dates(row, head, sign_in):
    client = sign_in(head)
    page = client.get("/roadmap/").content.decode()
    assert page.count('<th scope="row">') == 29
    assert "期間 要確認" in page
    assert "マイルストーン未設定" in page
    assert client.get("/roadmap/?measure=1").content.decode().count('<th scope="row">') == 3
    assert "調査報告" in client.get("/roadmap/?view=table").content.decode()
    assert "条件に合う工程はありません" in client.get("/roadmap/?measure=9").content.decode()
    assert client.get("/roadmap/?year=2026&measure=x&department=9999").status_code == 200


def test_queries_do_not_grow_with_milestones(
    row, head, secretariat, sign_in, django_assert_max_num_queries
):
    client = sign_in(head)
    counts = []
    for size in (5, 50):
        for number in range(size):
            create_milestone(
                by=secretariat, step=row.step, name=f"節目{number}", planned_on=PLANNED
            )
        client.get("/roadmap/")
        with django_assert_max_num_queries(8) as captured:
            client.get("/roadmap/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
