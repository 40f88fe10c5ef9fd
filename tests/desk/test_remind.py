"""Reminders: the right days, the right people, once; mail only where it is set up."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError

from headquarters.desk import post
from headquarters.desk.models import Reminder
from headquarters.desk.reminders import digests, due
from headquarters.reviews.cycles import create_cycle, open_cycle
from kpi.actions import record_value
from kpi.models import Indicator, ReportingMonth
from kpi.rules.checks import Entry
from kpi.submissions import change_submission
from measures.models import Plan
from tests.conftest import MONTH
from tests.people import lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(soumu, zeimu, head, staff, other_head, viewer, headquarters, secretariat):
    lead(1, soumu)
    lead(3, zeimu)


def run(*args):
    out = StringIO()
    call_command("remind", *args, stdout=out)
    return out.getvalue()


def test_seven_and_one_days_before_one_and_seven_after(town, head):
    """A run every morning: four digests for each person who does nothing."""
    told = []
    for number in range(1, 31):
        for digest in digests(date(2026, 11, number)):
            post.send_all([digest])
            if digest.user == head and digest.what == "kpi":
                told.append((number, digest.days, digest.late))
    assert told == [(3, -7, False), (9, -1, False), (11, 1, True), (17, 7, True)]


@pytest.mark.parametrize(
    ("days", "which"),
    [
        (-8, None),
        (-7, -7),
        (-2, -7),
        (-1, -1),
        (0, -1),
        (1, 1),
        (6, 1),
        (7, 7),
        (14, 7),
        (15, None),
    ],
)
def test_a_missed_morning_is_made_up_for_until_the_next_one_or_a_week(days, which):
    assert due(days, (-7, -1, 1, 7)) == which


def test_who_was_told_late_is_told_how_things_are_now(town, head):
    """The server stood still on the day before the due day and on the due day."""
    (digest,) = [row for row in digests(date(2026, 11, 16)) if row.user == head]
    assert digest.days == 1
    assert "提出期限を過ぎています" in digest.subject
    run("--on", "2026-11-16")
    run("--on", "2026-11-17")
    assert set(Reminder.objects.filter(user=head).values_list("days", flat=True)) == {1, 7}


def test_everybody_hears_of_their_own_and_the_secretariat_of_all(town):
    found = {
        digest.user.username: [
            line[2 : line.index("（")] for line in digest.lines if line.startswith("■")
        ]
        for digest in digests(date(2026, 11, 9))
    }
    assert set(found) == {"soumu-kacho", "soumu-tanto", "zeimu-kacho", "jimukyoku"}
    assert found["soumu-kacho"] == ["総務課"]
    assert set(found["jimukyoku"]) >= {"総務課", "税務課", "所管課未定"}


def test_twice_is_once_and_a_dry_run_is_nothing(town):
    assert "送っていません" in run("--on", "2026-11-09", "--dry-run")
    assert not Reminder.objects.exists()
    first = run("--on", "2026-11-09")
    assert "1-2 オンライン申請件数 が未入力です" in first
    assert "メールの設定がないため" in first
    assert Reminder.objects.count() == 4
    assert "すでに作ったもの" in run("--on", "2026-11-09")
    assert Reminder.objects.count() == 4
    assert mail.outbox == []


def test_mail_goes_only_where_it_is_set_up_and_an_address_is_known(town, settings, head):
    settings.EMAIL_HOST = "mail.town.example"
    head.email = "head@town.example"
    head.save()
    run("--on", "2026-11-09")
    run("--on", "2026-11-09")
    assert [message.to for message in mail.outbox] == [["head@town.example"]]
    assert "提出期限 11月10日（火）17時15分" in mail.outbox[0].body
    assert Reminder.objects.filter(mailed=True).count() == 1


def test_it_stops_when_the_month_is_handed_in_or_closed(town, zeimu, secretariat):
    record_value(
        by=secretariat,
        indicator=Indicator.objects.get(code="3-1"),
        month=MONTH,
        seen_version=0,
        on=date(2026, 11, 6),
        entry=Entry(numerator=Decimal(3), denominator=Decimal(9)),
    )
    assert "課長の提出だけが残っています" in run("--on", "2026-11-09", "--dry-run")
    change_submission(by=secretariat, department=zeimu, month=MONTH, name="submit")
    assert "zeimu-kacho" not in {digest.user.username for digest in digests(date(2026, 11, 11))}
    ReportingMonth.objects.create(month=MONTH, locked_at="2026-11-10T00:00:00Z")
    assert digests(date(2026, 11, 11)) == []


def test_a_moved_due_day_moves_the_reminders(town):
    ReportingMonth.objects.create(month=MONTH, due_on=date(2026, 11, 13))
    assert digests(date(2026, 11, 5)) == []
    assert {digest.days for digest in digests(date(2026, 11, 9))} == {-7}
    assert {digest.days for digest in digests(date(2026, 11, 12))} == {-1}


def test_a_wrong_day_is_refused_in_words():
    with pytest.raises(CommandError, match="日付"):
        run("--on", "昨日")


def test_sheets_of_a_cycle_are_reminded_of_too_each_once(town, secretariat):
    row = create_cycle(
        by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid"
    )  # due on 2 November
    assert digests(date(2026, 11, 1)) == []  # not asked for yet
    open_cycle(by=secretariat, cycle=row, on=date(2026, 10, 1))
    found = {digest.user.username: digest for digest in digests(date(2026, 11, 1))}
    assert set(found) == {"soumu-kacho", "soumu-tanto", "zeimu-kacho", "jimukyoku"}
    assert found["zeimu-kacho"].lines == ("  ・3 公金収納のeL-QR活用（税務課）",)
    assert len(found["jimukyoku"].lines) == 10
    run("--on", "2026-11-01")
    assert "すでに作ったもの" in run("--on", "2026-11-01")
    run("--on", "2026-11-03")  # the KPI of October and the sheets: two digests each
    assert Reminder.objects.filter(user__username="zeimu-kacho").count() == 3
