"""工程表 that was read by machine as English, in Japanese again: year by year, as restored. Pure.

Source: docs/plan-facts.md §4 (measures 5 and 6). What was restored stands in the open points of the
steps (name and year); where there are none, the fiscal years and the Japanese words in the brackets
of the text. Nothing is added.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

YEAR = re.compile(r"<b>\s*(?P<year>令和\d+年度)\s*:?\s*</b>(?P<said>.*?)</li>", re.DOTALL)
WORDS = re.compile(r"\(([^()]*[ぁ-んァ-ヶ一-龠][^()]*)\)")
LATIN, JAPANESE = re.compile(r"[A-Za-z]"), re.compile(r"[ぁ-んァ-ヶ一-龠]")
MARKUP = re.compile(r"<[^>]*>")


class RestoredStep(Protocol):
    """What an open point says of a step: its name, the restored year, whether it is settled."""

    subject_label: str
    proposal: str
    settled_at: datetime | None


@dataclass(frozen=True)
class RestoredYear:
    """「令和8年度」 (or 「令和10～11年度」) and what the plan does in it."""

    year: str
    words: tuple[str, ...]


def is_english(text: str) -> bool:
    """Is the text more in Latin letters than in Japanese?"""
    plain = MARKUP.sub("", text)
    return len(LATIN.findall(plain)) > len(JAPANESE.findall(plain))


def words_in(text: str) -> list[str]:
    """The Japanese words in the brackets of a text that was read as English."""
    return WORDS.findall(text) if is_english(text) else []


def restored_years(text: str, steps: Iterable[RestoredStep] = ()) -> list[RestoredYear]:
    """The Japanese of a roadmap that was read as English; nothing of one that was not."""
    if not is_english(text):
        return []
    return _of_steps(steps) or _as_read(text)


def _of_steps(steps: Iterable[RestoredStep]) -> list[RestoredYear]:
    years: dict[str, list[str]] = {}
    for step in steps:
        years.setdefault(step.proposal, []).append(step.subject_label)
    return [RestoredYear(year, tuple(names)) for year, names in years.items()]


def _as_read(text: str) -> list[RestoredYear]:
    return [
        RestoredYear(
            found["year"],
            tuple(WORDS.findall(found["said"])),
        )
        for found in YEAR.finditer(text)
    ]
