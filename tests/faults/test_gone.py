"""PostgreSQL is stopped and started under a portal: a page says so at once, what was typed is kept
and saved when it is back, and a restart is nobody's business (docs/trust.md §2).
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from osaki_dx.settings import SERVER_THREADS as THREADS
from tests.browsing import _Forms
from tests.faults.clusters import own_cluster
from tests.faults.nursery import Nursery, until
from tests.faults.town import NOW, PEOPLE, plain, row_of, save, signed_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(os.name == "nt", reason="fork は POSIX だけにあります"),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="止めるデータベースは PostgreSQL です"
    ),
]
NOTE, TEXT = "/measures/1/handover/", "引継ぎの長い文。" * 40
PEOPLE_AT_ONCE = 40


@pytest.fixture
def town(tmp_path):
    """(PostgreSQL, nursery) of this test's own."""
    plain(tmp_path / "data")
    clock = tmp_path / "clock"
    clock.write_text(NOW, encoding="utf-8")
    with own_cluster() as cluster:
        given = {"TOWN_CLOCK": str(clock), "TOWN_IS_PLAIN": "1", "DATABASE_URL": cluster.url}
        nursery = Nursery(tmp_path / "data", tmp_path / "log", **given)
        try:
            nursery.run(PEOPLE)
            yield cluster, nursery
        finally:
            nursery.close()


def all_at_once(browser, path="/kpis/"):
    """The statuses of many who ask for a page in the same moment, and how long that took."""
    began = time.monotonic()
    with ThreadPoolExecutor(PEOPLE_AT_ONCE) as people:
        asked = [people.submit(browser.ask, path) for _ in range(PEOPLE_AT_ONCE)]
        statuses = {one.result()[0] for one in asked}
    return statuses, time.monotonic() - began


def test_a_database_that_is_stopped_is_told_and_one_that_is_back_is_used(town):
    cluster, nursery = town
    portal = nursery.serve()
    browser = signed_in(portal)
    assert all_at_once(browser)[0] == {200}  # the pool holds many connections now
    version, _, key = row_of(browser, "8-1")
    note = browser.form(NOTE, NOTE, text=TEXT)
    cluster.stop()
    page = nobody_waits(portal, browser, note, version, key)
    cluster.start()
    until(lambda: portal.health() == (200, ""), nursery.told)
    assert save(browser, "8-1", "3", version, key)[0] == 200
    (form,) = (form for form in _Forms(page).found if form.action == NOTE)
    assert browser.ask(NOTE, form.sent)[0] == 302
    assert TEXT in browser.ask(NOTE)[2]
    assert all_at_once(browser)[0] == {200}
    cluster.stop()
    cluster.start()
    assert all_at_once(browser)[0] == {200}  # of the connections in the pool none was alive
    assert portal.stop() == 0
    assert "Traceback" not in nursery.told()


def nobody_waits(portal, browser, note, version, key):
    """The first one waits for the database, the others do not; the page that kept the text."""
    began = time.monotonic()
    status, headers, page = save(browser, "8-1", "3", version, key)
    first = time.monotonic() - began
    assert (status, headers["X-Why"], headers["Retry-After"]) == (503, "database", "3"), page
    statuses, spent = all_at_once(browser)
    assert statuses == {503}
    assert spent < first * PEOPLE_AT_ONCE / THREADS / 2
    assert portal.health() == (503, "database")
    status, _, page = browser.ask(NOTE, note)
    assert status == 503
    assert "データベースにつながりません" in page
    assert TEXT in page
    assert "まだ保存していません" in page
    return page
