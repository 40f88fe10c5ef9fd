"""A real portal on a machine in UTC that is told the last minute of March, of a leap
February, and the minutes after: day, month and fiscal year are the town's (docs/trust.md §2).

What the same hours mean for every rule is in `tests/test_as_of_day.py` and `tests/test_clock.py`.
"""

import os
import re
from dataclasses import dataclass

import pytest

from tests.faults.nursery import Nursery
from tests.faults.town import PEOPLE, empty_sqlite, plain, signed_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.pure,
    pytest.mark.skipif(os.name == "nt", reason="fork は POSIX だけにあります"),
]


@dataclass(frozen=True)
class Shown:
    """What pages say at a moment (in UTC)."""

    moment: str
    day: str
    collected: str  # the month that is being collected
    begun: str  # the newest month that has begun; the next one is not there
    later: str
    years: set


MOMENTS = (
    Shown("2027-03-31 14:59Z", "令和9年3月31日", "2027-02", "2027-03", "2027-04", {8}),
    Shown("2027-03-31 15:00Z", "令和9年4月1日", "2027-03", "2027-04", "2027-05", {8, 9}),
    Shown("2028-02-29 14:59Z", "令和10年2月29日", "2028-01", "2028-02", "2028-03", {8, 9}),
    Shown("2028-02-29 15:00Z", "令和10年3月1日", "2028-02", "2028-03", "2028-04", {8, 9}),
    Shown("2028-03-31 15:00Z", "令和10年4月1日", "2028-03", "2028-04", "2028-05", {8, 9, 10}),
)


def test_a_portal_in_utc_lives_in_the_days_months_and_years_of_the_town(tmp_path):
    data, clock = tmp_path / "data", tmp_path / "clock"
    plain(data)
    empty_sqlite(data)
    clock.write_text(MOMENTS[0].moment, encoding="utf-8")
    nursery = Nursery(data, tmp_path / "log", TOWN_CLOCK=str(clock), TOWN_IS_PLAIN="1")
    try:
        nursery.run(PEOPLE)
        portal = nursery.serve()
        for shown in MOMENTS:
            clock.write_text(shown.moment, encoding="utf-8")
            assert seen(portal, shown) == shown
        assert portal.stop() == 0
    finally:
        nursery.close()


def seen(portal, shown):
    """The same as the pages tell it."""
    browser = signed_in(portal)
    page = browser.ask("/")[2]
    months = browser.ask("/kpis/months/")[2].split("<main")[1]
    reached = browser.ask("/kpis/entry/")[1]["Location"]
    there = [month for month in (shown.begun, shown.later) if is_there(browser, month)]
    records = browser.ask("/accounts/sign-ins/")[2].split("<main")[1]
    assert shown.day in records  # the sign-in itself
    return Shown(
        moment=shown.moment,
        day=re.search(r'data-printed="(\S+日)', page)[1],
        collected=re.search(r"\d{4}-\d{2}", reached)[0],
        begun=there[-1],
        later=shown.later,
        years={int(year) for year in re.findall(r"令和(\d+)年度", months)},
    )


def is_there(browser, month):
    return browser.ask(f"/kpis/entry/{month}/")[0] == 200
