"""Sessions know whose they are: one question brings the person, and it never brings another's."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.accounts.backends import MembershipBackend
from foundation.accounts.models import Membership
from foundation.accounts.permissions import memberships_of
from foundation.accounts.session_store import SessionStore
from foundation.accounts.sessions import Session, forget_sessions, opened
from tests.people import START

BACKEND = "foundation.accounts.backends.MembershipBackend"
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("error")]


def stored(client) -> Session:
    return Session.objects.get(session_key=client.session.session_key)


def asked_of(client, path="/accounts/keepalive/"):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    told = [query["sql"] for query in captured.captured_queries]
    return answer, [sql for sql in told if "accounts_" in sql and sql.startswith("SELECT")]


def test_one_question_brings_session_person_and_memberships(client, head):
    client.force_login(head, backend=BACKEND)
    assert stored(client).user == head
    answer, asked = asked_of(client)
    assert answer.status_code in (200, 204)
    assert len(asked) == 1, asked
    assert answer.wsgi_request.user == head


def test_signing_out_and_in_changes_whose_it_is(client, head, secretariat):
    client.force_login(head, backend=BACKEND)
    first = client.session.session_key
    client.force_login(secretariat, backend=BACKEND)
    assert not Session.objects.filter(session_key=first).exists()
    assert stored(client).user == secretariat
    client.post("/accounts/logout/")
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_session_of_nobody_has_nobody(client):
    client.get("/accounts/login/")
    store = SessionStore()
    store["mark"] = "1"
    store.create()
    assert Session.objects.get(session_key=store.session_key).user is None
    assert SessionStore(store.session_key)["mark"] == "1"


@pytest.mark.parametrize(
    "change",
    [
        lambda user: Membership.objects.filter(user=user).delete(),
        lambda user: Membership.objects.filter(user=user).update(valid_until=START),
    ],
    ids=["none left", "ended"],
)
def test_who_belongs_nowhere_any_more_is_still_signed_in_and_may_nothing(client, head, change):
    client.force_login(head, backend=BACKEND)
    assert client.get("/kpis/").status_code == 200
    change(head)
    answer, _ = asked_of(client)
    assert answer.wsgi_request.user == head
    assert memberships_of(answer.wsgi_request.user, timezone.localdate()) == []


@pytest.mark.parametrize("what", ["expired", "taken away", "inactive", "password changed"])
def test_what_has_ended_brings_nobody(client, head, what):
    client.force_login(head, backend=BACKEND)
    if what == "expired":
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    elif what == "taken away":
        forget_sessions(head)
    elif what == "inactive":
        head.is_active = False
        head.save()
    else:
        head.set_password("another-2026-password")
        head.save()
    assert client.get("/kpis/").status_code == 302


def test_sessions_of_others_stay(client, head, secretariat):
    client.force_login(secretariat, backend=BACKEND)
    forget_sessions(head)
    assert client.get("/kpis/").status_code == 200


def test_the_row_gives_nobody_whom_the_session_does_not_name(client, head, secretariat):
    """Signed is the text of a session; the column only finds, it never lets in."""
    client.force_login(head, backend=BACKEND)
    Session.objects.update(user=secretariat)
    answer, _ = asked_of(client)
    assert answer.wsgi_request.user == head


def test_what_came_with_a_session_is_taken_only_within_it_for_its_person_and_its_day(
    client, head, secretariat
):
    client.force_login(head, backend=BACKEND)
    store = SessionStore(client.session.session_key)
    with time_machine.travel("2026-11-20 14:59+00:00", tick=False):  # 23:59 in the town
        Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
        assert store["_auth_user_id"] == str(head.pk)
        cases = [(True, head.pk, 0), (True, secretariat.pk, 1), (False, head.pk, 1)]
        for within, person, asks in cases:
            assert asked_for(store if within else None, person) == (person, asks)
    with time_machine.travel("2026-11-20 15:00+00:00", tick=False):
        assert asked_for(store, head.pk) == (head.pk, 1)


def asked_for(store, person):
    """(whom the backend gives, how many questions it asks)."""
    with CaptureQueriesContext(connection) as captured:
        if store is None:
            user = MembershipBackend().get_user(person)
        else:
            with opened(store):
                user = MembershipBackend().get_user(person)
    return user.pk, len(captured)
