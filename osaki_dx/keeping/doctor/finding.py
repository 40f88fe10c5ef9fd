"""What one look says."""

from dataclasses import dataclass
from enum import IntEnum


class Grade(IntEnum):
    """The worst of all is the exit code."""

    GOOD = 0
    WARN = 1
    BAD = 2

    @property
    def word(self) -> str:
        """As it stands before the row."""
        return ("正常", "注意", "異常")[self]


@dataclass(frozen=True)
class Finding:
    """One row: what was looked at, what was found, how to mend it (empty where it is good)."""

    subject: str
    grade: Grade
    told: str
    mend: str = ""


def good(subject: str, told: str) -> Finding:
    """Nothing to do."""
    return Finding(
        subject,
        Grade.GOOD,
        told,
    )


def warn(subject: str, told: str, mend: str) -> Finding:
    """To be looked at soon."""
    return Finding(
        subject,
        Grade.WARN,
        told,
        mend,
    )


def bad(subject: str, told: str, mend: str) -> Finding:
    """To be mended now."""
    return Finding(
        subject,
        Grade.BAD,
        told,
        mend,
    )


def named(names: list[str], most: int = 3) -> str:
    """The first names of a list, and how many there are."""
    shown = "、".join(names[:most])
    return shown if len(names) <= most else f"{shown} ほか{len(names) - most}件"
