"""The shape of a life cycle: one table of transitions, read by buttons, doors and diagrams."""

import enum
from dataclasses import dataclass
from typing import Generic, TypeVar

Right = TypeVar("Right", bound=enum.Enum)  # the permissions are one room above


@dataclass(frozen=True)
class Transition(Generic[Right]):
    """From some states to one, by a permission.

    `label` is the button, `forward` gives it its weight: the thing comes nearer to its end.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: Right
    forward: bool = False
    reason_needed: bool = False
    grade_needed: bool = False


class Transitions(dict[str, Transition[Right]], Generic[Right]):
    """{name: transition} of one life cycle, in the order of its buttons."""

    def __init__(self, *rows: Transition[Right]) -> None:
        super().__init__((row.name, row) for row in rows)

    def leaving(self, state: str) -> list[Transition[Right]]:
        """Transitions that leave a state."""
        return [row for row in self.values() if state in row.sources]

    def find(self, name: str, state: str) -> Transition[Right] | None:
        """The transition of that name, if it leaves the state."""
        row = self.get(name)
        return row if row is not None and state in row.sources else None
