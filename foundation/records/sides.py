"""Both sides of a conflict, field by field, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

EMPTY = "（空欄）"
THEIRS, MINE, BOTH, CHOOSE = "theirs", "mine", "both", "choose"
Texts = list[str]  # what a browser posts of one field


@dataclass(frozen=True)
class Side:
    """One field of a conflict: what stood when the page was drawn, theirs, mine, all in words.

    `kind`: who changed it (THEIRS, MINE, BOTH alike), or CHOOSE when both did, differently.
    """

    name: str
    label: str
    opened: str
    theirs: str
    mine: str
    kind: str


def kind_of(opened: Texts, theirs: Texts, mine: Texts) -> str:
    """Who changed a field, or "" when nobody did."""
    if theirs == mine:
        return BOTH if theirs != opened else ""
    if mine == opened:
        return THEIRS
    return MINE if theirs == opened else CHOOSE


def words_of(field: forms.Field, texts: Iterable[str]) -> str:
    """Posted texts as a person reads them."""
    if isinstance(field, forms.BooleanField):
        return "はい" if list(texts) else "いいえ"
    words = {str(key): str(label) for key, label in _options(field)}
    return "、".join(words.get(text, text) for text in texts) or EMPTY


def _options(field: forms.Field) -> Iterable[tuple[Any, Any]]:
    """(value, label) of all options of a field of choices, groups opened."""
    for key, label in getattr(
        field,
        "choices",
        (),
    ):
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
