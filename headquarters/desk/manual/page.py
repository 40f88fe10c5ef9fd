"""A page of the manual as it is read: plain data made of its file in docs/manual/."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Section:
    """What stands under one heading. `key`: its place on the page; `text`: its words alone, for
    the search.
    """

    key: str
    title: str
    html: SafeString
    text: str


@dataclass(frozen=True)
class Page:
    """One job. `lead`: what stands before the first heading, `summary`: its first sentence."""

    key: str
    title: str
    lead: SafeString
    summary: str
    sections: tuple[Section, ...]
