"""The sheets of a cycle that is asked for, on 6 November 2026: 1 is soumu's, 3 zeimu's."""

import pytest
import time_machine

from headquarters.reviews.cycles import create_cycle, open_cycle
from headquarters.reviews.models import Review
from measures.models import Plan
from tests.people import lead
from tests.reviews.writing import ON


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        yield


@pytest.fixture
def cycle(soumu, zeimu, secretariat):
    lead(1, soumu)
    lead(3, zeimu)
    made = create_cycle(by=secretariat, plan=Plan.objects.get(), fiscal_year=2026, kind="mid")
    return open_cycle(by=secretariat, cycle=made, on=ON)


@pytest.fixture
def sheet(cycle):
    return Review.objects.full().get(measure__number=1)
