"""While the files of a closing are made, everybody else goes on saving (docs/adr/0037)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from foundation.accounts.models import Role
from headquarters.reports import drawn
from headquarters.reports.actions import close_month
from headquarters.reports.choices import EditionKind
from headquarters.reports.models import Edition, TownFormUse
from headquarters.reports.stored import dump, parse
from headquarters.reports.town_form import filling
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.people import make_user
from tests.reports.forms_of_towns import a_kept_form

APRIL, ON = date(2026, 4, 1), date(2026, 5, 20)


@pytest.fixture
def keeper(committed):
    return make_user("keeper", "事務局", Role.SECRETARIAT)


def happen(meanwhile):
    """All of it, each once, in a thread and a connection of its own."""
    with ThreadPoolExecutor(1) as other:
        [other.submit(each).result() for each in meanwhile]
    meanwhile.clear()


@pytest.fixture
def drawings(monkeypatch):
    """[(within a transaction?, the report)] of every drawing; `meanwhile` happens during it."""
    made, meanwhile = [], []
    really = drawn.DRAWN[EditionKind.MONTH]

    def drawing(report):
        made.append((connection.in_atomic_block, report))
        happen(meanwhile)
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


def decides(by, form):
    """Somebody else decides which form is filled from now on."""

    def decide():
        try:
            TownFormUse.objects.create(form=form, decided_by=by, decided_at="2026-11-01T00:00:00Z")
        finally:
            connection.close()

    return decide


@pytest.fixture
def fillings(keeper, monkeypatch):
    """[within a transaction?] of every filling of the town's form; `meanwhile` happens in it."""
    made, meanwhile, really = [], [], filling.filled
    decides(keeper, a_kept_form(keeper))()

    def filled(*args, **options):
        made.append(connection.in_atomic_block)
        happen(meanwhile)
        return really(*args, **options)

    monkeypatch.setattr(filling, "filled", filled)
    return made, meanwhile


def test_the_towns_form_is_filled_before_the_lock(keeper, fillings):
    made, _ = fillings
    assert close(keeper).filled.is_filled
    assert made == [False]


def test_a_form_that_is_decided_in_between_is_the_one_that_is_kept(keeper, fillings):
    made, meanwhile = fillings
    form = a_kept_form(keeper)
    meanwhile.append(decides(keeper, form))
    assert close(keeper).filled.form == form
    assert made == [False, True]


def test_no_form_is_kept_that_is_stopped_in_between(keeper, fillings):
    _, meanwhile = fillings
    meanwhile.append(decides(keeper, None))
    assert not hasattr(close(keeper), "filled")


def test_a_workbook_that_cannot_be_drawn_closes_nothing(keeper, monkeypatch):
    def broken(report):
        raise OSError("disk full")

    monkeypatch.setitem(drawn.DRAWN, EditionKind.MONTH, broken)
    with pytest.raises(OSError, match="disk full"):
        close(keeper)
    assert not Edition.objects.exists()
