"""PostgreSQL is there and says nothing: all its processes stand still, and its lines stay open. A
page ends in words, what was typed is kept, `/healthz` says so, and it goes on where it stopped.
"""

import importlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from osaki_dx.postgresql.patience import ANSWER, LINE
from osaki_dx.settings import POOL
from tests.browsing import _Forms
from tests.faults.nursery import until
from tests.faults.test_gone import NOTE, TEXT, all_at_once, town  # noqa: F401 (a fixture)
from tests.faults.town import row_of, save, signed_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc のある機械だけ"),
    pytest.mark.skipif(os.name == "nt", reason="SIGSTOP は POSIX だけにあります"),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="止めるデータベースは PostgreSQL です"
    ),
]
SLACK = 3.0  # seconds of a busy machine


def timed(call):
    """(what came of it, seconds)."""
    began = time.monotonic()
    return call(), time.monotonic() - began


def test_a_database_that_says_nothing_is_told_in_time(town):  # noqa: F811
    cluster, nursery = town
    portal = nursery.serve()
    browser = signed_in(portal)
    assert all_at_once(browser)[0] == {200}  # the pool holds many connections now
    version, _, key = row_of(browser, "8-1")
    note = browser.form(NOTE, NOTE, text=TEXT)
    cluster.freeze()
    health, spent = timed(portal.health)
    assert health == (503, "database") and spent < 2 + SLACK / 3, spent
    (status, headers, page), spent = timed(lambda: browser.ask(NOTE, note))
    assert (status, headers["X-Why"]) == (503, "database"), page
    assert spent < POOL["timeout"] + SLACK, spent
    assert TEXT in page and "まだ保存していません" in page
    statuses, spent = all_at_once(browser)
    assert statuses == {503} and spent < POOL["timeout"] + SLACK, spent
    assert portal.health() == (503, "database")
    cluster.thaw()
    until(lambda: portal.health() == (200, ""), nursery.told)
    (form,) = (form for form in _Forms(page).found if form.action == NOTE)
    assert browser.ask(NOTE, form.sent)[0] == 302
    assert TEXT in browser.ask(NOTE)[2]
    assert save(browser, "8-1", "3", version, key)[0] == 200
    assert all_at_once(browser)[0] == {200}
    assert portal.stop() == 0
    assert "Traceback" not in nursery.told()


def test_one_that_falls_silent_in_the_middle_of_a_page(town, tmp_path):  # noqa: F811
    """The connection was alive when the page began: each answer has its limit.

    Whether the last word was a commit that is done later is not known, and said.
    """
    cluster, nursery = town
    portal = nursery.serve()
    browser = signed_in(portal)
    version, _, key = row_of(browser, "8-1")
    note = browser.form(NOTE, NOTE, text=TEXT)
    psycopg = importlib.import_module("psycopg")
    with ThreadPoolExecutor(1) as others, psycopg.connect(cluster.url) as first:
        first.execute("UPDATE records_datarevision SET number = number")  # a writer, not done yet
        (status, headers, page), spent = timed(lambda: save(browser, "8-1", "3", version, key))
        assert (status, headers["X-Why"]) == (503, "busy"), "the server lives, and says so"
        assert LINE - 1 < spent < LINE + SLACK, spent
        began = time.monotonic()
        asked = others.submit(browser.ask, NOTE, note)
        time.sleep(1.5)  # it stands in the line of writers now
        cluster.freeze()
        status, headers, page = asked.result()
        spent = time.monotonic() - began
        cluster.thaw()
    assert (status, headers["X-Why"]) == (503, "database"), page
    assert TEXT in page and "保存できたかどうか分かりません" in page
    assert ANSWER - 1 < spent < ANSWER + POOL["timeout"] + SLACK, spent
    until(lambda: portal.health() == (200, ""), nursery.told)
    assert save(browser, "8-1", "3", version, key)[0] == 200
