"""What can be found, what was found, and in which groups it is shown. Plain data."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Candidate:
    """One place of the portal that may be what is looked for.

    `label`: what it is; `address`: the very place; `context`: whose it is; `text`: more words in
    which it may be found, shown around the words found. Without a `title` these are its title, and
    one of the words must stand in them. `note`: said of it, not looked through. `codes`: by which
    it is called, folded.
    """

    label: str
    address: str
    title: str = ""
    context: str = ""
    text: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Hit:
    """A candidate in which the words stand, as it is shown: HTML with the words marked."""

    label: str
    address: str
    title: SafeString
    context: SafeString
    note: str
    quote: SafeString | None


@dataclass(frozen=True)
class HitGroup:
    """The hits of one kind: how many there are, and those that are shown."""

    key: str
    label: str
    total: int
    hits: list[Hit]

    @property
    def left(self) -> int:
        """How many are not shown."""
        return self.total - len(self.hits)


@dataclass(frozen=True)
class Results:
    """All groups in which something was found; `shown`: those that are asked for."""

    groups: list[HitGroup]
    shown: list[HitGroup]

    @property
    def total(self) -> int:
        """How many hits there are."""
        return sum(group.total for group in self.groups)
