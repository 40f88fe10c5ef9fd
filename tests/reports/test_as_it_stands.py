"""A month as it stands is gathered once for a data revision, and kept nowhere it could be old."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.records.actions import next_revision
from headquarters.reports.monthly import plan_now
from headquarters.reports.pages import as_it_stands
from headquarters.reports.pages.as_it_stands import MOST, month_as_it_stands
from kpi.models import Indicator
from tests.conftest import AFTER, MONTH


def stands(revision, month=MONTH, today=AFTER, plan=None):
    return month_as_it_stands(month, plan=plan or plan_now(), today=today, revision=revision)


def asked(call):
    with CaptureQueriesContext(connection) as captured:
        found = call()
    return found, len(captured)


@pytest.fixture
def plan(committed):
    return plan_now()


@pytest.mark.django_db(transaction=True)
def test_the_second_look_asks_nothing_and_says_the_same(plan):
    (first, rows), some = asked(lambda: stands(1, plan=plan))
    (again, none), more = asked(lambda: stands(1, plan=plan))
    assert again is first
    assert (bool(rows), none) == (True, ())
    assert some > 0 and more == 0


@pytest.mark.django_db(transaction=True)
def test_whatever_it_depends_on_has_it_gathered_anew(plan):
    first, _ = stands(1, plan=plan)
    assert stands(2, plan=plan)[0] is not first
    assert stands(1, today=date(2026, 11, 21), plan=plan)[0] is not first
    assert stands(1, month=date(2026, 9, 1), plan=plan)[0] is not first
    plan.sample = not plan.sample
    assert stands(1, plan=plan)[0].sample is plan.sample


@pytest.mark.django_db(transaction=True)
def test_without_a_revision_nothing_is_kept(plan):
    first, _ = stands(None, plan=plan)
    assert stands(None, plan=plan)[0] is not first


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_nowhere(plan):
    with transaction.atomic():
        revision = next_revision()
        Indicator.objects.filter(pk=Indicator.objects.first().pk).update(name="試し")
        tried, _ = stands(revision, plan=plan)
        assert "試し" in {row.name for row in tried.indicators}
        transaction.set_rollback(True)
    found, _ = stands(revision, plan=plan)
    assert "試し" not in {row.name for row in found.indicators}


@pytest.mark.django_db(transaction=True)
def test_few_are_kept(plan):
    first, _ = stands(1, plan=plan)
    for revision in range(2, 2 + MOST):
        stands(revision, plan=plan)
    assert len(as_it_stands._kept) == MOST
    assert stands(1, plan=plan)[0] is not first
