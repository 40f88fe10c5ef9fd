"""A question put together once gives what it would give put together anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.accounts.models import Department, Membership, User
from foundation.records.compiled import NOW, ONE, SINCE, Compiled
from kpi.models import Definition
from measures.models import Measure
from roadmap.models import Milestone, Step
from tests.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db


def told(rows):
    """All that rows hold, without Django's own."""
    return [{k: v for k, v in vars(row).items() if not k.startswith("_")} for row in rows]


QUESTIONS = {
    "definitions": lambda: Definition.objects.known_by(MONTH),
    "one of them": lambda: Definition.objects.known_by(MONTH).called("1-1"),
    "steps": lambda: Step.objects.on(AFTER),
    "milestones": lambda: Milestone.objects.as_of(AFTER),
    "with what belongs to them": lambda: Measure.objects.with_people(),
    "memberships": lambda: Membership.objects.on(AFTER).select_related("user"),
    "nothing": lambda: Measure.objects.filter(pk__in=[]),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_it_gives_the_same_rows(question, secretariat, head):
    kept = Compiled(question())
    for _ in range(3):
        assert told(kept()) == told(question())


def test_it_gives_what_is_there_now(soumu):
    kept = Compiled(Department.objects.order_by("code"))
    assert [row.name for row in kept()] == ["総務課"]
    Department.objects.create(code="zeimu", name="税務課", sort_order=2)
    Department.objects.filter(code="soumu").update(name="総務部")
    assert [row.name for row in kept()] == ["総務部", "税務課"]


def test_it_gives_the_rows_of_whatever_number_is_told():
    def question(number):
        return Definition.objects.in_force(MONTH).filter(indicator=number)

    kept = Compiled(question(ONE), indicator=ONE)
    numbers = list(Definition.objects.values_list("indicator", flat=True).distinct())
    assert len(numbers) == 23
    for number in [*numbers, 0, ONE]:
        assert told(kept(indicator=number)) == told(question(number))


def test_it_asks_one_query_and_what_belongs_to_the_rows_in_one_more(soumu):
    kept = Compiled(Measure.objects.with_people())
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            kept()
        assert len(captured) == 2


def test_what_is_asked_further_is_not_the_kept_question(soumu):
    kept = Compiled(Department.objects.all())
    kept()
    assert not kept._rows.filter(code="zeimu").exists()


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_on_its_own_line(committed):
    kept = Compiled(Measure.objects.on(AFTER))
    here = len(kept())

    def there(_):
        try:
            return len(kept())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        assert list(hands.map(there, range(8))) == [here] * 8


def deep(row):
    """What a row holds with the rows that came with it, by their names."""
    beside = row._state.fields_cache
    return (told([row]), row._state.adding, row._state.db) + tuple(
        (name, deep(other) if other is not None else None) for name, other in sorted(beside.items())
    )


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_what_comes_with_the_rows_is_the_same(question, secretariat, head):
    assert [deep(row) for row in Compiled(question())()] == [deep(row) for row in question()]


def test_what_many_rows_share_is_one(secretariat):
    rows = Compiled(Definition.objects.known_by(MONTH))()
    assert len(rows) > 1
    assert len({id(row.indicator.measure.policy.plan) for row in rows}) == 1


def test_rows_with_some_of_their_fields_are_made_whole_when_asked(soumu):
    (row,) = Compiled(Department.objects.only("name"))()
    assert row.get_deferred_fields() >= {"code"}
    assert row.code == "soumu"


def test_rows_without_models_come_as_they_are(soumu):
    kept = Compiled(Department.objects.values_list("code", "name"))
    assert kept() == kept() == [("soumu", "総務課")]


def test_a_moment_is_given_with_every_call(secretariat):
    now = timezone.now()
    rows = User.objects.filter(date_joined__lte=NOW, date_joined__gt=SINCE).order_by("pk")
    kept = Compiled(
        rows,
        now=NOW,
        since=SINCE,
    )
    for later in (timedelta(days=-9), timedelta(days=9)):
        until, since = now + later, now + later - timedelta(days=18)
        wanted = User.objects.filter(date_joined__lte=until, date_joined__gt=since)
        assert kept(now=until, since=since) == list(wanted.order_by("pk"))
    assert kept(now=now + timedelta(days=9), since=now - timedelta(days=9))


def test_a_stand_in_that_is_not_asked_for_is_a_mistake():
    with pytest.raises(AssertionError):
        Compiled(User.objects.all(), now=NOW)(now=timezone.now())
