"""A portal that is killed (kill -9) while people save, a month is closed, a file is handed in, a
sheet is confirmed: what was acknowledged is there after the start, and nothing is there by halves
(docs/trust.md §2). A real process, on both databases.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from http.client import HTTPException

import pytest

from tests.faults.nursery import Nursery, until
from tests.faults.town import (
    GRID,
    MONTH,
    NOW,
    PEOPLE,
    empty_postgresql,
    empty_sqlite,
    plain,
    put_file,
    row_of,
    save,
    signed_in,
    version_in,
)
from tests.kpi.returned_sheets import filled
from tests.pages import page_text

KILLED = -9
NO_ANSWER = (OSError, HTTPException)
CODES = ("1-1", "8-1", "9-1")
SHEETS, GIVEN_BACK = "/kpis/intake/", "/kpis/intake/files/"
GIVEN = os.environ.get("DATABASE_URL", "")  # a copy is made of a database that nobody is using
pytestmark = [
    pytest.mark.django_db(transaction=bool(GIVEN)),
    pytest.mark.skipif(os.name == "nt", reason="kill -9 と fork は POSIX だけにあります"),
]


@pytest.fixture
def nursery(tmp_path, request):
    """Portals on a database of this test's own, in November 2026."""
    data, clock = tmp_path / "data", tmp_path / "clock"
    request.getfixturevalue("committed" if GIVEN else "db")
    clock.write_text(NOW, encoding="utf-8")
    plain(data)
    empty_sqlite(data)
    with empty_postgresql(GIVEN) if GIVEN else nullcontext("") as url:
        told = {"TOWN_CLOCK": str(clock), "TOWN_IS_PLAIN": "1"}
        made = Nursery(data, tmp_path / "log", **told, **({"DATABASE_URL": url} if url else {}))
        try:
            made.run(PEOPLE)
            yield made
        finally:
            made.close()


def test_what_was_acknowledged_survives_and_nothing_is_there_by_halves(nursery):
    portal = killed_while_people_save(nursery)
    for die in (in_a_value, in_a_file, in_a_sheet, in_a_closing):
        die(portal)
        assert portal.gone() == KILLED, die.__name__
        portal = nursery.serve()
        die(portal, at=None)
    assert portal.health() == (200, "")
    assert portal.stop() == 0


def killed_while_people_save(nursery):
    """Five people save as fast as they can; the process goes in the middle of it."""
    portal = nursery.serve()
    acknowledged = {}

    def go_on_saving(number, code):
        browser = signed_in(portal, f"jimu{number}")
        version, _, key = row_of(browser, code)
        for value in range(1, 10_000):
            acknowledged.setdefault(code, [0])
            try:
                status, _, page = save(browser, code, str(value), version, key)
            except NO_ANSWER:
                return
            assert status == 200, page
            version = version_in(page, code)
            acknowledged[code].append(value)

    with ThreadPoolExecutor(len(CODES)) as people:
        works = [people.submit(go_on_saving, *pair) for pair in enumerate(CODES, 1)]
        until(lambda: len(acknowledged) == len(CODES) and min(map(len, acknowledged.values())) > 3)
        assert portal.kill() == KILLED
        for work in works:
            work.result()
    portal = nursery.serve()
    browser = signed_in(portal)
    for code in CODES:
        stored = int(row_of(browser, code)[1])
        last = acknowledged[code][-1]
        assert stored in (last, last + 1), code  # the last one's answer may not have come through
    return portal


def dies(call):
    """The process dies under it: there is no answer."""
    try:
        answer = call()
    except NO_ANSWER:
        return
    pytest.fail(f"{answer[0]} {page_text(answer[2])[-2000:]}")


def in_a_value(portal, at='1 INSERT INTO "kpi_kpivalue"'):
    """Between the value and its history."""
    browser = signed_in(portal)
    version, before, key = row_of(browser, "2-1")
    if at:
        assert before == ""
        dies(lambda: save(browser, "2-1", "7", version, key, X_Dies_After=at))
        return
    assert before == ""
    tells_of(portal, "2-1", 0)
    assert save(browser, "2-1", "7", version, key)[0] == 200
    assert row_of(browser, "2-1")[1] == "7"
    tells_of(portal, "2-1", 1)


def tells_of(portal, code, entries):
    """The history has so many entries of that figure."""
    rows = f"HistoryEntry.objects.filter(action='kpi.value', subject_label__startswith='{code} ')"
    imported = "from foundation.records.models import HistoryEntry"
    portal.nursery.run(f"{imported}\nassert {rows}.count() == {entries}, {rows}.count()")


def in_a_file(portal, at='1 INSERT INTO "records_attachment"'):
    """The file lies in its place, the row is not committed."""
    browser, path = signed_in(portal), f"{GRID}8-1/files/"
    send = (browser, path, "/kpis/8-1/", "証拠.pdf", b"%PDF-1.7 " + b"x" * 5000)
    assert "証拠.pdf" not in browser.ask("/kpis/8-1/")[2]
    if at:
        dies(lambda: put_file(*send, X_Dies_After=at))
        return
    assert put_file(*send)[0] == 302
    page = browser.ask("/kpis/8-1/")[2]
    (link,) = set(re.findall(r"/kpis/files/\d+/", page))
    assert browser.ask(link)[2].startswith("%PDF-1.7")


def in_a_sheet(portal, at='2 INSERT INTO "kpi_kpivalue"'):
    """A sheet that came back: after its second figure, and whole."""
    browser = signed_in(portal)
    for code in ("1-2", "7-2"):
        assert row_of(browser, code)[1] == "", code
    place = re.search(rf"{SHEETS}{MONTH}/sheets/\d+/", browser.ask(SHEETS)[2])[0]
    sheet = filled(browser.raw(place), {code: {"value": 120} for code in ("1-2", "7-2")})
    status, headers, page = put_file(browser, GIVEN_BACK, GIVEN_BACK, "様式.xlsx", sheet)
    assert status == 302, page
    preview = headers["Location"]
    if at:
        data = browser.form(preview)
        dies(lambda: browser.ask(preview, data, X_Dies_After=at))
        return
    assert browser.post(preview)[0] == 302
    assert [row_of(browser, code)[1] for code in ("1-2", "7-2")] == ["120", "120"]


def in_a_closing(portal, at='1 INSERT INTO "reports_edition"'):
    """The month is locked, its edition written, and nothing of it committed; then all."""
    browser, path = signed_in(portal), f"/reports/{MONTH}/close/"
    if at:
        data = browser.form(path, reason="試験のため")
        dies(lambda: browser.ask(path, data, X_Dies_After=at))
        return
    version, _, key = row_of(browser, "8-1")
    status, _, row = save(browser, "8-1", "3", version, key)
    assert status == 200  # it is open
    assert browser.post(path, reason="試験のため")[0] == 302
    assert save(browser, "8-1", "4", version_in(row, "8-1"), key)[0] == 423
