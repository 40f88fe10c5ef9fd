"""Shared fixtures. The plan is loaded once into the test database; every test starts from it."""

import gc
from datetime import date

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from foundation.records.models import SampleLoad
from headquarters.reports import editions, reclosing
from headquarters.reports.pages import as_it_stands
from measures import naming
from measures.models import Plan
from tests.browsing import Browser
from tests.in_order import FileByFile
from tests.sample_town import standing_town

pytest_plugins = ["tests.made_once", "tests.drawn_once", "tests.people", "tests.portal"]

APPEND_ONLY = (
    "roadmap_milestoneupdate",
    "roadmap_baselineentry",
    "roadmap_baselinewithdrawal",
    "roadmap_baseline",
    "meetings_revisedtarget",
    "meetings_decisionwithdrawal",
    "meetings_decision",
    "meetings_heldnumbers",
    "reviews_keptfacts",
    "reports_filledform",
    "reports_townformuse",
    "reports_townform",
    "reports_edition",
    "round_trip_sheetundo",
    "round_trip_sheetbatch",
    "round_trip_sheetfile",
    "intake_batchundo",
    "intake_batch",
    "intake_returnedfile",
    "kpi_target",
    "measures_plansetting",
    "kpi_returnreply",
    "accounts_accessrecord",
    "records_historyentry",
)
FIRST = (  # of what is kept
    "meetings_revisedtarget",
    "meetings_decisionwithdrawal",
    "meetings_decision",
    "meetings_heldnumbers",
    "reviews_keptfacts",
)
KEPT = (
    "reviews_reviewreturn",
    "reviews_review",
    "meetings_actionitem",
    "meetings_agendaitem",
    "meetings_attendee",
    "meetings_meeting",
)
MONTH = date(2026, 10, 1)
AFTER = date(2026, 11, 20)  # that month has ended


def pytest_configure():
    """Garbage is looked for seldom: with this much loaded each search is long and finds little."""
    gc.set_threshold(100_000, 20, 20)


def pytest_xdist_make_scheduler(config, log):
    """Who deals the tests out to the workers. Those in a browser are few and long: one by one."""
    in_browser = any(place.startswith("tests/browser") for place in config.args)
    by_file = config.getvalue("dist") == "load" and not in_browser
    return FileByFile(config, log) if by_file else None


def pytest_sessionstart(session):
    """The folder of the test database: a command makes none, and a fresh clone has none."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="module", autouse=True)
def town_of_the_module(request, tmp_path_factory):
    """For a module marked `standing_town`: the town's rows are put there once, not in each test."""
    if not request.node.get_closest_marker("standing_town"):
        yield
        return
    request.getfixturevalue("django_db_setup")
    elsewhere = override_settings(DATA_DIR=tmp_path_factory.mktemp("town"))
    with request.getfixturevalue("django_db_blocker").unblock(), elsewhere, standing_town():
        yield


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    """Uploads and files of a test go to a folder of its own."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What one test compared is not what another did, though their numbers are the same."""
    editions.forget()
    reclosing.forget()
    naming.forget()
    as_it_stands.forget()


@pytest.fixture
def emptied(transactional_db):
    """For tests that really commit: the append-only tables are emptied for the flush after.

    After the first of them the plan is not there.
    """
    yield
    SampleLoad.objects.all().delete()
    SampleLoad.objects.create(
        loaded_at="2026-04-01T00:00:00Z", until=MONTH, snapshot={}, unloading=True
    )
    with connection.cursor() as cursor:
        for table in (*FIRST, *KEPT, *APPEND_ONLY):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.fixture
def committed(emptied):
    """The same, and the plan is there."""
    if not Plan.objects.exists():
        call_command("load_plan", verbosity=0)


@pytest.fixture
def client():
    """A client that posts as a browser does."""
    return Browser()


@pytest.fixture
def sign_in(client):
    """`sign_in(user)` → a client in which that user is signed in."""

    def enter(user):
        client.force_login(user, backend="foundation.accounts.backends.MembershipBackend")
        return client

    return enter
