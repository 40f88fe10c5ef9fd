"""The sample town is alive in every room; what happened there is dated as it would have been."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.models import Department, Membership, User
from foundation.japanese.workdays import is_working_day
from foundation.records.models import Attachment, HistoryEntry
from headquarters.meetings.models import Decision, Meeting
from headquarters.organisation.models import ActionItem
from headquarters.reports.editions import report_of
from headquarters.reports.models import Edition
from headquarters.reviews.models import Review, ReviewCycle, ReviewReturn
from kpi.models import Indicator, KpiValue, Reopening, ReportingMonth, Submission, Target
from measures.models import HandoverNote, OpenPoint
from roadmap.models import BaselineEntry
from tests.conftest import MONTH
from tests.pages import page_text
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # on one database: nothing differs
JULY = date(2026, 7, 1)


@pytest.fixture
def town():
    with time_machine.travel("2026-11-20 01:00+00:00", tick=False):
        load_town()
        yield


def keys(rows):
    return [f"{row.month:%Y-%m}.{row.number}" for row in rows.order_by("month", "number")]


def test_earlier_months_are_closed_and_one_twice_with_its_reason(town):
    months = ("04.1", "05.1", "06.1", "07.1", "07.2", "08.1", "09.1")
    assert keys(Edition.objects) == [f"2026-{month}" for month in months]
    again = Edition.objects.newest(JULY)
    asked = Reopening.objects.get(month=JULY)
    assert "3-1" in again.reason
    assert asked.reason
    assert asked.answer
    first = report_of(Edition.objects.get(month=JULY, number=1))
    figures = {
        report.edition: next(
            row.months[-1].figure for row in report.indicators if row.code == "3-1"
        )
        for report in (first, report_of(again))
    }
    assert figures[2] > figures[1]
    assert not ReportingMonth.objects.closed(MONTH)


def test_the_last_month_is_open_in_mixed_states(town):
    states = set(Submission.objects.filter(month=MONTH).values_list("state", flat=True))
    assert states == {"submitted", "returned"}
    values = KpiValue.objects.filter(month=MONTH)
    assert values.filter(missing_reason="counting").exists()
    assert values.filter(value=0).exists()
    assert values.filter(follow_up=True).count() == 2
    assert values.filter(maturity="provisional").exists()
    assert not values.filter(indicator__code__in=("2-3", "8-1", "9-1")).exists()
    trace = HistoryEntry.objects.filter(
        action="kpi.value", month=MONTH, subject_label__startswith="1-2"
    ).order_by("revision")
    assert [row.actor.username for row in trace] == ["jimukyoku", "kikaku-tanto"]


def test_a_meeting_was_held_and_the_next_is_prepared(town):
    coming, held = Meeting.objects.order_by("-held_on")
    assert (held.held_on, coming.held_on) == (date(2026, 7, 24), date(2026, 11, 30))
    assert (held.month, coming.month) == (date(2026, 6, 1), MONTH)
    assert held.minutes
    assert held.attendance
    decisions = {row.revised.exists(): row for row in Decision.objects.filter(meeting=held)}
    assert len(decisions) == 2
    assert decisions[True].revised.get().target.version == 2
    moved = [
        entry
        for entry in BaselineEntry.objects.filter(baseline=decisions[False].baseline)
        if entry.milestone and entry.due_on != entry.milestone.planned_on
    ]
    assert len(moved) == 2
    items = held.action_items.order_by("due_on")
    assert [row.state for row in items] == ["answered", "open", "open"]
    assert [row.due_on < date(2026, 11, 1) for row in items] == [True, True, False]
    titles = list(coming.agenda.values_list("title", flat=True))
    assert titles[0] == "前回までの指示事項の確認"
    assert len(titles) > 5


def test_the_cycle_has_sheets_in_every_state(town):
    cycle = ReviewCycle.objects.get()
    assert (cycle.code, cycle.state) == ("2026-mid", "open")
    rows = Review.objects.select_related("measure")
    assert Counter(row.state for row in rows) == {
        "graded": 2,
        "checked": 2,
        "submitted": 3,
        "draft": 3,
    }
    differs = rows.get(self_grade_reason__gt="")
    assert differs.self_grade
    assert ReviewReturn.objects.count() == 2  # one to the department, one to the secretariat
    assert rows.filter(state="draft", plan_text="").count() == 1


def test_people_move_and_departments_are_renamed(town):
    moved = User.objects.get(username="hoken-tanto").memberships.order_by("valid_from")
    assert [row.department.name for row in moved] == ["税務課", "保健福祉課"]
    assert moved.last().valid_from == date(2026, 10, 1)
    assert Membership.objects.filter(user__username="kikaku-kacho").count() == 2  # 兼務
    assert Department.objects.get(code="nourin").name == "農林振興課"
    names = {
        edition.month: {row.name for row in report_of(edition).departments}
        for edition in Edition.objects.filter(number=1)
    }
    assert "農林課" in names[date(2026, 5, 1)]
    assert "農林振興課" in names[date(2026, 8, 1)]
    assert not User.objects.filter(last_login=None).exists()
    assert not User.objects.filter(previous_login=None).exists()


def test_the_small_things_are_there(town):
    assert Indicator.objects.filter(published=True).count() == 6
    assert KpiValue.objects.exclude(public_note="").exists()
    assert Attachment.objects.count() == 2
    assert HandoverNote.objects.count() == 3
    settled = OpenPoint.objects.exclude(settled_at=None)
    assert settled.count() == 5
    assert all("（見本）" in row.settled_value for row in settled)
    assert {row.rationale for row in Target.objects.all()} == {"見本"}
    assert ActionItem.objects.filter(state="open").exclude(answer="").exists()


def test_history_is_told_in_the_order_of_time(town):
    own = HistoryEntry.objects.exclude(action="plan.load")
    told = list(own.order_by("revision"))
    assert len(told) > 300
    for before, after in pairwise(told):
        assert before.at <= after.at, (before, after)
    story = [row for row in told if row.action != "sample.load"]
    assert {timezone.localtime(row.at).date() for row in story} <= {
        date(2026, 4, 1) + timedelta(days=number) for number in range(226)
    }
    by_hand = [row for row in story if row.action.startswith(("kpi.", "reports.", "reviews."))]
    assert all(is_working_day(timezone.localtime(row.at).date()) for row in by_hand)


STARTS_EMPTY = {
    "/plan/organisation/",  # docs/rules.md §11: nothing of it is in the plan's text
    "/settings/feeds/",  # the sample gives nobody a key
}
ROLES = ("jimukyoku", "zeimu-kacho", "kikaku-tanto", "honbu", "etsuran")


@pytest.mark.parametrize("username", ROLES)
def test_every_room_of_the_menu_has_content_for_every_role(town, username, sign_in):
    client = sign_in(User.objects.get(username=username))
    home = client.get("/")
    assert "今日やることはありません</" not in home.content.decode()
    work, plan = home.context.get("work"), home.context.get("home")
    assert work.tasks or home.context["news"] if work else plan.milestones.due
    entries = home.context["nav"]
    menu = [door.url for entry in entries for door in entry.doors or (entry,)]
    assert len(menu) >= 9
    for url in menu:
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        assert ("dx-empty" in answer.content.decode()) is (url in STARTS_EMPTY), url
    assert Edition.objects.first().short_hash in page_text(client.get("/reports/"))
    assert "第1回推進本部会議" in page_text(client.get("/meetings/"))
    assert "中間" in page_text(client.get("/reviews/"))
    coming = Meeting.objects.order_by("-held_on").first()
    assert client.get(reverse("meetings:present", args=[coming.pk])).status_code == 200


UNTIL = (  # last month → editions, meetings held, newest cycle
    ("2026-04", 0, 0, []),
    ("2026-06", 2, 0, []),
)


@pytest.mark.parametrize(("until", "editions", "held", "cycles"), UNTIL)
def test_what_falls_before_the_plan_is_left_out(until, editions, held, cycles):
    call_command("load_sample", until=until, verbosity=0)
    assert Edition.objects.count() == editions
    assert Meeting.objects.exclude(minutes="").count() == held
    assert Meeting.objects.filter(minutes="").count() == 1
    assert list(ReviewCycle.objects.values_list("code", flat=True)) == cycles


@pytest.mark.parametrize(
    ("day", "until", "refused"),
    [
        ("2026-07-01", None, None),
        ("2026-06-30", "2026-06", None),
        ("2026-11-30", "2026-12", "まだ始まっていません"),
        ("2026-04-01", "2026-05", "まだ始まっていません"),
    ],
)
def test_at_most_the_running_month_unless_ahead(day, until, refused):
    at = datetime.fromisoformat(f"{day}T09:00+09:00")
    with time_machine.travel(at, tick=False):
        if refused:
            with pytest.raises(CommandError, match=refused):
                call_command("load_sample", until=until, verbosity=0)
        else:
            call_command("load_sample", until=until, verbosity=0)
            told = HistoryEntry.objects.exclude(action="plan.load")
            assert told.latest("at").at <= at  # nothing in the future


def test_a_year_end_ahead_of_time(client, sketched):
    sketched.add(date(2027, 3, 1))
    call_command("load_sample", until="2027-04", ahead=True, verbosity=0)
    assert keys(Edition.objects)[-1] == "2027-03.1"
    codes = dict(ReviewCycle.objects.values_list("code", "state"))
    assert codes == {"2026-mid": "closed", "2026-end": "open"}
    assert Meeting.objects.exclude(minutes="").count() == 3
    user = User.objects.get(username="jimukyoku")
    with time_machine.travel("2027-05-20 01:00+00:00", tick=False):
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        assert client.get(reverse("reports:annual", args=[2026])).status_code == 200
        shown = page_text(client.get("/reviews/2026-end/1/"))
    assert "令和8年度 年度末" in shown
