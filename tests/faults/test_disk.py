"""A full disk, one that may only be read, files that are missing: said in words, nothing half
written, what was typed is kept, and `/healthz` knows (docs/trust.md §2). On SQLite, whose disk is
the portal's own.
"""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.browsing import _Forms
from tests.faults.disks import Mounted, small_disk
from tests.faults.nursery import Nursery, until
from tests.faults.town import (
    GRID,
    NOW,
    PEOPLE,
    empty_sqlite,
    put_file,
    row_of,
    save,
    signed_in,
)

pytestmark = [
    pytest.mark.pure,
    pytest.mark.skipif(os.name == "nt", reason="fork と mount は POSIX だけにあります"),
]
FILES = f"{GRID}8-1/files/"
NOTE = "/measures/1/handover/"
TEXT = "引継ぎの長い文。" * 40
FULL = "保存先に書き込めません"
EVIDENCE = b"%PDF-1.7 " + b"x" * 200_000


@pytest.fixture
def town(tmp_path, prepared, db, capsys):
    """(disk, data folder, nursery) of a portal whose data lie on a disk of their own."""
    with small_disk(tmp_path / "disk") as disk:
        with capsys.disabled():
            print(f"\n満杯のディスク：{disk.kind}")
        data = prepared(disk.folder / "data", sample=False)
        empty_sqlite(data)
        clock = tmp_path / "clock"
        clock.write_text(NOW, encoding="utf-8")
        nursery = Nursery(data, tmp_path / "log", TOWN_CLOCK=str(clock))
        try:
            nursery.run(PEOPLE)
            yield disk, data, nursery
        finally:
            nursery.close()


def stored_files(data):
    return sorted(path for path in (data / "uploads").rglob("*") if path.is_file())


def rows(data, table):
    with closing(sqlite3.connect(f"file:{data}/portal.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def well(portal):
    return portal.health() == (200, "")


def test_a_disk_that_takes_nothing_is_told_and_nothing_typed_is_lost(town):
    disk, data, nursery = town
    portal = nursery.serve()
    assert well(portal)
    browser = signed_in(portal)
    for spoil, mend in disk.ways(portal):
        takes_nothing(portal, browser, data, spoil, mend)
    missing_files(portal, browser, data, nursery)
    assert portal.stop() == 0
    told = nursery.told()
    assert "Traceback" not in told
    if isinstance(disk, Mounted):  # else the log could not grow either
        assert "trouble (storage): /kpis/entry/2026-10/8-1/" in told


def takes_nothing(portal, browser, data, spoil, mend):
    """Whole page, script and file, while it is so; then all three again."""
    before = (rows(data, "kpi_kpivalue"), stored_files(data), rows(data, "records_historyentry"))
    version, _, key = row_of(browser, "8-1")
    note = browser.form(NOTE, NOTE, text=TEXT)
    upload = browser.form("/kpis/8-1/", FILES)
    assert upload
    spoil()
    until(lambda: portal.health() == (503, "storage"), lambda: portal.health())
    status, headers, page = save(browser, "8-1", "3", version, key)
    assert (status, headers["X-Why"]) == (507, "storage"), page
    status, headers, page = browser.ask(NOTE, note)
    assert status == 507, page
    assert FULL in page
    assert TEXT in page
    assert "途中まで書かれたものもありません" in page
    status, _, text = put_file(browser, FILES, "/kpis/8-1/", "証拠.pdf", EVIDENCE, fields=upload)
    assert status == 507, text
    mend()
    until(lambda: well(portal))
    after = (rows(data, "kpi_kpivalue"), stored_files(data), rows(data, "records_historyentry"))
    assert after == before
    sends_again(browser, page)
    status, _, page = save(browser, "8-1", str(3 + int(version)), version, key)
    assert status == 200, page
    status, _, text = put_file(
        browser, FILES, "/kpis/8-1/", f"証拠{version}.pdf", EVIDENCE + version.encode()
    )
    assert status == 302, text
    assert stored_files(data)[-1].stat().st_size >= len(EVIDENCE)


def sends_again(browser, page):
    """The button of the page that kept the text."""
    (form,) = (form for form in _Forms(page).found if form.action == NOTE)
    assert form.sent["text"] in (TEXT, [TEXT])
    status, headers, text = browser.ask(NOTE, form.sent)
    assert status == 302, text


def missing_files(portal, browser, data, nursery):
    """An attachment, then a style sheet, then all of them."""
    shutil.rmtree(data / "uploads")
    link = next(part for part in browser.ask("/kpis/8-1/")[2].split('"') if "/kpis/files/" in part)
    status, _, page = browser.ask(link)
    assert status == 404
    assert "添付ファイルが見つかりません" in page
    assert "証拠" in page
    shutil.rmtree(data / "static")
    page = browser.ask("/")[2]
    assert "やること" in page
    style = next(part for part in page.split('"') if part.startswith("/static/theme"))
    status, _, text = browser.ask(style)
    assert (status, "起動し直すと" in text) == (404, True)
    again = nursery.serve()
    assert again.browser().ask(style)[0] == 200
    again.stop()
