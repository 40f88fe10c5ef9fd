"""A repeated press records once; every form belongs to one of the two kinds.

One table over every form that makes a record: the same press twice makes one record, other content
from the same page is shown again with what was typed and a new token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import Department, Membership, User
from foundation.records.forms import ChangesRow, RecordsOnce, SeesVersion
from foundation.records.models import Attachment, UsedToken
from foundation.round_trip.models import SheetFile
from headquarters.feeds.models import FeedToken
from headquarters.meetings.deciding import record_decision
from headquarters.meetings.models import AgendaItem, Decision, DecisionWithdrawal, Meeting
from headquarters.organisation.models import (
    ActionItem,
    Post,
    Project,
    ProjectTeam,
    Sitting,
    TeamMember,
)
from headquarters.reports.models import TownForm
from headquarters.reviews.models import ReviewCycle
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator, KpiValue, Reopening, ReportingMonth, Target
from measures.models import Measure, Plan
from roadmap.baselines import create_baseline
from roadmap.models import Baseline, BaselineWithdrawal, Milestone, Step
from tests.browsing import forms_in
from tests.conftest import MONTH
from tests.kpi.returned_sheets import sheet_of
from tests.pages import page_text
from tests.people import a_meeting, lead
from tests.reports.forms_of_towns import uploaded
from tests.returned import milestone_sheet_of, target_sheet_now

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # at once on both databases: test_at_once


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def town(soumu, zeimu, head, secretariat):
    """What the forms of the table stand on."""
    lead(1, soumu)
    a_meeting(MONTH)
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        value=30,
        version=1,
        updated_at=timezone.now(),
    )


def step():
    return Step.objects.get(measure__number=1, order=1)


def a_pdf():
    return SimpleUploadedFile("証拠.pdf", b"%PDF-1.7 x")


def a_sheet(name):
    return SimpleUploadedFile(name, sheet_of("総務課"))


@dataclass(frozen=True)
class Door:
    """A form that makes a record: its page, its address, what is typed, what is counted."""

    data: Callable[[], dict[str, Any]]
    count: Callable[[], int]
    other: dict[str, Any] | Callable[[], dict[str, Any]]
    url: Callable[[], str]
    page: Callable[[], str] | None = None
    ready: Callable[[], Any] = lambda: None


def instead(door):
    """What is typed the second time."""
    return door.other() if callable(door.other) else door.other


def to(name, *args, query=""):
    return lambda: reverse(name, args=[arg() if callable(arg) else arg for arg in args]) + query


meeting_page = to("meetings:meeting", lambda: Meeting.objects.get().pk)
step_page = to("roadmap:step", lambda: step().pk)


def close():
    ReportingMonth.objects.create(month=MONTH, locked_at=timezone.now())


def held_already():
    Meeting.objects.update(held_on=date(2026, 11, 5))


def decided():
    by = User.objects.get(username="jimukyoku")
    record_decision(by=by, meeting=Meeting.objects.get(), text="改める", on=date(2026, 11, 6))


def a_team():
    return ProjectTeam.objects.get_or_create(
        name="窓口チーム", defaults={"national_item": "標準化", "starts_on": date(2026, 5, 15)}
    )[0]


def a_sitting():
    return Sitting.objects.get_or_create(team=a_team(), held_on=date(2026, 10, 28))[0]


def approved():
    create_baseline(
        by=User.objects.get(username="jimukyoku"),
        plan=Plan.objects.get(),
        name="計画策定時",
        approved_on=date(2026, 4, 24),
        decision="持ち回りで決定",
        on=date(2026, 11, 6),
    )


DOORS = {
    "user": Door(
        lambda: {"username": "atarashii", "full_name": "新しい 人"},
        User.objects.count,
        {"username": "betsu"},
        to("accounts:user_create"),
    ),
    "membership": Door(
        lambda: {
            "department": Department.objects.get(code="zeimu").pk,
            "role": "staff",
            "valid_from": "R8.11.1",
        },
        Membership.objects.count,
        {"valid_from": "R8.12.1"},
        to("accounts:membership_create", lambda: User.objects.get(username="soumu-kacho").pk),
    ),
    "department": Door(
        lambda: {"code": "fukushi", "name": "保健福祉課", "sort_order": 9},
        Department.objects.count,
        {"code": "fukushi2", "name": "福祉課"},
        to("accounts:department_create"),
    ),
    "target": Door(
        lambda: {"fiscal_year": 2026, "value": "1200"},
        Target.objects.count,
        {"value": "1300", "reason": "見直し", "from_month": "2026-11"},
        to("kpi:targets", "1-2"),
    ),
    "step": Door(
        lambda: {"name": "加えた工程", "recurrence": "none"},
        Step.objects.count,
        {"name": "別の工程"},
        to("roadmap:step_create", query="?measure=1"),
    ),
    "milestone": Door(
        lambda: {"name": "決定", "planned_on": "R9.3.31"},
        Milestone.objects.count,
        {"name": "公表"},
        to("roadmap:milestone_create", lambda: step().pk),
        step_page,
    ),
    "milestone sheet": Door(
        lambda: {"file": SimpleUploadedFile("様式.xlsx", milestone_sheet_of(step()))},
        SheetFile.objects.count,
        lambda: {"file": SimpleUploadedFile("別の様式.xlsx", milestone_sheet_of(step()))},
        to("roadmap:milestone_sheets"),
    ),
    "target sheet": Door(
        lambda: {"file": SimpleUploadedFile("様式.xlsx", target_sheet_now())},
        SheetFile.objects.count,
        lambda: {"file": SimpleUploadedFile("別の様式.xlsx", target_sheet_now())},
        to("kpi:target_sheets"),
    ),
    "baseline": Door(
        lambda: {
            "name": "計画策定時",
            "approved_on": "R8.4.24",
            "decision": "第1回会議で決定",
            "confirm": "1",
        },
        Baseline.objects.count,
        {"name": "第1回改定", "decision": "第2回会議で決定"},
        to("roadmap:baseline_create"),
    ),
    "meeting": Door(
        lambda: {"title": "第3回会議", "held_on": "R9.2.5", "month": "R8.12"},
        Meeting.objects.count,
        {"title": "第4回会議"},
        to("meetings:meetings"),
    ),
    "agenda item": Door(
        lambda: {"title": "追加の議題"},
        AgendaItem.objects.count,
        {"title": "別の議題"},
        meeting_page,
    ),
    "instruction": Door(
        lambda: {
            "kind": "action",
            "text": "調べること",
            "department": Department.objects.get(code="soumu").pk,
            "due_on": "R8.12.11",
        },
        ActionItem.objects.count,
        {"text": "別のことを調べること"},
        to("meetings:record", lambda: Meeting.objects.get().pk),
        meeting_page,
    ),
    "decision in meeting mode": Door(
        lambda: {"kind": "decision", "text": "期日を改める"},
        Decision.objects.count,
        {"text": "別の決定"},
        to("meetings:record", lambda: Meeting.objects.get().pk),
        to("meetings:present", lambda: Meeting.objects.get().pk, query="?slide=2"),
    ),
    "decision that changes a target": Door(
        lambda: {
            "text": "目標を改める",
            f"pick-t{Indicator.objects.get(code='1-2').pk}-2026": "on",
            f"t{Indicator.objects.get(code='1-2').pk}-2026": "1500",
            "confirm": "1",
        },
        Decision.objects.count,
        {"text": "別の決定"},
        to("meetings:decide", lambda: Meeting.objects.get().pk),
        ready=held_already,
    ),
    "withdrawal of a decision": Door(
        lambda: {"reason": "誤り"},
        DecisionWithdrawal.objects.count,
        {"reason": "別の理由"},
        to("meetings:decision_withdraw", lambda: Decision.objects.get().pk),
        ready=decided,
    ),
    "post of the headquarters": Door(
        lambda: {"duty": "head", "title": "町長", "part": "attends"},
        Post.objects.count,
        {"title": "町長代理"},
        to("organisation:post_create"),
    ),
    "posts of departments": Door(
        lambda: {"departments": [Department.objects.get(code="soumu").pk]},
        Post.objects.count,
        lambda: {"departments": [Department.objects.get(code="zeimu").pk]},
        to("organisation:post_departments"),
    ),
    "project": Door(
        lambda: {
            "name": "広報",
            "department": Department.objects.get(code="soumu").pk,
            "first_year": "R8",
            "last_year": "R8",
            "state": "in_progress",
        },
        Project.objects.count,
        {"name": "別の事業"},
        to("organisation:project_create", lambda: Measure.objects.get(number=1).pk),
    ),
    "project team": Door(
        lambda: {"name": "新しいチーム", "national_item": "標準化", "starts_on": "R8.5.15"},
        ProjectTeam.objects.count,
        {"name": "別のチーム"},
        to("organisation:team_create"),
    ),
    "member of a team": Door(
        lambda: {"part": "member", "post": "係長", "valid_from": "R8.5.15"},
        TeamMember.objects.count,
        {"post": "係員"},
        to("organisation:member_create", lambda: a_team().pk),
        ready=a_team,
    ),
    "sitting of a team": Door(
        lambda: {"held_on": "R8.10.28", "notes": "開会"},
        Sitting.objects.count,
        {"notes": "別の記録"},
        to("organisation:sitting_create", lambda: a_team().pk),
        ready=a_team,
    ),
    "instruction of a team": Door(
        lambda: {
            "text": "設問案を作ること",
            "department": Department.objects.get(code="soumu").pk,
            "due_on": "R8.12.11",
        },
        ActionItem.objects.count,
        {"text": "別のことを調べること"},
        to("organisation:instruct", lambda: a_sitting().pk),
        ready=a_sitting,
    ),
    "withdrawal of a baseline": Door(
        lambda: {"reason": "誤り"},
        BaselineWithdrawal.objects.count,
        {"reason": "別の理由"},
        to("roadmap:baseline_withdraw", lambda: Baseline.objects.get().pk),
        ready=approved,
    ),
    "cycle": Door(
        lambda: {"fiscal_year": 2026, "kind": "mid"},
        ReviewCycle.objects.count,
        {"kind": "end"},
        to("reviews:cycles"),
    ),
    "exception": Door(
        lambda: {"reason": "支所の分の3件が漏れていたため"},
        Reopening.objects.count,
        {"reason": "別の理由"},
        to("kpi:reopening_request", MONTH, "1-1"),
        ready=close,
    ),
    "exceptions": Door(
        lambda: {"indicators": ["1-1", "1-2"], "reason": "支所の分の3件が漏れていたため"},
        Reopening.objects.values("asked_revision").distinct().count,
        {"reason": "別の理由"},
        to("kpi:reopenings_request", MONTH),
        ready=close,
    ),
    "evidence": Door(
        lambda: {"file": a_pdf()},
        Attachment.objects.count,
        {"file": SimpleUploadedFile("別の証拠.pdf", b"%PDF-1.7 other")},
        to("kpi:evidence_add", MONTH, "1-1"),
        to("reports:indicator", "1-1", query="?at=2026-10"),
    ),
    "returned sheet": Door(
        lambda: {"file": a_sheet("様式.xlsx")},
        ReturnedFile.objects.count,
        lambda: {"file": a_sheet("別の様式.xlsx")},
        to("intake:receive"),
    ),
    "town form": Door(
        lambda: {"file": uploaded()},
        TownForm.objects.count,
        lambda: {"file": uploaded("別の様式.xlsx", names={"報告_版": "$C$9"})},
        to("reports:town_form"),
    ),
    "feed token": Door(
        lambda: {"department": Department.objects.get(code="soumu").pk, "purpose": "進捗管理表"},
        FeedToken.objects.count,
        {"purpose": "協議資料"},
        to("feeds:token_create"),
    ),
    "measure": Door(
        lambda: {
            "policy": Measure.objects.first().policy_id,
            "number": 11,
            "name": "新しい施策",
            "summary": "概要",
            "effective_on": "R9.4.1",
            "reason": "見直し",
            "decision": "第2回会議",
        },
        Measure.objects.count,
        {"number": 12, "name": "別の施策"},
        to("upkeep:plan_changes", query="?kind=add-measure"),
    ),
}
AGAIN_REFUSED = {
    "exception",
    "exceptions",
    "baseline",
    "decision that changes a target",  # two versions of one month
    "withdrawal of a decision",
    "withdrawal of a baseline",
}  # a second one is not possible whatever the page says


def opened(client, door):
    page = door.page() if door.page else door.url()
    action = door.url() if door.page else ""
    return client.filled(page, action, **door.data())


@pytest.mark.parametrize("name", DOORS)
def test_the_same_press_twice_records_once(name, town, secretariat, sign_in):
    door, client = DOORS[name], sign_in(secretariat)
    door.ready()
    before, carried = door.count(), opened(client, door)
    for _ in range(2):
        answer = client.post(door.url(), {**carried, **door.data()}, bare=True)
        assert answer.status_code in (200, 302), answer.context["form"].errors
        assert door.count() == before + 1
    place = "/" if answer.status_code == 200 else answer["Location"]
    assert "記録済みです" in page_text(client.get(place))


@pytest.mark.parametrize("name", DOORS)
def test_other_content_from_the_same_page_is_asked_back(name, town, secretariat, sign_in):
    door, client = DOORS[name], sign_in(secretariat)
    door.ready()
    before, carried = door.count(), opened(client, door)
    client.post(door.url(), {**carried, **door.data()}, bare=True)
    changed = {**carried, **door.data(), **instead(door)}
    answer = client.post(door.url(), changed, bare=True)
    assert answer.status_code == 422
    assert door.count() == before + 1
    text = page_text(answer)
    assert "まだ記録していません" in text
    for value in instead(door).values():
        assert not isinstance(value, str) or value in text
    if name in AGAIN_REFUSED:
        return
    shown = forms_in(answer, door.url().split("?")[0]) or forms_in(answer, door.url())
    page = min(shown, key=lambda form: form.strangeness({**door.data(), **instead(door)}))
    assert page.sent["once"] != carried["once"]
    files = {name: value for name, value in instead(door).items() if name == "file"}
    for value in files.values():
        value.seek(0)
    again = client.post(door.url(), {**page.sent, **files}, bare=True)
    assert again.status_code in (200, 302), again.context["form"].errors
    assert door.count() == before + 2


@pytest.mark.parametrize("token", ["", "short", "x" * 65])
@pytest.mark.parametrize("name", DOORS)
def test_a_page_without_a_token_is_refused_and_keeps_what_was_typed(
    name, token, town, secretariat, sign_in
):
    door, client = DOORS[name], sign_in(secretariat)
    door.ready()
    before, data = door.count(), {**opened(client, door), **door.data(), "once": token}
    answer = client.post(door.url(), data, bare=True)
    assert answer.status_code == 422
    assert door.count() == before
    assert "画面が古くなっていた" in page_text(answer)


def test_a_token_is_used_only_when_the_record_was_made(town, secretariat, sign_in):
    client, url = sign_in(secretariat), reverse("accounts:department_create")
    carried = client.filled(url, code="")
    bad = {**carried, "code": "soumu", "name": "総務課", "sort_order": 1}
    assert client.post(url, bad, bare=True).status_code == 422
    assert not UsedToken.objects.exists()
    good = {**carried, "code": "fukushi", "name": "福祉課", "sort_order": 1}
    assert client.post(url, good, bare=True).status_code == 302
    used = UsedToken.objects.get()
    assert used.subject == Department.objects.get(code="fukushi")
    UsedToken.objects.update(at=timezone.now() - timedelta(days=31))
    client.post(url, {"code": "zei", "name": "別の課", "sort_order": 1})
    assert UsedToken.objects.count() == 1  # old ones go


# Every form of the house.

OWN_KIND = {
    "SignInForm": "signs in; changes no record of the town",
    "SwitchForm": "signs in as another of the sample's people",
    "OwnPasswordForm": "asks for the old password, which a second press no longer knows",
    "HistoryFilter": "asks, never writes",
    "TrailFilter": "asks, never writes",
    "ProjectFilter": "asks, never writes",
    "SearchForm": "asks, never writes",
    "DayForm": "asks for a day, never writes",
    "ReadingForm": "asks how a date is read, never writes",
    "BulkForm": "carries the version of every row that is ticked",
    "EntryForm": "carries the version of its cell",
    "TickedForm": "goes with the rows of a kind of open points, each with what it showed",
    "TablePress": "goes with the rows of the definition table, each with what it showed",
    "WhyLateForm": "goes with the rows of the table of forecasts, each with what it showed",
    "LeadStartForm": "goes with the rows of the table of leads, each with what it showed",
    "TargetPasteForm": "goes with the cells of a block, each with its version",
    "TermsForm": "goes with the rows of the target table, each with its version",
}
BASES = (ChangesRow, RecordsOnce, SeesVersion)
ROOMS = ("foundation", "measures", "kpi", "roadmap", "headquarters")


def all_forms(base=forms.BaseForm):
    for kind in base.__subclasses__():
        if kind.__module__.split(".")[0] in ROOMS:
            yield kind
        yield from all_forms(kind)


def used_forms():
    """The forms that views make: not those that only lend their fields to others."""
    found = set(all_forms())
    return {kind for kind in found if not kind.__name__.endswith("Fields")}


@pytest.mark.pure
def test_every_form_sees_or_records_once():
    outside = {kind.__name__ for kind in used_forms() if not issubclass(kind, BASES)}
    assert outside == set(OWN_KIND)
    assert len(used_forms()) > 40
