"""What follows from a grade's letter. The letters and their order are fixed (docs/adr/0006).

Names and thresholds of the grades are data of the plan (`achievement.Band`).
"""

LETTERS = ("A", "B", "C", "D")  # best first
NEEDS_ATTENTION = frozenset({"C", "D"})


def needs_attention(letter: str | None) -> bool:
    """Is it a grade that the headquarters should look at?"""
    return letter in NEEDS_ATTENTION


def severity(letter: str | None) -> int:
    """A sort key, worst first; what has no grade comes last."""
    worst_first = LETTERS[::-1]
    return worst_first.index(letter) if letter in LETTERS else len(LETTERS)
