"""Rows about pages: each beside the plain page of its bytes and queries, beside a page of 45 KB,
and looked at again unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.test import Client
from django.utils import timezone

from bench import references
from bench.references import PlainPage, plain_page, queries_of, table_page
from bench.table import Row
from bench.timing import Case, Times, by_turns, ratio
from foundation.japanese.calendar import format_month
from measures.models import Plan
from osaki_dx.serving import spare_program

PLAIN, SMALL, AGAIN, GROWN = 1.2, 0.7, 1.5, 1.3
LIST_SIZE, LIST_QUERIES = 45_000, 3


@dataclass(frozen=True)
class Page:
    """A page, how many queries it may ask, and whether it is a home or a list."""

    name: str
    path: str
    queries: int
    small: bool = False


def pages() -> list[Page]:
    """What is measured, in the month that is being collected."""
    month = format_month(Plan.objects.get().months.collected(timezone.localdate()))
    return [
        Page("home", "/", 12, small=True),
        Page("dashboard", "/dashboard/", 10),
        Page("dashboard of the month as it stands", f"/dashboard/?at={month}", 10),
        Page("list of indicators", "/kpis/", 6),
        Page("indicator", "/kpis/1-1/", 6),
        Page("entry grid", f"/kpis/entry/{month}/", 6),
        Page("months", "/kpis/months/", 6, small=True),
        Page("measures", "/measures/", 6, small=True),
        Page("measure", "/measures/1/", 6),
        Page("roadmap", "/roadmap/", 6),
        Page("history", "/history/", 6),
        Page("search", "/search/?q=申請", 6),
    ]


def look(client: Client, path: str):
    """The page; it must be one."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


def drawn(client: Client, path: str):
    """The page drawn anew, as when it was not seen before."""
    settings.REMEMBER_PAGES = False
    try:
        return look(client, path)
    finally:
        settings.REMEMBER_PAGES = True


def rows(database: str, client: Client, rounds: int, shown: list[Page]) -> Iterator[Row]:
    """All rows about these pages, of a portal that has drawn each of them before."""
    for page in shown:
        look(client, page.path)
    spare_program()
    for page in shown:
        answer, asked = queries_of(partial(drawn, client, page.path))
        plain = plain_page(answer.content.decode(), asked)
        yield Row(database, f"{page.name}: queries", len(asked) + 1, "", bound=page.queries)
        times = by_turns(_cases(client, page, plain), rounds)
        yield from _ratios(database, page, times)
    yield from _health(database, rounds, client)


def _cases(client: Client, page: Page, plain: PlainPage) -> dict[str, Case]:
    """The page, and what stands beside it."""
    return {
        "page": lambda: drawn(client, page.path),
        "again": lambda: look(client, page.path),
        "plain": lambda: _reference(client, plain),
        "table": lambda: _reference(
            client,
            table_page_of_a_list(),
        ),
        "signed in": lambda: look(client, "/bench/signed-in/"),
    }


_list: list[PlainPage] = []


def table_page_of_a_list() -> PlainPage:
    """The page of 45 KB with three queries, made once."""
    if not _list:
        _list.append(table_page(LIST_SIZE, LIST_QUERIES))
    return _list[0]


def _reference(client: Client, plain: PlainPage):
    references.shown[:] = [plain]
    return look(client, "/bench/page/")


def _ratios(database: str, page: Page, times: Times) -> Iterator[Row]:
    compared: list[tuple[str, str, str, float | None]] = [
        ("plain page of its bytes and queries", "page", "plain", PLAIN)
    ]
    bound = SMALL if page.small else None
    compared.append(("plain page of 45 KB", "page", "table", bound))
    compared.append(("seen again, to a signed-in view", "again", "signed in", AGAIN))
    for name, one, other, most in compared:
        found = ratio(times, one, other)
        named = f"{page.name}: {name}"
        yield Row(database, named, found.value, "x", found.low, found.high, most)


def _health(database: str, rounds: int, client: Client) -> Iterator[Row]:
    """`/healthz` and a signed-in view beside a view that does nothing; nothing is promised."""
    nobody = Client()
    cases: dict[str, Case] = {
        "bare": lambda: look(nobody, "/bench/bare/"),
        "/healthz": lambda: look(nobody, "/healthz"),
        "a signed-in view": lambda: look(client, "/bench/signed-in/"),
    }
    times = by_turns(cases, rounds)
    for name in ("a signed-in view", "/healthz"):
        found = ratio(
            times,
            name,
            "bare",
        )
        yield Row(database, f"{name}: to a bare view", found.value, "x", found.low, found.high)


def dashboard(client: Client, rounds: int) -> tuple[float, int]:
    """(time beside the table page, queries) of the month as it stands: for data that grows."""
    return beside_the_table(
        client, next(row.path for row in pages() if "as it stands" in row.name), rounds
    )


def beside_the_table(client: Client, path: str, rounds: int) -> tuple[float, int]:
    """(time beside the table page, queries) of a page."""
    look(client, path)
    _, asked = queries_of(lambda: drawn(client, path))
    times = by_turns(
        {
            "page": lambda: drawn(client, path),
            "table": lambda: _reference(client, table_page_of_a_list()),
        },
        rounds,
    )
    return ratio(
        times,
        "page",
        "table",
    ).value, len(asked)
