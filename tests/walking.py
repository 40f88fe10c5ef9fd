"""Every page of the sample town that somebody can reach: from the home, link by link.

A kind of page (its view, and which choices its address names) is opened a few times; downloads and
orders of lists are not pages.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import resolve

CARRIED = {"next", "sort"}  # the way back and an order: the same page
DOWNLOADS = {"format", "live", "newest"}
LINK = re.compile(r'href="([^"]*)"')
OUTSIDE = ("/static/", "/admin/", "//")


def place_of(link: str, here: str) -> str:
    """The page to which a link leads; "" where it leads to none."""
    address = html.unescape(link).partition("#")[0]
    if address.startswith("?"):
        address = urlsplit(here).path + address
    if not address.startswith("/") or address.startswith(OUTSIDE) or "/files/" in address:
        return ""
    parts = urlsplit(address)
    choices = [(name, text) for name, text in parse_qsl(parts.query) if name not in CARRIED]
    if DOWNLOADS & {name for name, _ in choices}:
        return ""
    return parts.path + (f"?{urlencode(choices)}" if choices else "")


def kind_of(place: str) -> tuple:
    """Its view, and the names of what its address chooses."""
    parts = urlsplit(place)
    return resolve(parts.path).view_name, frozenset(name for name, _ in parse_qsl(parts.query))


def pages(client, at_most: int) -> Iterator[tuple[str, str]]:
    """(address, text) of the pages that whoever is signed in reaches; `at_most` of a kind, or, if
    that is one, one of a view.
    """
    waiting, known, opened = ["/"], {"/"}, Counter()
    while waiting:
        place = waiting.pop(0)
        answer = client.get(place)
        if answer.status_code == 302:
            links = [answer["Location"]]
        elif "html" in answer.headers["Content-Type"]:
            text = answer.content.decode()
            links = LINK.findall(text)
            yield place, text
        else:
            continue
        for found in (place_of(link, place) for link in links):
            if not found or found in known:
                continue
            known.add(found)
            kind = kind_of(found) if at_most > 1 else kind_of(found)[:1]
            opened[kind] += 1
            if opened[kind] <= at_most:
                waiting.append(found)
