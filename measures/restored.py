"""工程表 that was read by machine as English: the plan's own words in it, year by year. Pure.

Source: docs/plan-facts.md §4 (measures 5 and 6). Only what stands in the text is shown: the fiscal
years and the Japanese words in brackets; nothing is added or put together.
"""

import re
from dataclasses import dataclass

YEAR = re.compile(r"<b>\s*(?P<year>令和\d+年度)\s*:?\s*</b>(?P<said>.*?)</li>", re.DOTALL)
WORDS = re.compile(r"\(([^()]*[ぁ-んァ-ヶ一-龠][^()]*)\)")
LATIN, JAPANESE = re.compile(r"[A-Za-z]"), re.compile(r"[ぁ-んァ-ヶ一-龠]")
MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class RestoredYear:
    """「令和8年度」 and the words of the plan that stand in it."""

    year: str
    words: tuple[str, ...]


def is_english(text: str) -> bool:
    """Is the text more in Latin letters than in Japanese?"""
    plain = MARKUP.sub("", text)
    return len(LATIN.findall(plain)) > len(JAPANESE.findall(plain))


def restored_years(text: str) -> list[RestoredYear]:
    """The Japanese of a roadmap that was read as English; nothing of one that was not."""
    if not is_english(text):
        return []
    return [
        RestoredYear(found["year"], tuple(WORDS.findall(found["said"])))
        for found in YEAR.finditer(text)
    ]
