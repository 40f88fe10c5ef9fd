"""One word of the portal and what it means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word as it stands on the screens. `key`: its place on the page 用語 (the identifier of
    docs/words.md). `meaning`: whole sentences; `{…}` are settings of the plan, filled in as they
    hold today.
    """

    key: str
    word: str
    meaning: str


@dataclass(frozen=True)
class Group:
    """Words of one matter, in the order in which they are best read."""

    key: str
    title: str
    terms: tuple[Term, ...]
