"""A line of the work list."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Task:
    """One line of the work list."""

    due_on: date
    kind: str
    text: str
    detail: str
    url: str
    late: bool
