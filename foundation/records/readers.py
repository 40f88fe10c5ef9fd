"""Who may read a history entry: whoever may read the object that it is about.

An entry keeps the name of its rule (`HistoryEntry.readers`; empty: everybody who reads the portal),
given at the door when it is written. What the rule allows is asked when the entry is read, because
it moves with the object: the drafts of a sheet are for its department until the sheet is handed in.
A room says beside its model which of its objects a person may read; this room knows no people.
A rule that is not known (of a room that is gone) lets nobody read.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

EVERYBODY = ""
Readable = Callable[[Any], QuerySet]  # user → the objects whose entries this person may read

RULES: dict[str, Readable] = {}
_OF_MODEL: dict[str, str] = {}  # model label → the rule of all entries about its objects


def rule(name: str, readable: Readable) -> str:
    """Make a rule under that name; returns the name, which actions pass to `record_change`."""
    RULES[name] = readable
    return name


def entries_read_as(name: str, readable: Readable):
    """Class decorator: every entry about an object of this model follows that rule."""

    def decorate(model: type[Model]) -> type[Model]:
        _OF_MODEL[model._meta.label_lower] = rule(name, readable)
        return model

    return decorate


def rule_of(subject: Model | None) -> str:
    """The name of the rule of entries about this object."""
    return EVERYBODY if subject is None else _OF_MODEL.get(subject._meta.label_lower, EVERYBODY)


def allowed(user: Any) -> Q:
    """The entries that this person may read, as a condition."""
    wanted = Q(readers=EVERYBODY)
    for name, readable in RULES.items():
        wanted |= Q(
            readers=name,
            subject_id__in=readable(user).order_by().values("pk"),
        )

    return wanted
