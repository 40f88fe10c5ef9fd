"""A question put together once gives what it would give put together anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import Department, Membership
from foundation.records.compiled import Compiled
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
