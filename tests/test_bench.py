"""The benchmark prints one table, and every row of it says what, how much, and whether that is what
was promised. Its figures are no matter of a test: machines differ.
"""

import json

import pytest
from django.db import transaction
from django.test import override_settings

from bench import growth, pages, saves
from bench.command import _options
from bench.data import client_of
from bench.table import Row, as_json, from_json, printed
from bench.timing import by_turns, ratio, spread
from foundation.records.actions import next_revision
from tests.people import lead

pytestmark = [pytest.mark.django_db, pytest.mark.pure]
ONCE = 1


@pytest.fixture
def client(head, soumu):
    """Somebody of the one department, with the references beside the portal's pages."""
    lead(1, soumu)
    with override_settings(ROOT_URLCONF="bench.urls"):
        yield client_of(head)


def test_a_page_is_measured_in_four_rows(client):
    home = pages.pages()[:1]
    rows = list(pages.rows("sqlite", client, ONCE, home))
    assert [row.name for row in rows] == [
        "home: queries",
        "home: plain page of its bytes and queries",
        "home: plain page of 45 KB",
        "home: seen again, to a signed-in view",
        "a signed-in view: to a bare view",
        "/healthz: to a bare view",
    ]
    assert all(row.value > 0 and row.database == "sqlite" for row in rows)
    assert [row.bound for row in rows] == [12, 1.2, 0.7, 1.5, None, None]


def test_a_save_and_growing_data_are_measured(client, secretariat):
    (saved,) = saves.alone("sqlite", secretariat, ONCE)
    assert (saved.bound, saved.unit) == (saves.SAVE, "x")
    grown = list(growth.rows("sqlite", client, ONCE, deep=False))
    assert [row.bound for row in grown] == [pages.GROWN, 0]
    assert grown[1].value == 0, "no query more for ten times the values"


def test_a_word_of_the_history_is_measured(client, secretariat, sign_in, monkeypatch):
    monkeypatch.setattr(growth, "ENTRIES", 400)
    with transaction.atomic():
        next_revision()
    grown = list(growth.history("sqlite", sign_in(secretariat), ONCE, deep=False))
    assert [row.bound for row in grown] == [pages.GROWN, 0]
    assert "in 400 entries" in grown[0].name and grown[1].value == 0


ROWS = [
    Row("sqlite", "a ratio", 1.1, low=1.0, high=1.2, bound=1.2),
    Row("sqlite", "too many", 13, "", bound=12),
    Row("postgresql", "総括", 0.4, "s"),
]


def test_the_table_says_what_is_met_and_which_machine():
    text = printed(ROWS)
    assert "python: " in text.splitlines()[0]
    head, *lines = text.splitlines()[2:]
    assert head.split() == ["database", "what", "value", "middle", "half", "bound", "met"]
    assert [line.split()[-1] for line in lines] == ["yes", "NO", "s"]
    assert "1.10 x" in lines[0]
    assert "1.00-1.20" in lines[0]


def test_the_table_for_machines_holds_the_same():
    told = json.loads(as_json(ROWS))
    assert set(told) == {"machine", "rows"}
    assert [row["met"] for row in told["rows"]] == [True, False, None]
    assert from_json(as_json(ROWS)) == ROWS


def test_a_ratio_is_that_of_the_same_turn():
    times = {"one": [2.0, 40.0, 3.0], "other": [1.0, 20.0, 1.0]}
    assert ratio(times, "one", "other").value == 2.0
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]).value == 3.0


def test_every_case_has_its_turn_in_every_round():
    done: list[str] = []
    cases = {name: (lambda name=name: done.append(name)) for name in "ab"}
    ticks = iter(range(1000))
    times = by_turns(cases, 3, clock=lambda: float(next(ticks)))
    assert {name: len(found) for name, found in times.items()} == {"a": 3, "b": 3}
    assert done.count("a") == done.count("b") == 5, "two before, unmeasured, and three rounds"


def test_without_a_word_both_databases_are_measured():
    assert _options([]).database == ["sqlite", "postgresql"]
    assert _options(["--database", "sqlite", "--quick"]).quick
