"""Odd input at every address: never a 500, whoever asks. A seeded handful in every run.

What a database could stumble over is asked on both of them in `tests.test_fuzz_edges`.
"""

from random import Random

import pytest
from django.test import Client

from tests.test_permissions import RULES, address, people  # noqa: F401

ODD = [
    "",
    "x",
    "-1",
    "0",
    "99999999999999999999",
    "2026-13",
    "２０２６",
    "\x00",
    "<b>",
    "'; drop",
    "1.5",
    "▲5",
    "あ" * 3000,
    "R8.2.30",
    "on",
    "2026-10.x",
    "..",
    "/",
    "//example.com",
    "[]",
    "%00",
    "²",
]
ASKED = [
    "month",
    "edition",
    "slide",
    "department",
    "show",
    "a",
    "b",
    "from",
    "to",
    "measure",
    "kind",
    "year",
    "grade",
    "state",
    "format",
    "page",
    "sort",
    "all",
    "words",
    "since",
    "until",
    "close",
    "next",
    "view",
]
TYPED = [
    "text",
    "start",
    "apply",
    "seen-1-2",
    "1-1-value",
    "1-1-answer",
    "1-1-seen_version",
    "1-1-was",
    "alone",
    "title",
    "held_on",
    "month",
    "due_on",
    "department",
    "transition",
    "reason",
    "row-1-2",
    "until",
    "decision",
    "answer",
    "code",
    "1-2-y2026",
    "1-2-seen2026",
    "from_month",
    "fiscal_year",
    "value",
    "pick",
    "state",
    "completed_on",
    "forecast_on",
    "seen_version",
    "name",
    "planned_on",
    "yearly",
    "day",
    "to",
    "what",
    "final",
    "indicator",
    "measure",
    "baseline_name",
    "user",
    "role",
    "starts_on",
    "grade",
    "plan_text",
    "asked_on",
    "open",
    "number",
    "policy",
    "effective_on",
    "unit",
    "decimals",
    "lower",
    "published",
    "minutes",
    "next",
    "username",
    "password",
]


ROUNDS = {"secretariat": 2, "head": 1, "stranger": 1}  # who may do everything reaches all of it


@pytest.mark.pure
@pytest.mark.filterwarnings("ignore:Use '__' to separate")  # tables2, of a point in `sort`
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROUNDS)
def test_no_address_answers_500(people, role, caplog):  # noqa: F811
    users, places = people
    dice, client = Random(role), Client(raise_request_exception=False)
    for name in sorted(set(RULES) - {"accounts:logout"}):
        url = address(name, places)
        client.force_login(users[role], backend="foundation.accounts.backends.MembershipBackend")
        for _ in range(ROUNDS[role]):
            query = {dice.choice(ASKED): dice.choice(ODD) for _ in range(2)}
            data = {dice.choice(TYPED): dice.choice(ODD) for _ in range(dice.randint(1, 14))}
            headers = dice.choice([{}, {"HX-Request": "true"}])
            assert client.get(url, query, headers=headers).status_code < 500, (url, query)
            assert client.post(url, data, headers=headers).status_code < 500, (url, data)
