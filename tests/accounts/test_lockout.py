"""Whom errors at the sign-in keep out: one name at one address; an address that changes names."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from foundation.accounts.lockout import NAMES
from foundation.accounts.unlocking import lift_lockout
from foundation.records.models import HistoryEntry
from tests.people import PASSWORD, make_user

HERE, THERE = "10.1.0.5", "10.1.0.6"
START = datetime.fromisoformat("2026-11-27T09:00:00+09:00")
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign(client):
    """`sign(name, password, address, agent)` → the status; 302 is a sign-in."""

    def enter(name, password=PASSWORD, address=HERE, agent="a"):
        answer = client.post(
            reverse("accounts:login"),
            {"username": name, "password": password},
            REMOTE_ADDR=address,
            headers={"User-Agent": agent},
        )
        if answer.status_code == 302:
            client.post(reverse("accounts:logout"))
        return answer.status_code

    return enter


def fail(sign, name, times=5, address=HERE):
    return [sign(name, "falsch", address) for _ in range(times)]


def test_five_errors_lock_one_name_at_one_address(sign, clock, secretariat, head):
    assert fail(sign, "jimukyoku") == [200, 200, 200, 200, 429]
    assert sign("jimukyoku") == 429
    assert sign("jimukyoku", agent="another browser") == 429
    assert sign("jimukyoku", address=THERE) == 302
    assert sign(head.username) == 302
    assert sign(head.username, address=THERE) == 302


def test_a_further_try_does_not_lengthen_the_lock_out(sign, clock, secretariat):
    fail(sign, "jimukyoku")
    for minute in range(1, 15):
        clock.move_to(START + timedelta(minutes=minute))
        assert sign("jimukyoku", "falsch") == 429
        assert sign("jimukyoku") == 429
    clock.move_to(START + timedelta(minutes=15, seconds=1))
    assert sign("jimukyoku") == 302
    assert fail(sign, "jimukyoku", 4) == [200] * 4


def test_many_names_from_one_address_are_limited(sign, clock, secretariat):
    for number in range(NAMES):
        assert sign(f"name{number}", "falsch") == 200
    assert sign("name-more", "falsch") == 429
    assert sign("jimukyoku") == 429
    assert sign("jimukyoku", address=THERE) == 302
    clock.move_to(START + timedelta(minutes=10))
    assert sign("name-more", "falsch") == 429
    clock.move_to(START + timedelta(minutes=15, seconds=1))
    assert sign("jimukyoku") == 302


def test_a_sign_in_of_ones_own_does_not_free_the_guesser(sign, clock, secretariat):
    for number in range(NAMES):
        assert sign(f"name{number}", "falsch") == 200
        if number < NAMES - 1:
            assert sign("jimukyoku") == 302
    assert sign("jimukyoku") == 429


def test_the_page_names_the_address_not_the_name_alone(client, clock, secretariat):
    data = {"username": "jimukyoku", "password": "falsch"}
    for _ in range(5):
        answer = client.post(reverse("accounts:login"), data, REMOTE_ADDR=HERE)
    text = answer.content.decode()
    assert "15分間" in text
    assert "このパソコン" in text


@pytest.mark.parametrize("address", ["unknown", "unix:", "", "10.1.0.5:80", "_hidden", "町"])
def test_an_address_that_is_none_stops_nobody_and_the_lock_out_still_holds(
    address, sign, clock, secretariat, head
):
    assert fail(sign, "jimukyoku", address=address) == [200, 200, 200, 200, 429]
    assert sign(head.username, address=address) == 302
    assert sign("jimukyoku") == 302


# Let in again by the secretariat.


def let_in(client, person):
    """The button on the person's page."""
    url = reverse("accounts:user_unlock", args=[person.pk])
    return client.post(url, client.filled(person.get_absolute_url(), url), bare=True)


def test_the_secretariat_lets_somebody_in_again(sign, clock, secretariat, head, sign_in, client):
    fail(sign, head.username)
    fail(sign, head.username, address=THERE)
    assert sign(head.username) == 429
    page = sign_in(secretariat).get(reverse("accounts:user_edit", args=[head.pk]))
    assert f"{HERE}、{THERE}" in page.content.decode()
    assert let_in(sign_in(secretariat), head)["Location"] == head.get_absolute_url()
    entry = HistoryEntry.objects.get(action="accounts.lockout")
    assert (entry.actor, entry.subject) == (secretariat, head)
    assert entry.before == {"止めていたアドレス": f"{HERE}、{THERE}"}
    page = sign_in(secretariat).get(reverse("accounts:user_edit", args=[head.pk]))
    assert "止まっていません。" in page.content.decode()
    client.logout()
    assert [sign(head.username), sign(head.username, address=THERE)] == [302, 302]


def test_where_nothing_was_counted_nothing_is_told(secretariat, head):
    assert lift_lockout(by=secretariat, user=head) == []
    assert not HistoryEntry.objects.filter(action="accounts.lockout").exists()


def test_a_name_in_capitals_is_let_in_again_too(sign, clock, secretariat, sign_in, client):
    person = make_user("Yamada", "山田 一")
    fail(sign, "YAMADA")
    assert sign("yamada") == 429
    let_in(sign_in(secretariat), person)
    client.logout()
    assert sign("Yamada") == 302


def test_a_lock_out_that_is_over_is_not_shown(sign, clock, secretariat, head, sign_in, client):
    fail(sign, head.username)
    clock.move_to(START + timedelta(minutes=16))
    page = sign_in(secretariat).get(reverse("accounts:user_edit", args=[head.pk]))
    assert "止まっていません。" in page.content.decode()


def test_nobody_else_lets_anybody_in(clock, secretariat, head, staff):
    for user in (head, staff):
        with pytest.raises(PermissionDenied):
            lift_lockout(by=user, user=head)
