"""A cell that was read before the lock is taken as read only while nobody has written since."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.records.actions import current_revision, next_revision
from foundation.records.conflict import Conflict
from kpi import reading
from kpi.actions import Locked, record_value
from kpi.cells.known import KnownCell
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth
from kpi.month.closing import lock_month, set_due_on
from kpi.months import MonthState
from kpi.rules.checks import Entry
from tests.conftest import AFTER, MONTH
from tests.people import lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(soumu):
    """1-2 in October, led by 総務課."""
    lead(1, soumu)
    return Indicator.objects.get(code="1-2")


def known(cell, code="1-2"):
    """What a page has read of the cell."""
    revision = current_revision()
    (facts,) = reading.load(MONTH, on=AFTER, code=code)
    return KnownCell(revision, facts, MonthState.load(MONTH, [facts]))


def save(by, cell, value, **rest):
    given = {"seen_version": 0, "entry": Entry(value=Decimal(value)), "on": AFTER}
    return record_value(by=by, indicator=cell, month=MONTH, **given | rest)


def read_in(captured) -> set[str]:
    """The tables from which whole cells are read."""
    asked = " ".join(query["sql"] for query in captured.captured_queries)
    return {name for name in ("kpi_target", "kpi_submission") if f'FROM "{name}"' in asked}


def test_what_still_holds_is_not_read_again(cell, head):
    seen = known(cell)
    with CaptureQueriesContext(connection) as captured:
        save(head, cell, 5, known=seen)
    assert KpiValue.objects.get(indicator=cell).value == 5
    assert read_in(captured) == set()


def another_value(keeper):
    save(keeper, Indicator.objects.get(code="1-1"), 7)


def a_due_day(keeper):
    set_due_on(by=keeper, month=MONTH, due_on=date(2026, 11, 18), seen=None)


def a_revision_without_an_entry(keeper):
    with transaction.atomic():
        next_revision()


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (another_value, set()),
        (a_due_day, {"kpi_target", "kpi_submission"}),
        (a_revision_without_an_entry, {"kpi_target", "kpi_submission"}),
    ],
)
def test_what_no_longer_holds_is_read_again(change, read, cell, head, secretariat):
    seen = known(cell)
    change(secretariat)
    with CaptureQueriesContext(connection) as captured:
        save(head, cell, 5, known=seen)
    assert read_in(captured) == read


def test_a_numerator_that_came_between_is_read(head, secretariat, soumu):
    lead(1, soumu)
    ratio = Definition.objects.filter(numerator_source__isnull=False).first().indicator
    lead(ratio.measure.number, soumu) if ratio.measure.number != 1 else None
    seen = known(ratio, ratio.code)
    source = seen.facts.definition.numerator_source
    assert seen.holds(ratio, MONTH, seen.revision + 1)
    save(secretariat, source, 1)
    assert not seen.holds(ratio, MONTH, current_revision() + 1)


def test_whoever_came_between_is_met(cell, head, secretariat):
    seen = known(cell)
    save(secretariat, cell, 7)
    with pytest.raises(Conflict):
        save(head, cell, 5, known=seen)
    assert KpiValue.objects.get(indicator=cell).value == 7


def test_a_month_closed_in_between_is_closed(cell, head, secretariat):
    seen = known(cell)
    lock_month(by=secretariat, month=MONTH, reason="締める", on=AFTER)
    assert ReportingMonth.objects.get(month=MONTH).locked_at
    with pytest.raises(Locked):
        save(head, cell, 5, known=seen)


def test_another_cell_is_no_answer(cell, head):
    other = known(Indicator.objects.get(code="1-1"), "1-1")
    save(head, cell, 5, known=other)
    assert KpiValue.objects.get().indicator == cell
