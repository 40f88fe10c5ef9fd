"""Reminders over a real mail connection: what one mailbox or server does loses nobody's mail."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from foundation.accounts.models import User
from foundation.records.actions import next_revision
from headquarters.desk import post
from headquarters.desk.models import Reminder
from headquarters.desk.reminders import digests
from tests.desk.test_remind import run, town  # noqa: F401 (a fixture)
from tests.mailbox import mailbox

DAY = "2026-11-09"
NAMES = ("soumu-kacho", "soumu-tanto", "zeimu-kacho", "jimukyoku")
WITH_TOWN = pytest.mark.usefixtures("addresses")
pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(town):  # noqa: F811
    """Everybody who is reminded has an address."""
    for name in NAMES:
        User.objects.filter(username=name).update(email=f"{name}@town.example")


def missed(*args):
    """What a run says that did not reach everybody."""
    with pytest.raises(CommandError) as told:
        run("--on", DAY, *args)
    return str(told.value)


@WITH_TOWN
def test_all_go_over_one_connection(settings):
    settings.DEFAULT_FROM_EMAIL = "dx@town.example"
    with mailbox(settings) as server:
        assert "4通を作りました" in run("--on", DAY)
        run("--on", DAY)
    assert server.readers == sorted(f"{name}@town.example" for name in NAMES)
    assert {letter["From"] for letter in server.letters} == {"dx@town.example"}
    assert server.talks == 1


@WITH_TOWN
@pytest.mark.parametrize("how", ["refuses", "hangs_up_at"])
def test_one_bad_mailbox_loses_nobody_else_and_is_tried_again(settings, how):
    bad = "soumu-tanto@town.example"
    with mailbox(settings, **{how: [bad]}) as server:
        told = missed()
    assert "1通を送れませんでした" in told
    assert bad in told
    assert len(server.readers) == 3
    assert not Reminder.objects.filter(user__username="soumu-tanto").exists()
    with mailbox(settings) as server:
        run("--on", "2026-11-10")  # the next morning
    assert server.readers == [bad]


@WITH_TOWN
def test_a_server_that_is_down_is_asked_once_and_all_go_the_next_morning(settings, monkeypatch):
    asked = []
    settings.EMAIL_HOST = "mail.town.example"

    class Down:
        def open(self):
            asked.append(1)
            raise ConnectionRefusedError

    monkeypatch.setattr(post, "get_connection", Down)
    told = missed()
    assert "4通を送れませんでした" in told
    assert told.count("メールサーバーにつながりません") == 4
    assert len(asked) == 1
    assert not Reminder.objects.exists()
    monkeypatch.undo()
    with mailbox(settings) as server:
        run("--on", "2026-11-10")
    assert len(server.readers) == 4


@WITH_TOWN
def test_names_that_older_codes_do_not_know_arrive(settings, head):
    """Neither cp932 nor ISO-2022-JP has them."""
    User.objects.filter(pk=head.pk).update(full_name="髙﨑 𠮷彦😀")
    with mailbox(settings) as server:
        run("--on", DAY)
    (letter,) = [row for row in server.letters if row["To"] == f"{head.username}@town.example"]
    assert "髙﨑 𠮷彦😀 様" in letter.get_content()
    assert letter["Subject"].strip().startswith("【大崎町DX推進計画】令和8年10月分のKPI")


@WITH_TOWN
def test_a_login_is_given_where_it_is_set_and_a_wrong_one_is_said(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "hush-hush"
    with mailbox(settings, login=("portal", "other")) as server:
        told = missed()
    assert "メールサーバーにログインできません" in told
    assert "hush-hush" not in told
    with mailbox(settings, login=("portal", "hush-hush")) as server:
        run("--on", DAY)
    assert len(server.readers) == 4


@WITH_TOWN
def test_an_address_that_is_none_is_said(settings, head):
    User.objects.filter(pk=head.pk).update(email="課長\n@town.example")
    with mailbox(settings) as server:
        told = missed()
    assert "メールアドレスが正しくありません" in told
    assert len(server.readers) == 3


@WITH_TOWN
def test_today_is_todays_day_in_japan():
    """Half past six in the morning there is still yesterday in UTC, where the server may live."""
    with time_machine.travel("2026-11-08 21:30+00:00", tick=False):
        assert "令和8年10月分のKPI" in run()
    assert set(Reminder.objects.values_list("days", flat=True)) == {-1}


@pytest.mark.usefixtures("committed", "addresses")
def test_two_runs_at_once_send_once(settings):
    found = digests(date(2026, 11, 9))
    start, made = Barrier(2), []

    def morning():
        start.wait()
        try:
            made.append(len(post.send_all(found).made))
        finally:
            connection.close()

    with mailbox(settings) as server:
        threads = [Thread(target=morning) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(made) == 4
    assert len(made) == 2
    assert server.readers == sorted(f"{name}@town.example" for name in NAMES)


@pytest.mark.usefixtures("committed", "addresses")
def test_while_a_mail_is_handed_over_others_write(settings, monkeypatch):
    """The mail server is slow: nobody who saves waits for it, whatever the database."""
    wrote, deliver = [], post.Post.deliver

    def save():
        try:
            with transaction.atomic():
                wrote.append(next_revision())
        finally:
            connection.close()

    def watched(self, digest):
        assert not connection.in_atomic_block
        deliver(self, digest)

    monkeypatch.setattr(post.Post, "deliver", watched)
    with mailbox(settings, while_it_is_sent=save) as server:
        assert len(post.send_all(digests(date(2026, 11, 9))).made) == 4
    assert len(server.readers) == len(set(wrote)) == 4
    assert Reminder.objects.filter(mailed=True, claimed_at=None).count() == 4


class Killed(BaseException):
    """The process ends here."""


@WITH_TOWN
def test_a_run_that_is_killed_while_it_mails_loses_nobody(settings, monkeypatch):
    """Whether that one mail went nobody knows: it is sent once more, when the claim has lapsed."""

    def killed(self, digest):
        raise Killed

    with mailbox(settings) as server, time_machine.travel(f"{DAY} 07:00+09:00") as clock:
        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(post.Post, "deliver", killed)
            run("--on", DAY)
        claim = Reminder.objects.get()
        assert (claim.mailed, claim.claimed_at is None) == (False, False)
        assert "3通を作りました" in run("--on", DAY), "the claim holds: it may be on its way"
        clock.shift(post.CLAIM_HOLDS + timedelta(seconds=1))
        assert "1通を作りました" in run("--on", DAY)
        assert "いま作る督促はありません" in run("--on", DAY)
    assert server.readers == sorted(f"{name}@town.example" for name in NAMES)
    claim.refresh_from_db()
    assert (claim.mailed, claim.claimed_at) == (True, None)


def test_a_mail_takes_less_than_a_claim_holds(settings):
    """Who from, to whom, the text, its end: each answer is waited for so long."""
    assert timedelta(seconds=settings.EMAIL_TIMEOUT * 6) < post.CLAIM_HOLDS


def test_a_run_without_mail_needs_no_server(town, settings):  # noqa: F811
    settings.EMAIL_BACKEND = "nowhere"
    call_command("remind", "--on", DAY, verbosity=0)
    assert Reminder.objects.filter(mailed=False).count() == 4
