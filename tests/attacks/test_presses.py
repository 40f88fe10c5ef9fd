"""Attacks on every press of a button: without the form's token, with fields that no page offers, by
somebody who may not, with a way back that leads outside. None of them gets through.

The presses are those of `tests.test_doors_table`, which a test holds against the addresses.
"""

import copy
import re
from collections.abc import Callable
from random import Random

import pytest
import time_machine
from django.db import models

from foundation.accounts.models import Department
from tests.attacks.hostile import AWAY, DEEP, MARK, Sent, our_fields
from tests.attacks.watching import Outcome, done, entered, listed, tried
from tests.browsing import Browser
from tests.people import make_user
from tests.test_at_once import NOW, clerk, found_town, sent
from tests.test_doors_table import PRESSED

pytestmark = pytest.mark.pure  # rights and forms are decided in Python
WRONG = "b" * 32 + "c" * 32  # masked, as a page carries it
REFUSED = {401, 403, 404, 405, 409, 413, 422, 423}
BY_LOT = {"feeds.FeedToken.digest", "feeds.FeedToken.number", "records.Attachment.file"}
OF_THE_ROW = {  # fields of the very row that is written, which its form shows in a further panel
    "kpi.KpiValue.follow_up",
    "kpi.KpiValue.note",
    "reviews.Review.next_direction",
    "reviews.Review.self_grade",
}
OPEN = {
    "accounts:login",
    "accounts:logout",
    "accounts:password_change",
}  # for everybody, of oneself


@pytest.fixture
def town(db):
    with time_machine.travel(NOW, tick=False):
        found_town()
        zeimu = Department.objects.get(code="zeimu")
        make_user("zeimu-kacho", "税務 次郎", "department_head", zeimu)
        make_user("etsuran", "閲覧", "viewer")
        make_user("honbu", "本部長", "headquarters")
        make_user("yoso", "所属なし")
        yield


def encoded(data: dict) -> tuple[bytes, str]:
    """As a browser sends a form: in parts only where there is a file."""
    return Sent.of(data).encoded(Random(1))


def posted(browser: Browser, url: str, data: dict, **headers: str) -> Outcome:
    """The form as it stands, watched and taken back."""
    return tried(browser, url, *encoded(data), **headers)


# Each attack: (browser of the secretariat, name of the press, its address, what it sends) → faults.


def without_a_token(browser: Browser, name: str, url: str, data: dict) -> list[str]:
    """No token, a wrong one, one of another browser, the right one from another site: two of
    these for each press, in turn.
    """
    strict = copy.copy(browser)
    strict.handler = type(browser.handler)(enforce_csrf_checks=True)
    strict.cookies = copy.deepcopy(browser.cookies)
    strict.cookies["csrftoken"] = "a" * 32
    cases = {
        "no token": (data, {}),
        "a wrong token": ({**data, "csrfmiddlewaretoken": WRONG}, {}),
        "another's token": ({**data, "csrfmiddlewaretoken": "c" * 32}, {}),
        "from another site": (
            {**data, "csrfmiddlewaretoken": "a" * 32},
            {"Origin": "https://evil.example"},
        ),
        "from nowhere": ({**data, "csrfmiddlewaretoken": "a" * 32}, {"Origin": "null"}),
        "a wrong token of a script": (data, {"HX-Request": "true", "X-CSRFToken": WRONG}),
    }
    wrong = []
    for case in Random(name).sample(list(cases), len(cases) if DEEP else 2):
        given, headers = cases[case]
        came = posted(strict, url, given, **headers)
        if came.status != 403 or came.heard.writes:
            wrong.append(f"{case}: answered {came.status}, {sorted(came.heard.labels)} written")
    return wrong


def of_another(username: str) -> Callable[[Browser, str, str, dict], list[str]]:
    """What the secretariat may, sent by somebody who may not: refused, and nothing has changed."""

    def attack(browser: Browser, name: str, url: str, data: dict) -> list[str]:
        came = posted(entered(_person(username)), url, data)
        own = name.split(" ")[0] in OPEN
        if own or (came.status in REFUSED and not came.changed):
            return came.exceptions
        return [f"answered {came.status}, changed {sorted(came.changed)}"]

    return attack


def _person(username: str):
    return type(clerk()).objects.get(username=username)


def of_nobody(browser: Browser, name: str, url: str, data: dict) -> list[str]:
    """Signed out: led to the sign-in, or told by it."""
    came = posted(entered(None), url, data)
    if name.split(" ")[0] in OPEN or (came.status in (302, 401, 403) and not came.changed):
        return came.exceptions
    return [f"answered {came.status}, changed {sorted(came.changed)}"]


def with_fields_that_no_page_offers(browser: Browser, url: str, data: dict) -> Outcome:
    """Every column of every model beside what is sent."""
    known = {each.rpartition("-")[2] for each in data}
    prefixes = {each.rpartition("-")[0] for each in data if "-" in each}
    extra = {
        f"{prefix}{dash}{column}": text
        for prefix, dash in [("", ""), *((prefix, "-") for prefix in sorted(prefixes)[:3])]
        for column, text in absurd_columns().items()
        if column not in known
    }
    return posted(browser, url, {**data, **extra})


def not_the_same(came: Outcome, plain: Outcome) -> list[str]:
    """The same comes of it as without those fields, or it is refused."""
    refused = came.status in REFUSED and not came.changed
    other = differences(plain, came)
    if refused or (came.status == plain.status and not other):
        return came.exceptions
    return [f"{plain.status} → {came.status}: {other}"]


_ABSURD: dict[str, str] = {}


def absurd_columns() -> dict[str, str]:
    """{column: a text that its kind would take}."""
    if not _ABSURD:
        for each in our_fields():
            text = "1"
            if isinstance(each, models.DateField):
                text = "2026-06-06"
            elif isinstance(each, models.CharField | models.TextField):
                text = each.flatchoices[-1][0] if each.flatchoices else MARK
            _ABSURD.update({each.name: str(text), each.attname: str(text)})
        _ABSURD.update({"pk": "1", "is_superuser": "on", "is_staff": "on", "groups": "1"})
    return _ABSURD


def differences(plain: Outcome, came: Outcome) -> list[str]:
    """Which fields of which models came out otherwise."""
    found = set(plain.after) ^ set(came.after)
    for label in set(plain.after) & set(came.after):
        for pk in set(plain.after[label]) | set(came.after[label]):
            one, two = plain.after[label].get(pk, {}), came.after[label].get(pk, {})
            found |= {f"{label}.{key}" for key in {*one, *two} if one.get(key) != two.get(key)}
    return sorted(found - BY_LOT - OF_THE_ROW)


def a_way_back_that_leads_outside(browser: Browser, name: str, url: str, data: dict) -> list[str]:
    """`next` in the form and in the address, and what a browser says of where it comes from."""
    wrong = []
    for away in Random(name).sample(AWAY, len(AWAY) if DEEP else 1):
        query = encoded({"next": away})[0].decode()
        place = f"{url}{'&' if '?' in url else '?'}{query}"
        came = posted(
            browser, place, {**data, "next": away}, Referer="https://evil.example/x",
            **{"X-Forwarded-Host": "evil.example"},
        )  # fmt: skip
        location = came.answer.get("Location", "/")
        if not re.match(r"/(?![/\\\s])", location) or "evil" in location.split("?")[0]:
            wrong.append(f"next={away!r} leads to {location!r}")
        wrong += came.exceptions
    return wrong


ATTACKS = {
    "without a token": without_a_token,
    "by a head of another department": of_another("zeimu-kacho"),
    "by a viewer": of_another("etsuran"),
    "by one without a role": of_another("yoso"),
    "by nobody": of_nobody,
    "a way back that leads outside": a_way_back_that_leads_outside,
}


IN_TURN = ["by a viewer", "by one without a role", "by nobody"]  # one of these for each press


def test_no_press_can_be_turned_against_the_town(town):
    faults, browser = {}, entered(clerk())
    for name, press in PRESSED.items():
        press.ready()
        url, data = press.url(), sent(browser, press)
        left_out = set() if DEEP else set(Random(name).sample(IN_TURN, 2))
        for attack, run in ATTACKS.items():
            if attack in left_out:
                continue
            if wrong := run(browser, name, url, data):
                faults[f"{name}: {attack}"] = wrong
        came = with_fields_that_no_page_offers(browser, url, data)
        plain = done(browser, url, *encoded(data))  # the town goes on
        if wrong := not_the_same(came, plain):
            faults[f"{name}: fields that no page offers"] = wrong
    assert not faults, listed(faults)
