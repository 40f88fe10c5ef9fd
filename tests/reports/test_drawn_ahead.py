"""While the workbook of a closing is drawn, everybody else goes on saving (docs/adr/0037)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from foundation.accounts.models import Role
from headquarters.reports import drawn
from headquarters.reports.actions import close_month
from headquarters.reports.choices import EditionKind
from headquarters.reports.models import Edition
from headquarters.reports.stored import dump, parse
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.people import make_user

APRIL, ON = date(2026, 4, 1), date(2026, 5, 20)


@pytest.fixture
def keeper(committed):
    return make_user("keeper", "事務局", Role.SECRETARIAT)


@pytest.fixture
def drawings(monkeypatch):
    """[(within a transaction?, the report)] of every drawing; `meanwhile` happens during it."""
    made, meanwhile = [], []
    really = drawn.DRAWN[EditionKind.MONTH]

    def drawing(report):
        made.append((connection.in_atomic_block, report))
        with ThreadPoolExecutor(1) as other:
            [other.submit(each).result() for each in meanwhile]
        meanwhile.clear()
        return really(report)

    monkeypatch.setitem(drawn.DRAWN, EditionKind.MONTH, drawing)
    return made, meanwhile


def saves(by, month):
    """Somebody else saves a value."""

    def save():
        try:
            record_value(
                by=by,
                indicator=Indicator.objects.get(code="1-2"),
                month=month,
                seen_version=0,
                entry=Entry(value=Decimal(5)),
                on=ON,
            )
        finally:
            connection.close()

    return save


def close(by):
    return close_month(by=by, month=APRIL, on=ON, reason="未入力のまま締める")


def test_nobody_waits_for_the_drawing(keeper, drawings):
    made, meanwhile = drawings
    may = date(2026, 5, 1)
    meanwhile.append(saves(keeper, may))
    edition = close(keeper)
    assert KpiValue.objects.filter(month=may).count() == 1
    assert [inside for inside, _ in made][0] is False
    assert parse(edition.report) == made[-1][1]


def test_what_nothing_moved_under_is_drawn_once(keeper, drawings):
    made, _ = drawings
    edition = close(keeper)
    assert [inside for inside, _ in made] == [False]
    assert dump(made[0][1]) == edition.report


def test_what_moved_in_between_is_drawn_anew(keeper, drawings):
    made, meanwhile = drawings
    meanwhile.append(saves(keeper, APRIL))
    edition = close(keeper)
    assert [inside for inside, _ in made] == [False, True]
    cells = {row.code: row.months[-1].value for row in parse(edition.report).indicators}
    assert cells["1-2"] == 5
    assert parse(edition.report) == made[1][1]


def test_a_workbook_that_cannot_be_drawn_closes_nothing(keeper, monkeypatch):
    def broken(report):
        raise OSError("disk full")

    monkeypatch.setitem(drawn.DRAWN, EditionKind.MONTH, broken)
    with pytest.raises(OSError, match="disk full"):
        close(keeper)
    assert not Edition.objects.exists()
