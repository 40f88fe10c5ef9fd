"""Odd and spoilt input through every form of the portal: no 500, no change that nobody is told of.

The doors come from the addresses: wherever somebody presses (`tests.test_doors_table.PRESSED`, held
against the URLs), every form of that page is sent spoilt, and what that did is taken back; then the
press is made as it should be, so that the town goes on. A seeded few in every run; `run.py test
--deep` sends ten thousand of each kind of form.
"""

import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.urls import Resolver404, resolve, reverse

from foundation.accounts.models import Department
from tests.attacks.hostile import DEEP, SHARES, column_names, spoilt
from tests.attacks.watching import entered, listed, tried
from tests.browsing import PageForm, all_forms_in
from tests.people import make_user
from tests.test_at_once import NOW, SEPTEMBER, clerk, found_town, sent, writes
from tests.test_doors_table import PRESSED
from tests.test_permissions import RULES, address

SQLITE = connection.vendor == "sqlite"
OWN = DEEP or (3 if SQLITE else 1)  # cases of the form that is pressed, by who may press it
OTHER = DEEP or 1  # of another form of that page


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        yield found_town()


def view_of(url: str) -> str:
    """The view of an address; "" where there is none."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def kind_of(url: str, names) -> tuple[str, frozenset[str]]:
    """The view, and the names of the form without what is numbered in them."""
    return view_of(url), frozenset(re.sub(r"\d+", "9", name) for name in names)


def other_forms(browser, page: str) -> Iterator[tuple[str, PageForm]]:
    """(address, form) of the forms of a page that are posted."""
    answer = browser.get(page)
    if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
        return
    for form in all_forms_in(answer):
        if form.is_post:
            yield form.action or page, form


class Fuzz:
    """Sends spoilt forms and keeps count; `faults`: what is wrong, by the seed that shows it."""

    def __init__(self, share: int):
        self.share = share
        self.sent = 0
        self.faults: dict[str, list[str]] = {}
        self.cases: Counter[tuple[str, frozenset[str]]] = Counter()
        soumu = Department.objects.get(code="soumu")
        self.people = [
            make_user("etsuran", "閲覧", "viewer"),
            make_user("soumu-hosa", "課長補佐", "department_head", soumu),
        ]
        self.clerk, self.others = entered(clerk()), []

    def others_enter(self) -> None:
        """What was pressed may have ended a session of theirs."""
        self.others = [entered(person) for person in self.people]

    @property
    def doors(self) -> set[str]:
        """The views that were sent something."""
        return {view for view, _ in self.cases}

    def send(self, url: str, data: dict, cases: int) -> None:
        """So many spoilt forms of this kind, as far as they have not been sent yet."""
        kind = kind_of(url, data)
        for number in range(self.cases[kind], cases):
            self.cases[kind] += 1
            if number % SHARES == self.share:
                self.sent += 1
                self.one(f"{kind[0]} {len(kind[1])} {number}", url, data, number)

    def one(self, seed: str, url: str, data: dict, number: int) -> None:
        """One case; every third is sent by somebody else."""
        dice = Random(seed)
        form = spoilt(data, dice)
        body, content_type = form.encoded(dice)
        browser = dice.choice(self.others) if number % 3 == 2 else self.clerk
        headers = {"HX-Request": "true"} if dice.random() < 0.2 else {}
        faults = tried(browser, url, body, content_type, **headers).faults()
        if faults:
            self.faults[f"{seed} → {url}"] = [*faults, f"{form.done}: {body[:600]!r}"]


@pytest.mark.parametrize("share", range(SHARES))
def test_no_form_breaks_and_none_changes_anything_in_silence(share, town):
    fuzz = Fuzz(share)
    for press in PRESSED.values():
        fuzz.others_enter()
        press.ready()
        url, data = press.url(), sent(fuzz.clerk, press)
        fuzz.send(url, data, OWN)
        for action, form in other_forms(fuzz.clerk, press.page() if press.page else url):
            if action != url:
                fuzz.send(action, form.sent, OTHER)
        fuzz.clerk.post(url, data, bare=True)
    for name in sorted(set(RULES) - fuzz.doors):
        if writes(RULES[name]):
            bare(fuzz, name)
    assert fuzz.sent > len(fuzz.doors) / SHARES
    print(f"{fuzz.sent} cases, {len(fuzz.cases)} kinds of forms, {len(fuzz.doors)} addresses")
    assert not fuzz.faults, listed(fuzz.faults)
    assert {name for name, rule in RULES.items() if writes(rule)} <= fuzz.doors


def bare(fuzz: Fuzz, name: str) -> None:
    """A door at which nothing was pressed: its own page's form, or what nobody offers."""
    url = address(name, {})
    fuzz.others_enter()
    own = [form for action, form in other_forms(fuzz.clerk, url) if view_of(action) == name]
    for data in [form.sent for form in own] or [dict.fromkeys(column_names()[::9], "1")]:
        fuzz.send(url, data, OWN)


@pytest.mark.pure
def test_a_list_with_nothing_to_tick_is_refused_in_words(town):
    """Who may ask for no indicator, and sends one: the error had no place, and that was 500."""
    zeimu = Department.objects.get(code="zeimu")
    browser = entered(make_user("zeimu-kacho", "税務 次郎", "department_head", zeimu))
    url = reverse("kpi:reopenings_request", args=[SEPTEMBER])
    answer = browser.post(url, {"indicators": ["1-1"], "reason": "漏れ"}, bare=True)
    assert answer.status_code == 422
    assert "dx-errsum" in answer.content.decode()
