"""The tour: five jobs, each on the very screen as the very person, one press away."""

import pytest

from foundation.accounts.actions import create_user
from foundation.accounts.models import Membership, Role, User
from foundation.accounts.trail.choices import Event
from foundation.accounts.trail.models import AccessRecord
from foundation.records.models import SampleLoad
from headquarters.sample.tour import cards, others, people
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure]  # on one database: nothing differs
SWITCH = "/sample/switch/"


@pytest.fixture
def visitor(sign_in):
    """`visitor(name)` → a client of one of the sample's people."""
    load_town()
    return lambda name="etsuran": sign_in(User.objects.get(username=name))


def who(client):
    return client.get("/accounts/profile/").context["user"].username


def test_each_card_leads_to_the_very_screen_as_the_very_person(visitor):
    client = visitor()
    shown = client.get("/").context["sample_tour"]
    assert [card.title for card in shown] == ["入力", "工程", "総括", "会議", "Excel"]
    for card in shown:
        answer = client.post(
            SWITCH, {"username": card.person.username, "next": card.url}, follow=True
        )
        assert answer.redirect_chain[0][0] == card.url
        assert answer.status_code == 200
        assert who(client) == card.person.username
    last = AccessRecord.objects.filter(event=Event.SIGNED_IN).order_by("-id")[0]
    assert last.name == "jimukyoku"  # a switch is a sign-in, and kept as one


def test_one_press_from_one_to_another(visitor):
    client = visitor("honbu")
    text = client.get("/dashboard/").content.decode()
    for person in people().values():
        button = f'name="username" value="{person.username}"'
        assert (button in text) is (person.username != "honbu"), person
    client.post(SWITCH, {"username": "etsuran"})
    assert who(client) == "etsuran"


def test_there_is_no_way_outside(visitor):
    client = visitor()
    answer = client.post(SWITCH, {"username": "honbu", "next": "https://example.com/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("name", ["nobody", "", "jimukyoku-x", "\x00"])
def test_nobody_else_can_be_become(visitor, name):
    client = visitor()
    assert client.post(SWITCH, {"username": name}).status_code == 404
    assert who(client) == "etsuran"


def test_it_is_not_there_without_the_sample(visitor):
    client = visitor()
    SampleLoad.objects.all().delete()
    assert client.post(SWITCH, {"username": "jimukyoku"}).status_code == 404
    page = client.get("/").content.decode()
    assert SWITCH not in page
    assert who(client) == "etsuran"


def test_it_is_not_there_in_production(visitor, settings):
    client = visitor()
    settings.PRODUCTION = True
    assert client.post(SWITCH, {"username": "jimukyoku"}).status_code == 404
    assert SWITCH not in client.get("/").content.decode()


def test_people_of_the_town_have_none(sign_in):
    load_town()
    viewer, _ = create_user(by=None, username="yamada", full_name="山田", must_change=False)
    Membership.objects.create(user=viewer, role=Role.VIEWER, valid_from="2026-04-01")
    client = sign_in(viewer)
    assert client.post(SWITCH, {"username": "jimukyoku"}).status_code == 404
    assert SWITCH not in client.get("/").content.decode()
    assert (others(viewer), cards(viewer)) == ((), [])
    assert who(client) == viewer.username


def test_a_stopped_person_cannot_be_become(visitor):
    client = visitor()
    User.objects.filter(username="honbu").update(is_active=False)
    assert client.post(SWITCH, {"username": "honbu"}).status_code == 404
