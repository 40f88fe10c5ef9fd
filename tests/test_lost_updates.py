"""Two people with the same page open: nothing is overwritten unseen, nothing typed is lost.

One table over every form that changes a row which stands already. B opens the page, A saves, B
presses: B sees both sides, and what B chooses is saved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.accounts.models import Department, Membership, User
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from headquarters.meetings.actions import change_agenda
from headquarters.meetings.models import Meeting
from headquarters.organisation.actions import answer_action_item, record_action_item
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
from headquarters.reviews.cycles import close_cycle, create_cycle, edit_cycle, open_cycle
from headquarters.reviews.models import Review, ReviewCycle
from kpi.models import Indicator, ReportingMonth
from kpi.submissions import change_submission
from measures.actions import settle
from measures.models import HandoverNote, Measure, OpenPoint, Plan
from roadmap.milestone_planning import create_milestone
from roadmap.models import Milestone, Step
from roadmap.planning import STEP_FIELDS, define_step, end_step
from tests.browsing import forms_in, seen
from tests.conftest import MONTH
from tests.pages import page_text
from tests.people import a_meeting, lead, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # at once on both databases: test_at_once
ON = date(2026, 11, 6)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def colleague(soumu):
    """The second clerk of the secretariat, who is quicker."""
    return make_user("jimukyoku-2", "木下 二郎", "secretariat", soumu)


@pytest.fixture
def town(soumu, zeimu, head, secretariat):
    """One row of every kind."""
    lead(1, soumu)
    plan = Plan.objects.get()
    step = Step.objects.get(measure__number=1, order=1)
    create_milestone(by=secretariat, step=step, name="決定", planned_on=date(2026, 12, 1))
    create_cycle(by=secretariat, plan=plan, fiscal_year=2026, kind="mid")
    meeting = a_meeting(MONTH)
    record_action_item(
        by=secretariat, meeting=meeting, text="調べること", department=soumu,
        due_on=date(2026, 12, 11),
    )  # fmt: skip
    carried(step.measure, soumu)
    return plan


def carried(measure, department):
    """One row of everything that 推進体制 changes."""
    post = Post.objects.create(duty="head", title="町長")
    Holding.objects.create(post=post, name="甲野 一郎", valid_from=date(2026, 4, 1))
    years = {"first_year": 2026, "last_year": 2027}
    Project.objects.create(measure=measure, name="広報", department=department, **years)
    start = date(2026, 5, 15)
    team = ProjectTeam.objects.create(name="窓口チーム", national_item="標準化", starts_on=start)
    TeamMember.objects.create(team=team, post="係長", valid_from=start)
    Sitting.objects.create(team=team, held_on=date(2026, 10, 28))


@dataclass(frozen=True)
class Door:
    """A form that changes a row: its address, what A and what B type, and what is stored."""

    address: Callable[[], str]
    theirs: dict[str, Any]
    mine: dict[str, Any]
    stored: Callable[[], Any]
    before: Any
    after_theirs: Any
    after_mine: Any
    words: tuple[str, str] = ("", "")  # both sides as the page says them
    extra: dict[str, Any] = field(default_factory=dict)  # what the row's doors ask beside


def at(name, *args):
    return lambda: reverse(name, args=[arg() if callable(arg) else arg for arg in args])


def step():
    return Step.objects.get(measure__number=1, order=1)


def point(kind, name, subject):
    rows = OpenPoint.objects.filter(subject_type__model=kind, field=name)
    return next(row for row in rows if row.subject_label.startswith(subject))


DOORS = {
    "definition": Door(
        at("kpi:definition", "1-2"),
        {"data_source": "電子申請サービスの管理画面"},
        {"data_source": "電子申請サービスの月報"},
        lambda: Indicator.objects.get(code="1-2").definitions.get().data_source,
        "",
        "電子申請サービスの管理画面",
        "電子申請サービスの月報",
    ),
    "step": Door(
        at("roadmap:step", lambda: step().pk),
        {"name": "調査と検討"},
        {"name": "調査・検討"},
        lambda: step().name,
        None,
        "調査と検討",
        "調査・検討",
    ),
    "milestone plan": Door(
        at("roadmap:milestone_plan", lambda: Milestone.objects.get().pk),
        {"planned_on": "R8.12.15"},
        {"planned_on": "R8.12.25"},
        lambda: Milestone.objects.get().planned_on,
        date(2026, 12, 1),
        date(2026, 12, 15),
        date(2026, 12, 25),
        ("R8.12.15", "R8.12.25"),
    ),
    "cycle": Door(
        at("reviews:cycle", "2026-mid"),
        {"due_on": "R8.11.10"},
        {"due_on": "R8.11.12"},
        lambda: ReviewCycle.objects.get().due_on,
        None,
        date(2026, 11, 10),
        date(2026, 11, 12),
        ("R8.11.10", "R8.11.12"),
    ),
    "user": Door(
        at("accounts:user_edit", lambda: User.objects.get(username="soumu-kacho").pk),
        {"full_name": "総務 花"},
        {"full_name": "総務 華子"},
        lambda: User.objects.get(username="soumu-kacho").full_name,
        "総務 花子",
        "総務 花",
        "総務 華子",
    ),
    "department": Door(
        at("accounts:department_edit", lambda: Department.objects.get(code="zeimu").pk),
        {"name": "税務住民課"},
        {"name": "税務収納課"},
        lambda: Department.objects.get(code="zeimu").name,
        "税務課",
        "税務住民課",
        "税務収納課",
    ),
    "membership": Door(
        at(
            "accounts:membership_edit",
            lambda: Membership.objects.get(user__username="soumu-kacho").pk,
        ),
        {"post": "総務課長（兼務）"},
        {"post": "課長"},
        lambda: Membership.objects.get(user__username="soumu-kacho").post,
        "総務課長",
        "総務課長（兼務）",
        "課長",
    ),
    "lead": Door(
        at("measures:lead_edit", 3),
        {"department": lambda: Department.objects.get(code="soumu").pk},
        {"department": lambda: Department.objects.get(code="zeimu").pk},
        lambda: str(Measure.objects.get(number=3).lead_department),
        "None",
        "総務課",
        "税務課",
        ("総務課", "税務課"),
    ),
    "handover note": Door(
        at("measures:handover", 1),
        {"text": "業者との協議は10月から"},
        {"text": "契約は3月まで"},
        lambda: getattr(HandoverNote.objects.first(), "text", ""),
        "",
        "業者との協議は10月から",
        "契約は3月まで",
    ),
    "due day": Door(
        at("kpi:month", MONTH),
        {"due_on": "R8.11.12"},
        {"due_on": "R8.11.16"},
        lambda: getattr(ReportingMonth.objects.first(), "due_on", None),
        None,
        date(2026, 11, 12),
        date(2026, 11, 16),
        ("R8.11.12", "R8.11.16"),
    ),
    "minutes": Door(
        at("meetings:meeting", lambda: Meeting.objects.get().pk),
        {"minutes": "開会。町長あいさつ"},
        {"minutes": "開会 9時"},
        lambda: Meeting.objects.get().minutes,
        "",
        "開会。町長あいさつ",
        "開会 9時",
    ),
    "post of the headquarters": Door(
        at("organisation:post_edit", lambda: Post.objects.get().pk),
        {"title": "町長（職務代理者）"},
        {"title": "町長（代理）"},
        lambda: Post.objects.get().title,
        "町長",
        "町長（職務代理者）",
        "町長（代理）",
    ),
    "holding": Door(
        at("organisation:holding_edit", lambda: Holding.objects.get().pk),
        {"name": "甲野 市郎"},
        {"name": "甲野 壱郎"},
        lambda: Holding.objects.get().name,
        "甲野 一郎",
        "甲野 市郎",
        "甲野 壱郎",
    ),
    "project": Door(
        at("organisation:project_edit", lambda: Project.objects.get().pk),
        {"what": "広報紙での案内"},
        {"what": "窓口での案内"},
        lambda: Project.objects.get().what,
        "",
        "広報紙での案内",
        "窓口での案内",
    ),
    "project team": Door(
        at("organisation:team_edit", lambda: ProjectTeam.objects.get().pk),
        {"purpose": "標準化を検討する"},
        {"purpose": "移行を検討する"},
        lambda: ProjectTeam.objects.get().purpose,
        "",
        "標準化を検討する",
        "移行を検討する",
    ),
    "member of a team": Door(
        at("organisation:member_edit", lambda: TeamMember.objects.get().pk),
        {"post": "課長補佐"},
        {"post": "主幹"},
        lambda: TeamMember.objects.get().post,
        "係長",
        "課長補佐",
        "主幹",
    ),
    "sitting of a team": Door(
        at("organisation:sitting_edit", lambda: Sitting.objects.get().pk),
        {"notes": "3社を比べた"},
        {"notes": "2社を比べた"},
        lambda: Sitting.objects.get().notes,
        "",
        "3社を比べた",
        "2社を比べた",
    ),
    "answer": Door(
        at("organisation:action_item", lambda: ActionItem.objects.get().pk),
        {"answer": "2団体を調べた"},
        {"answer": "3団体を調べた"},
        lambda: ActionItem.objects.get().answer,
        "",
        "2団体を調べた",
        "3団体を調べた",
    ),
}


def plain(data):
    return {name: value() if callable(value) else value for name, value in data.items()}


def signed_in(client, user):
    client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
    return client


def both_press(client, first, second, door):
    """B opens, A saves, B presses. (what B's page would send, the answer to B)."""
    url, mine = door.address(), plain(door.mine)
    opened = signed_in(client, second).filled(url, **mine)
    theirs = plain(door.theirs)
    saved = signed_in(client, first).post(
        url, {**client.filled(url, **theirs), **theirs}, bare=True
    )
    assert saved.status_code == 302, getattr(saved.context.get("form"), "errors", "")
    assert door.stored() == door.after_theirs
    return signed_in(client, second).post(url, {**opened, **mine}, bare=True)


@pytest.mark.parametrize("name", DOORS)
def test_the_second_sees_both_sides_and_nothing_is_written(
    name, town, colleague, secretariat, client
):
    door = DOORS[name]
    answer = both_press(client, colleague, secretariat, door)
    assert answer.status_code == 409
    assert door.stored() == door.after_theirs
    text = page_text(answer)
    assert "木下 二郎さんが11月6日 10時" in text
    shown = door.words if door.words[0] else (door.after_theirs, door.after_mine)
    for words in shown:
        assert str(words) in text
    assert HistoryEntry.objects.first().actor == colleague


@pytest.mark.parametrize("choice", ["theirs", "mine", "take_all"])
@pytest.mark.parametrize("name", DOORS)
def test_what_the_second_chooses_is_saved(name, choice, town, colleague, secretariat, client):
    door = DOORS[name]
    url = door.address()
    answer = both_press(client, colleague, secretariat, door)
    (page,) = [form for form in forms_in(answer, url) if "choose" in form.names]
    asked = page.sent["choose"]
    chosen = (
        {"take_all": "theirs"}
        if choice == "take_all"
        else {f"take-{field}": choice for field in asked}
    )
    done = client.post(url, {**page.sent, **chosen}, bare=True)
    assert done.status_code == 302
    assert door.stored() == (door.after_mine if choice == "mine" else door.after_theirs)


@pytest.mark.parametrize("name", DOORS)
def test_the_same_content_is_not_written_twice(name, town, colleague, secretariat, client):
    door = DOORS[name]
    twin = Door(**{**door.__dict__, "mine": door.theirs})
    answer = both_press(client, colleague, secretariat, twin)
    assert answer.status_code == 302
    count = HistoryEntry.objects.count()
    assert "木下 二郎さんが同じ内容を保存済みです" in page_text(client.get(answer["Location"]))
    assert HistoryEntry.objects.count() == count


@pytest.mark.parametrize("name", DOORS)
def test_a_page_that_says_nothing_is_refused_and_keeps_what_was_typed(
    name, town, secretariat, client
):
    door = DOORS[name]
    url, mine = door.address(), plain(door.mine)
    opened = signed_in(client, secretariat).filled(url, **mine)
    before = door.stored()
    for carried in ("", "x", opened["seen"][0][:-1]):
        answer = client.post(url, {**opened, **mine, "seen": carried}, bare=True)
        assert answer.status_code == 422
        assert "画面が古くなっていた" in page_text(answer)
        assert door.stored() == before
    (page,) = [form for form in forms_in(answer, url) if set(mine) <= form.names]
    again = client.post(url, page.sent, bare=True)
    assert again.status_code == 302
    assert door.stored() == door.after_mine


def test_fields_that_only_one_changed_go_together(town, colleague, secretariat, client):
    url = reverse("kpi:definition", args=["1-2"])
    opened = signed_in(client, secretariat).filled(url, data_source="")
    theirs = signed_in(client, colleague).filled(url, data_source="")
    client.post(url, {**theirs, "published": "on"}, bare=True)
    answer = signed_in(client, secretariat).post(
        url, {**opened, "data_source": "電子申請サービスの月報"}, bare=True
    )
    text = page_text(answer)
    assert "このまま両方を保存できます" in text
    (page,) = [form for form in forms_in(answer, url) if "seen" in form.hidden]
    assert client.post(url, page.sent, bare=True).status_code == 302
    row = Indicator.objects.get(code="1-2")
    assert (row.published, row.definitions.get().data_source) == (True, "電子申請サービスの月報")


# Buttons: what they act on must stand as it was seen.


def test_a_button_of_an_old_page_changes_nothing(town, colleague, secretariat, soumu, client):
    meeting, cycle = Meeting.objects.get(), ReviewCycle.objects.get()
    first = meeting.agenda.all()[0]
    page = reverse("meetings:meeting", args=[meeting.pk])
    url = reverse("meetings:agenda_change", args=[first.pk])
    signed_in(client, secretariat)
    up = client.filled(page, url, what="up")
    board = reverse("reviews:cycle", args=[cycle.code])
    (opening,) = [form.sent for form in client.forms(board) if "open" in form.names]
    change_agenda(by=colleague, item=first, what="down")
    open_cycle(by=colleague, cycle=cycle, on=ON)
    order = [row.title for row in meeting.agenda.all()]
    for where, data in ((url, {**up, "what": "up"}), (board, {**opening, "open": "1"})):
        answer = client.post(where, data, bare=True, follow=True)
        assert "何も変えていません" in page_text(answer)
    assert [row.title for row in meeting.agenda.all()] == order


# Rows are read inside the lock; an older copy takes nothing back.


def test_an_older_copy_takes_nothing_back(town, secretariat):
    cycle, old_step = ReviewCycle.objects.get(), step()
    open_cycle(by=secretariat, cycle=ReviewCycle.objects.get(), on=ON)
    edit_cycle(
        by=secretariat,
        cycle=cycle,
        asked_on=cycle.asked_on,
        due_on=date(2026, 11, 13),
        fixed_on=cycle.fixed_on,
    )
    assert ReviewCycle.objects.get().state == "open"
    end_step(by=secretariat, step=step(), on=ON, reason="不要")
    values = {name: getattr(old_step, name) for name in STEP_FIELDS} | {"name": "別の名"}
    define_step(by=secretariat, step=old_step, values=values, on=ON)
    assert (step().name, step().valid_until) == ("別の名", ON)


@pytest.mark.parametrize(
    "act",
    [
        lambda by: open_cycle(
            by=by, cycle=ReviewCycle.objects.get(), on=ON, seen=seen(state="closed")
        ),
        lambda by: close_cycle(by=by, cycle=ReviewCycle.objects.get(), seen=seen(state="open")),
        lambda by: answer_action_item(
            by=by,
            item=ActionItem.objects.get(),
            answer="x",
            final=False,
            seen=seen(answer="前の下書き"),
        ),
        lambda by: change_submission(
            by=by,
            department=Department.objects.get(code="soumu"),
            month=MONTH,
            name="submit",
            seen=seen(state="submitted"),
        ),
        lambda by: close_month(by=by, month=MONTH, on=ON, reason="x", seen=seen(editions=1)),
        lambda by: end_step(
            by=by, step=step(), on=ON, reason="x", seen=seen(valid_until=date(2026, 10, 1))
        ),
    ],
)
def test_an_action_refuses_what_was_not_seen(town, secretariat, act):
    with pytest.raises(Conflict):
        act(secretariat)


def test_a_settled_point_is_not_settled_over(town, colleague, secretariat, client):
    row = point("indicator", "unit", "1-2")
    url = reverse("upkeep:check_settle", args=[row.pk])
    name = f"p{row.pk}-answer"
    opened = signed_in(client, secretariat).filled(url, url)
    theirs = signed_in(client, colleague).filled(url, url)
    assert client.post(url, {**theirs, name: "通"}, bare=True).status_code == 302
    mine = {**opened, name: "申請"}
    late = signed_in(client, secretariat).post(url, mine, bare=True)
    assert late.status_code == 409
    assert "木下 二郎さんが" in page_text(late)
    definition = row.subject.definitions.get()
    assert definition.unit == "通"
    again = min(forms_in(late, url, url), key=lambda form: form.strangeness(mine)).sent
    assert again[name] == ["申請"]
    assert client.post(url, again, bare=True).status_code == 302
    definition.refresh_from_db()
    assert definition.unit == "申請"


def test_a_point_opened_again_by_another_stays_open(town, colleague, secretariat, client):
    row = point("plan", "indicators", "")
    settle(by=secretariat, point=row, answer="確かめた")
    url = reverse("upkeep:check_settle", args=[row.pk])
    reopening = signed_in(client, secretariat).filled("/plan/checks/?show=settled", url)
    settle(by=colleague, point=row, answer="もう一度確かめた", at=None)
    OpenPoint.objects.filter(pk=row.pk).update(settled_at="2026-11-06T02:00:00Z")
    assert client.post(url, {**reopening, "reopen": "1"}, bare=True).status_code == 409
    row.refresh_from_db()
    assert row.settled_value == "もう一度確かめた"


# What was closed after the page was drawn: 423 with the reason, and what was typed.


def a_sheet():
    ReviewCycle.objects.update(state="open")
    Review.objects.create(cycle=ReviewCycle.objects.get(), measure=Measure.objects.get(number=1))


def hand_in_the_sheet():
    Review.objects.update(state="submitted")


def take_the_sheet_back():
    Review.objects.update(state="draft")


def lock_the_month():
    ReportingMonth.objects.create(month=MONTH, locked_at="2026-11-06T00:00:00Z")


def open_the_month():
    ReportingMonth.objects.filter(month=MONTH).delete()


def pdf():
    return SimpleUploadedFile("証拠.pdf", b"%PDF-1.7 x")


CLOSED_MEANWHILE = {
    "sheet": (
        a_sheet, "/reviews/2026-mid/1/", "", {"plan_text": "長い文"}, hand_in_the_sheet,
        take_the_sheet_back, ("取下げか差戻し", "長い文"),
    ),
    "file of a sheet": (
        a_sheet, "/reviews/2026-mid/1/", "/reviews/2026-mid/1/files/", {"file": pdf},
        hand_in_the_sheet, take_the_sheet_back, ("取下げか差戻し", "「証拠.pdf」を選び直す"),
    ),
    "evidence": (
        lambda: None, "/kpis/1-1/?at=2026-10", "/kpis/entry/2026-10/1-1/files/", {"file": pdf},
        lock_the_month, open_the_month, ("締め", "「証拠.pdf」を選び直す"),
    ),
}  # fmt: skip


def given(typed):
    return {name: text() if callable(text) else text for name, text in typed.items()}


@pytest.mark.parametrize("name", CLOSED_MEANWHILE)
def test_what_was_closed_meanwhile_keeps_what_was_typed(name, town, head, client):
    ready, page, url, typed, close, reopen, words = CLOSED_MEANWHILE[name]
    ready()
    browser, url = signed_in(client, head), url or page
    opened = {**browser.filled(page, url, **given(typed)), **given(typed)}
    close()
    late = browser.post(url, opened, bare=True)
    assert late.status_code == 423
    for text in words:
        assert text in page_text(late)
    reopen()
    again = min(forms_in(late, url, url), key=lambda form: form.strangeness(typed)).sent
    assert browser.post(url, {**again, **given(typed)}, bare=True).status_code == 302


@pytest.mark.parametrize("name", CLOSED_MEANWHILE)
def test_who_may_not_write_is_told_so_whether_it_is_closed_or_not(name, town, other_head, client):
    ready, page, url, typed, close, *_ = CLOSED_MEANWHILE[name]
    ready()
    browser = signed_in(client, other_head)
    for act in (lambda: None, close):
        act()
        status = browser.post(url or page, given(typed), bare=True).status_code
        assert status in (403, 404)
