"""Twenty people saving fifty values each at once.

Nothing fails, nothing is lost, every conflict is told (docs/trust.md §2).
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.db import connection

from foundation.accounts.models import Role
from foundation.records.conflict import Conflict
from foundation.records.models import HistoryEntry
from kpi.actions import record_value
from kpi.models import Indicator, KpiValue
from kpi.rules.checks import Entry
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, SAVES = 20, 50
ON = date(2027, 3, 31)
CELLS = [(code, date(2026, month, 1)) for code in ("1-1", "1-2", "7-2") for month in range(4, 13)]


def person(user, seed, indicators):
    """Fifty read-change-saves on random cells.

    Each adds one. Returns (saved, told of a conflict).
    """
    dice, saved, told = Random(seed), 0, 0
    try:
        for _ in range(SAVES):
            code, month = dice.choice(CELLS)
            row = KpiValue.objects.filter(indicator__code=code, month=month).first()
            entry = Entry(value=(row.value if row else Decimal(0)) + 1, note="同時入力")
            try:
                record_value(
                    by=user,
                    indicator=indicators[code],
                    month=month,
                    seen_version=row.version if row else 0,
                    entry=entry,
                    on=ON,
                )
                saved += 1
            except Conflict:
                told += 1
    finally:
        connection.close()
    return saved, told


def test_twenty_people_fifty_saves(committed):
    users = [make_user(f"p{n}", f"担当 {n}", Role.SECRETARIAT) for n in range(PEOPLE)]
    indicators = {
        row.code: row for row in Indicator.objects.select_related("measure__policy__plan")
    }
    with ThreadPoolExecutor(PEOPLE) as pool:
        results = list(pool.map(lambda n: person(users[n], n, indicators), range(PEOPLE)))
    saved, told = sum(row[0] for row in results), sum(row[1] for row in results)
    assert saved + told == PEOPLE * SAVES  # 0 failed
    assert (
        sum(row.value for row in KpiValue.objects.all()) == saved
    )  # 0 lost: every acknowledged save counts exactly once
    assert HistoryEntry.objects.filter(action="kpi.value").count() == saved
    assert told > 0  # the test would see a lost update: people did meet
