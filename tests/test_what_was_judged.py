"""What was judged is kept: whatever is corrected afterwards, sheets and meetings show what they
were judged on, and every difference is listed beneath.
"""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import User
from foundation.records.models import SampleLoad
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.holding import hold_meeting
from headquarters.meetings.models import HeldNumbers, Meeting
from headquarters.meetings.numbers import kept_report, moved_since, words_of
from headquarters.reports.actions import close_month
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump as report_text
from headquarters.reviews.actions import change_review, facts_now, save_draft
from headquarters.reviews.choices import Occasion, ReviewState
from headquarters.reviews.kept import NOTHING_KEPT, shown
from headquarters.reviews.models import KeptFacts, Review
from headquarters.reviews.stored import dump
from kpi.models import Indicator, KpiValue, Target
from measures.models import Measure, Plan
from roadmap.models import Milestone, MilestoneUpdate
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.standing_town,
    pytest.mark.pure,  # pages; the guards of their tables are tried in records/test_guards
]
ON = date(2026, 11, 27)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
TEXTS = {
    "plan_text": "計画",
    "done_text": "実績",
    "analysis": "分析",
    "next_action": "対応",
    "next_direction": "continue",
    "self_grade": "B",
    "self_grade_reason": "説明",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        yield


@pytest.fixture
def town():
    load_town()
    return User.objects.get(username="jimukyoku")


def sheet_of(number):
    return Review.objects.full().get(cycle__code="2026-mid", measure__number=number)


def step(by, number, name, **rest):
    row = sheet_of(number)
    return change_review(by=by, review=row, name=name, seen_version=row.version, **rest)


def hand_in(by, number):
    """A draft is written and handed in; a sheet that is further on is as it is."""
    row = sheet_of(number)
    if row.state == ReviewState.DRAFT:
        save_draft(by=by, review=row, seen_version=row.version, values=TEXTS)
        step(by, number, "submit")


def shown_of(number):
    row = sheet_of(number)
    return shown(row, facts_now(row), on=ON)


# What is changed afterwards, round the doors: nothing may depend on which door it was.


def correct_a_value(kpi, _):
    KpiValue.objects.filter(indicator_id=kpi.pk, month=SEPTEMBER).delete()
    KpiValue.objects.create(
        indicator_id=kpi.pk,
        month=SEPTEMBER,
        version=1,
        updated_at=timezone.now(),
        **(
            {"numerator": 1, "denominator": 100}
            if kpi.actual.endswith("％")
            else {"value": Decimal(1)}
        ),
    )


def revise_a_target(kpi, _):
    newest = Target.objects.filter(indicator_id=kpi.pk, fiscal_year=2026).latest("version")
    Target.objects.create(
        indicator_id=kpi.pk,
        fiscal_year=2026,
        version=newest.version + 1,
        from_month=date(2026, 4, 1),
        value=(newest.value or newest.upper) * 3,
        reason="見直し",
        created_at=timezone.now(),
    )


def rename(kpi, _):
    Indicator.objects.filter(pk=kpi.pk).update(name="別の名前")


def rename_the_measure(kpi, _):
    measure = Indicator.objects.get(pk=kpi.pk).measure
    Measure.objects.filter(pk=measure.pk).update(name="別の施策")


def move_a_milestone(_, milestone):
    MilestoneUpdate.objects.create(
        milestone_id=milestone.pk,
        by=User.objects.first(),
        at=timezone.now(),
        effective_on=date(2026, 9, 20),
        state_before="in_progress",
        state_after="in_progress",
        forecast_after=date(2027, 3, 31),
        comment="先方の都合",
    )


def add_a_milestone(_, milestone):
    old = Milestone.objects.get(pk=milestone.pk)
    Milestone.objects.create(
        step=old.step, order=90, name="加えた節目", planned_on=date(2026, 9, 1), version=1
    )


CHANGES = {  # what is changed → what the list beneath must name
    "value": (correct_a_value, {"実績"}),
    "target": (revise_a_target, {"年度目標"}),
    "name": (rename, {"名称"}),
    "measure": (rename_the_measure, {"番号・名称"}),
    "milestone moved": (move_a_milestone, {"見込"}),
    "milestone added": (add_a_milestone, {"節目"}),
}


def changed_afterwards(name, facts):
    kpi = next(row for row in facts.kpis if row.grade)
    CHANGES[name][0](kpi, facts.milestones[0])


@pytest.mark.parametrize("name", CHANGES)
def test_a_sheet_shows_what_it_was_judged_on(town, name, client):
    hand_in(town, 2)
    before, texts = shown_of(2), list(KeptFacts.objects.values_list("facts", flat=True))
    assert (before.words, before.moved) == ("提出時（令和8年10月19日）の数字", [])
    changed_afterwards(name, before.facts)
    after = shown_of(2)
    assert dump(after.facts) == dump(before.facts)
    assert list(KeptFacts.objects.values_list("facts", flat=True)) == texts
    (part,) = after.moved
    assert part.title == "提出後に変わった数字"
    assert CHANGES[name][1] <= {row.what for row in part.changes}
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    text = page_text(client.get(sheet_of(2).get_absolute_url()))
    assert "提出後に変わった数字" in text
    for kpi in before.facts.kpis:
        assert f"{kpi.code} {kpi.name}" in text
        assert kpi.actual in text
    for change in part.changes:
        assert change.after in text


@pytest.mark.parametrize("name", CHANGES)
def test_a_meeting_shows_what_it_looked_at(town, name, client):
    """Its month is not closed: the report of that moment is kept."""
    row = held(town)
    numbers = HeldNumbers.objects.get(meeting=row)
    assert words_of(numbers) == "開催時（11月27日）の数字・速報"
    assert moved_since(numbers, on=ON) == []
    text = numbers.report
    changed_afterwards(name, shown_of(2).facts)
    numbers.refresh_from_db()
    assert numbers.report == text == report_text(kept_report(numbers))
    (part,) = moved_since(numbers, on=ON)
    assert part.changes
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    page = page_text(client.get(reverse("meetings:meeting", args=[row.pk])))
    assert "開催時（11月27日）の数字・速報" in page
    assert f"{part.before} → {part.after}" in page
    for change in part.changes:
        assert change.after in page


def held(by, month=OCTOBER, held_on=ON):
    row = create_meeting(
        by=by, plan=Plan.objects.get(), title="臨時会議", held_on=held_on, place="", month=month
    )
    return hold_meeting(by=by, meeting=row)


def slides_of(client, row):
    url = reverse("meetings:present", args=[row.pk])
    return [
        page_text(client.get(f"{url}?slide={place}")).split("<aside")[0].split("<main")[1]
        for place in range(12)
    ]


def test_the_meeting_mode_of_a_held_meeting_stands_still(town, client):
    row = held(town)
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    before = slides_of(client, row)
    facts = shown_of(2).facts
    for name in CHANGES:
        changed_afterwards(name, facts)
    assert slides_of(client, row) == before
    close_month(by=town, month=OCTOBER, on=ON, reason="報告のため")
    assert slides_of(client, row) == before
    (part,) = moved_since(HeldNumbers.objects.get(meeting=row), on=ON)
    assert part.after.startswith("令和8年10月 第1版（令和8年10月31日時点）")


def test_a_meeting_about_a_closed_month_keeps_its_edition(town, client):
    row = held(town, month=SEPTEMBER)
    numbers = HeldNumbers.objects.get(meeting=row)
    first = Edition.objects.newest(SEPTEMBER)
    assert (numbers.edition, numbers.report) == (first, "")
    assert words_of(numbers) == f"{first}の数字"
    changed_afterwards("value", shown_of(2).facts)
    (part,) = moved_since(numbers, on=ON)
    assert part.before == "令和8年9月 第1版（令和8年9月30日時点）"
    close_month(by=town, month=SEPTEMBER, on=ON, reason="訂正のため")
    assert HeldNumbers.objects.get(meeting=row).edition == first
    assert moved_since(numbers, on=ON)[0].after.startswith("令和8年9月 第2版")
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    assert f"{first}の数字" in page_text(client.get(reverse("meetings:agenda", args=[row.pk])))
    assert "第1版" in slides_of(client, row)[0]


def test_grading_keeps_what_it_was_graded_on(town):
    number = next(n for n in range(1, 11) if sheet_of(n).state == ReviewState.SUBMITTED)
    before = shown_of(number)
    kpi = before.facts.kpis[0]
    Indicator.objects.filter(pk=kpi.pk).update(name="別の名前")
    step(town, number, "check")
    step(town, number, "grade", grade="B")
    rows = list(sheet_of(number).kept_facts.all())
    assert [row.occasion for row in rows] == [Occasion.SUBMITTED, Occasion.GRADED]
    assert rows[0].facts == dump(before.facts)
    after = shown_of(number)
    assert after.words == "本部評価時（令和8年11月27日）の数字"
    assert [part.title for part in after.moved] == ["提出から本部評価までに変わった数字"]
    Indicator.objects.filter(pk=kpi.pk).update(name="また別の名前")
    again = shown_of(number)
    assert dump(again.facts) == rows[1].facts
    assert [part.title for part in again.moved][0] == "本部評価後に変わった数字"


def test_a_sheet_that_came_back_shows_the_numbers_of_now_and_keeps_new_ones(town):
    number = next(n for n in range(1, 11) if sheet_of(n).state == ReviewState.SUBMITTED)
    kpi = shown_of(number).facts.kpis[0]
    Indicator.objects.filter(pk=kpi.pk).update(name="別の名前")
    step(town, number, "withdraw")
    draft = shown_of(number)
    assert (draft.kept, draft.facts.kpis[0].name, draft.moved) == (False, "別の名前", [])
    step(town, number, "submit")
    assert sheet_of(number).kept_facts.count() == 2
    assert (shown_of(number).kept, shown_of(number).moved) == (True, [])


def test_a_sheet_from_before_shows_the_edition_of_its_month_or_says_that_nothing_was_kept(
    town, client
):
    Review.objects.filter(cycle__code="2026-mid", measure__number=1).update(
        state=ReviewState.SUBMITTED
    )
    row = sheet_of(1)
    with_guards_off(KeptFacts.objects.filter(review=row))
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    assert "令和8年9月 第1版の数字" in page_text(client.get(row.get_absolute_url()))
    assert shown_of(1).moved == []
    correct_a_value(shown_of(1).facts.kpis[0], None)
    assert "令和8年9月 第1版の後に変わった数字" in [moved.title for moved in shown_of(1).moved]
    with_guards_off(HeldNumbers.objects.all())
    with_guards_off(Edition.objects.all())
    assert NOTHING_KEPT in page_text(client.get(row.get_absolute_url()))


def with_guards_off(rows):
    SampleLoad.objects.update(unloading=True)
    rows._raw_delete(rows.db)
    SampleLoad.objects.update(unloading=False)


@pytest.mark.parametrize("number", [1, 2, 12])
def test_a_sheet_is_found_by_the_number_of_its_cycles_day(town, client, number):
    """1 was 1 and is 12 today; 2 stays; nobody had 12 then."""
    one = Measure.objects.get(number=1)
    Measure.objects.filter(pk=one.pk).update(number=12)
    one.former_labels.create(
        until_on=date(2026, 10, 31), number=1, name=one.name, summary=one.summary
    )
    client.force_login(town, backend="foundation.accounts.backends.MembershipBackend")
    answer = client.get(reverse("reviews:sheet", args=["2026-mid", number]))
    if number == 12:
        assert answer.status_code == 302
        assert answer.url == reverse("reviews:sheet", args=["2026-mid", 1])
    else:
        assert f"PDCAシート {number} " in page_text(answer).replace("　", " ")
    board = page_text(client.get(reverse("reviews:cycle", args=["2026-mid"])))
    assert f"1 {one.name}" in board
    assert f"12 {one.name}" not in board


def test_a_meeting_is_held_once_on_its_day_or_later_by_the_secretariat(town):
    row = create_meeting(
        by=town,
        plan=Plan.objects.get(),
        title="会議",
        held_on=date(2026, 11, 28),
        place="",
        month=OCTOBER,
    )
    with pytest.raises(ValidationError, match="になってから"):
        hold_meeting(by=town, meeting=row)
    with pytest.raises(PermissionDenied):
        hold_meeting(by=User.objects.get(username="zeimu-kacho"), meeting=row)
    Meeting.objects.filter(pk=row.pk).update(held_on=ON)
    hold_meeting(by=town, meeting=row)
    with pytest.raises(ValidationError, match="この会議は「開催」です"):
        hold_meeting(by=town, meeting=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldNumbers.objects.create(meeting=Meeting.objects.last(), kept_at=timezone.now())


def test_the_past_meetings_of_the_sample_are_held(town):
    states = dict(Meeting.objects.values_list("held_on", "state"))
    assert {state for day, state in states.items() if day < ON} == {"held"}
    assert {state for day, state in states.items() if day > ON} == {"preparing"}
