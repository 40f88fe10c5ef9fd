"""短い名: the word by which a measure is called where there is no room for its name.

A name is never invented: each of these words stands in the name itself. One place for all of them.
"""

from collections.abc import Iterable

WORDS = (  # of two that stand in a name the earlier one
    "手続き",
    "窓口",
    "収納",
    "デバイド",
    "AI",
    "文書",
    "セキュリティ",
    "BPR",
    "地域",
    "人材",
)
ROOM = 6  # characters of a name that none of them stands in


def short_name(name: str) -> str:
    """「窓口」 of 「書かない窓口構築」; of another name its beginning."""
    found = next((word for word in WORDS if word in name), "")
    return found or (name if len(name) <= ROOM else f"{name[: ROOM - 1]}…")


def short_names(names: Iterable[str]) -> dict[str, str]:
    """{name: short name}: where two would be called alike, each by its beginning."""
    every = list(names)
    shorts = [short_name(name) for name in every]
    return {
        name: short if shorts.count(short) == 1 else name[:ROOM]
        for name, short in zip(
            every,
            shorts,
            strict=True,
        )
    }
