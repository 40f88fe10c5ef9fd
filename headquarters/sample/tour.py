"""The tour of a portal with sample data: five jobs, each on the very screen as the very person.

Nobody but the sample's own people sees it, and only where the portal is not in real use: there the
switch from one person to another, without a password, does not exist (ADR 22).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from foundation.accounts.models import Role, User
from foundation.records.actions import sample_loaded
from foundation.records.components import Alike
from headquarters.sample.source import read_source


@dataclass(frozen=True)
class Person(Alike):
    """One of the sample's people, as they are written down."""

    username: str
    name: str
    role: str
    post: str

    @property
    def label(self) -> str:
        """「総務課長」, or the role of somebody without a post."""
        return self.post or self.role


@dataclass(frozen=True)
class Card:
    """A job of the tour: who does it, and where."""

    title: str
    text: str
    person: Person
    url: str


@cache
def people() -> dict[str, Person]:
    """The sample's people by user name."""
    return {
        username: Person(
            username,
            name,
            str(Role(role).label),
            post,
        )
        for username, name, role, _, post in read_source()["accounts"]
    }


def plays(user: User) -> bool:
    """Does this name belong to the sample, in a portal that is not in real use? (No query.)"""
    return user.is_authenticated and user.username in people() and not settings.PRODUCTION


def may_switch(user: User) -> bool:
    """Is this one of the sample's people while it is loaded?"""
    return plays(user) and sample_loaded()


def others(user: User) -> tuple[Person, ...]:
    """The sample's people whom this one may become (() for people of the town)."""
    if not plays(user):
        return ()
    return tuple(person for person in people().values() if person.username != user.username)


def cards(user: User) -> list[Card]:
    """The five jobs ([] for people of the town)."""
    return list(_cards()) if plays(user) else []


def _cards() -> Iterator[Card]:
    keeper, head = people()["jimukyoku"], people()["zeimu-kacho"]
    chief = people()["honbu"]
    yield Card(
        "入力",
        "1か月分のKPIの値を、キーボードだけで入力します。",
        keeper,
        reverse("kpi:entry_current"),
    )
    yield Card(
        "工程",
        "マイルストーンの状態と見込日を、その場で更新します。",
        head,
        reverse("roadmap:milestones"),
    )
    yield Card(
        "総括",
        "計画全体の進みと、注意する点を確かめます。",
        chief,
        reverse("reports:dashboard"),
    )
    yield Card(
        "会議",
        "会議の画面で審議し、決定と指示を記録します。",
        chief,
        reverse("meetings:present_next"),
    )
    yield Card("Excel", "締めた月の報告を、Excelで取り出します。", keeper, reverse("reports:list"))


def page(request):
    """Context processor: `sample_people` and `sample_tour`, shown only where `sample_loaded`."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {
        "sample_people": others(user),
        "sample_tour": SimpleLazyObject(lambda: cards(user)),
    }
