"""What of the manual can be found: a place for each section."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.safestring import SafeString

from foundation.japanese.folding import folded
from headquarters.desk.manual.drawing import pages
from headquarters.desk.manual.page import Page, Section
from headquarters.desk.search.model import Candidate
from headquarters.desk.search.words import Words, excerpt, marked

LABEL = "操作マニュアル"


@dataclass(frozen=True)
class Found:
    """A section in which the words stand, as it is shown: HTML with the words marked."""

    address: str
    title: SafeString
    page: str
    quote: SafeString


@cache
def candidates() -> list[Candidate]:
    """Every section, in the order of the manual."""
    return [_candidate(page, part) for page in pages().values() for part in page.sections]


def _candidate(page: Page, part: Section) -> Candidate:
    address = f"{reverse('desk:manual', args=[page.key])}#{part.key}"
    return Candidate(LABEL, address, part.title, page.title, part.text)


def found(words: Words) -> list[Found]:
    """The sections in which all words stand, those called so first."""
    rows = [row for row in candidates() if words.all_stand_in(_around(row))] if words else []
    return [
        Found(row.address, marked(row.title, words), row.context, excerpt(row.text, words))
        for row in _best_first(rows, words)
    ]


def _around(row: Candidate) -> str:
    return folded(f"{row.title}\n{row.context}\n{row.text}")


def _best_first(rows: Iterable[Candidate], words: Words) -> list[Candidate]:
    return sorted(rows, key=lambda row: not words.all_stand_in(folded(row.title)))
