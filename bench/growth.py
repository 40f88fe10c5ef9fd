"""Rows about data that grow: what a page costs must not depend on what it does not show."""

from collections.abc import Iterator

from django.db import connection
from django.test import Client

from bench import data, pages
from bench.table import Row

TIMES, DEEP_TIMES, MANY = 10, 100, 2_000_000
TWENTY, ENTRIES, MOST = 20, 20_000, 150_000
SEARCH = "/history/?words=%E3%81%BB%E3%81%9F%E3%82%8B"  # ほたる


def rows(database: str, client: Client, rounds: int, *, deep: bool) -> Iterator[Row]:
    """The dashboard of the month as it stands at 10 times the values, deeply at 100 times and, on
    PostgreSQL, with two million.
    """
    first, asked = pages.dashboard(client, rounds)
    steps: list[tuple[str, int, int | None]] = [(f"{TIMES} times", TIMES, None)]
    if deep:
        steps.append((f"{DEEP_TIMES} times", DEEP_TIMES // TIMES, None))
    if deep and database == "postgresql":
        steps.append(("2 million", 1, MANY))
    for name, times, most in steps:
        there = data.grow(times, most=most)
        _looked_at()
        then, more = pages.dashboard(client, rounds)
        told = f"dashboard at {name} the values ({there:,})"
        yield Row(database, f"{told}: to the first", then / first, "x", bound=pages.GROWN)
        yield Row(database, f"{told}: queries more", more - asked, "", bound=0)


def history(database: str, client: Client, rounds: int, *, deep: bool) -> Iterator[Row]:
    """The history searched for a word of few entries among 20 times (deeply 150,000) as many."""
    data.remember(ENTRIES // TWENTY)
    first, asked = pages.beside_the_table(client, SEARCH, rounds)
    there = data.remember(MOST if deep else ENTRIES)
    _looked_at()
    then, more = pages.beside_the_table(client, SEARCH, rounds)
    told = f"a word looked for in {there:,} entries"
    yield Row(database, f"{told}: to the first", then / first, "x", bound=pages.GROWN)
    yield Row(database, f"{told}: queries more", more - asked, "", bound=0)


def _looked_at() -> None:
    """The database learns how many rows there are, as it does by itself overnight."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
