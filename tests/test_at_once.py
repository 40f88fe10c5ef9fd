"""Equal posts at the same moment to every address that writes: one record, the others told.

Real threads, real commits. Each case is a page, what is typed into it, and the history that one
press leaves. The town is built once per test and goes through all cases one after the other,
because a fresh database for each of them would take minutes. The table is held against the URLs.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import Department, Membership, Role, User
from foundation.records.conflict import Conflict
from foundation.records.models import Attachment, HistoryEntry
from foundation.records.seen import Seen
from foundation.records.uploads import checked
from foundation.round_trip.actions import keep_sheet
from foundation.round_trip.models import SheetFile
from headquarters.feeds.models import FeedToken
from headquarters.meetings.actions import create_meeting
from headquarters.meetings.deciding import Revision, record_decision
from headquarters.meetings.models import AgendaItem, Decision, Meeting
from headquarters.organisation.actions import record_action_item
from headquarters.organisation.models import (
    ActionItem,
    Holding,
    Post,
    Project,
    ProjectTeam,
    Sitting,
    TeamMember,
)
from headquarters.reports.actions import close_month
from headquarters.reports.models import TownForm
from headquarters.reviews import cycles as reviews
from headquarters.reviews.actions import TEXTS, save_draft
from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.reviews.models import Review, ReviewCycle
from kpi.actions import attach_evidence, record_value
from kpi.intake.back.actions import keep_file, take_over
from kpi.intake.back.forms import SheetForm, TakeOverForm
from kpi.intake.back.preview import preview_of
from kpi.intake.models import ReturnedFile
from kpi.models import Indicator, KpiValue, Reopening, ReportingMonth, Submission
from kpi.month.reopenings import request_reopening
from kpi.rules.checks import Entry
from kpi.setup.sheets.kind import target_sheets
from kpi.setup.targets import NewTarget, set_target
from kpi.submissions import change_submission
from measures.models import Measure, OpenPoint, Plan
from roadmap import planning
from roadmap.actions import Update, update_milestone
from roadmap.baselines import Moves, create_baseline
from roadmap.milestone_planning import create_milestone
from roadmap.models import Baseline, Milestone, Step
from roadmap.sheets.kind import MILESTONES
from tests.browsing import Browser
from tests.kpi.returned_sheets import filled, sheet_of
from tests.people import lead, make_user
from tests.reports.forms_of_towns import a_town_form, uploaded
from tests.returned import confirmed as confirmed_sheet
from tests.returned import filled as typed_in
from tests.returned import milestone_sheet_of, received, target_sheet_now
from tests.test_permissions import RULES

NOW = "2026-11-20 01:00+00:00"
ON = date(2026, 11, 20)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
AT_ONCE = 3
TOLD = {200, 302, 409, 412, 422, 423, 503}  # saved, or told in words; never 500 nor 403
GONE = 404  # of a thing that the first press has removed


@dataclass(frozen=True)
class Press:
    """One press of a button: where, on which page, what is typed, what it leaves in the history.

    `leaves`: {action: entries}; `ready`: what has to be there first; `apart`: may each of
    several people record one of their own? `removes`: the thing is gone afterwards. `done`: the
    status that says it is done.
    """

    url: Callable[[], str]
    data: Callable[[], dict[str, Any]]
    leaves: dict[str, int]
    page: Callable[[], str] | None = None
    ready: Callable[[], Any] = lambda: None
    apart: bool = False
    removes: bool = False
    done: int = 302


def to(name, *args, query=""):
    return lambda: reverse(name, args=[arg() if callable(arg) else arg for arg in args]) + query


def clerk():
    return User.objects.get(username="jimukyoku")


def typed(**data):
    return lambda: {name: value() if callable(value) else value for name, value in data.items()}


def head():
    return User.objects.get(username="soumu-kacho")


def soumu():
    return Department.objects.get(code="soumu").pk


def locked_out():
    AccessAttempt.objects.create(
        username="soumu-kacho", ip_address="10.1.0.5", failures_since_start=5
    )


def somebody_who_leaves():
    make_user("taishoku", "退職 予定", Role.STAFF, Department.objects.get(code="soumu"))


def unticked():
    return {f"{code}-settle": "" for code in Indicator.objects.values_list("code", flat=True)}


def step(order=1):
    return Step.objects.get(measure__number=1, order=order)


def milestone(name="決定"):
    return Milestone.objects.get(name=name)


def a_milestone(name, month=12):
    return lambda: create_milestone(
        by=clerk(), step=step(), name=name, planned_on=date(2026, month, 1)
    )


def two_milestones(name):
    def make():
        a_milestone(f"{name}の前")()
        a_milestone(name)()

    return make


def meeting():
    return Meeting.objects.get(title="第2回会議")


def item():
    return ActionItem.objects.get(text="調べること")


def another_meeting(state, title="別の会議"):
    """A meeting of its own in a state, made when it is asked for first."""
    title = f"{title}（{state}）"
    found = Meeting.objects.filter(title=title).first()
    return found or Meeting.objects.create(
        plan=Plan.objects.get(),
        title=title,
        held_on=ON,
        month=OCTOBER,
        minutes="開会",
        state=state,
    )


def an_item_of_the_agenda():
    row = another_meeting("preparing")
    return row.agenda.first() or AgendaItem.objects.create(meeting=row, order=1, title="総括")


def another_item():
    found = ActionItem.objects.filter(text="直す指示").first()
    return found or ActionItem.objects.create(
        meeting=meeting(),
        text="直す指示",
        department_id=soumu(),
        due_on=date(2026, 12, 11),
    )


def a_post(title, name=""):
    """A post of the headquarters, held since April where a name is given."""
    post, _ = Post.objects.get_or_create(duty="member", title=title)
    if name and not post.holdings.exists():
        Holding.objects.create(post=post, name=name, valid_from=date(2026, 4, 1))
    return post


def a_project(name):
    """A project of measure 1 that is there, made when it is asked for first."""
    found = Project.objects.filter(name=name).first()
    return found or Project.objects.create(
        measure=measure(1), name=name, department_id=soumu(), first_year=2026, last_year=2027
    )


def a_team(name="窓口チーム"):
    """A project team that is there, made when it is asked for first."""
    said = {"national_item": "標準化", "starts_on": date(2026, 5, 15)}
    return ProjectTeam.objects.get_or_create(name=name, defaults=said)[0]


def a_feed_token():
    """A token that is there, made when it is asked for first."""
    said = {"department_id": soumu(), "digest": "0" * 64, "made_by": clerk(), "made_at": NOW}
    return FeedToken.objects.get_or_create(
        number="00000000", purpose="取り消すもの", defaults=said
    )[0]


def a_member(post):
    return TeamMember.objects.get_or_create(
        team=a_team(), post=post, defaults={"valid_from": date(2026, 5, 15)}
    )[0]


def a_sitting(place):
    return Sitting.objects.get_or_create(
        team=a_team(), place=place, defaults={"held_on": date(2026, 10, 28)}
    )[0]


def a_holding(title):
    return Holding.objects.get(post__title=title)


def a_mistaken_decision():
    a_milestone("取り消す期日")()
    moves = Moves({milestone("取り消す期日").pk: date(2027, 1, 29)})
    record_decision(by=clerk(), meeting=meeting(), text="取り消す決定", moves=moves, on=ON)


def a_mistaken_baseline():
    create_baseline(
        by=clerk(),
        plan=Plan.objects.get(),
        name="取り消す基準版",
        approved_on=ON,
        decision="持ち回りで決定",
        on=ON,
    )


def measure(number):
    return Measure.objects.get(number=number)


def point():
    return OpenPoint.objects.filter(subject_type__model="plan", field="indicators").first()


def statistic_point():
    return OpenPoint.objects.get(subject_type__model="townstatistic", field="year")


def value(code, month):
    return lambda: record_value(
        by=clerk(),
        indicator=Indicator.objects.get(code=code),
        month=month,
        seen_version=0,
        entry=Entry(value=Decimal(30)),
        on=ON,
    )


def closed():
    close_month(by=clerk(), month=SEPTEMBER, on=ON, reason="未了のまま")


def asked():
    request_reopening(
        by=clerk(), indicator=Indicator.objects.get(code="1-1"), month=SEPTEMBER, reason="漏れ"
    )


def postponed():
    """An update of the first step's milestone that pushes a later one."""
    a_milestone("前の決定")()
    later = create_milestone(
        by=clerk(), step=step(2), name="後の決定", planned_on=date(2026, 12, 10)
    )
    Step.objects.filter(pk=later.step_id).update(first_month=OCTOBER, last_month=OCTOBER)
    row = milestone("前の決定")
    update_milestone(
        by=clerk(),
        milestone=row,
        seen_version=row.version,
        update=Update("in_progress", forecast_on=date(2027, 1, 20), reason="遅れ"),
        on=ON,
    )
    return later


def an_open_sheet():
    cycle = create_cycle(by=clerk(), plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    open_cycle(by=clerk(), cycle=cycle, on=ON)


def a_whole_sheet():
    row = Review.objects.full().get(measure__number=1)
    texts = dict.fromkeys(TEXTS, "文") | {"next_direction": "continue", "self_grade": "B"}
    save_draft(by=clerk(), review=row, seen_version=row.version, values=texts)


def a_pdf():
    return SimpleUploadedFile("証拠.pdf", b"%PDF-1.7 x")


SHEET = to("reviews:sheet", "2026-mid", 1)
STEP = to("roadmap:step", lambda: step().pk)
MEETING = to("meetings:meeting", lambda: meeting().pk)
CHANGE = {"reason": "見直し", "decision": "第2回会議"}


def newest_sheet():
    return ReturnedFile.objects.latest("pk")


def a_returned_sheet():
    """An entry sheet with another value for 1-2 than stands there."""
    value = 300 + ReturnedFile.objects.count()
    file = SimpleUploadedFile("様式.xlsx", filled(sheet_of("総務課"), {"1-2": {"value": value}}))
    form = SheetForm({"once": "x" * 20}, {"file": file}, today=ON)
    assert form.is_valid(), form.errors
    keep_file(by=clerk(), received=form.cleaned_data["file"])


def a_batch():
    a_returned_sheet()
    form = TakeOverForm(preview=preview_of(newest_sheet(), clerk(), at=timezone.now()))
    seen = Seen.read(form.drawn(), form.fields)
    take_over(by=clerk(), file=newest_sheet(), seen=seen, picks={}, on=ON)


def newest_returned():
    return SheetFile.objects.latest("pk").pk


def a_milestone_sheet(name):
    """A milestone of that name, and a sheet that says it is under way."""

    def ready():
        row = a_milestone(name)()
        cells = {str(row.pk): {"state": "実施中"}}
        content = typed_in(milestone_sheet_of(step()), MILESTONES, cells)
        keep_sheet(by=clerk(), received=received(MILESTONES, content), kind=MILESTONES)

    return ready


def a_milestone_batch():
    a_milestone_sheet("戻す")()
    confirmed_sheet(clerk(), MILESTONES, ON)


def a_target_sheet(code, value):
    """A target sheet with another target for the plan's last year."""

    def ready():
        kind = target_sheets()
        last = f"y{Plan.objects.get().last_fiscal_year}"
        cells = {code: {last: value, "reason": "様式から", "falls": "はい"}}
        content = typed_in(target_sheet_now(), kind, cells)
        keep_sheet(by=clerk(), received=received(kind, content), kind=kind)

    return ready


def a_target_batch():
    a_target_sheet("8-1", 41)()
    confirmed_sheet(clerk(), target_sheets(), ON)


MAKING = {
    "accounts:user_create": Press(
        to("accounts:user_create"),
        typed(username="atarashii", full_name="新しい 人"),
        {"accounts.user": 1},
    ),
    "accounts:membership_create": Press(
        to("accounts:membership_create", lambda: head().pk),
        typed(department=soumu, role="staff", valid_from="R8.11.1"),
        {"accounts.membership": 1},
    ),
    "accounts:department_create": Press(
        to("accounts:department_create"),
        typed(code="fukushi", name="福祉課", sort_order=9),
        {"accounts.department": 1},
    ),
    "kpi:targets": Press(
        to("kpi:targets", "1-2"), typed(fiscal_year=2026, value="1200"), {"kpi.target": 1}
    ),
    "kpi:targets revised": Press(
        to("kpi:targets", "1-2"),
        typed(fiscal_year=2026, value="1300", reason="見直し", from_month="2026-12"),
        {"kpi.target": 1},
    ),
    "roadmap:step_create": Press(
        to("roadmap:step_create", query="?measure=1"),
        typed(name="加えた工程", recurrence="none"),
        {"roadmap.define": 1},
    ),
    "roadmap:milestone_create": Press(
        to("roadmap:milestone_create", lambda: step().pk),
        typed(name="公表", planned_on="R9.3.31"),
        {"roadmap.define": 1},
        STEP,
        apart=True,
    ),
    "roadmap:baseline_create": Press(
        to("roadmap:baseline_create"),
        typed(name="計画策定時", approved_on="R8.4.24", decision="第1回会議で決定", confirm="1"),
        {"roadmap.baseline": 1},
    ),
    "roadmap:baseline_withdraw": Press(
        to("roadmap:baseline_withdraw", lambda: Baseline.objects.get(name="取り消す基準版").pk),
        typed(reason="誤り"),
        {"roadmap.baseline": 1},
        ready=a_mistaken_baseline,
    ),
    "meetings:meetings": Press(
        to("meetings:meetings"),
        typed(title="第3回会議", held_on="R9.2.5", month="R8.12"),
        {"meetings.meeting": 1},
    ),
    "meetings:meeting item": Press(MEETING, typed(title="追加の議題"), {"meetings.agenda": 1}),
    "meetings:record action": Press(
        to("meetings:record", lambda: meeting().pk),
        typed(kind="action", text="別に調べること", department=soumu, due_on="R8.12.11"),
        {"meetings.action": 1},
        MEETING,
    ),
    "meetings:record": Press(
        to("meetings:record", lambda: meeting().pk),
        typed(kind="decision", text="期日を改める"),
        {"meetings.decision": 1},
        MEETING,
    ),
    "meetings:meeting_edit": Press(
        to("meetings:meeting_edit", lambda: meeting().pk),
        typed(place="庁議室"),
        {"meetings.meeting": 1},
    ),
    "meetings:call_off": Press(
        to("meetings:call_off", lambda: another_meeting("preparing", "取りやめる会議").pk),
        typed(reason="日程が合わない"),
        {"meetings.meeting": 1},
        ready=lambda: another_meeting("preparing", "取りやめる会議"),
    ),
    "meetings:settle": Press(
        to("meetings:settle", lambda: another_meeting("held").pk),
        typed(),
        {"meetings.meeting": 1},
        lambda: reverse("meetings:meeting", args=[another_meeting("held").pk]),
        ready=lambda: another_meeting("held"),
    ),
    "meetings:reopen": Press(
        to("meetings:reopen", lambda: another_meeting("settled").pk),
        typed(reason="書き漏れ"),
        {"meetings.meeting": 1},
        ready=lambda: another_meeting("settled"),
    ),
    "meetings:propose": Press(
        to("meetings:propose", lambda: another_meeting("preparing").pk),
        typed(),
        {"meetings.agenda": 1},
        lambda: reverse("meetings:meeting", args=[another_meeting("preparing").pk]),
        ready=lambda: another_meeting("preparing"),
    ),
    "meetings:agenda_edit": Press(
        to("meetings:agenda_edit", lambda: an_item_of_the_agenda().pk),
        typed(note="別の説明"),
        {"meetings.agenda": 1},
        ready=lambda: an_item_of_the_agenda(),
    ),
    "meetings:attendance": Press(
        to("meetings:attendance", lambda: meeting().pk),
        typed(attendance="教育長"),
        {"meetings.minutes": 1},
    ),
    "organisation:item_correct": Press(
        to("organisation:item_correct", lambda: another_item().pk),
        typed(due_on="R9.1.29", reason="年末が近い"),
        {"meetings.action": 1},
        ready=lambda: another_item(),
    ),
    "organisation:item_withdraw": Press(
        to("organisation:item_withdraw", lambda: another_item().pk),
        typed(reason="すでに済んでいた"),
        {"meetings.action": 1},
        ready=lambda: another_item(),
    ),
    "feeds:token_create": Press(
        to("feeds:token_create"),
        typed(department=soumu, purpose="進捗管理表"),
        {"feeds.token": 1},
        done=200,  # the key is shown on the answer, once
    ),
    "feeds:token_revoke": Press(
        to("feeds:token_revoke", lambda: a_feed_token().pk),
        typed(reason="使わなくなった"),
        {"feeds.token": 1},
        ready=a_feed_token,
    ),
    "organisation:team_create": Press(
        to("organisation:team_create"),
        typed(
            name="新しいチーム",
            purpose="検討",
            measures=lambda: [measure(1).pk],
            starts_on="R8.5.15",
        ),
        {"organisation.team": 1},
    ),
    "organisation:team_edit": Press(
        to("organisation:team_edit", lambda: a_team("直すチーム").pk),
        typed(ends_on="R8.11.10"),
        {"organisation.team": 1},
        ready=lambda: a_team("直すチーム"),
    ),
    "organisation:team_withdraw": Press(
        to("organisation:team_withdraw", lambda: a_team("取り消すチーム").pk),
        typed(reason="誤り"),
        {"organisation.team": 1},
        ready=lambda: a_team("取り消すチーム"),
        removes=True,
    ),
    "organisation:member_create": Press(
        to("organisation:member_create", lambda: a_team().pk),
        typed(part="leader", department=soumu, post="総務課長", valid_from="R8.5.15"),
        {"organisation.team": 1},
        ready=a_team,
    ),
    "organisation:member_edit": Press(
        to("organisation:member_edit", lambda: a_member("直す係長").pk),
        typed(valid_until="R8.10.31"),
        {"organisation.team": 1},
        ready=lambda: a_member("直す係長"),
    ),
    "organisation:member_withdraw": Press(
        to("organisation:member_withdraw", lambda: a_member("取り消す係長").pk),
        typed(reason="誤り"),
        {"organisation.team": 1},
        ready=lambda: a_member("取り消す係長"),
        removes=True,
    ),
    "organisation:sitting_create": Press(
        to("organisation:sitting_create", lambda: a_team().pk),
        typed(held_on="R8.10.28", notes="開会", decisions="先行とする"),
        {"organisation.team": 1},
        ready=a_team,
    ),
    "organisation:sitting_edit": Press(
        to("organisation:sitting_edit", lambda: a_sitting("直す会合").pk),
        typed(attendance="7／8人"),
        {"organisation.team": 1},
        ready=lambda: a_sitting("直す会合"),
    ),
    "organisation:sitting_withdraw": Press(
        to("organisation:sitting_withdraw", lambda: a_sitting("取り消す会合").pk),
        typed(reason="誤り"),
        {"organisation.team": 1},
        ready=lambda: a_sitting("取り消す会合"),
        removes=True,
    ),
    "organisation:instruct": Press(
        to("organisation:instruct", lambda: a_sitting("指示する会合").pk),
        typed(text="設問案を作ること", department=soumu, due_on="R8.12.11"),
        {"meetings.action": 1},
        ready=lambda: a_sitting("指示する会合"),
    ),
    "organisation:project_create": Press(
        to("organisation:project_create", lambda: measure(1).pk),
        typed(
            name="広報",
            department=soumu,
            first_year="R8",
            last_year="R9",
            state="in_progress",
            budget_2026="1,980",
            steps=lambda: [step().pk],
            indicators=lambda: [Indicator.objects.get(code="1-1").pk],
        ),
        {"organisation.project": 1},
    ),
    "organisation:project_edit": Press(
        to("organisation:project_edit", lambda: a_project("直す事業").pk),
        typed(state="completed", settled_2026="1188千円"),
        {"organisation.project": 1},
        ready=lambda: a_project("直す事業"),
    ),
    "organisation:project_withdraw": Press(
        to("organisation:project_withdraw", lambda: a_project("取り消す事業").pk),
        typed(reason="誤り"),
        {"organisation.project": 1},
        ready=lambda: a_project("取り消す事業"),
        removes=True,
    ),
    "organisation:post_create": Press(
        to("organisation:post_create"),
        typed(duty="head", title="町長", part="attends", name="甲野 一郎", starts_on="R8.4.1"),
        {"organisation.roster": 1},
    ),
    "organisation:post_departments": Press(
        to("organisation:post_departments"),
        typed(departments=lambda: [Department.objects.get(code="zeimu").pk]),
        {"organisation.roster": 1},
    ),
    "organisation:post_edit": Press(
        to("organisation:post_edit", lambda: a_post("直す課長").pk),
        typed(order="3"),
        {"organisation.roster": 1},
        ready=lambda: a_post("直す課長"),
    ),
    "organisation:post_end": Press(
        to("organisation:post_end", lambda: a_post("外す課長").pk),
        typed(ends_on="R8.11.30", reason="機構改革"),
        {"organisation.roster": 1},
        ready=lambda: a_post("外す課長", "己原 五郎"),
    ),
    "organisation:holder_record": Press(
        to("organisation:holder_record", lambda: a_post("代わる課長").pk),
        typed(name="丁田 花子", starts_on="R8.10.1"),
        {"organisation.roster": 1},
        ready=lambda: a_post("代わる課長", "戊村 四郎"),
    ),
    "organisation:holding_edit": Press(
        to("organisation:holding_edit", lambda: a_holding("名を直す課長").pk),
        typed(name="壬生 八重"),
        {"organisation.roster": 1},
        ready=lambda: a_post("名を直す課長", "壬生 八重子"),
    ),
    "organisation:holding_withdraw": Press(
        to("organisation:holding_withdraw", lambda: a_holding("取り消す課長").pk),
        typed(reason="誤り"),
        {"organisation.roster": 1},
        ready=lambda: a_post("取り消す課長", "庚本 六郎"),
        removes=True,
    ),
    "meetings:decide": Press(
        to("meetings:decide", lambda: meeting().pk),
        lambda: {
            "text": "期日と目標を改める",
            f"pick-m{milestone('改める期日').pk}": "on",
            f"m{milestone('改める期日').pk}": "R9.1.29",
            "confirm": "1",
        },
        {"meetings.decision": 1, "roadmap.baseline": 1},
        ready=a_milestone("改める期日"),
    ),
    "meetings:decision_withdraw": Press(
        to(
            "meetings:decision_withdraw",
            lambda: Decision.objects.get(text="取り消す決定").pk,
        ),
        typed(reason="誤り"),
        {"meetings.decision": 1, "roadmap.baseline": 1},
        ready=a_mistaken_decision,
    ),
    "reviews:cycles": Press(
        to("reviews:cycles"), typed(fiscal_year=2026, kind="end"), {"reviews.cycle": 1}
    ),
    "kpi:evidence_add": Press(
        to("kpi:evidence_add", OCTOBER, "1-1"),
        typed(file=a_pdf),
        {"records.attachment": 1},
        to("reports:indicator", "1-1", query="?at=2026-10"),
    ),
    "reports:town_form": Press(to("reports:town_form"), typed(file=uploaded), {"reports.form": 1}),
    "upkeep:settings": Press(
        to("upkeep:settings", query="?kind=stale_days"),
        typed(
            stale_days="30",
            from_month="2026-11",
            decided_on="R8.11.5",
            decided_where="本部会議",
            reason="早く気づくため",
        ),
        {"plan.setting": 1},
    ),
    "upkeep:plan_changes": Press(
        to("upkeep:plan_changes", query="?kind=add-measure"),
        typed(
            policy=lambda: measure(1).policy_id,
            number=11,
            name="新しい施策",
            summary="概要",
            effective_on="R9.4.1",
            **CHANGE,
        ),
        {"plan.change": 1},
    ),
    "upkeep:plan_changes indicator": Press(
        to("upkeep:plan_changes", query="?kind=add-indicator"),
        typed(
            measure=lambda: measure(10).pk,
            code="10-9",
            name="新しい指標",
            unit="件",
            accumulation="year_sum",
            month="2026-12",
            **CHANGE,
        ),
        {"plan.change": 1},
    ),
    "upkeep:plan_changes end indicator": Press(
        to("upkeep:plan_changes", query="?kind=end-indicator"),
        typed(indicator=lambda: Indicator.objects.get(code="9-1").pk, month="2026-12", **CHANGE),
        {"plan.change": 1},
    ),
    "upkeep:plan_changes renumber indicator": Press(
        to("upkeep:plan_changes", query="?kind=renumber-indicator"),
        typed(
            indicator=lambda: Indicator.objects.get(code="8-1").pk,
            code="8-9",
            month="2026-12",
            **CHANGE,
        ),
        {"plan.change": 1},
    ),
    "upkeep:plan_changes renumber": Press(
        to("upkeep:plan_changes", query="?kind=renumber-measure"),
        typed(
            measure=lambda: Measure.objects.get(number=10).pk,
            number=12,
            effective_on="R9.4.1",
            **CHANGE,
        ),
        {"plan.change": 1},
    ),
    "upkeep:plan_changes end": Press(
        to("upkeep:plan_changes", query="?kind=end-measure"),
        typed(measure=lambda: measure(7).pk, effective_on="R9.3.31", **CHANGE),
        {},
    ),
    "kpi:reopening_request": Press(
        to("kpi:reopening_request", SEPTEMBER, "1-2"),
        typed(reason="漏れていたため"),
        {"kpi.reopening": 1},
        ready=closed,
    ),
    "reviews:file_add": Press(
        to("reviews:file_add", "2026-mid", 1),
        typed(file=a_pdf),
        {"records.attachment": 1},
        SHEET,
        ready=an_open_sheet,
    ),
    "accounts:user_reset": Press(
        to("accounts:user_reset", lambda: head().pk),
        typed(),
        {"accounts.password": 1},
        to("accounts:user_edit", lambda: head().pk),
        apart=True,
    ),
    "accounts:user_unlock": Press(
        to("accounts:user_unlock", lambda: head().pk),
        typed(),
        {"accounts.lockout": 1},
        to("accounts:user_edit", lambda: head().pk),
        ready=locked_out,
    ),
}
CHANGING = {
    "accounts:user_edit": Press(
        to("accounts:user_edit", lambda: head().pk),
        typed(full_name="総務 華子"),
        {"accounts.user": 1},
    ),
    "accounts:membership_edit": Press(
        to(
            "accounts:membership_edit",
            lambda: Membership.objects.filter(user=head()).earliest("pk").pk,
        ),
        typed(post="課長（兼務）"),
        {"accounts.membership": 1},
    ),
    "accounts:department_edit": Press(
        to("accounts:department_edit", lambda: Department.objects.get(code="zeimu").pk),
        typed(name="税務住民課"),
        {"accounts.department": 1},
    ),
    "measures:lead_edit": Press(
        to("measures:lead_edit", 3), typed(department=soumu, starts_on="R8.11.1"), {"plan.lead": 1}
    ),
    "measures:handover": Press(
        to("measures:handover", 1), typed(text="契約は3月まで"), {"plan.handover": 1}
    ),
    "upkeep:check_settle": Press(
        to("upkeep:check_settle", lambda: point().pk),
        lambda: {f"p{point().pk}-answer": "確かめた"},
        {"plan.check": 1},
    ),
    "upkeep:checks": Press(
        to("upkeep:checks", query="?kind=townstatistic.year&show=open"),
        lambda: {"ticked": statistic_point().pk, f"p{statistic_point().pk}-answer": "令和5年"},
        {"plan.check": 1},
    ),
    "kpi:definition": Press(
        to("kpi:definition", "1-2"),
        typed(data_source="月報", from_month="2026-11", reason="言い換え"),
        {"kpi.definition": 1},
    ),
    "kpi:month": Press(to("kpi:month", OCTOBER), typed(due_on="R8.11.16"), {"kpi.month": 1}),
    "kpi:value_edit": Press(
        to("kpi:value_edit", OCTOBER, "1-2"),
        lambda: {"1-2-value": "118", "alone": "1"},
        {"kpi.value": 1},
    ),
    "intake:returned": Press(
        to("intake:returned", lambda: newest_sheet().pk),
        typed(),
        {"kpi.intake": 1, "kpi.value": 1},
        ready=a_returned_sheet,
    ),
    "intake:take_back": Press(
        to("intake:take_back", lambda: newest_sheet().pk),
        typed(),
        {"kpi.intake": 1, "kpi.value": 1},
        to("intake:returned", lambda: newest_sheet().pk),
        ready=a_batch,
    ),
    "kpi:entry": Press(
        to("kpi:entry", OCTOBER),
        lambda: {
            "1-1-value": "40",
            "1-1-answer": "final",
            "1-1-seen_version": "0",
            "1-1-was": "|final||",
        },
        {"kpi.value": 1},
    ),
    "kpi:reopening_decide": Press(
        to("kpi:reopening_decide", lambda: Reopening.objects.get(indicator__code="1-1").pk),
        typed(decision="allow", until="R8.11.25"),
        {"kpi.reopening": 1},
        to("kpi:month", SEPTEMBER),
        ready=asked,
    ),
    "kpi:reopenings_request": Press(
        to("kpi:reopenings_request", SEPTEMBER),
        lambda: {"indicators": ["2-1", "3-1"], "reason": "漏れ"},
        {"kpi.reopening": 2},
    ),
    "roadmap:step": Press(STEP, typed(name="調査と検討"), {"roadmap.define": 1}),
    "roadmap:step_move": Press(
        to("roadmap:step_move", lambda: step().pk), typed(to="down"), {"roadmap.define": 1}, STEP
    ),
    "kpi:target_returned": Press(
        to("kpi:target_returned", newest_returned),
        typed(),
        {"kpi.target_intake": 1, "kpi.target": 1},
        ready=a_target_sheet("8-1", 40),
    ),
    "kpi:target_take_back": Press(
        to("kpi:target_take_back", newest_returned),
        typed(),
        {"kpi.target_intake": 1, "kpi.target": 1},
        to("kpi:target_returned", newest_returned),
        ready=a_target_batch,
    ),
    "roadmap:milestone_returned": Press(
        to("roadmap:milestone_returned", newest_returned),
        typed(),
        {"roadmap.intake": 1, "roadmap.milestone": 1},
        ready=a_milestone_sheet("取り込む"),
    ),
    "roadmap:milestone_take_back": Press(
        to("roadmap:milestone_take_back", newest_returned),
        typed(),
        {"roadmap.intake": 1, "roadmap.milestone": 1},
        to("roadmap:milestone_returned", newest_returned),
        ready=a_milestone_batch,
    ),
    "roadmap:milestone_plan": Press(
        to("roadmap:milestone_plan", lambda: milestone().pk),
        typed(planned_on="R8.12.15"),
        {"roadmap.define": 1},
        ready=a_milestone("決定"),
    ),
    "roadmap:milestone_move": Press(
        to("roadmap:milestone_move", lambda: milestone("動かす").pk),
        typed(to="up"),
        {"roadmap.define": 1},
        to("roadmap:step", lambda: milestone("動かす").step_id),
        ready=two_milestones("動かす"),
    ),
    "roadmap:milestone_edit": Press(
        to("roadmap:milestone_edit", lambda: milestone("進める").pk),
        typed(answer="on_track", comment="着手"),
        {"roadmap.milestone": 1},
        ready=a_milestone("進める"),
    ),
    "meetings:agenda_change": Press(
        to("meetings:agenda_change", lambda: AgendaItem.objects.get(title="消す議題").pk),
        typed(what="remove"),
        {"meetings.agenda": 1},
        MEETING,
        ready=lambda: AgendaItem.objects.create(meeting=meeting(), order=90, title="消す議題"),
        removes=True,
    ),
    "meetings:hold": Press(
        to("meetings:hold", lambda: meeting().pk),
        typed(),
        {"meetings.meeting": 1},
        MEETING,
    ),
    "meetings:meeting": Press(MEETING, typed(minutes="開会"), {"meetings.minutes": 1}),
    "organisation:action_item": Press(
        to("organisation:action_item", lambda: item().pk),
        typed(answer="2団体を調べた", final="1"),
        {"meetings.answer": 1},
    ),
    "reviews:cycle": Press(
        to("reviews:cycle", "2026-end"), typed(due_on="R9.5.31"), {"reviews.cycle": 1}
    ),
    "reviews:sheet": Press(SHEET, typed(plan_text="計画の文"), {"reviews.review": 1}),
    "reviews:sheet_transition": Press(
        to("reviews:sheet_transition", "2026-mid", 1),
        typed(transition="submit"),
        {"reviews.review": 1},
        SHEET,
        ready=a_whole_sheet,
    ),
    "kpi:submission_edit": Press(
        to("kpi:submission_edit", OCTOBER),
        lambda: {"transition": "confirm", "department": str(soumu())},
        {"kpi.submission": 1},
        to("kpi:month", OCTOBER),
        ready=lambda: Submission.objects.create(
            department_id=soumu(), month=OCTOBER, state="submitted", updated_at=timezone.now()
        ),
    ),
    "kpi:submissions_confirm": Press(
        to("kpi:submissions_confirm", OCTOBER),
        lambda: {"departments": [str(soumu())]},
        {"kpi.submission": 1},
        to("kpi:month", OCTOBER),
        ready=lambda: Submission.objects.filter(month=OCTOBER).update(state="submitted"),
    ),
    "desk:transfers": Press(
        to("desk:transfers"),
        lambda: {
            "people": [str(User.objects.get(username="taishoku").pk)],
            "act": "leave",
            "starts_on": "R9.4.1",
            "confirm": "1",
        },
        {"accounts.membership": 1},
        ready=somebody_who_leaves,
    ),
    "desk:handover": Press(
        to("desk:handover"),
        typed(user=lambda: head().pk, department=soumu, role="staff", starts_on="R9.4.1"),
        {"accounts.membership": 3},  # two end, one begins
    ),
    "roadmap:knock_on": Press(
        to("roadmap:knock_on", lambda: milestone("前の決定").pk),
        lambda: {f"m{milestone('後の決定').pk}": "on"},
        {"roadmap.milestone": 1},
        ready=postponed,
    ),
    "kpi:target_table": Press(
        to("kpi:target_table"),
        lambda: {"code": "2-1", "2-1-y2026": "500"},
        {"kpi.target": 1},
    ),
    "kpi:definition_table": Press(
        to("kpi:definition_table"),
        lambda: {"act": "save", "2-1-unit": "項目"} | unticked(),
        {"kpi.definition": 1},
    ),
    "kpi:forecasts": Press(
        to("kpi:forecasts", OCTOBER),
        typed(**{"2-1-value": "500", "2-1-reason": "増える見込み"}),
        {"kpi.forecast": 1},
    ),
    "measures:leads": Press(
        to("measures:leads"), lambda: {"m4-department": soumu()}, {"plan.lead": 1}
    ),
    "roadmap:step_end": Press(
        to("roadmap:step_end", lambda: step(2).pk),
        typed(reason="不要"),
        {"roadmap.define": 1},
        to("roadmap:step", lambda: step(2).pk),
    ),
    "reports:town_form_preview": Press(
        to("reports:town_form_preview", lambda: TownForm.objects.get(name="使う様式.xlsx").pk),
        typed(),
        {"reports.form": 1},
        ready=lambda: a_town_form(clerk(), name="使う様式.xlsx"),
    ),
    "reports:town_form_stop": Press(
        to("reports:town_form_stop"), typed(reason="様式の改正"), {"reports.form": 1}
    ),
    "reports:close": Press(
        to("reports:close", OCTOBER), typed(reason="未了のまま"), {"reports.edition": 1}
    ),
}
PRESSES = {**MAKING, **CHANGING}
ELSEWHERE = {  # addresses that take a POST and are pressed at once in another way, or not at all
    "desk:date_read": "says how a date is read",
    "feeds:feed": "is only read: a POST is 405 for everybody",
    "accounts:login": "everybody signs in as often as they like",
    "accounts:logout": "signs out",
    "sample:switch": "signs in",
    "accounts:keepalive": "keeps a session",
    "accounts:password_change": "asks for the old password, which a second press no longer knows",
    "accounts:one_time_passwords": "hands over what was made; changes no record",
    "accounts:department_import": "all or nothing: tests/accounts/test_department_list.py",
    "accounts:user_import": "all or nothing: tests/accounts/test_importing.py",
    "intake:receive": "keeps a file and changes no record: tests/kpi/test_intake_pages.py",
    "kpi:paste": "one transaction: tests/test_all_or_nothing.py",
    "kpi:paste_undo": "one transaction: tests/test_all_or_nothing.py",
    "kpi:target_paste": "cells of kpi:target_table, each with its version",
    "roadmap:milestone_bulk": "rows of roadmap:milestone_edit",
    "kpi:target_sheets": "keeps a file: tests/kpi/test_target_sheets.py",
    "roadmap:milestone_sheets": "keeps a file: tests/roadmap/test_milestone_sheets.py",
}


def writes(rule):
    """Does an address ever do something with a POST? Pages that only show answer both alike."""
    _, shown, posted = rule
    return shown != posted


def test_every_address_that_writes_is_in_the_table():
    known = {name.split(" ")[0] for name in PRESSES} | set(ELSEWHERE)
    assert {name for name, rule in RULES.items() if writes(rule)} <= known
    assert known <= set(RULES)


def found_town():
    """A town with two departments, its secretariat, a meeting and what that one has asked for."""
    first = Department.objects.create(code="soumu", name="総務課", sort_order=1)
    Department.objects.create(code="zeimu", name="税務課", sort_order=2)
    lead(1, first)
    make_user("soumu-kacho", "総務 花子", Role.DEPARTMENT_HEAD, first, "総務課長")
    for name in ("jimukyoku", *(f"jimukyoku-{number}" for number in range(1, AT_ONCE))):
        make_user(name, name, Role.SECRETARIAT, first)
    row = create_meeting(
        by=clerk(),
        plan=Plan.objects.get(),
        title="第2回会議",
        held_on=date(2026, 11, 20),
        place="",
        month=OCTOBER,
    )
    record_action_item(
        by=clerk(), meeting=row, text="調べること", department=first, due_on=date(2026, 12, 11)
    )
    return first


@pytest.fixture
def town(committed):
    with time_machine.travel(NOW, tick=False):
        yield found_town()


def browsers(people):
    made = []
    for user in people:
        browser = Browser(raise_request_exception=False)
        browser.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        made.append(browser)
    return made


def at_once(calls):
    """The results of calls that start in the same moment, each in its own thread."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def sent(browser, press):
    """What this person's page would send."""
    data = press.data()
    if "confirm" in data:
        asked = {name: value for name, value in data.items() if name != "confirm"}
        return browser.previewed(press.url(), asked)
    page = press.page() if press.page else press.url()
    names = {name: value for name, value in data.items() if not hasattr(value, "read")}
    return {**browser.filled(page, press.url(), **names), **data}


def again(value):
    """The same content once more, a file from its beginning."""
    if not hasattr(value, "read"):
        return value
    value.seek(0)
    return SimpleUploadedFile(value.name, value.read())


def entries():
    rows = HistoryEntry.objects.values_list("action", flat=True)
    found: dict[str, int] = {}
    for action in rows:
        found[action] = found.get(action, 0) + 1
    return found


def pressed(press, pages, run=at_once):
    """Press on all pages at once. What is wrong with the outcome, or nothing."""
    before, url = entries(), press.url()
    answers = run(
        [lambda browser=browser, data=data: browser.post(url, data, bare=True).status_code
         for browser, data in pages]
    )  # fmt: skip
    after = entries()
    left = {name: after[name] - before.get(name, 0) for name in after}
    allowed = TOLD | ({GONE} if press.removes else set())
    wrong = [f"answered {status}" for status in answers if status not in allowed]
    for action, number in press.leaves.items():
        if left.get(action, 0) != number:
            wrong.append(f"{left.get(action, 0)} entries of {action}, not {number}: {answers}")
    return wrong


@pytest.mark.pure  # on PostgreSQL two processes press: tests/test_two_processes.py
def test_presses_of_one_page_at_once_record_once(town):
    """The same button, several times in the same moment."""
    same = browsers([clerk()] * AT_ONCE)
    faults = {}
    for name, press in PRESSES.items():
        press.ready()
        data = sent(same[0], press)
        pages = [(browser, {key: again(value) for key, value in data.items()}) for browser in same]
        if wrong := pressed(press, pages):
            faults[name] = wrong
    assert faults == {}


def of_another(data):
    """What the page of somebody else sends who asked for it in the same moment: its own token."""
    return {
        key: secrets.token_urlsafe(16) if key.rpartition("-")[2] == "once" else again(value)
        for key, value in data.items()
    }


def test_people_with_the_same_content_record_once(town):
    """Each has a page of one's own: with a token or a version of its own."""
    people = browsers(User.objects.filter(username__startswith="jimukyoku"))
    assert len(people) == AT_ONCE
    faults = {}
    for name, press in PRESSES.items():
        press.ready()
        data = sent(people[0], press)
        pages = [(browser, of_another(data)) for browser in people]
        own = press if not press.apart else Press(press.url, press.data, {})
        if wrong := pressed(own, pages):
            faults[name] = wrong
    assert faults == {}


# Two different actions on one object in the same moment: neither takes the other back.


def end_cycle():
    reviews.close_cycle(by=clerk(), cycle=ReviewCycle.objects.get(), reason="終了")


def date_cycle():
    row = ReviewCycle.objects.get()
    reviews.edit_cycle(
        by=clerk(),
        cycle=row,
        asked_on=row.asked_on,
        due_on=row.due_on,
        fixed_on=date(2027, 3, 31),
    )


def update(name, state):
    row = milestone(name)
    return lambda: update_milestone(
        by=clerk(),
        milestone=row,
        seen_version=row.version,
        update=Update(state, reason="理由"),
        on=ON,
    )


def target(number):
    new = NewTarget(2026, value=Decimal(number), reason="見直し", from_month=date(2026, 12, 1))
    return lambda: set_target(by=clerk(), indicator=indicator("1-2"), new=new)


def indicator(code):
    return Indicator.objects.get(code=code)


def decision(number):
    new = NewTarget(2026, value=Decimal(number), from_month=date(2026, 12, 1))
    return lambda: record_decision(
        by=clerk(),
        meeting=meeting(),
        text=f"目標を改める{number}",
        revisions=[Revision(indicator("1-2"), new)],
        on=ON,
    )


def first_target():
    set_target(by=clerk(), indicator=indicator("1-2"), new=NewTarget(2026, value=Decimal(1200)))


def stored_value(month=OCTOBER):
    return lambda: value("1-2", month)()


def denominator(number):
    """Of 1-3, whose numerator is 1-2's value."""
    return lambda: record_value(
        by=clerk(),
        indicator=indicator("1-3"),
        month=OCTOBER,
        seen_version=0,
        entry=Entry(denominator=Decimal(number)),
        on=ON,
    )


def handed_in(name):
    return lambda: change_submission(
        by=clerk(), department=Department.objects.get(code="soumu"), month=OCTOBER, name=name
    )


def cleared():
    row = KpiValue.objects.get(indicator__code="1-2")
    return lambda: record_value(
        by=clerk(),
        indicator=indicator("1-2"),
        month=OCTOBER,
        seen_version=row.version,
        entry=Entry(),
        on=ON,
    )


def evidence(name):
    return lambda: attach_evidence(
        by=clerk(),
        indicator=indicator("1-2"),
        month=OCTOBER,
        file=checked(name, b"%PDF-1.7 x"),
        on=ON,
    )


def all_orders_differ():
    for model, group in ((Step, "measure"), (Milestone, "step"), (AgendaItem, "meeting")):
        rows = list(model.objects.values_list(group, "order"))
        assert len(rows) == len(set(rows)), model


def moved(row, up):
    return lambda: planning.move(by=clerk(), row=row, up=up)


PAIRS = {
    "ending a cycle and its dates": (
        an_open_sheet,
        lambda: [end_cycle, date_cycle],
        lambda: ReviewCycle.objects.get().state == "closed",
    ),
    "moving milestones and updating one": (
        two_milestones("並べる"),
        lambda: [
            moved(milestone("並べる"), True),
            moved(milestone("並べるの前"), False),
            update("並べる", "in_progress"),
            update("並べるの前", "in_progress"),
        ],
        lambda: milestone("並べる").state == milestone("並べるの前").state == "in_progress",
    ),
    "two updates of one milestone": (
        a_milestone("争う"),
        lambda: [update("争う", "in_progress"), update("争う", "cancelled")],
        lambda: milestone("争う").updates.count() == 1,
    ),
    "two decisions on one target": (
        first_target,
        lambda: [decision(1300), decision(1300)],
        lambda: sorted(indicator("1-2").targets.values_list("version", flat=True)) == [1, 2],
    ),
    "two target versions": (
        lambda: None,
        lambda: [target(1400), target(1500)],
        lambda: (
            len(set(indicator("1-2").targets.values_list("version", flat=True)))
            == indicator("1-2").targets.count()
        ),
    ),
    "new milestones": (
        lambda: None,
        lambda: [a_milestone(f"新{number}") for number in range(4)],
        lambda: Milestone.objects.filter(name__startswith="新").count() == 4,
    ),
    "clearing a value and its evidence": (
        stored_value(),
        lambda: [cleared(), evidence("a.pdf"), evidence("b.pdf")],
        lambda: Attachment.objects.beside(indicator("1-2"), OCTOBER).count() == 2,
    ),
    "handing in twice and entering": (
        lambda: None,
        lambda: [handed_in("submit"), handed_in("submit"), stored_value()],
        lambda: True,
    ),
    "a numerator and the denominator below it": (
        lambda: KpiValue.objects.filter(indicator__code__in=("1-2", "1-3")).delete(),
        lambda: [stored_value(), denominator(20)],
        lambda: KpiValue.objects.filter(indicator__code__in=("1-2", "1-3")).count() == 1,
    ),
    "closing and entering": (
        lambda: None,
        lambda: [closed, value("1-1", SEPTEMBER), value("1-3", SEPTEMBER)],
        lambda: edition_agrees(),
    ),
    "ending and renaming a step": (
        lambda: None,
        lambda: [
            lambda: planning.end_step(by=clerk(), step=step(2), on=ON, reason="不要"),
            moved(step(2), True),
        ],
        lambda: step_ended(),
    ),
}


def edition_agrees():
    """What the edition says is what is stored, or it is told as a change after closing."""
    stored = KpiValue.objects.filter(month=SEPTEMBER).count()
    month = ReportingMonth.objects.get(month=SEPTEMBER)
    history = HistoryEntry.objects.of_month("kpi.value", SEPTEMBER)
    return history.filter(revision__lt=month.locked_revision).count() == stored


def step_ended():
    return Step.objects.filter(measure__number=1, valid_until=ON).count() == 1


def tried(call):
    """What came of a call: done, or told in words. Anything else is a fault."""
    try:
        call()
    except (ValidationError, Conflict, PermissionDenied) as told:
        return type(told).__name__
    return "done"


def faults_of_pairs(run):
    """{pair: what came of it} of the pairs that took something back or were not told in words."""
    faults = {}
    for name, (ready, calls, holds) in PAIRS.items():
        ready()
        made = calls()
        try:
            results = run([lambda call=call: tried(call) for call in made])
        except DatabaseError as error:
            faults[name] = repr(error)
            continue
        if "done" not in results or not holds():
            faults[name] = results
        all_orders_differ()
    return faults


def test_two_actions_on_one_object_take_nothing_back(town):
    assert faults_of_pairs(at_once) == {}
