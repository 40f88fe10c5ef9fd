"""`python -m bench.measure DATABASE FILE [--quick] [--deep]`: the rows of one database, as JSON.

Runs in a process of its own, on an empty database of its own (`bench.command`).
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import django

from bench.table import Row, as_json

ROUNDS, QUICK = 15, 2
PEOPLE, TWO = 20, 2


def measured(database: str, *, quick: bool, deep: bool) -> Iterator[Row]:
    """Everything, what changes the data last."""
    from bench import data, files, growth, pages, saves

    rounds = QUICK if quick else ROUNDS
    person, keeper = data.prepare(quick=quick)
    client = data.client_of(person)
    yield from pages.rows(database, client, rounds, pages.pages()[: TWO if quick else None])
    yield from saves.alone(database, keeper, rounds)
    yield from saves.crowd(database, keeper, TWO if quick else PEOPLE)
    yield from files.workbook(database, rounds)
    if database == "sqlite" and not quick:
        yield from files.hostile(database)
    yield from growth.rows(database, client, rounds, deep=deep)
    yield from growth.history(database, client, rounds, deep=deep)


def main() -> None:
    """Measure and write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("out", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--deep", action="store_true")
    options = parser.parse_args()
    django.setup()
    found = list(
        measured(
            options.database,
            quick=options.quick,
            deep=options.deep,
        )
    )
    options.out.write_text(as_json(found), encoding="utf-8")


if __name__ == "__main__":
    main()
