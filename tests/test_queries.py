"""How many questions each page and each save asks of the database, over the whole sample town.

Everything is counted, session and person too, except what may come or not come by the clock or by
the test itself: the touch of the session (once a minute) and the frame of a transaction. Each page
is asked twice, the second time counts: what the process remembers holds by its key
(`reports.editions.changes_after`).

The bounds are those of docs/trust.md §3. Whom a page refuses is not counted.
"""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import User
from tests.browsing import Browser
from tests.sample_town import load_town

pytestmark = [pytest.mark.django_db, pytest.mark.pure, pytest.mark.standing_town]
NOW = "2026-11-20 01:00+00:00"
HEAD, KEEPER = PEOPLE = ("jumin-kacho", "jimukyoku")
PLAIN, DASHBOARD, HOME, SAVE = 6, 10, 12, 12
FRAMES = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")
# Every page with its bound.
BOUNDS = {
    "/": HOME,
    "/dashboard/": DASHBOARD,
    "/dashboard/?at=2026-10": DASHBOARD,
    "/meetings/2/present/": DASHBOARD,  # docs/trust.md §3: the dashboard on the projector
    **dict.fromkeys(
        (
            "/healthz",
            "/dashboard/milestones/",
            "/dashboard/submissions/",
            "/kpis/",
            "/kpis/1-1/",
            "/kpis/1-2/?at=2026-06",
            "/kpis/months/",
            "/kpis/months/2026-06/",
            "/kpis/months/2026-10/",
            "/kpis/months/2026-10/missing/",
            "/kpis/entry/2026-06/",
            "/kpis/entry/2026-08/",
            "/kpis/entry/2026-10/",
            "/kpis/entry/2026-10/1-1/",
            "/kpis/entry/2026-10/forecasts/",
            "/kpis/intake/",
            "/kpis/targets/",
            "/kpis/definitions/",
            "/measures/",
            "/measures/1/",
            "/measures/1/kpis/",
            "/measures/1/roadmap/",
            "/measures/1/reviews/",
            "/measures/1/history/",
            "/measures/1/handover/",
            "/plan/",
            "/plan/context/",
            "/plan/checks/",
            "/plan/changes/",
            "/plan/organisation/",
            "/plan/organisation/chart/",
            "/plan/organisation/teams/",
            "/plan/organisation/projects/",
            "/roadmap/",
            "/roadmap/milestones/",
            "/roadmap/milestones/1/",
            "/roadmap/baselines/",
            "/handover/",
            "/history/?words=申請",
            "/search/?q=申請",
            "/reviews/",
            "/reviews/2026-mid/",
            "/reviews/2026-mid/1/",
            "/meetings/",
            "/meetings/1/",
            "/meetings/1/minutes/",
            "/meetings/1/present/",
            "/meetings/2/",
            "/reports/",
            "/accounts/me/",
            "/reports/2026-10/close/",
        ),
        PLAIN,
    ),
}
OTHERS = {"honbu": {"/": 10, "/dashboard/": 10}, "etsuran": {"/": 8, "/dashboard/": 10}}


def counted(captured) -> list[str]:
    """The statements that always come."""
    return [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(FRAMES) and not _touches(query["sql"])
    ]


def _touches(sql: str) -> bool:
    return "accounts_session" in sql and not sql.startswith("SELECT")


@pytest.fixture
def as_person():
    """`as_person(username)` → a client in which that person of the town is signed in."""
    load_town()

    def enter(username):
        client = Browser()
        person = User.objects.get(username=username)
        client.force_login(person, backend="foundation.accounts.backends.MembershipBackend")
        return client

    with time_machine.travel(NOW, tick=False):
        yield enter


def asked_by(client, path) -> list[str] | None:
    """The statements of a page that has been looked at before; None: it is not for this person."""
    if client.get(path).status_code == 403:
        return None
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return counted(captured)


@pytest.mark.parametrize("path", BOUNDS)
def test_a_page_asks_no_more_than_its_bound(path, as_person):
    for person in PEOPLE:
        asked = asked_by(as_person(person), path)
        assert asked is None or len(asked) <= BOUNDS[path], (person, len(asked), *asked)


def test_homes_of_those_who_look_stay_within_their_bounds(as_person):
    for person, pages in OTHERS.items():
        for path, bound in pages.items():
            asked = asked_by(as_person(person), path)
            assert len(asked) <= bound, (person, path, len(asked), *asked)


def saved_by(client, page, **changed) -> list[str]:
    """The statements of posting the form of a page, with something in it changed."""
    data = client.filled(page, action=page) | changed
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(page, data, bare=True, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 204, 302), answer.content.decode()[:2000]
    return counted(captured)


@pytest.mark.parametrize("code", ["1-1", "7-2"])
def test_a_saved_value_asks_twelve(code, as_person):
    client, page = as_person(KEEPER), f"/kpis/entry/2026-11/{code}/"
    client.get(page)
    asked = saved_by(client, page, **{f"{code}-value": "21"})
    assert any(sql.startswith('INSERT INTO "kpi_kpivalue"') for sql in asked)
    assert len(asked) <= SAVE, (len(asked), *asked)
