"""The settings of the plan: each holds from its month, and what it decides really changes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.records.models import HistoryEntry
from headquarters.desk.reminders import digests
from headquarters.desk.work import work_list
from headquarters.reviews.cycles import create_cycle
from headquarters.upkeep.plan_changes import AddIndicator
from kpi import reading
from kpi.choices import CellState
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth, Target
from kpi.months import MonthState, entered_month
from measures.models import Measure, OpenPoint, Plan
from measures.setting import PlanSetting, versions_now
from measures.settings_of import SettingKind, Settings
from roadmap.choices import MilestoneState
from roadmap.models import Milestone, MilestoneUpdate, Step
from roadmap.reading import load as load_roadmap
from tests.pages import page_text
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # pages, nothing in which databases differ

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
APRIL = date(2026, 4, 1)
DECIDED = {
    "from_month": "2026-10",
    "decided_on": "R8.11.20",
    "decided_where": "第2回推進本部会議",
    "reason": "町の実情に合わせるため",
}
GRADES = {
    "name_A": "順調",
    "name_B": "概ね順調",
    "name_C": "やや遅れ",
    "name_D": "遅れ",
    "from_A": "100",
    "from_B": "９０",
    "from_C": "50.0",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-27 01:00+00:00", tick=False):
        yield


@pytest.fixture
def keeper(secretariat, sign_in):
    """The secretariat's browser."""
    return sign_in(secretariat)


def url(kind):
    return f"{reverse('upkeep:settings')}?kind={kind}"


def decide(client, kind, **data):
    """Fill in the form of a setting and press the button."""
    return client.post(url(kind), {**DECIDED, **data}, page=url(kind))


def close(month):
    ReportingMonth.objects.create(month=month, locked_at=timezone.now())


@dataclass(frozen=True)
class Case:
    """What is typed, and how the setting reads before and from October."""

    kind: str
    typed: dict
    before: object
    after: object


def floor_in_words(floor):
    return f"{floor.usual} {[(unit, str(number)) for unit, number in floor.of_units]}"


def field_of(kind, settings):
    return {
        "grades": lambda: [str(band.threshold) for band in settings.grades[:3]],
        "method": lambda: settings.method,
        "deadline": lambda: (settings.deadline.day, settings.deadline.hour_words),
        "reminders": lambda: settings.reminder_days,
        "cycles": lambda: settings.cycles,
        "stale_days": lambda: settings.stale_days,
        "warning_floor": lambda: floor_in_words(settings.warning_floor),
    }[kind]()


CASES = [
    Case("grades", GRADES, ["100.0", "80.0", "50.0"], ["100", "90", "50.0"]),
    Case("method", {"method": "baseline_ratio"}, "target_ratio", "baseline_ratio"),
    Case("deadline", {"day": "５", "hour": "正午"}, None, None),
    Case("deadline", {"day": "15日", "hour": "１２時"}, (10, "17時15分"), (15, "12時")),
    Case(
        "reminders",
        {"days_before": "5、1、0", "days_after": "３"},
        (-7, -1, 1, 7),
        (-5, -1, 0, 3),
    ),
    Case(
        "warning_floor",
        {"floor": "２", "floors": "時間 5\n件　10"},
        "3 []",
        "2 [('時間', '5'), ('件', '10')]",
    ),
    Case("cycles", {"cycles": ["end", "q1"]}, ("mid", "end"), ("end", "q1")),
    Case("stale_days", {"stale_days": "30"}, 60, 30),
]


@pytest.mark.parametrize("case", [case for case in CASES if case.after], ids=lambda c: c.kind)
def test_a_setting_holds_from_its_month_and_earlier_months_keep_theirs(keeper, case, secretariat):
    close(SEPTEMBER)
    assert decide(keeper, case.kind, **case.typed).status_code == 302
    versions = versions_now()
    assert field_of(case.kind, versions.in_month(SEPTEMBER)) == case.before
    assert field_of(case.kind, versions.in_month(OCTOBER)) == case.after
    assert field_of(case.kind, versions.in_month(date(2027, 4, 1))) == case.after
    row = PlanSetting.objects.get()
    assert (row.decided_on, row.created_by) == (date(2026, 11, 20), secretariat)
    entry = HistoryEntry.objects.get(action="plan.setting")
    assert entry.after["決めた会議等"] == "第2回推進本部会議"
    assert entry.reason == "町の実情に合わせるため"
    text = page_text(keeper.get(reverse("upkeep:settings")))
    assert "第1版" in text
    assert "第2回推進本部会議" in text


@pytest.mark.parametrize("case", [case for case in CASES if case.after], ids=lambda c: c.kind)
def test_a_closed_month_keeps_its_rules(keeper, case):
    close(OCTOBER)
    answer = decide(keeper, case.kind, **case.typed)
    assert answer.status_code == 422
    assert "10月分まで締めています" in page_text(answer)
    assert not PlanSetting.objects.exists()


WRONG = [
    ("grades", {**GRADES, "from_B": "100"}, "Aの下限（100）より小さくしてください"),
    ("grades", {**GRADES, "from_C": "95"}, "Bの下限（90）より小さくしてください"),
    ("grades", {**GRADES, "from_C": "0"}, "0より大きく200以下"),
    ("grades", {**GRADES, "from_A": "たくさん"}, "Aの下限"),
    ("grades", {**GRADES, "name_B": "順調"}, "「順調」が2つあります"),
    ("grades", {**GRADES, "name_D": ""}, "Dの名前"),
    ("method", {"method": "平均"}, "達成率の方法"),
    ("deadline", {"day": "31", "hour": "17:15"}, "1～28の数字"),
    ("deadline", {"day": "10", "hour": "25:00"}, "時刻を読めません"),
    ("deadline", {"day": "10", "hour": "夕方"}, "時刻を読めません"),
    ("reminders", {"days_before": "", "days_after": ""}, "1つは入力してください"),
    ("reminders", {"days_before": "七日", "days_after": "1"}, "期限の何日前"),
    ("reminders", {"days_before": "61", "days_after": ""}, "0～60の数字"),
    ("reminders", {"days_before": "", "days_after": "0"}, "1日後からの数字"),
    ("cycles", {"cycles": []}, "1つは選んでください"),
    ("warning_floor", {"floor": "少し", "floors": ""}, "これより小さい差"),
    ("warning_floor", {"floor": "3", "floors": "時間5"}, "「時間5」：単位と数字を空白で"),
    ("warning_floor", {"floor": "3", "floors": "時間 五"}, "「時間 五」："),
    ("stale_days", {"stale_days": "3"}, "7～365の数字"),
    ("first_month", {"first_month": "2025-04"}, "計画期間の外"),
    ("first_month", {"first_month": ""}, "月を入力してください"),
    ("stale_days", {"stale_days": "30", "decided_on": ""}, "決定日"),
    ("stale_days", {"stale_days": "30", "decided_on": "H30.1.1"}, "までの日を入力してください"),
    ("stale_days", {"stale_days": "30", "decided_where": ""}, "決めた会議等"),
    ("stale_days", {"stale_days": "30", "reason": ""}, "理由"),
    ("stale_days", {"stale_days": "30", "from_month": "2031-04"}, "計画期間の外"),
]


@pytest.mark.parametrize(("kind", "typed", "sentence"), WRONG)
def test_wrong_input_is_named_and_stores_nothing(keeper, kind, typed, sentence):
    answer = decide(keeper, kind, **typed)
    assert answer.status_code == 422
    assert sentence in page_text(answer)
    assert not PlanSetting.objects.exists()


def test_only_the_secretariat_decides(head, viewer, sign_in, secretariat):
    for user in (head, viewer):
        assert sign_in(user).get(url("deadline")).status_code == 403
        assert sign_in(user).post(url("deadline"), {}, bare=True).status_code == 403
    with pytest.raises(PermissionDenied):
        create_cycle(by=viewer, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")


def test_a_version_is_never_changed_or_removed(keeper):
    decide(keeper, "stale_days", stale_days="30")
    row = PlanSetting.objects.get()
    for act in (lambda: PlanSetting.objects.update(value=1), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    decide(keeper, "stale_days", stale_days="40")
    assert versions_now().in_month(OCTOBER).stale_days == 40
    assert PlanSetting.objects.count() == 2


def test_two_who_decide_at_once_see_each_other(keeper):
    mine = keeper.filled(url("stale_days"), url("stale_days"))
    decide(keeper, "stale_days", stale_days="30")
    late = keeper.post(url("stale_days"), {**mine, **DECIDED, "stale_days": "40"}, bare=True)
    assert late.status_code == 409
    assert PlanSetting.objects.count() == 1


# What is decided is at work.


def judged(month, until):
    facts = reading.load(month, on=until, indicator=Indicator.objects.get(code="1-1"))[0]
    return facts.progress_at(month)


@pytest.fixture
def measured():
    """1-1 at 85.0 % in every month from April to October."""
    indicator = Indicator.objects.get(code="1-1")
    indicator.definitions.update(accumulation="latest", direction="increase")
    Target.objects.create(
        indicator=indicator,
        fiscal_year=2026,
        from_month=APRIL,
        value=100,
        midyear_value=None,
        created_at=timezone.now(),
    )
    return indicator


def test_the_grade_follows_the_thresholds_of_its_month(keeper, measured):
    definition = measured.definitions.get()
    definition.baseline_value = None
    definition.save()
    for month in (SEPTEMBER, OCTOBER):
        KpiValue.objects.create(
            indicator=measured, month=month, value=85, version=1, updated_at=timezone.now()
        )
    before = {month: judged(month, date(2026, 12, 1)) for month in (SEPTEMBER, OCTOBER)}
    names = {**GRADES, "from_A": "190", "from_B": "180", "from_C": "170", "name_D": "要対策"}
    assert decide(keeper, "grades", **names).status_code == 302
    after = {month: judged(month, date(2026, 12, 1)) for month in (SEPTEMBER, OCTOBER)}
    assert after[SEPTEMBER] == before[SEPTEMBER]
    assert after[OCTOBER].rate == before[OCTOBER].rate
    if before[OCTOBER].rate is not None:
        assert after[OCTOBER].grade == "D"
    facts = reading.load(OCTOBER, on=date(2026, 12, 1))
    assert facts[0].bands[-1].name == "要対策"


def test_the_deadline_and_its_hour_follow(keeper, head, soumu, sign_in):
    assert MonthState.load(OCTOBER).due_on == date(2026, 11, 10)
    decide(keeper, "deadline", day="20", hour="12:00")
    state = MonthState.load(OCTOBER)
    assert state.due_on == date(2026, 11, 20)
    assert "11月20日（金）12時" in state.countdown(date(2026, 11, 18)).sentence
    assert MonthState.load(SEPTEMBER).due_on == date(2026, 10, 13)
    lead(1, soumu)
    with time_machine.travel("2026-11-12 01:00+00:00"):
        tasks = work_list(head, on=date(2026, 11, 12), now=timezone.now()).tasks
        october = [task for task in tasks if task.due_on == date(2026, 11, 20)]
        assert october
        assert not any(task.late for task in october)


def test_reminders_come_on_the_days_decided(keeper, head, soumu):
    lead(1, soumu)
    assert digests(date(2026, 11, 9))
    assert digests(date(2026, 11, 2)) == []
    decide(keeper, "reminders", days_before="5", days_after="")
    assert not digests(date(2026, 11, 4))
    assert digests(date(2026, 11, 5))
    assert digests(date(2026, 11, 12))
    assert not digests(date(2026, 11, 13)), "longer ago than is made up for"


def test_a_small_step_is_asked_about_where_the_town_says_so(keeper, measured):
    for month, value in ((SEPTEMBER, 4), (OCTOBER, 0)):
        KpiValue.objects.create(
            indicator=measured, month=month, value=value, version=1, updated_at=timezone.now()
        )

    def asked():
        return reading.load(OCTOBER, on=date(2026, 12, 1), indicator=measured)[0].unexplained

    assert asked()
    unit = measured.definitions.get().unit
    decide(keeper, "warning_floor", floor="3", floors=f"{unit} 5")
    assert not asked()
    decide(keeper, "warning_floor", floor="5", floors=f"{unit} 1", from_month="2026-11")
    assert not asked()


def test_cycles_that_the_town_does_not_hold_are_not_made(keeper, secretariat):
    plan = Plan.objects.get()
    with pytest.raises(ValidationError, match="評価サイクル"):
        create_cycle(by=secretariat, plan=plan, fiscal_year=2026, kind="q3")
    decide(keeper, "cycles", cycles=["mid", "q3"])
    create_cycle(by=secretariat, plan=plan, fiscal_year=2026, kind="q3")
    create_cycle(by=secretariat, plan=plan, fiscal_year=2026, kind="mid")
    with pytest.raises(ValidationError, match="評価サイクル"):
        create_cycle(by=secretariat, plan=plan, fiscal_year=2026, kind="end")


def test_an_indicator_that_is_added_begins_with_the_method_decided(keeper, secretariat):
    decide(keeper, "method", method="baseline_ratio")
    for code, accumulation in (("1-8", "latest"), ("1-9", "year_sum")):
        keeper.post(
            f"{reverse('upkeep:plan_changes')}?kind=add-indicator",
            {
                "measure": Measure.objects.get(number=1).pk,
                "code": code,
                "name": "新しい指標",
                "unit": "件",
                "accumulation": accumulation,
                "month": "2026-11",
                "reason": "見直し",
                "decision": "本部会議",
            },
            page=f"{reverse('upkeep:plan_changes')}?kind=add-indicator",
        )
    found = dict(Definition.objects.values_list("indicator__code", "method"))
    assert (found["1-8"], found["1-9"]) == ("baseline_ratio", "target_ratio")
    assert AddIndicator.title


def test_a_milestone_is_stale_after_the_days_decided(keeper):
    step = Step.objects.first()
    planned = {"planned_on": date(2027, 3, 1), "order": 1, "version": 1}
    row = Milestone.objects.create(step=step, name="試す", **planned)
    MilestoneUpdate.objects.create(
        milestone=row,
        effective_on=date(2026, 10, 10),
        at=timezone.now(),
        state_before=MilestoneState.NOT_STARTED,
        state_after=MilestoneState.IN_PROGRESS,
    )

    def stale(on):
        items = [item for view in load_roadmap(on) for item in view.milestones]
        return next(item.stale for item in items if item.row.pk == row.pk)

    assert not stale(date(2026, 11, 27))
    decide(keeper, "stale_days", stale_days="30", from_month="2026-11")
    assert stale(date(2026, 11, 27))
    assert not stale(date(2026, 10, 31))


# The first month in use.


def test_months_before_the_first_one_in_use_are_not_asked_for(keeper, head, soumu):
    lead(1, soumu)
    on, now = date(2026, 11, 27), timezone.now()
    assert [task for task in work_list(head, on=on, now=now).late if task.kind == "入力"]
    assert decide(keeper, "first_month", first_month="2026-11").status_code == 302
    work = work_list(head, on=on, now=now)
    assert not work.late
    assert not [task for task in work.tasks if task.kind in ("入力", "提出", "締め")]
    assert work.countdown is None
    assert not digests(date(2026, 11, 9))
    facts = reading.load(OCTOBER, on=on)
    assert CellState.MISSING not in {row.state for row in facts}
    assert entered_month(Plan.objects.get().months, on) == NOVEMBER
    december = work_list(head, on=date(2026, 12, 2), now=timezone.now())
    assert [task for task in december.tasks if task.kind == "入力"]


def test_a_value_before_the_first_month_in_use_is_taken(keeper):
    decide(keeper, "first_month", first_month="2026-11")
    address = reverse("kpi:value_edit", args=[OCTOBER, "1-2"])
    typed = {**keeper.filled(address, address, **{"1-2-value": ""}), "1-2-value": "30"}
    assert keeper.post(address, typed, bare=True).status_code == 302
    assert KpiValue.objects.filter(month=OCTOBER).exists()


def test_the_first_month_in_use_reaches_into_no_closed_month(keeper):
    close(SEPTEMBER)
    assert decide(keeper, "first_month", first_month="2026-11").status_code == 422
    assert decide(keeper, "first_month", first_month="2026-04").status_code == 302
    assert decide(keeper, "first_month", first_month="2026-06").status_code == 422


def test_a_first_month_can_be_set_right(keeper):
    for month in ("2026-11", "2026-09", "2026-12", "2026-06"):
        assert decide(keeper, "first_month", first_month=month).status_code == 302
    settings = versions_now().in_month(APRIL)
    assert settings.first_month == date(2026, 6, 1)


def test_a_portal_that_starts_in_november_begins_with_november():
    call_command("load_plan", first_month=NOVEMBER, verbosity=0)
    call_command("load_plan", first_month=date(2026, 12, 1), verbosity=0)
    row = PlanSetting.objects.get()
    assert (row.kind, row.decided_on) == (SettingKind.FIRST_MONTH, None)
    assert versions_now().in_month(APRIL).first_month == NOVEMBER


# 要確認.


@pytest.mark.parametrize(
    ("field", "kind", "typed", "words"),
    [
        ("bands", "grades", GRADES, "A 100　B 90　C 50"),
        ("deadlines", "deadline", {"day": "15", "hour": "17:00"}, "翌月15日 17時"),
    ],
)
def test_a_point_is_settled_by_the_form_and_never_by_a_sentence(keeper, field, kind, typed, words):
    point = OpenPoint.objects.get(subject_type__model="plan", field=field)
    address = reverse("upkeep:check_settle", args=[point.pk])
    assert keeper.get(address).url == f"{url(kind)}#edit"
    assert keeper.post(address, {"answer": "よい"}, bare=True).url == f"{url(kind)}#edit"
    point.refresh_from_db()
    assert point.settled_at is None
    assert f"{url(kind)}#edit" in keeper.get("/plan/checks/").content.decode()
    assert decide(keeper, kind, **typed).status_code == 302
    point.refresh_from_db()
    assert point.settled_at is not None
    assert words in point.settled_value
    assert "第2回推進本部会議" in point.settled_value


def test_initial_values_say_that_they_are_initial(keeper):
    text = page_text(keeper.get(reverse("upkeep:settings")))
    assert text.count("初期値のまま") == len(SettingKind) + 1
    assert "翌月10日 17時15分" in text
    assert Settings().grades[1].threshold == Decimal("80.0")
