"""Rows about saving a value: beside the same transaction written by hand, alone and twenty at
once.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from threading import Barrier
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.data import client_of
from bench.table import Row
from bench.timing import by_turns, ratio
from foundation.accounts.models import User
from kpi import reading
from kpi.choices import Kind
from kpi.models import Definition, Indicator, KpiValue, ReportingMonth
from measures.models import Plan
from osaki_dx.serving import spare_program

SAVE, CROWD = 2.0, 2.0
PEOPLE, SAVES, RUN_IN = 20, 50, 3
SAVED, TOLD = (200, 204), 409
_values = count(10)


@dataclass(frozen=True)
class Place:
    """A cell of an open month that holds one number."""

    indicator: Indicator
    month: date

    @property
    def path(self) -> str:
        """Where it is saved."""
        return f"/kpis/entry/{self.month:%Y-%m}/{self.indicator.code}/"


def places() -> list[Place]:
    """Cells of the open months that have begun, newest month first; none that others read."""
    plan, today = Plan.objects.get(), timezone.localdate()
    closed = set(
        ReportingMonth.objects.filter(locked_at__isnull=False).values_list("month", flat=True)
    )
    read = set(Definition.objects.values_list("numerator_source", flat=True))
    months = [month for month in plan.months.begun(today)[::-1] if month not in closed]
    return [
        Place(facts.indicator, month)
        for month in months
        for facts in reading.load(month, on=today)
        if facts.definition.kind != Kind.RATIO and facts.indicator.pk not in read
    ]


def ours(client: Client, place: Place) -> int:
    """A value saved as the grid saves it."""
    stored = KpiValue.objects.filter(indicator=place.indicator, month=place.month).first()
    code = place.indicator.code
    data = {
        f"{code}-value": str(next(_values)),
        f"{code}-answer": "final",
        f"{code}-note": "計測",
        f"{code}-reason": "計測",
        f"{code}-seen_version": str(stored.version if stored else 0),
    }
    sent = urlencode(data)  # htmx sends a row so, and Django reads it faster than parts with files
    kind = "application/x-www-form-urlencoded"
    return client.post(place.path, sent, kind, headers={"HX-Request": "true"}).status_code


def by_hand(client: Client, place: Place) -> int:
    """The same transaction written by hand."""
    KpiValue.objects.filter(indicator=place.indicator, month=place.month).first()
    asked = {"indicator": place.indicator.pk, "month": place.month, "value": next(_values)}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return client.post(f"/bench/save/?{query}").status_code


def alone(database: str, person: User, rounds: int) -> Iterator[Row]:
    """One save after the other."""
    found, client = places(), client_of(person)
    times = by_turns(
        {
            "ours": lambda: _checked(ours(client, found[0])),
            "by hand": lambda: _checked(by_hand(client, found[-1])),
        },
        rounds,
    )
    cost = ratio(
        times,
        "ours",
        "by hand",
    )
    name = "a value saved: the transaction by hand"
    yield Row(database, name, cost.value, "x", cost.low, cost.high, SAVE)


def _checked(status: int) -> None:
    assert status in SAVED, status


@dataclass(frozen=True)
class Crowd:
    """How long each save took, and how many were neither saved nor told of a conflict."""

    seconds: list[float]
    failed: int

    def at(self, share: float) -> float:
        """So much of the saves took no longer."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]


def crowd(database: str, person: User, people: int) -> Iterator[Row]:
    """So many at once, by turns with the same by hand."""
    found, theirs, mine = places(), [], []
    spare_program()  # as a portal that serves
    for _ in range(3):
        theirs.append(together(by_hand, person, found, people))
        mine.append(together(ours, person, found, people))
    hand, own = _all(theirs), _all(mine)
    for name, share in (("p95", 0.95), ("slowest", 1.0)):
        value = own.at(share) / hand.at(share)
        yield Row(database, f"{people} at once, {name}: by hand", value, "x", bound=CROWD)
    yield Row(database, f"{people} at once: not saved and not told", own.failed, "", bound=0)


def _all(crowds: list[Crowd]) -> Crowd:
    return Crowd(
        [each for one in crowds for each in one.seconds], sum(one.failed for one in crowds)
    )


def together(
    save: Callable[[Client, Place], int], person: User, found: list[Place], people: int
) -> Crowd:
    """So many people, each saving a cell of their own again and again, before as many threads as
    serve the portal: a save begins when it is sent. What is measured begins when all have signed in
    and stand in one line (`RUN_IN`).
    """
    clients = [client_of(person) for _ in range(people)]
    ready = Barrier(people)

    def one(number: int) -> tuple[list[float], int]:
        client, place = clients[number], found[number % len(found)]
        seconds, failed = [], 0
        ready.wait()
        for turn in range(RUN_IN + SAVES):
            begun = time.perf_counter()
            status = threads.submit(save, _fresh(client), place).result()
            if turn >= RUN_IN:
                seconds.append(time.perf_counter() - begun)
            failed += status not in (*SAVED, TOLD)
        return seconds, failed

    with _served() as threads, ThreadPoolExecutor(people) as hands:
        told = list(hands.map(one, range(people)))
    return Crowd([each for seconds, _ in told for each in seconds], sum(each for _, each in told))


def _fresh(client: Client) -> Client:
    """The same person once more: a client keeps something of every request."""
    other = Client()
    other.handler, other.cookies = client.handler, client.cookies
    return other


@contextmanager
def _served() -> Iterator[ThreadPoolExecutor]:
    """Threads that serve; each lets go of its connection at the end."""
    number = settings.SERVER_THREADS
    with ThreadPoolExecutor(number) as threads:
        yield threads
        all_there = Barrier(number)
        for done in [threads.submit(_let_go, all_there) for _ in range(number)]:
            done.result()


def _let_go(all_there: Barrier) -> None:
    all_there.wait()
    connection.close()
