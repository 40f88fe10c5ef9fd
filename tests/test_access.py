"""Who hears the portal hears where one is: titles, names of tables and charts, page by page."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
import time_machine

from foundation.accounts.models import User
from tests.sample_town import load_town
from tests.test_architecture import ROOT
from tests.walking import pages

pytestmark = [pytest.mark.pure, pytest.mark.django_db, pytest.mark.standing_town]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TABLE = re.compile(r"<table(?:[^>%]|%}|{%[^%]*%})*>\s*(?:<caption)?")
NAMED = re.compile("aria-label|<caption")
AT_MOST = {"jimukyoku": 2, "zeimu-kacho": 1, "kikaku-tanto": 1, "honbu": 1, "etsuran": 1}


def test_every_table_of_a_template_has_a_name():
    nameless = []
    for path in TEMPLATES:
        for found in TABLE.finditer(path.read_text(encoding="utf-8")):
            if not NAMED.search(found.group()):
                nameless.append(f"{path.relative_to(ROOT)}: {found.group()}")
    assert not nameless, "\n".join(nameless)


@dataclass
class Heard:
    """What of a page names it and its parts."""

    title: str = ""
    tables: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    figures: int = 0
    dead: list[str] = field(default_factory=list)
    words: Counter = field(default_factory=Counter)


class Listener(HTMLParser):
    """Reads a page into `heard`."""

    def __init__(self, text: str):
        super().__init__()
        self.heard = Heard()
        self.inside: Counter = Counter()
        self.ids = dict(re.findall(r'\bid="([^"]*)"[^>]*>\s*([^<]*)', text))
        self.feed(text)

    def name_of(self, given: dict) -> str:
        """What `aria-label` or `aria-labelledby` call it."""
        return given.get("aria-label") or self.ids.get(given.get("aria-labelledby", ""), "").strip()

    def handle_starttag(self, tag, attrs):
        self.inside[tag] += 1
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.heard.tables.append(self.name_of(given))
        if given.get("role") == "img":
            self.heard.images.append(self.name_of(given))
        if "data-chart" in given:
            self.heard.figures += 1

    def handle_endtag(self, tag):
        self.inside[tag] -= 1

    def handle_data(self, data):
        said = " ".join(data.split())
        if not said or self.inside["script"] or self.inside["select"]:
            return
        if self.inside["title"] and not self.inside["svg"]:
            self.heard.title = said
        elif self.inside["caption"]:
            self.heard.tables[-1] = said
        elif self.inside["main"]:
            self.heard.words[said] += 1


def faults(place: str, heard: Heard) -> list[str]:
    """What somebody who hears the page misses."""
    found = []
    if heard.title.startswith("|"):
        found.append(f"{place}: no title")
    if "" in heard.tables or len(set(heard.tables)) < len(heard.tables):
        found.append(f"{place}: tables {heard.tables}")
    if "" in heard.images:
        found.append(f"{place}: images {heard.images}")
    if heard.figures and not heard.tables:
        found.append(f"{place}: a chart without its table")
    return found


@pytest.mark.parametrize("username", AT_MOST)
def test_every_page_is_told_from_every_other_one(username, client):
    """Two pages of one title say the same words, whatever their lists offer to choose."""
    load_town()
    client.force_login(
        User.objects.get(username=username),
        backend="foundation.accounts.backends.MembershipBackend",
    )
    wrong, known = [], {}
    with time_machine.travel("2026-11-06 01:00+00:00", tick=False):
        for place, text in pages(client, AT_MOST[username]):
            heard = Listener(text).heard
            wrong += faults(place, heard)
            before = known.setdefault(heard.title, (place, heard.words))
            if before[1] != heard.words:
                wrong.append(f"「{heard.title}」: {before[0]} and {place}")
    assert not wrong, "\n".join(wrong)
