"""The words that are looked for, where they stand in a text, and how that is shown."""

import re
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.japanese.folding import Place, folded, traced
from kpi.rules.codes import plain_words

BEFORE, AFTER = 24, 60  # signs of a long text that are shown around the first word found
MARK = "<mark>{}</mark>"


@dataclass(frozen=True)
class Words:
    """What was typed, as it is looked for.

    `code`: all of it as a number, 「ＫＰＩ１－１」 → 「1-1」, 「施策 3」 → 「施策3」.
    """

    patterns: tuple[re.Pattern, ...]
    code: str

    @classmethod
    def typed(cls, text: str) -> "Words":
        """Words apart by blanks, in either width and case."""
        plain = folded(plain_words(text))
        return cls(tuple(_pattern(word) for word in plain.split()), plain.replace(" ", ""))

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def all_stand_in(self, plain: str) -> bool:
        """Does every word stand in this folded text?"""
        return all(pattern.search(plain) for pattern in self.patterns)

    def any_stands_in(self, text: str) -> bool:
        """Does one of the words stand in this text, as it is written?"""
        plain = folded(text)
        return any(pattern.search(plain) for pattern in self.patterns)

    def places_in(self, text: str) -> list[Place]:
        """From where to where the words stand in a text as it is written; none overlap."""
        plain = folded(text)
        hits = [hit.span() for pattern in self.patterns for hit in pattern.finditer(plain)]
        places = traced(text)[1] if hits else []
        if not places:
            return []
        return _apart((places[first][0], places[last - 1][1]) for first, last in hits)


def _pattern(word: str) -> re.Pattern:
    """A word; its digits stand whole: 「2月」 is not found in 「12月」, nor 「1-1」 in 「1-10」."""
    before = "(?<![0-9])" if word[0].isdigit() else ""
    after = "(?![0-9])" if word[-1].isdigit() else ""
    return re.compile(f"{before}{re.escape(word)}{after}")


def _apart(places) -> list[Place]:
    apart: list[Place] = []
    for first, last in sorted(places):
        if apart and first < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart


def marked(text: str, words: Words) -> SafeString:
    """The text as HTML, the words in it marked."""
    return _drawn(
        text,
        words.places_in(text),
    )


def excerpt(text: str, words: Words) -> SafeString:
    """As much of a long text as shows the first word found, in one line, the words marked."""
    line = " ".join(text.split())
    places = words.places_in(line)
    begin = max(0, places[0][0] - BEFORE) if places else 0
    end = min(len(line), (places[0][1] if places else 0) + AFTER)
    inside = [(first - begin, last - begin) for first, last in places if last <= end]
    return format_html(
        "{}{}{}",
        "…" if begin else "",
        _drawn(line[begin:end], inside),
        "…" if end < len(line) else "",
    )


def _drawn(text: str, places: list[Place]) -> SafeString:
    if not places:
        return escape(text)
    ends = [0, *(last for _, last in places)]
    plain = [text[end:first] for end, (first, _) in zip(ends, places, strict=False)]
    found = [text[first:last] for first, last in places]
    pieces = format_html_join("", "{}" + MARK, zip(plain, found, strict=True))
    return format_html("{}{}", pieces, text[ends[-1] :])
