"""What rooms above want to know with every page, asked together with the person.

A room registers an annotation once (`AppConfig.ready`); the sign-in backend puts it into its one
query, and the answer is `user.asked_along[name]`.
"""

from collections.abc import Callable
from typing import Any

Annotation = Callable[[], Any]
_asked: dict[str, Annotation] = {}


def ask_along(name: str, annotation: Annotation) -> None:
    """Fetch this with every person from now on."""
    _asked[name] = annotation


def annotations() -> dict[str, Any]:
    """All that is asked along, for `QuerySet.annotate`."""
    return {name: annotation() for name, annotation in _asked.items()}


def answers(row: Any) -> dict[str, Any]:
    """What came with a row."""
    return {name: getattr(row, name) for name in _asked}
