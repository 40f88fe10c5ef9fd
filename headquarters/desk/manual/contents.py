"""What the manual holds, in the order in which it is read, and for whom each page is."""

from dataclasses import dataclass

from foundation.accounts.models import Role

EVERYBODY = tuple(Role)
DEPARTMENT = (Role.STAFF, Role.DEPARTMENT_HEAD, Role.SECRETARIAT)
HEADS = (Role.DEPARTMENT_HEAD, Role.SECRETARIAT)
JUDGES = (Role.STAFF, Role.DEPARTMENT_HEAD, Role.HEADQUARTERS, Role.SECRETARIAT)
KEEPERS = (Role.SECRETARIAT,)
TROUBLE = "trouble"  # read before signing in too


@dataclass(frozen=True)
class Entry:
    """A page. `key`: its address and the name of its file in docs/manual/. `roles`: whose job."""

    key: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Chapter:
    """Pages of one matter."""

    title: str
    entries: tuple[Entry, ...]


CONTENTS = (
    Chapter("はじめに", (Entry("start", EVERYBODY),)),
    Chapter(
        "毎月の仕事",
        (
            Entry("kpi-entry", DEPARTMENT),
            Entry("excel-sheet", DEPARTMENT),
            Entry("submit", HEADS),
            Entry("closing", KEEPERS),
        ),
    ),
    Chapter(
        "工程と計画",
        (
            Entry("milestones", DEPARTMENT),
            Entry("roadmap", EVERYBODY),
            Entry("definitions", KEEPERS),
        ),
    ),
    Chapter("評価と会議", (Entry("pdca", JUDGES), Entry("meetings", JUDGES))),
    Chapter(
        "読む・出す",
        (
            Entry("reading", EVERYBODY),
            Entry("publish", KEEPERS),
            Entry("excel-feed", KEEPERS),
        ),
    ),
    Chapter(
        "人と体制",
        (
            Entry("organisation", HEADS),
            Entry("people", HEADS),
            Entry("new-year", KEEPERS),
        ),
    ),
    Chapter("困ったとき", (Entry(TROUBLE, EVERYBODY),)),
)
ENTRIES = tuple(entry for chapter in CONTENTS for entry in chapter.entries)
