"""One door for decisions: exactly what is ticked changes, once, and a mistake can be taken back."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.urls import reverse

from headquarters.meetings.actions import create_meeting
from headquarters.meetings.choices import MeetingState
from headquarters.meetings.deciding import Revision, record_decision, withdraw_decision
from headquarters.meetings.models import Decision, DecisionWithdrawal, RevisedTarget
from headquarters.organisation.actions import record_action_item
from kpi.models import Indicator, Target
from kpi.setup.taking_back import take_back_target
from kpi.setup.targets import NewTarget, set_target, standing_targets
from measures.models import Measure, Plan
from roadmap import reading
from roadmap.actions import Update, update_milestone
from roadmap.baselines import Moves, create_baseline
from roadmap.milestone_planning import create_milestone
from roadmap.models import Baseline, BaselineEntry, BaselineWithdrawal, Milestone, Step
from roadmap.planning import set_span
from roadmap.withdrawing import withdraw_alone, withdraw_baseline
from tests.browsing import forms_in
from tests.pages import page_text

pytestmark = pytest.mark.django_db
HELD, ON = date(2026, 11, 20), date(2026, 11, 24)
PLANNED, EXPECTED = date(2026, 9, 30), date(2026, 12, 11)
SPAN, LONGER = (date(2026, 7, 1), date(2026, 9, 1)), (date(2026, 7, 1), date(2027, 3, 1))


def at(day):
    return time_machine.travel(f"{day} 10:00+09:00", tick=False)


@pytest.fixture(autouse=True)
def clock():
    with at(ON):
        yield


def step(number=1):
    return Step.objects.select_related("measure__policy__plan").get(measure__number=number, order=1)


@pytest.fixture
def town(secretariat):
    """Three measures, each with a late milestone that is expected later; all of them approved."""
    rows = []
    for number, name in ((1, "甲"), (2, "乙"), (3, "丙")):
        first, last = SPAN
        set_span(by=secretariat, step=step(number), first_month=first, last_month=last, on=ON)
        row = create_milestone(by=secretariat, step=step(number), name=name, planned_on=PLANNED)
        rows.append(row)
    create_baseline(
        by=secretariat,
        plan=Plan.objects.get(),
        name="計画策定時",
        approved_on=date(2026, 4, 24),
        decision="第1回会議",
        on=ON,
    )
    for row in rows:
        update_milestone(
            by=secretariat,
            milestone=row,
            seen_version=row.version,
            update=Update("in_progress", EXPECTED, reason="仕様の公開が遅れた"),
            on=ON,
        )
    return rows


@pytest.fixture
def meeting(secretariat):
    return create_meeting(
        by=secretariat,
        plan=Plan.objects.get(),
        title="第2回本部会議",
        held_on=HELD,
        place="庁議室",
        month=date(2026, 10, 1),
    )


@pytest.fixture
def target(secretariat):
    """The first target of 1-2."""
    indicator = Indicator.objects.get(code="1-2")
    set_target(by=secretariat, indicator=indicator, new=NewTarget(2026, value=Decimal(1200)))
    return indicator


def moved_by(decision):
    """What a decision has moved, as its page reads it."""
    return Decision.objects.full().get(pk=decision.pk).moved


def approved(on=ON):
    """{name: approved day} as of a day."""
    return {
        item.row.name: item.facts.approved_on
        for view in reading.load(on)
        for item in view.milestones
    }


def late(on=ON):
    return sum(len(view.late) for view in reading.load(on))


def aim(indicator, year=2026):
    row = standing_targets(indicator).get(year)
    return row.value if row else None


def decide(by, meeting, text="甲の期日を改める", **changes):
    return record_decision(by=by, meeting=meeting, text=text, on=ON, **changes)


def milestone(name):
    return Milestone.objects.get(name=name)


# What a decision changes.


def test_a_decision_moves_what_it_names_and_nothing_else(town, meeting, secretariat):
    assert late() == 3
    made = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    assert approved() == {"甲": EXPECTED, "乙": PLANNED, "丙": PLANNED}
    assert late() == 2
    assert [(entry.name, entry.moved_words) for entry in moved_by(made)] == [
        (f"甲（{step()}）", "R8.9.30 → R8.12.11")
    ]
    assert made.baseline.entries.count() == made.baseline.plan.baselines.first().entries.count()
    assert approved(date(2026, 11, 19))["甲"] == PLANNED  # before the meeting's day


def test_a_decision_moves_steps_and_several_targets_too(town, meeting, secretariat, target):
    set_target(by=secretariat, indicator=target, new=NewTarget(2027, value=Decimal(1300)))
    made = decide(
        secretariat,
        meeting,
        moves=Moves({}, {step(2).pk: LONGER}),
        revisions=[
            Revision(target, NewTarget(year, value=Decimal(value)))
            for year, value in ((2026, 1000), (2027, 1100))
        ],
    )
    assert (step(2).first_month, step(2).last_month) == LONGER
    assert (step(1).first_month, step(1).last_month) == SPAN
    assert [entry.moved_words for entry in moved_by(made)] == ["R8.7–R8.9 → R8.7–R9.3"]
    assert (aim(target), aim(target, 2027)) == (1000, 1100)
    assert made.revised.count() == 2


def test_a_span_the_secretariat_changed_is_approved_only_when_it_is_ticked(
    town, meeting, secretariat
):
    first, last = LONGER
    for number in (1, 2):
        set_span(
            by=secretariat,
            step=step(number),
            first_month=first,
            last_month=last,
            on=ON,
            reason="調達が延びた",
        )
    decide(secretariat, meeting, moves=Moves({}, {step(1).pk: LONGER}))
    entries = BaselineEntry.objects.filter(baseline__number=2)
    assert entries.get(step=step(1)).last_month == LONGER[1]
    assert entries.get(step=step(2)).last_month == SPAN[1]
    assert step(2).last_month == LONGER[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda: {"moves": Moves({milestone("甲").pk: PLANNED})}, "m"),
        (lambda: {"moves": Moves({milestone("甲").pk: date(2206, 1, 1)})}, "m"),
        (lambda: {"moves": Moves({}, {step().pk: SPAN})}, "s"),
        (lambda: {"moves": Moves({}, {step().pk: (LONGER[1], LONGER[0])})}, "s"),
        (lambda: {"moves": Moves({}, {step().pk: (SPAN[0], date(2040, 1, 1))})}, "s"),
        (lambda: {"moves": Moves({999_999: EXPECTED})}, "_"),
        (lambda: {"moves": Moves({}, {999_999: LONGER})}, "_"),
        (lambda: {"text": ""}, "text"),
        (
            lambda: {
                "moves": Moves({milestone("甲").pk: EXPECTED}),
                "revisions": [
                    Revision(
                        Indicator.objects.get(code="1-2"),
                        NewTarget(2026, value=Decimal(-1)),
                        field="t1",
                    )
                ],
            },
            "t1",
        ),
    ],
)
def test_what_is_wrong_makes_nothing_at_all(town, meeting, secretariat, changes, field):
    with pytest.raises(ValidationError) as found:
        decide(secretariat, meeting, **{"text": "改める", **changes()})
    names = getattr(found.value, "error_dict", {"_": None})
    assert any(name.startswith(field) for name in names)
    assert (Decision.objects.count(), Baseline.objects.count()) == (0, 1)


def test_what_moved_since_it_was_shown_is_not_moved_over(town, meeting, secretariat, target):
    row = milestone("甲")
    seen = Moves({row.pk: date(2027, 1, 29)}, {}, {f"m{row.pk}": "R8.9.30"})
    decide(secretariat, meeting, moves=Moves({row.pk: EXPECTED}))
    with pytest.raises(ValidationError, match="承認された期日が変わりました"):
        decide(secretariat, meeting, "別の決定", moves=seen)
    stale = Revision(target, NewTarget(2026, value=Decimal(900)), seen_version=1)
    decide(secretariat, meeting, "一つ目", revisions=[stale])
    with pytest.raises(ValidationError, match="第2版"):
        decide(secretariat, meeting, "二つ目", revisions=[stale])
    assert Decision.objects.count() == 2


# Taking back.


def test_what_a_mistaken_decision_made_is_undone_and_nothing_is_removed(
    town, meeting, secretariat, target
):
    made = decide(
        secretariat,
        meeting,
        moves=Moves({milestone("甲").pk: EXPECTED}, {step(2).pk: LONGER}),
        revisions=[Revision(target, NewTarget(2026, value=Decimal(1000)))],
    )
    withdraw_decision(by=secretariat, decision=made, reason="別の施策の決定でした")
    assert approved() == dict.fromkeys("甲乙丙", PLANNED)
    assert late() == 3
    assert (step(2).first_month, step(2).last_month) == SPAN
    assert aim(target) == 1200
    assert Target.objects.get(withdraws=2).reason == "別の施策の決定でした"
    assert (Decision.objects.count(), Baseline.objects.count()) == (1, 2)
    assert set(approved(HELD).values()) == {PLANNED}  # of the same day: it has never held
    for model in (DecisionWithdrawal, BaselineWithdrawal, RevisedTarget):
        with pytest.raises(Error), transaction.atomic():
            model.objects.all().delete()
    with pytest.raises(ValidationError, match="すでに取り消されています"):
        withdraw_decision(by=secretariat, decision=made, reason="もう一度")


def test_what_held_for_some_days_is_found_as_of_these_days(town, meeting, secretariat):
    made = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    with at("2026-11-27"):
        withdraw_decision(by=secretariat, decision=made, reason="誤り")
    days = [date(2026, 11, day) for day in (19, 24, 26, 27)]
    assert [approved(day)["甲"] for day in days] == [PLANNED, EXPECTED, EXPECTED, PLANNED]
    assert [late(day) for day in days] == [3, 2, 2, 3]


def test_after_a_withdrawal_the_plan_goes_on_from_the_baseline_before(town, meeting, secretariat):
    made = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    withdraw_decision(by=secretariat, decision=made, reason="誤り")
    again = decide(secretariat, meeting, moves=Moves({milestone("乙").pk: EXPECTED}))
    assert approved() == {"甲": PLANNED, "乙": EXPECTED, "丙": PLANNED}
    assert (again.baseline.name, again.baseline.number) == ("第1回改定", 3)


def test_a_later_baseline_is_taken_back_first(town, meeting, secretariat):
    first = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    second = decide(secretariat, meeting, "乙", moves=Moves({milestone("乙").pk: EXPECTED}))
    with pytest.raises(ValidationError, match="先に取り消して"):
        withdraw_decision(by=secretariat, decision=first, reason="誤り")
    assert not DecisionWithdrawal.objects.exists()
    withdraw_decision(by=secretariat, decision=second, reason="誤り")
    withdraw_decision(by=secretariat, decision=first, reason="誤り")
    assert set(approved().values()) == {PLANNED}


def test_a_span_changed_since_stays_and_one_settled_since_is_kept(town, meeting, secretariat):
    made = decide(secretariat, meeting, moves=Moves({}, {step(2).pk: LONGER}))
    later = (date(2026, 7, 1), date(2028, 3, 1))
    settled = Step.objects.get(measure__number=3, order=2)
    for row, (first, last) in ((step(2), later), (settled, LONGER)):
        set_span(
            by=secretariat, step=row, first_month=first, last_month=last, on=ON, reason="延びた"
        )
    with at("2026-11-25"):
        withdraw_baseline(by=secretariat, baseline=made.baseline, reason="誤り")
    assert step(2).last_month == later[1]
    assert Baseline.objects.newest().entries.filter(step=settled).exists()


def test_a_target_taken_back_elsewhere_is_not_taken_back_twice(meeting, secretariat, target):
    made = decide(
        secretariat, meeting, revisions=[Revision(target, NewTarget(2026, value=Decimal(1000)))]
    )
    set_target(by=secretariat, indicator=target, new=NewTarget(2026, withdraws=2, reason="誤り"))
    withdraw_decision(by=secretariat, decision=made, reason="誤り")
    assert Target.objects.filter(withdraws=2).count() == 1
    assert aim(target) == 1200


def set_state(meeting, state):
    type(meeting).objects.filter(pk=meeting.pk).update(state=state)


@pytest.mark.parametrize(
    ("state", "open_"),
    [
        (MeetingState.PREPARING, True),
        (MeetingState.HELD, True),
        (MeetingState.SETTLED, False),
        (MeetingState.CALLED_OFF, False),
    ],
)
def test_a_meeting_decides_and_takes_back_while_it_is_open(
    meeting, secretariat, soumu, state, open_
):
    made = decide(secretariat, meeting)
    set_state(meeting, state)
    acts = (
        lambda: decide(secretariat, meeting, "別の決定"),
        lambda: withdraw_decision(by=secretariat, decision=made, reason="誤り"),
        lambda: record_action_item(
            by=secretariat, meeting=meeting, text="調べること", department=soumu, due_on=ON
        ),
    )
    for act in acts:
        if open_:
            act()
        else:
            with pytest.raises(ValidationError, match="確定した|取りやめた"):
                act()


def test_only_who_may_decide_takes_back(meeting, town, headquarters, secretariat, head, target):
    made = decide(headquarters, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    with pytest.raises(PermissionDenied):
        withdraw_decision(by=head, decision=made, reason="誤り")
    with pytest.raises(ValidationError) as found:
        withdraw_decision(by=headquarters, decision=made, reason="")
    assert "reason" in found.value.message_dict
    withdraw_decision(by=headquarters, decision=made, reason="誤り")
    assert set(approved().values()) == {PLANNED}
    of_target = decide(
        secretariat,
        meeting,
        "目標",
        revisions=[Revision(target, NewTarget(2026, value=Decimal(9)))],
    )
    with pytest.raises(PermissionDenied):
        withdraw_decision(by=head, decision=of_target, reason="誤り")
    withdraw_decision(by=headquarters, decision=of_target, reason="誤り")  # whole (ADR 30)
    assert aim(target) == Decimal(1200)


@pytest.mark.parametrize("who", ["viewer", "head", "secretariat", "headquarters"])
def test_a_target_is_revised_by_who_defines_it_and_undone_by_who_decides(
    request, meeting, secretariat, target, who
):
    user, new = request.getfixturevalue(who), NewTarget(2026, value=Decimal(9), reason="見直し")
    if who != "secretariat":
        with pytest.raises(PermissionDenied):
            set_target(by=user, indicator=target, new=new)
    made = decide(secretariat, meeting, "目標", revisions=[Revision(target, new)])
    back = {"decided_on": HELD, "decided_where": "会議", "reason": "誤り"}
    if who in ("viewer", "head"):
        with pytest.raises(PermissionDenied):
            take_back_target(by=user, target=made.revised.get().target, **back)
    else:
        take_back_target(by=user, target=made.revised.get().target, **back)
    assert aim(target) == (9 if who in ("viewer", "head") else 1200)


# A baseline without a meeting.


def approve_without_a_meeting(by, day):
    return create_baseline(
        by=by,
        plan=Plan.objects.get(),
        name="第1回改定",
        approved_on=ON,
        decision="持ち回りで決定",
        on=ON,
        dates={milestone("甲").pk: day},
    )


def test_a_baseline_made_without_a_meeting_is_taken_back_on_its_own_page(
    town, meeting, secretariat, headquarters, sign_in
):
    made, client = approve_without_a_meeting(secretariat, EXPECTED), sign_in(headquarters)
    url = reverse("roadmap:baseline_withdraw", args=[made.pk])
    assert url in page_text(client.get(reverse("roadmap:baselines")))
    page = page_text(client.get(url))
    assert "元に戻るもの（1件）" in page
    assert "→ <b>R8.9.30</b>" in page
    assert client.post(url, {"reason": ""}).status_code == 422
    assert approved()["甲"] == EXPECTED
    client.post(url, {"reason": "日付の誤り"})
    assert approved()["甲"] == PLANNED
    assert "日付の誤り" in page_text(client.get(reverse("roadmap:baselines")))
    assert "すでに取り消されています" in page_text(client.get(url))


def carried_of(client, url, reason):
    return client.filled(url) | {"reason": reason}


def test_what_moved_since_the_withdrawal_was_opened_is_shown_again(
    town, meeting, secretariat, target, sign_in
):
    aim = Revision(target, NewTarget(2026, value=Decimal(900)))
    made = decide(secretariat, meeting, revisions=[aim])
    client, url = sign_in(secretariat), reverse("meetings:decision_withdraw", args=[made.pk])
    seen = carried_of(client, url, "誤り")
    row = made.revised.get().target
    take_back_target(
        by=secretariat, target=row, reason="先に取り消す", decided_on=ON, decided_where=""
    )
    answer = client.post(url, seen, bare=True)
    assert answer.status_code == 409
    assert "内容が変わりました" in page_text(answer) and "元に戻るもの（0件）" in page_text(answer)
    assert DecisionWithdrawal.objects.count() == 0
    (now,) = forms_in(answer, url)
    assert client.post(url, now.sent | {"reason": "誤り"}, bare=True).status_code == 302
    assert DecisionWithdrawal.objects.count() == 1


def test_what_the_withdrawal_of_a_baseline_said_is_what_is_taken_back(
    town, meeting, secretariat, headquarters, sign_in
):
    made, client = approve_without_a_meeting(secretariat, EXPECTED), sign_in(headquarters)
    url = reverse("roadmap:baseline_withdraw", args=[made.pk])
    seen = carried_of(client, url, "日付の誤り")
    Milestone.objects.filter(name="甲").update(name="甲の改名")
    answer = client.post(url, seen, bare=True)
    assert answer.status_code == 409 and "甲の改名" in page_text(answer)
    (now,) = forms_in(answer, url)
    assert client.post(url, now.sent, bare=True).status_code == 302
    assert approved()["甲の改名"] == PLANNED


def test_a_confirmation_without_its_preview_moves_nothing(
    town, meeting, secretariat, headquarters, sign_in
):
    client = sign_in(headquarters)
    ticked = {f"pick-m{milestone('甲').pk}": "on", f"m{milestone('甲').pk}": "R9.1.29"}
    for url, typed in (
        (reverse("meetings:decide", args=[meeting.pk]), {"text": "甲を改める"}),
        (
            reverse("roadmap:baseline_create"),
            {"name": "第1回改定", "approved_on": "R8.11.20", "decision": "持ち回りで決定"},
        ),
    ):
        answer = client.post(url, {**typed, **ticked, "confirm": "1"})
        assert answer.status_code == 422
        assert "承認された期日が変わりました" in page_text(answer)
    assert Baseline.objects.count() == 1


def test_a_baseline_of_a_decision_goes_with_the_decision(
    town, meeting, secretariat, headquarters, sign_in
):
    made = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    url = reverse("roadmap:baseline_withdraw", args=[made.baseline_id])
    client = sign_in(headquarters)
    assert reverse("meetings:decision_withdraw", args=[made.pk]) in page_text(client.get(url))
    with pytest.raises(ValidationError, match="決定の方を取り消してください"):
        withdraw_alone(by=headquarters, baseline=made.baseline, reason="誤り")
    first = Baseline.objects.get(number=1)
    older = page_text(client.get(reverse("roadmap:baseline_withdraw", args=[first.pk])))
    assert "先にそちらを取り消してください" in older
    assert approved()["甲"] == EXPECTED


# The pages.


def to_confirm(shown, url):
    """What the form sends that confirms."""
    return next(form.sent for form in forms_in(shown, url) if "confirm" in form.names)


def pressed(client, url, data):
    """Tick, look, confirm: the answer of the page with what will be made, and of the last press."""
    shown = client.post(url, {**data, "check": "1"})
    form = to_confirm(shown, url)
    return shown, client.post(url, {**form, "confirm": "1"}, bare=True), form


def test_a_decision_is_ticked_shown_and_confirmed_once(town, meeting, secretariat, sign_in, target):
    client, url = sign_in(secretariat), reverse("meetings:decide", args=[meeting.pk])
    own = Measure.objects.get(number=1)
    page = page_text(client.get(f"{url}?measure={own.pk}"))
    assert page.index("甲") < page.index("ほかの施策の期日・期間・目標も改める") < page.index("乙")
    data = {
        "text": "甲の期日と目標を改める",
        "measure": own.pk,
        f"pick-m{milestone('甲').pk}": "on",
        f"pick-t{target.pk}-2026": "on",
        f"t{target.pk}-2026": "1,000",
    }
    shown, answer, form = pressed(client, url, data)
    text = page_text(shown)
    for words in ("R8.9.30", "R8.12.11", "見込日", "1,200件", "1,000件", "2件を変えて記録する"):
        assert words in text
    assert "第1回改定" in text
    assert "丙" not in text
    assert answer.status_code == 302
    assert client.post(url, {**form, "confirm": "1"}, bare=True).status_code == 302
    assert approved() == {"甲": EXPECTED, "乙": PLANNED, "丙": PLANNED}
    assert aim(target) == 1000
    assert (Decision.objects.count(), Baseline.objects.count()) == (1, 2)


def test_looking_makes_nothing(town, meeting, secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("meetings:decide", args=[meeting.pk])
    data = {"text": "改める", f"pick-m{milestone('甲').pk}": "on", "check": "1"}
    assert "まだ記録していません" in page_text(client.post(url, data))
    assert "甲" in page_text(client.post(url, {**data, "edit": "1"}))
    assert (Decision.objects.count(), Baseline.objects.count()) == (0, 1)


@pytest.mark.parametrize("name", ["meetings:decide", "roadmap:baseline_create"])
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"pick-{m}": "on", "{m}": "R8.9.30"}, "いまと同じ期日"),
        ({"{m}": "R9.1.29"}, "印がありません"),
        ({"pick-{s}": "on", "{s}-first": "R8.7"}, "開始月と終了月"),
        ({"pick-{m}": "on", "{m}": "そのうち"}, "日付"),
    ],
)
def test_a_row_that_is_wrong_says_so_and_keeps_what_was_typed(
    town, meeting, secretariat, sign_in, name, typed, words
):
    keys = {"m": f"m{milestone('甲').pk}", "s": f"s{step().pk}"}
    given = {key.format(**keys): value for key, value in typed.items()}
    to = [meeting.pk] if name.startswith("meetings") else []
    base = {"text": "改める", "name": "第1回改定", "approved_on": "R8.11.20", "decision": "会議"}
    answer = sign_in(secretariat).post(reverse(name, args=to), {**base, **given, "check": "1"})
    assert answer.status_code == 422
    assert words in page_text(answer)
    assert Baseline.objects.count() == 1


def test_a_new_baseline_is_shown_and_confirmed_once(town, secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("roadmap:baseline_create")
    data = {"name": "第1回改定", "approved_on": "R8.11.20", "decision": "第2回会議で決定"}
    shown, answer, form = pressed(client, url, {**data, f"pick-m{milestone('乙').pk}": "on"})
    assert "R8.9.30" in page_text(shown)
    assert "1件を変えて登録する" in page_text(shown)
    assert answer.status_code == 302
    client.post(url, {**form, "confirm": "1"}, bare=True)
    assert approved() == {"甲": PLANNED, "乙": EXPECTED, "丙": PLANNED}
    assert Baseline.objects.count() == 2
    page = page_text(client.get(reverse("roadmap:baselines")))
    assert re.search(r"R8\.9\.30</span></td>\s*<td[^>]*><b>R8\.12\.11</b>", page)


def test_two_people_confirm_and_the_second_is_shown_what_moved(
    town, meeting, secretariat, headquarters, sign_in
):
    client, url = sign_in(headquarters), reverse("meetings:decide", args=[meeting.pk])
    data = {
        "text": "甲を改める",
        f"pick-m{milestone('甲').pk}": "on",
        f"m{milestone('甲').pk}": "R9.1.29",
    }
    shown = client.post(url, {**data, "check": "1"})
    form = to_confirm(shown, url)
    decide(secretariat, meeting, "先の決定", moves=Moves({milestone("甲").pk: EXPECTED}))
    answer = client.post(url, {**form, "confirm": "1"}, bare=True)
    assert answer.status_code == 422
    assert "承認された期日が変わりました" in page_text(answer)
    assert "R8.12.11" in page_text(answer)
    assert approved()["甲"] == EXPECTED


def test_a_mistake_is_taken_back_from_the_meetings_page(town, meeting, secretariat, sign_in):
    made = decide(secretariat, meeting, moves=Moves({milestone("甲").pk: EXPECTED}))
    client, url = sign_in(secretariat), reverse("meetings:decision_withdraw", args=[made.pk])
    page = page_text(client.get(url))
    assert "R8.12.11" in page
    assert "→ <b>R8.9.30</b>" in page
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "丙の決定でした"})
    page = page_text(client.get(reverse("meetings:meeting", args=[meeting.pk])))
    assert "丙の決定でした" in page
    assert "取消" in page
    minutes = page_text(client.get(reverse("meetings:minutes", args=[meeting.pk])))
    assert "甲の期日を改める" not in minutes
    assert "いまの期日には使っていません" in page_text(client.get(reverse("roadmap:baselines")))
    assert set(approved().values()) == {PLANNED}
