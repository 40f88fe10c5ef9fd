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
from measures.models import Measure
from measures.plan_changes import rename_measure
from tests.conftest import AFTER, MONTH
from tests.sample_town import load_town


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


def alone(code, month=MONTH, today=AFTER, revision=None):
    return month_as_it_stands(month, plan=plan_now(), today=today, revision=revision, code=code)


@pytest.mark.django_db
@pytest.mark.parametrize("today", [AFTER, date(2026, 10, 20)])
def test_one_indicator_alone_says_what_the_whole_says_of_it(today):
    load_town()
    whole, _ = stands(None, today=today)
    names = {row.number: row.name for row in whole.measures}
    assert len(whole.indicators) == 23
    for row in whole.indicators:
        (report, rows), some = asked(lambda code=row.code: alone(code, today=today))
        assert some == 3  # with the plan
        assert report.indicators == (row,)
        assert [each.indicator.code for each in rows] == [row.code]
        (measure,) = report.measures
        assert (measure.name, measure.verdict) == (names[row.measure], None)
        for name in ("as_of", "runs", "bands", "made_at", "fiscal_year", "sample", "open_points"):
            assert getattr(report, name) == getattr(whole, name), name


@pytest.mark.django_db
def test_a_measure_renamed_within_the_running_month_has_the_name_of_the_day(secretariat):
    measure = Measure.objects.get(number=1)
    rename_measure(
        by=secretariat,
        measure=measure,
        name="新しい名称",
        summary=measure.summary,
        effective_on=date(2026, 10, 25),
        reason="見直し",
        decision="本部会議",
    )
    for day, name in ((20, measure.name), (25, "新しい名称")):
        today = date(2026, 10, day)
        whole, _ = stands(None, today=today)
        one, _ = alone("1-2", today=today)
        assert {row.name for row in whole.measures if row.number == 1} == {name}
        assert [row.name for row in one.measures] == [name]


@pytest.mark.django_db(transaction=True)
def test_one_indicator_alone_is_never_kept_and_the_whole_is_taken_where_it_is(plan):
    one, _ = alone("1-2", revision=1)
    assert len(one.indicators) == 1 and not as_it_stands._kept
    assert len(stands(1, plan=plan)[0].indicators) == 23
    assert alone("1-2", revision=1) == (stands(1, plan=plan)[0], ())
    assert len(alone("9-9", revision=2)[0].indicators) == 23  # where another number leads
