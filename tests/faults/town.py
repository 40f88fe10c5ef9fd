"""A portal's data without a sample, some people, and what they do."""

import re
import sqlite3
import urllib.parse
from contextlib import closing, contextmanager

from django.db import connection, connections

from tests.portal import another_database, token
from tests.proxy_client import multipart

PEOPLE = """
from django.core.management import call_command
from foundation.accounts.models import Department, Role
from measures.models import Measure, Plan
from tests.people import lead, make_user
if not Plan.objects.exists():
    call_command("load_plan", verbosity=0)
place = Department.objects.create(code="soumu", name="総務課", sort_order=1)
for measure in Measure.objects.all():
    lead(measure.number, place)
for number in range(1, 9):
    make_user(f"jimu{number}", f"事務局 {number}", Role.SECRETARIAT, place)
"""
PASSWORD = "town-office-2026"
MONTH = "2026-10"
NOW = "2026-11-06 01:00+00:00"
GRID = f"/kpis/entry/{MONTH}/"


def empty_sqlite(data):
    """The plan in a database file of its own: that of the tests, copied."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / "portal.sqlite3").unlink(missing_ok=True)
    with closing(sqlite3.connect(data / "portal.sqlite3")) as copy:
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(connection.settings_dict["NAME"])) as tests:
                tests.backup(copy)


@contextmanager
def empty_postgresql(given):
    """The same on PostgreSQL: the address of the copy."""
    connections.close_all()
    with another_database(given, template=connection.settings_dict["NAME"]) as name:
        yield urllib.parse.urlsplit(given)._replace(path=f"/{name}").geturl()


def plain(data):
    """No static files are collected there; the start takes them for those of this version."""
    (data / "static").mkdir(parents=True)
    (data / "static" / "staticfiles.json").write_text('{"paths": {}}', encoding="utf-8")
    (data / "static-stamp").write_text("x", encoding="utf-8")


def signed_in(portal, name="jimu1"):
    """A browser in which that person is signed in."""
    browser = portal.browser()
    assert browser.sign_in(name, PASSWORD) == 302
    return browser


def version_in(page, code):
    """The version of a row of the grid."""
    return re.search(rf'name="{code}-seen_version"\s+value="(\d+)"', page)[1]


def row_of(browser, code):
    """The version and the stored value of a row of the grid, and the form token."""
    status, _, page = browser.ask(GRID)
    assert status == 200, page
    version = version_in(page, code)
    stored = re.search(rf'name="{code}-value"[^>]*?\svalue="([^"]*)"', page)
    return version, stored[1] if stored else "", token(page)


def save(browser, code, value, seen, key, **headers):
    """(status, headers, text) of saving a row of the grid, as its script does."""
    typed = {"answer": "final", "seen_version": seen, "value": value}
    data = {f"{code}-{name}": text for name, text in typed.items()}
    data["csrfmiddlewaretoken"] = key
    return browser.ask(f"{GRID}{code}/", data, **{"HX_Request": "true", **headers})


def put_file(browser, path, page, name, content, fields=None, **headers):
    """(status, headers, text) of handing a file to the form of a page (or of one drawn before)."""
    fields = fields or browser.form(page, path)
    fields = {key: text[0] for key, text in fields.items() if text}
    kind, body = multipart(fields, name, content)
    return browser.ask(path, body, content_type=kind, **headers)
