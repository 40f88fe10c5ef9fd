"""Every URL × role × method. A new URL without a rule here fails."""

import pytest
import time_machine
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from headquarters.feeds.models import FeedToken
from headquarters.meetings.models import AgendaItem, Decision, Meeting
from headquarters.organisation.models import (
    ActionItem,
    Holding,
    Post,
    Project,
    ProjectTeam,
    Sitting,
    TeamMember,
)
from headquarters.reviews.models import Review, ReviewCycle
from kpi.models import Indicator, KpiValue, Reopening
from measures.models import Measure, OpenPoint
from roadmap.models import Baseline, Milestone, Step
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import lead
from tests.reports.forms_of_towns import a_kept_form

pytestmark = pytest.mark.pure  # rights are decided in Python
ROLES = ("viewer", "staff", "head", "headquarters", "secretariat")
ALL = dict.fromkeys(ROLES, 200)
READ = {**ALL, "stranger": 403}
PEOPLE = {**dict.fromkeys(ROLES, 404), "stranger": 404, "secretariat": 200}
DEFINE = {**dict.fromkeys(ROLES, 403), "stranger": 403, "secretariat": 200}
ENTER = {**DEFINE, "staff": 200, "head": 200}
NO_SHEET = {**DEFINE, "staff": 404, "head": 404, "secretariat": 404}
NO_TARGETS = {**DEFINE, "secretariat": 404}
CARRY = {**DEFINE, "head": 200}
OPEN = {**ALL, "stranger": 200}
OPENED = {"healthz", "accounts:login", "feeds:feed", "desk:manual_trouble"}  # without signing in
GO_ON = {**dict.fromkeys(ROLES, 302), "stranger": 302}
OWN = {**dict.fromkeys(ROLES, 403), "stranger": 403, "staff": 422, "head": 422, "secretariat": 422}
DRAFT = {
    "viewer": 404,
    "headquarters": 404,
    "stranger": 403,
    "staff": 200,
    "head": 200,
    "secretariat": 200,
}
NOTHING = dict.fromkeys((*ROLES, "stranger"), 405)
BY_TOKEN = dict.fromkeys((*ROLES, "stranger"), 401)  # whoever is signed in

# view name → (arguments, expected on GET, expected on POST with an empty form)
RULES = {
    "healthz": ((), OPEN, OPEN),
    "desk:home": ((), READ, READ),
    "upkeep:checks": ((), READ, {**DEFINE, "secretariat": 422}),
    "desk:history": ((), READ, READ),
    "desk:search": ((), READ, READ),
    "desk:words": ((), READ, READ),
    "desk:manual_contents": ((), READ, READ),
    "desk:manual_trouble": ((), OPEN, OPEN),
    "desk:manual": (("start",), READ, READ),
    "desk:manual_picture": (("home.webp",), READ, READ),
    "upkeep:check_settle": (("point",), DEFINE, {**DEFINE, "secretariat": 422}),
    "upkeep:settings": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "upkeep:plan_changes": ((), READ, {**DEFINE, "secretariat": 200}),
    "measures:handover": ((1,), READ, {**DEFINE, "staff": 422, "head": 422, "secretariat": 422}),
    "roadmap:setup": ((), READ, READ),
    "roadmap:step_create": ((), {**DEFINE, "secretariat": 404}, {**DEFINE, "secretariat": 404}),
    "roadmap:step": (("step",), READ, {**DEFINE, "secretariat": 422}),
    "roadmap:step_end": (("step",), {**DEFINE, "secretariat": 405}, {**DEFINE, "secretariat": 422}),
    "roadmap:step_move": (
        ("step",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "roadmap:milestone_create": (
        ("step",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "roadmap:milestone_bulk": (
        (),
        {**NOTHING, "stranger": 403},
        {**dict.fromkeys(ROLES, 422), "stranger": 403},
    ),
    "roadmap:milestone_sheets": (
        (),
        ENTER,
        {**DEFINE, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "roadmap:milestone_sheet": ((999,), NO_SHEET, NO_SHEET),
    "roadmap:milestone_returned": ((999,), NO_SHEET, NO_SHEET),
    "roadmap:milestone_returned_file": ((999,), NO_SHEET, NO_SHEET),
    "roadmap:milestone_marked_file": ((999,), NO_SHEET, NO_SHEET),
    "roadmap:milestone_take_back": (
        (999,),
        {**DEFINE, "staff": 405, "head": 405, "secretariat": 405},
        NO_SHEET,
    ),
    "roadmap:milestone_plan": (("milestone",), DEFINE, {**DEFINE, "secretariat": 422}),
    "roadmap:milestone_move": (
        ("milestone",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "roadmap:knock_on": (
        ("milestone",),
        READ,
        {**DEFINE, "staff": 302, "head": 302, "secretariat": 302},
    ),
    "roadmap:baseline_create": (
        (),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "roadmap:baseline_withdraw": (
        ("baseline",),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "roadmap:baseline_compare": ((), READ, READ),
    "desk:transfers": ((), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "desk:date_read": ((), READ, {**NOTHING, "stranger": 403}),
    "accounts:login": ((), GO_ON, GO_ON),
    "accounts:logout": ((), NOTHING, GO_ON),
    "sample:switch": ((), NOTHING, dict.fromkeys((*ROLES, "stranger"), 404)),
    "accounts:signed_out": ((), GO_ON, GO_ON),
    "accounts:password_change": ((), OPEN, dict.fromkeys(OPEN, 422)),
    "accounts:profile": ((), OPEN, OPEN),
    "accounts:keepalive": ((), dict.fromkeys(OPEN, 204), dict.fromkeys(OPEN, 204)),
    "accounts:sign_ins": ((), PEOPLE, PEOPLE),
    "accounts:users": ((), PEOPLE, PEOPLE),
    "accounts:user_create": ((), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:one_time_passwords": (
        (),
        PEOPLE,
        {**dict.fromkeys((*ROLES, "stranger"), 404), "secretariat": 302},
    ),
    "accounts:department_import": ((), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:user_import": ((), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:user_edit": (("user",), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:user_reset": (
        ("user",),
        {**PEOPLE, "secretariat": 405},
        {**PEOPLE, "secretariat": 422},
    ),
    "accounts:user_unlock": (
        ("user",),
        {**PEOPLE, "secretariat": 405},
        {**PEOPLE, "secretariat": 422},
    ),
    "accounts:membership_create": (("user",), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:membership_edit": (("membership",), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:departments": ((), PEOPLE, PEOPLE),
    "accounts:department_create": ((), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "accounts:department_edit": (("department",), PEOPLE, {**PEOPLE, "secretariat": 422}),
    "measures:list": ((), READ, READ),
    "measures:detail": ((1,), READ, READ),
    "measures:lead_edit": ((1,), DEFINE, {**DEFINE, "secretariat": 422}),
    "measures:leads": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "measures:history": ((1,), READ, READ),
    "measures:plan": ((), READ, READ),
    "measures:context": ((), READ, READ),
    "reports:indicator_list": ((), READ, READ),
    "kpi:entry_current": ((), {**GO_ON, "stranger": 403}, {**GO_ON, "stranger": 403}),
    "kpi:month_current": ((), {**GO_ON, "stranger": 403}, {**GO_ON, "stranger": 403}),
    "kpi:entry": ((MONTH,), READ, {**GO_ON, "stranger": 403}),
    "kpi:value_edit": ((MONTH, "1-1"), READ, OWN),
    "kpi:paste": ((MONTH,), READ, {**DEFINE, "staff": 422, "head": 422, "secretariat": 422}),
    "kpi:paste_undo": ((MONTH,), {**NOTHING, "stranger": 403}, {**GO_ON, "stranger": 403}),
    "kpi:forecasts": ((MONTH,), READ, {**DEFINE, "staff": 302, "head": 302, "secretariat": 302}),
    "kpi:months": ((), READ, READ),
    "kpi:month": ((MONTH,), READ, {**DEFINE, "secretariat": 422}),
    "kpi:missing": ((MONTH,), READ, READ),
    "kpi:submissions_confirm": (
        (MONTH,),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "kpi:reopenings_request": (
        (MONTH,),
        {**DEFINE, "head": 200},
        {**DEFINE, "head": 422, "secretariat": 422},
    ),
    "kpi:reopening_request": (
        (MONTH, "1-1"),
        {**DEFINE, "head": 200},
        {**DEFINE, "head": 422, "secretariat": 422},
    ),
    "kpi:reopening_decide": (
        ("reopening",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "kpi:target_table": ((), DEFINE, {**DEFINE, "secretariat": 404}),
    "kpi:target_paste": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "kpi:definition_table": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "kpi:definition": (("1-1",), DEFINE, {**DEFINE, "secretariat": 422}),
    "kpi:submission_edit": (
        (MONTH,),
        {**NOTHING, "stranger": 403},
        dict.fromkeys(READ, 422) | {"stranger": 403},
    ),
    "kpi:evidence_add": (
        (MONTH, "1-1"),
        {**NOTHING, "stranger": 403},
        {**DEFINE, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "kpi:evidence": (
        (999,),
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
    ),
    "intake:start": ((), ENTER, ENTER),
    "intake:sheets": ((MONTH,), DEFINE, DEFINE),
    "intake:sheet": ((MONTH, "department"), ENTER, ENTER),
    "intake:receive": ((), ENTER, {**DEFINE, "staff": 422, "head": 422, "secretariat": 422}),
    "intake:returned": ((999,), NO_SHEET, NO_SHEET),
    "intake:returned_file": ((999,), NO_SHEET, NO_SHEET),
    "intake:marked_file": ((999,), NO_SHEET, NO_SHEET),
    "intake:take_back": (
        (999,),
        {**DEFINE, "staff": 405, "head": 405, "secretariat": 405},
        NO_SHEET,
    ),
    "kpi:target_sheets": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "kpi:target_sheet": ((), DEFINE, DEFINE),
    "kpi:target_returned": ((999,), NO_TARGETS, NO_TARGETS),
    "kpi:target_returned_file": ((999,), NO_TARGETS, NO_TARGETS),
    "kpi:target_marked_file": ((999,), NO_TARGETS, NO_TARGETS),
    "kpi:target_take_back": ((999,), {**DEFINE, "secretariat": 405}, NO_TARGETS),
    "reports:indicator": (("1-1",), READ, READ),
    "kpi:targets": (("1-1",), DEFINE, {**DEFINE, "secretariat": 422}),
    "reports:measure_kpis": ((1,), READ, READ),
    "roadmap:roadmap": ((), READ, READ),
    "roadmap:milestones": ((), READ, READ),
    "roadmap:milestone_edit": (("milestone",), READ, {**DEFINE, "staff": 200, "head": 200}),
    "roadmap:baselines": ((), READ, READ),
    "roadmap:measure_roadmap": ((1,), READ, READ),
    "reviews:cycles": ((), READ, {**DEFINE, "secretariat": 422}),
    "reviews:cycle": (("cycle",), READ, {**DEFINE, "secretariat": 422}),
    "reviews:missing": (("cycle",), READ, READ),
    "reviews:sheet": (
        ("cycle", 1),
        DRAFT,
        {**DRAFT, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "reviews:sheet_transition": (
        ("cycle", 1),
        {**NOTHING, "stranger": 403},
        {**DRAFT, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "reviews:file_add": (
        ("cycle", 1),
        {**NOTHING, "stranger": 403},
        {**DRAFT, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "reviews:file": (
        (999,),
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
    ),
    "reviews:measure_reviews": ((1,), READ, READ),
    "desk:handover": ((), {**DEFINE, "head": 200}, {**DEFINE, "secretariat": 422}),
    "meetings:meetings": ((), READ, {**DEFINE, "secretariat": 422}),
    "meetings:meeting": (("meeting",), READ, {**DEFINE, "secretariat": 422}),
    "meetings:agenda": (("meeting",), READ, READ),
    "meetings:minutes": (("meeting",), READ, READ),
    "meetings:hold": (
        ("meeting",),
        {**NOTHING, "stranger": 403},
        {**DEFINE, "secretariat": 422},
    ),
    "meetings:present": (("meeting",), READ, READ),
    "meetings:present_next": ((), {**GO_ON, "stranger": 403}, {**GO_ON, "stranger": 403}),
    "meetings:meeting_edit": (("meeting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "meetings:call_off": (("meeting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "meetings:reopen": (("meeting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "meetings:attendance": (("meeting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "meetings:agenda_edit": (("agenda",), DEFINE, {**DEFINE, "secretariat": 422}),
    "meetings:settle": (
        ("meeting",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "meetings:propose": (
        ("meeting",),
        {**DEFINE, "secretariat": 405},
        {**DEFINE, "secretariat": 422},
    ),
    "organisation:item_correct": (
        ("item",),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "organisation:item_withdraw": (
        ("item",),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "meetings:decide": (
        ("meeting",),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "meetings:decision_withdraw": (
        ("decision",),
        {**DEFINE, "headquarters": 200},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "meetings:record": (
        ("meeting",),
        {**NOTHING, "stranger": 403},
        {**DEFINE, "headquarters": 422, "secretariat": 422},
    ),
    "meetings:agenda_change": (
        ("agenda",),
        {**NOTHING, "stranger": 403},
        {**DEFINE, "secretariat": 422},
    ),
    "organisation:action_item": (
        ("item",),
        READ,
        {**DEFINE, "staff": 422, "head": 422, "secretariat": 422},
    ),
    "organisation:organisation": ((), READ, READ),
    "organisation:chart": ((), READ, READ),
    "organisation:teams": ((), READ, READ),
    "organisation:team": (("team",), READ, READ),
    "organisation:team_create": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:team_edit": (("team",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:team_withdraw": (("team",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:member_create": (("team",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:member_edit": (("member",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:member_withdraw": (("member",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:sitting_create": (("team",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:sitting_edit": (("sitting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:sitting_withdraw": (("sitting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:instruct": (("sitting",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:projects": ((), READ, READ),
    "organisation:project_measures": ((), CARRY, CARRY),
    "organisation:project_create": (
        ("measure",),
        CARRY,
        {**DEFINE, "head": 422, "secretariat": 422},
    ),
    "organisation:project_edit": (
        ("project",),
        CARRY,
        {**DEFINE, "head": 422, "secretariat": 422},
    ),
    "organisation:project_withdraw": (
        ("project",),
        CARRY,
        {**DEFINE, "head": 422, "secretariat": 422},
    ),
    "organisation:post_create": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:post_departments": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:post_edit": (("post",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:post_end": (("post",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:holder_record": (("post",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:holding_edit": (("holding",), DEFINE, {**DEFINE, "secretariat": 422}),
    "organisation:holding_withdraw": (("holding",), DEFINE, {**DEFINE, "secretariat": 422}),
    "feeds:feed": (("kpi", "csv"), BY_TOKEN, NOTHING),
    "feeds:guide": ((), READ, READ),
    "feeds:tokens": ((), DEFINE, DEFINE),
    "feeds:token_create": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "feeds:token_revoke": (("token",), DEFINE, {**DEFINE, "secretariat": 422}),
    "reports:dashboard": ((), READ, READ),
    "reports:milestones": ((), READ, READ),
    "reports:submissions": ((), READ, READ),
    "reports:list": ((), READ, READ),
    "reports:workbook": ((MONTH,), READ, READ),
    "reports:annual": (
        (2026,),
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
    ),
    "reports:edition": (
        (MONTH, 1),
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
    ),
    "reports:edition_public": (
        (MONTH, 1),
        {**DEFINE, "secretariat": 404},
        {**DEFINE, "secretariat": 404},
    ),
    "reports:compare": (
        (),
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
        {**dict.fromkeys(ROLES, 404), "stranger": 403},
    ),
    "reports:close_annual": (
        (2026,),
        {**DEFINE, "secretariat": 404},
        {**DEFINE, "secretariat": 404},
    ),
    "reports:town_form": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "reports:town_form_example": ((), DEFINE, DEFINE),
    "reports:town_form_file": (("form",), DEFINE, DEFINE),
    "reports:town_form_preview": (("form",), DEFINE, {**DEFINE, "secretariat": 422}),
    "reports:town_form_stop": ((), DEFINE, {**DEFINE, "secretariat": 422}),
    "reports:close_next": ((), {**DEFINE, "secretariat": 302}, {**DEFINE, "secretariat": 302}),
    "reports:close": ((MONTH,), DEFINE, {**DEFINE, "secretariat": 422}),
}


def names(patterns=None, space=""):
    """All view names of the project (Django's admin apart: one rule of its own)."""
    for row in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(row, URLResolver):
            if row.namespace != "admin":
                yield from names(row.url_patterns, f"{row.namespace}:" if row.namespace else space)
        elif isinstance(row, URLPattern):
            yield f"{space}{row.name}"


def test_every_url_has_a_rule():
    assert set(names()) == set(RULES)


@pytest.fixture
def standing_clock():
    """What is drawn for one of them is the same for all."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def people(request, soumu):
    """Everybody, with 総務課 leading measure 1 and one milestone of it."""
    lead(1, soumu)
    users = {name: request.getfixturevalue(name) for name in (*ROLES, "stranger")}
    step = Step.objects.get(measure__number=1, order=1)
    row = Milestone.objects.create(
        step=step, order=1, name="決定", planned_on="2026-12-01", version=1
    )
    KpiValue.objects.create(
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        value=30,
        version=1,
        updated_at="2026-11-01T00:00:00Z",
    )
    asked = Reopening.objects.create(
        indicator=Indicator.objects.get(code="1-1"),
        month=MONTH,
        reason="漏れ",
        requested_at="2026-11-20T00:00:00Z",
    )
    cycle = ReviewCycle.objects.create(
        plan=step.measure.policy.plan,
        code="2026-mid",
        name="中間",
        fiscal_year=2026,
        as_of="2026-09-01",
        asked_on="2026-10-01",
        due_on="2026-10-31",
        fixed_on="2026-11-30",
        state="open",
    )
    Review.objects.create(cycle=cycle, measure=step.measure)
    meeting = Meeting.objects.create(
        plan=cycle.plan, title="第1回", held_on="2026-11-20", month=MONTH, version=1
    )
    agenda = AgendaItem.objects.create(meeting=meeting, order=1, title="総括")
    decision = Decision.objects.create(
        meeting=meeting,
        text="期日を改める",
        recorded_by=users["secretariat"],
        recorded_at="2026-11-20T00:00:00Z",
    )
    item = ActionItem.objects.create(
        meeting=meeting, department=soumu, text="調べること", due_on="2026-12-11", version=1
    )
    post = Post.objects.create(duty="head", title="町長")
    holding = Holding.objects.create(post=post, name="甲野 一郎", valid_from="2026-04-01")
    project = Project.objects.create(
        measure=step.measure, name="広報", department=soumu, first_year=2026, last_year=2026
    )
    team = ProjectTeam.objects.create(
        name="窓口チーム", national_item="標準化", starts_on="2026-05-15"
    )
    member = TeamMember.objects.create(team=team, post="係長", valid_from="2026-05-15")
    sitting = Sitting.objects.create(team=team, held_on="2026-10-28")
    token = FeedToken.objects.create(
        department=soumu,
        purpose="進捗管理表",
        number="00000000",
        digest="0" * 64,
        made_by=users["secretariat"],
        made_at="2026-11-20T00:00:00Z",
    )
    baseline = Baseline.objects.create(
        plan=cycle.plan,
        number=1,
        name="計画策定時",
        approved_on="2026-04-24",
        decision="第1回会議で決定",
        created_at="2026-04-24T00:00:00Z",
    )
    places = {
        "user": users["viewer"].pk,
        "membership": users["viewer"].memberships.get().pk,
        "department": soumu.pk,
        "milestone": row.pk,
        "reopening": asked.pk,
        "step": step.pk,
        "cycle": cycle.code,
        "meeting": meeting.pk,
        "agenda": agenda.pk,
        "item": item.pk,
        "decision": decision.pk,
        "team": team.pk,
        "member": member.pk,
        "sitting": sitting.pk,
        "measure": step.measure_id,
        "project": project.pk,
        "post": post.pk,
        "token": token.pk,
        "holding": holding.pk,
        "form": a_kept_form(users["secretariat"]).pk,
        "baseline": baseline.pk,
        "point": OpenPoint.objects.order_by("pk").first().pk,
    }
    return users, places


def address(name, places):
    arguments = [
        places.get(part, part) if isinstance(part, str) else part for part in RULES[name][0]
    ]
    return reverse(name, args=arguments)


def says_what_to_mend(answer):
    """A refused page begins with what is wrong, the focus is there, and the title says it."""
    text = page_text(answer)
    assert "<title> エラー：" in text
    summary = text.split("dx-errsum", 1)[1]
    assert "autofocus" in summary[:200]
    assert "<li>" in summary[:2000]


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", RULES)
@pytest.mark.django_db
def test_rule(name, method, people, client):
    users, places = people
    url = address(name, places)
    expected = RULES[name][1 if method == "get" else 2]
    for role, user in users.items():
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        answer = client.get(url) if method == "get" else client.post(url, bare=True)
        assert answer.status_code == expected[role], f"{role} {method} {url}"
        if answer.status_code == 422:
            says_what_to_mend(answer)


@pytest.mark.parametrize("name", sorted(set(RULES) - OPENED))
@pytest.mark.django_db
def test_without_sign_in_there_is_only_the_sign_in_page(name, people, client):
    url = address(name, people[1])
    for answer in (client.get(url), client.post(url, bare=True)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("accounts:login"))


@pytest.mark.django_db
def test_admin_is_not_there_for_others(people, client):
    for role, user in people[0].items():
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        assert client.get("/admin/").status_code == (200 if role == "secretariat" else 404)
        assert client.get("/admin/login/").status_code == 404


@pytest.mark.django_db
def test_row_of_another_department_reads_200_and_writes_403(people, other_head, client):
    _, places = people
    before = KpiValue.objects.get().value
    client.force_login(other_head, backend="foundation.accounts.backends.MembershipBackend")
    assert client.get(reverse("kpi:entry", args=[MONTH])).status_code == 200
    answer = client.post(
        reverse("kpi:value_edit", args=[MONTH, "1-1"]),
        {"1-1-value": "5", "1-1-answer": "final", "1-1-seen_version": 1},
    )
    assert answer.status_code == 403
    assert (
        client.post(
            reverse("roadmap:milestone_edit", args=[places["milestone"]]), {"state": "completed"}
        ).status_code
        == 403
    )
    assert KpiValue.objects.get().value == before


@pytest.mark.django_db
def test_unknown_ids_are_404(people, client):
    client.force_login(
        people[0]["secretariat"], backend="foundation.accounts.backends.MembershipBackend"
    )
    for url in (
        "/measures/99/",
        "/kpis/99-9/",
        "/roadmap/milestones/99999/",
        "/accounts/users/99999/",
        "/kpis/entry/2025-03/",
        "/kpis/entry/2030-04/",
        "/reports/2031-01/workbook/",
        "/measures/99/kpis/",
        "/measures/99/roadmap/",
        "/dashboard/?at=2025-01",
        "/dashboard/?month=x",
    ):
        assert client.get(url).status_code == 404, url
    assert Measure.objects.count() == 10
