"""Texts as they are looked for: in either width, either case, with any dash."""

import re
import unicodedata
from functools import lru_cache

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ~～〜", "-"))
_CLUSTER = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")  # with its marks
SHORT, LONG = 500, 5000  # signs of a text that is kept folded; few of the long ones are
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def folded(text: str) -> str:
    """The text in one width, one case, with one kind of dash and single blanks.

    ３－１ → 「3-1」, ｅＬ－ＱＲ → 「el-qr」, ﾃﾞｼﾞﾀﾙ → 「デジタル」. Both what is stored and what is
    looked for are folded; what is shown never is.
    """
    if len(text) <= SHORT:
        return _known(text)
    return _known_long(text) if len(text) <= LONG else _fold(text)


def _fold(text: str) -> str:
    return " ".join(_in_one_width(text).split())


@lru_cache(maxsize=8192)
def _known(text: str) -> str:
    """What is searched is the same from search to search."""
    return _fold(text)


@lru_cache(maxsize=256)
def _known_long(text: str) -> str:
    """The same of passages of the plan."""
    return _fold(text)


def _in_one_width(text: str) -> str:
    wide = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return wide.casefold().translate(_DASHES)


@lru_cache(maxsize=4096)
def _signs(cluster: str) -> str:
    """Texts are written with a few hundred signs."""
    return _in_one_width(cluster)


Place = tuple[int, int]


Trace = tuple[str, tuple[Place, ...]]


def traced(text: str) -> Trace:
    """The folded text, and of each of its signs from where to where it stands in the text as it
    was written: 「ﾃﾞｰﾀ」 → 「デ-タ」, (0, 2), (2, 3), (3, 4). Without places where they are not
    plain (signs of far scripts that join over more than their marks).
    """
    return _traced_before(text) if len(text) <= SHORT else _trace(text)


def _trace(text: str) -> Trace:
    signs: list[str] = []
    places: list[Place] = []
    for cluster in _CLUSTER.finditer(text):
        for sign in _signs(cluster[0]):
            blank = sign.isspace()
            if blank and (not signs or signs[-1] == " "):
                continue
            signs.append(" " if blank else sign)
            places.append(cluster.span())
    if signs and signs[-1] == " ":
        signs.pop()
    plain, whole = "".join(signs), folded(text)
    return (plain, tuple(places[: len(plain)])) if plain == whole else (whole, ())


_traced_before = lru_cache(maxsize=256)(_trace)  # short texts: a place is larger than its sign
