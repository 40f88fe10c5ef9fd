"""What is asked of a measure, within a question about rows that name it (a sheet)."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from foundation.records.within import moment_of, rows_within
from headquarters.organisation.models import ActionItem, ProjectTeam, Sitting

MEETING: Any = ActionItem._meta.get_field("meeting").related_model  # of the room above
PLAIN = ("id", "text", "state", "answer")


def items_within(measure: str, year: str) -> Subquery:
    """Annotation: the instructions on a measure that were given in a fiscal year or later, or are
    not closed, for `items_told`; `measure`, `year`: the fields of the outer row that name them.
    """
    asked = ActionItem.objects.on_measure_in(OuterRef(measure), OuterRef(year))
    return rows_within(
        asked,
        by="measure",
        given="given",
        due_on="due_on",
        answered_at="answered_at",
        meeting="meeting__title",
        team="sitting__team__name",
        **{name: name for name in PLAIN},
    )


def items_told(stored: list[dict[str, Any]] | None) -> list[ActionItem]:
    """The instructions, in the order in which they were given, with what gave them."""
    return [_item(told) for told in sorted(stored or (), key=lambda row: (row["given"], row["id"]))]


def _item(told: dict[str, Any]) -> ActionItem:
    given, at = date.fromisoformat(told["given"]), told["answered_at"]
    source: dict[str, Any] = (
        {"sitting": Sitting(team=ProjectTeam(name=told["team"]), held_on=given)}
        if told["team"]
        else {"meeting": MEETING(title=told["meeting"], held_on=given)}
    )
    return ActionItem(
        due_on=date.fromisoformat(told["due_on"]),
        answered_at=at and moment_of(at),
        **{name: told[name] for name in PLAIN},
        **source,
    )
