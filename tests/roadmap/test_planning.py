"""Setting up the schedule.

Spans, milestones, baselines, comparisons, knock-on; what a decision made stays made.
"""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse

from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from measures.models import Measure, Plan
from roadmap import reading
from roadmap.actions import Update, proposals_after, update_milestone
from roadmap.baselines import create_baseline
from roadmap.comparison import compare, picture_of, picture_on
from roadmap.drawing import bar_of, window
from roadmap.milestone_planning import (
    create_milestone,
    create_yearly,
    edit_milestone,
    missing_years,
)
from roadmap.models import Baseline, BaselineEntry, Milestone, MilestoneUpdate, Step
from roadmap.planning import STEP_FIELDS, define_step, end_step, move, set_span
from roadmap.schedule import MilestoneFacts, knock_on
from tests.browsing import seen
from tests.pages import page_text
from tests.people import lead

pytestmark = pytest.mark.django_db
ON = date(2026, 8, 20)
APRIL = date(2026, 4, 24)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-08-20 01:00+00:00", tick=False):
        yield


def step(measure=1, order=1):
    return Step.objects.select_related("measure__policy__plan").get(
        measure__number=measure, order=order
    )


def baseline(by, name="計画策定時", approved_on=APRIL, decision="第1回本部会議", **rest):
    return create_baseline(
        by=by,
        plan=Plan.objects.get(),
        name=name,
        approved_on=approved_on,
        decision=decision,
        on=ON,
        **rest,
    )


def values(row, **changed):
    return {name: getattr(row, name) for name in STEP_FIELDS} | changed


def test_a_lost_roadmap_is_entered_again(secretariat, head, sign_in):
    url = f"{reverse('roadmap:step_create')}?measure=9"
    assert sign_in(head).get(url).status_code == 403
    answer = sign_in(secretariat).post(
        url,
        {"name": "調査", "recurrence": "none", "first_month": "2026-10", "last_month": "2026-09"},
    )
    assert "終了月は開始月以後" in answer.content.decode()
    sign_in(secretariat).post(
        url,
        {"name": "調査", "recurrence": "none", "first_month": "2026-10", "last_month": "2027-03"},
    )
    made = Step.objects.get(measure__number=9)
    assert (made.order, made.first_month, made.source_text) == (1, date(2026, 10, 1), "")
    assert "調査" in sign_in(secretariat).get("/roadmap/").content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_month": date(2026, 3, 1), "last_month": date(2026, 5, 1)}, "first_month"),
        ({"first_month": date(2026, 5, 1), "last_month": date(2030, 4, 1)}, "last_month"),
        ({"actual_start": date(2026, 8, 21)}, "actual_start"),
        ({"actual_end": date(2026, 8, 1)}, "__all__"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused(secretariat, changed, field):
    with pytest.raises(ValidationError) as found:
        define_step(by=secretariat, step=step(), values=values(step(), **changed), on=ON)
    assert field in found.value.message_dict


def test_an_approved_span_is_changed_with_a_reason_and_the_original_stays_drawn(secretariat):
    set_span(
        by=secretariat,
        step=step(),
        first_month=date(2026, 4, 1),
        last_month=date(2026, 9, 1),
        on=ON,
    )
    baseline(secretariat)
    with pytest.raises(ValidationError, match="承認された期間"):
        set_span(
            by=secretariat,
            step=step(),
            first_month=date(2026, 4, 1),
            last_month=date(2026, 12, 1),
            on=ON,
        )
    set_span(
        by=secretariat,
        step=step(),
        first_month=date(2026, 4, 1),
        last_month=date(2026, 12, 1),
        on=ON,
        reason="調達の遅れ",
    )
    assert BaselineEntry.objects.get(step=step()).last_month == date(2026, 9, 1)
    bar = bar_of(window(2026, 2029, ON), reading.load(ON, measure=step().measure)[0])
    assert [rect.kind for rect in bar.rects] == ["rm-plan", "rm-orig"]
    assert "当初 令和8年4月から令和8年9月" in bar.sentence


def test_a_span_settled_late_joins_the_newest_baseline_once(secretariat):
    baseline(secretariat)
    row = step(1, 2)
    assert not row.baseline_entries.exists()
    set_span(
        by=secretariat, step=row, first_month=date(2026, 4, 1), last_month=date(2026, 9, 1), on=ON
    )
    set_span(
        by=secretariat,
        step=row,
        first_month=date(2026, 4, 1),
        last_month=date(2026, 10, 1),
        on=ON,
        reason="見直し",
    )
    assert row.baseline_entries.get().last_month == date(2026, 9, 1)
    with pytest.raises(Error), transaction.atomic():
        BaselineEntry.objects.update(last_month=date(2027, 1, 1))


def test_saving_nothing_new_leaves_no_trace(secretariat):
    before = HistoryEntry.objects.count()
    define_step(by=secretariat, step=step(), values=values(step()), on=ON)
    assert HistoryEntry.objects.count() == before


def test_steps_and_milestones_change_places(secretariat, head):
    names = [row.name for row in Step.objects.filter(measure__number=1).order_by("order")]
    move(by=secretariat, row=step(1, 1), up=False)
    assert [row.name for row in Step.objects.filter(measure__number=1).order_by("order")][:2] == [
        names[1],
        names[0],
    ]
    move(by=secretariat, row=step(1, 1), up=True)  # already first: nothing
    with pytest.raises(PermissionDenied):
        move(by=head, row=step(1, 1), up=False)
    a, b = (
        create_milestone(by=secretariat, step=step(), name=name, planned_on=date(2026, 9, 1))
        for name in "ab"
    )
    move(by=secretariat, row=b, up=True)
    assert [row.name for row in step().milestones.order_by("order")] == ["b", "a"]


def test_a_yearly_step_has_one_milestone_per_fiscal_year(secretariat):
    row = Step.objects.filter(recurrence="yearly").select_related("measure__policy__plan").first()
    set_span(
        by=secretariat, step=row, first_month=date(2026, 4, 1), last_month=date(2030, 3, 1), on=ON
    )
    create_milestone(by=secretariat, step=row, name="今年", planned_on=date(2027, 3, 31))
    with pytest.raises(ValidationError, match="令和8年度のマイルストーン「今年」"):
        create_milestone(by=secretariat, step=row, name="もう一つ", planned_on=date(2026, 4, 1))
    assert missing_years(row) == [2027, 2028, 2029]
    made = create_yearly(by=secretariat, step=row, name="の研修", month=2, day=28)
    assert [(each.name, each.planned_on, each.fiscal_year) for each in made][0] == (
        "令和9年度の研修",
        date(2028, 2, 28),
        2027,
    )
    assert missing_years(row) == []
    with pytest.raises(ValidationError, match="すべての年度"):
        create_yearly(by=secretariat, step=row, name="x", month=2, day=28)


def test_a_leap_day_every_year_is_refused_in_words(secretariat):
    row = Step.objects.filter(recurrence="yearly").select_related("measure__policy__plan").first()
    set_span(
        by=secretariat, step=row, first_month=date(2026, 4, 1), last_month=date(2030, 3, 1), on=ON
    )
    with pytest.raises(ValidationError, match="2月29日は、ない年があります"):
        create_yearly(by=secretariat, step=row, name="x", month=2, day=29)
    assert not row.milestones.exists()
    assert (
        create_milestone(
            by=secretariat, step=row, name="x", planned_on=date(2028, 2, 29)
        ).fiscal_year
        == 2027
    )


def test_a_plan_date_in_a_baseline_is_changed_only_by_a_new_one(secretariat):
    row = create_milestone(by=secretariat, step=step(), name="決定", planned_on=date(2026, 9, 30))
    edit_milestone(
        by=secretariat,
        milestone=row,
        seen=seen(name="決定", planned_on=date(2026, 9, 30)),
        name="方針決定",
        planned_on=date(2026, 10, 30),
    )
    row.refresh_from_db()
    baseline(secretariat)
    with pytest.raises(ValidationError, match="計画改定"):
        edit_milestone(
            by=secretariat,
            milestone=row,
            name="x",
            planned_on=date(2026, 11, 30),
        )
    with pytest.raises(Conflict) as found:
        edit_milestone(
            by=secretariat,
            milestone=row,
            seen=seen(name="決定", planned_on=date(2026, 9, 30)),
            name="x",
            planned_on=date(2026, 10, 30),
        )
    assert found.value.now == {"name": "方針決定", "planned_on": date(2026, 10, 30)}
    assert found.value.sentence.startswith("事務局 太郎さんが")
    with pytest.raises(Error), transaction.atomic():
        Baseline.objects.update(name="別の名")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"decision": ""}, "decision"),
        ({"approved_on": date(2026, 8, 21)}, "approved_on"),
        ({"approved_on": date(2026, 4, 1)}, "approved_on"),
        ({"name": ""}, "name"),
    ],
)
def test_a_baseline_needs_a_decision_in_order(secretariat, given, field):
    baseline(secretariat)
    with pytest.raises(ValidationError) as found:
        baseline(secretariat, **{"name": "第1回改定", "approved_on": date(2026, 8, 1), **given})
    assert field in found.value.message_dict
    assert Baseline.objects.count() == 1


def test_only_headquarters_and_the_secretariat_decide(headquarters, head, sign_in, secretariat):
    row = create_milestone(by=secretariat, step=step(), name="決定", planned_on=date(2026, 9, 30))
    with pytest.raises(PermissionDenied):
        baseline(head)
    data = {
        "name": "計画策定時",
        "approved_on": "R8.4.24",
        "decision": "第1回本部会議",
        f"pick-m{row.pk}": "on",
        f"m{row.pk}": "R8.10.30",
    }
    client, url = sign_in(headquarters), reverse("roadmap:baseline_create")
    client.post(url, client.previewed(url, data), bare=True)
    assert BaselineEntry.objects.get(milestone=row).due_on == date(2026, 10, 30)
    again = client.post(url, {**data, "decision": "", "confirm": "1"})
    assert again.status_code == 422
    assert 'value="R8.10.30"' in again.content.decode()


@pytest.fixture
def chain(soumu, secretariat):
    """Two steps of measure 1, each with a milestone, approved; the second begins in November."""
    lead(1, soumu)
    first, second = step(1, 1), step(1, 2)
    set_span(
        by=secretariat,
        step=first,
        first_month=date(2026, 4, 1),
        last_month=date(2026, 10, 1),
        on=ON,
    )
    set_span(
        by=secretariat,
        step=second,
        first_month=date(2026, 11, 1),
        last_month=date(2027, 3, 1),
        on=ON,
    )
    rows = [
        create_milestone(by=secretariat, step=row, name=name, planned_on=day)
        for row, name, day in (
            (first, "調達", date(2026, 9, 30)),
            (second, "稼働", date(2027, 2, 1)),
        )
    ]
    baseline(secretariat)
    return rows


def put(by, row, **given):
    row.refresh_from_db()
    return update_milestone(
        by=by,
        milestone=row,
        seen_version=row.version,
        on=ON,
        update=Update(**{"state": "in_progress", **given}),
    )


def test_knock_on_is_proposed_never_made(chain, head, sign_in):
    first, second = chain
    url, knock = (
        reverse("roadmap:milestone_edit", args=[first.pk]),
        reverse("roadmap:knock_on", args=[first.pk]),
    )
    client = sign_in(head)
    answer = client.post(
        url,
        {
            "seen_version": first.version,
            "state": "in_progress",
            "forecast_on": "R8.11.29",
            "reason": "入札の不調",
        },
    )
    assert answer["Location"] == knock
    second.refresh_from_db()
    assert second.forecast_on is None
    text = client.get(knock).content.decode()
    assert "R9.2.1" in text
    assert "R9.4.2" in text  # 60 days later
    client.post(knock, {})
    assert MilestoneUpdate.objects.count() == 1
    client.post(knock, client.filled(knock) | {f"m{second.pk}": "on"}, bare=True)
    second.refresh_from_db()
    assert second.forecast_on == date(2027, 4, 2)
    assert second.updates.get().reason == "前の工程「調達」の見込日の変更に伴う"


def test_proposals_that_moved_since_they_were_shown_are_not_made(chain, head, sign_in):
    first, second = chain
    put(head, first, forecast_on=date(2026, 11, 29), reason="入札の不調")
    client, knock = sign_in(head), reverse("roadmap:knock_on", args=[first.pk])
    seen = client.filled(knock) | {f"m{second.pk}": "on"}
    put(head, first, forecast_on=date(2026, 12, 29), reason="再度の不調")
    answer = client.post(knock, seen, bare=True, follow=True)
    assert "動かす案が変わりました。何も変えていません" in page_text(answer)
    second.refresh_from_db()
    assert second.forecast_on is None
    put(head, first, forecast_on=date(2026, 10, 1), reason="間に合う")  # nothing is proposed now
    answer = client.post(knock, seen, bare=True, follow=True)
    assert "動かす案が変わりました。何も変えていません" in page_text(answer)


def test_a_shift_that_stays_before_the_next_step_proposes_nothing(chain, head):
    put(head, chain[0], forecast_on=date(2026, 10, 15), reason="x")
    assert proposals_after(chain[0], reading.load(ON, measure=Measure.objects.get(number=1))) == []


@pytest.mark.parametrize(
    ("first_month", "state", "expected"),
    [
        (date(2026, 11, 1), "not_started", [(7, date(2026, 12, 1), date(2026, 12, 31))]),
        (date(2026, 12, 1), "not_started", []),
        (None, "not_started", []),
        (date(2026, 11, 1), "completed", []),
        (date(2026, 11, 1), "cancelled", []),
    ],
)
@pytest.mark.pure
def test_knock_on_rule(first_month, state, expected):
    assert (
        knock_on(
            date(2026, 11, 30), 30, [(first_month, 7, MilestoneFacts(state, date(2026, 12, 1)))]
        )
        == expected
    )


def test_comparing_says_what_moved_was_added_and_cancelled(
    chain, head, secretariat, sign_in, viewer
):
    first, second = chain
    put(head, first, forecast_on=date(2026, 10, 10), reason="x")
    put(head, second, state="cancelled", reason="方針の変更")
    create_milestone(by=secretariat, step=step(), name="追加分", planned_on=date(2026, 12, 1))
    found = {
        (row.kind, row.item.name.split("：")[-1]): row
        for row in compare(picture_of(Baseline.objects.get()), picture_on(ON))
    }
    assert set(found) == {("移動", "調達"), ("中止", "稼働"), ("追加", "追加分")}
    assert (found["移動", "調達"].days, found["移動", "調達"].item.postponements) == (10, 1)
    text = sign_in(viewer).get(reverse("roadmap:baseline_compare")).content.decode()
    assert "＋10日" in text
    assert "違い 3件、うち遅くなったもの 1件" in text
    before = picture_on(date(2026, 8, 19))  # as of yesterday nothing had moved
    assert {row.kind for row in compare(picture_of(Baseline.objects.get()), before)} == {"追加"}
    assert sign_in(viewer).get(reverse("roadmap:baseline_compare") + "?from=x").status_code == 404


def test_a_second_baseline_and_the_first_stay_comparable(chain, secretariat):
    baseline(secretariat, name="第1回改定", approved_on=ON, dates={chain[0].pk: date(2026, 12, 1)})
    one, two = Baseline.objects.order_by("number")
    assert [
        (row.kind, row.before, row.after, row.days)
        for row in compare(picture_of(one), picture_of(two))
    ] == [("移動", "R8.9.30", "R8.12.1", 62)]


def test_several_rows_in_one_go_each_checked_and_recorded(chain, head, other_head, sign_in):
    first, second = chain
    url = reverse("roadmap:milestone_bulk")
    data = {
        "pick": [first.pk, second.pk],
        "state": "in_progress",
        f"version-{first.pk}": first.version,
        f"version-{second.pk}": 1,
        "next": "/roadmap/milestones/?all=1",
    }
    answer = sign_in(head).post(url, data, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "自分の課だけ" in text  # the list is the one where one was
    assert f'aria-describedby="m{second.pk}-why"' in text
    assert "1件を更新しました" in text
    assert "「稼働」：" in text  # told of the conflict
    assert MilestoneUpdate.objects.get().milestone == first
    assert sign_in(other_head).post(url, data).status_code == 403
    assert (
        "選んでください"
        in sign_in(head).post(url, {"state": "completed"}, follow=True).content.decode()
    )
    late = {
        "pick": [second.pk],
        "state": "completed",
        "completed_on": "R8.8.21",
        f"version-{second.pk}": second.version,
    }
    assert "先の日付は入力できません" in sign_in(head).post(url, late, follow=True).content.decode()


def test_the_row_opens_and_saves_in_place(chain, head, sign_in):
    row = chain[0]
    client, url = sign_in(head), reverse("roadmap:milestone_edit", args=[row.pk])
    htmx = {"HX-Request": "true"}
    assert "<form" in client.get(url, headers=htmx).content.decode()
    assert "<form" not in client.get(f"{url}?close=1", headers=htmx).content.decode()
    data = {
        "seen_version": row.version,
        "state": "in_progress",
        "forecast_on": "R8.11.29",
        "next": "/roadmap/milestones/?all=1",
    }
    wrong = client.post(url, data, headers=htmx)
    assert wrong.status_code == 422
    assert 'value="R8.11.29"' in wrong.content.decode()
    saved = client.post(url, {**data, "reason": "入札の不調"}, headers=htmx).content.decode()
    assert "更新しました" in saved
    assert "後の工程への影響を確かめる（1件）" in saved
    stale = client.post(url, {**data, "reason": "別の理由"}, headers=htmx)
    assert stale.status_code == 409
    assert "総務 花子さんが" in stale.content.decode()


def test_a_step_ends_with_a_reason_and_earlier_days_keep_it(secretariat):
    with pytest.raises(ValidationError, match="終える理由"):
        end_step(by=secretariat, step=step(), on=ON, reason="")
    end_step(by=secretariat, step=step(), on=ON, reason="第2回本部会議で中止を決定")
    with pytest.raises(ValidationError, match="終わっています"):
        end_step(by=secretariat, step=step(), on=ON, reason="x")
    assert step().name in {each.row.name for each in reading.load(ON)}
    assert step().pk not in {each.row.pk for each in reading.load(date(2026, 8, 21))}


def test_the_setup_page_names_what_is_missing(secretariat, viewer, sign_in):
    text = sign_in(viewer).get(reverse("roadmap:setup")).content.decode()
    assert "工程表を読み取れなかった施策（2）" in text
    assert "マイルストーンがない工程（29）" in text
    assert "工程を加える" not in text
    assert "工程を加える" in sign_in(secretariat).get(reverse("roadmap:setup")).content.decode()


def test_the_roadmap_page_does_not_grow_with_milestones(
    secretariat, viewer, sign_in, django_assert_max_num_queries
):
    client, counts = sign_in(viewer), []
    row = step()
    for size in (50, 500):
        have = row.milestones.count()
        Milestone.objects.bulk_create(
            Milestone(
                step=row, order=n + 1, name=f"節目{n}", planned_on=date(2026, 9, 1), version=1
            )
            for n in range(have, size)
        )
        client.get("/roadmap/")
        with django_assert_max_num_queries(7) as captured:
            assert client.get("/roadmap/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
